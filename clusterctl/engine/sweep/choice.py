"""What a worker is told of a trial, and of how `auto` is settled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from clusterctl.algorithms.base import AlgorithmSpec, Settings
    from clusterctl.config.clustering import ClusteringConfiguration
    from clusterctl.values.remarks import Caution
    from clusterctl.values.space import Points


class Choice(Protocol):
    """An algorithm with every setting concrete; see `commands.choosing`."""

    @property
    def spec(self) -> AlgorithmSpec: ...  # noqa: D102
    @property
    def settings(self) -> Settings: ...  # noqa: D102
    @property
    def chosen(self) -> dict[str, dict[str, Any]]: ...  # noqa: D102
    @property
    def cautions(self) -> tuple[Caution, ...]: ...  # noqa: D102
    @property
    def settle(self) -> Callable[[Points], Settings] | None: ...  # noqa: D102


Choose = Callable[["Points", "ClusteringConfiguration", int, int], Choice]
"""(points, configuration, seed, n_jobs) -> every setting concrete; given by whoever knows the rules of `auto`."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One trial as a worker sees it. strategy: `exact`, or `sample`: fitted on some of the points, the same in every trial of a space."""

    trial_id: int
    clustering: ClusteringConfiguration
    random_state: int
    strategy: str = "exact"
