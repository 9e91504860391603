"""What an algorithm is: a costly structure, then a cheap cut, and the facts about both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clusterctl.strict import StrictModel

if TYPE_CHECKING:
    from clusterctl.values.clustering import Clustering
    from clusterctl.values.space import Metric, Points


class Parameters(StrictModel):
    """Base of an algorithm's `parameters`: the field's own names, with limits and defaults on the field.

    A docstring under each field is its help; models hold what can be checked without data (also between fields).
    """


@dataclass(frozen=True, slots=True)
class Settings:
    """One setting of an algorithm, whole.

    parameters: the algorithm's own model. n_clusters: None for those that take none. `auto` is resolved before this is made.
    random_state: a concrete seed.
    """

    parameters: Parameters
    n_clusters: int | None
    random_state: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What a fit takes: bytes beside the points themselves, at its peak, with the formula in words for the message."""

    bytes: int
    formula: str


@dataclass(frozen=True, slots=True)
class AlgorithmSpec:
    """An algorithm and the facts about it.

    parameters: the model of `clustering_configuration.parameters`.
    structure_settings: names of the parameters (and `n_clusters`, `random_state`) that `build` depends on; `cut` may use all.
    build: (points, settings, n_jobs) -> structure; the same bits at any n_jobs. The structure is frozen and serves every cut.
    cut: (structure, settings) -> Clustering with canonical labels.
    cost: (n, d, settings, mean_neighbours) -> Cost; `mean_neighbours` (None where `needs_neighbours` is false) is the mean number of
        rows within `eps`, measured on a sample.
    check: (n_distinct_rows, n, d, settings) raises ClusteringError where no fit is possible (n_clusters above the distinct rows, …).
    """

    name: str
    title: str
    parameters: type[Parameters]
    takes_n_clusters: bool
    makes_noise: bool
    uses_random_state: bool
    metrics: frozenset[Metric]
    structure_settings: frozenset[str]
    build: Callable[[Points, Settings, int], Any]
    cut: Callable[[Any, Settings], Clustering]
    cost: Callable[[int, int, Settings, float | None], Cost]
    source: str
