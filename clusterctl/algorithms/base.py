"""What an algorithm is: a costly structure, then a cheap cut, and the facts about both."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from clusterctl.errors import ClusteringError
from clusterctl.strict import StrictModel

if TYPE_CHECKING:
    from clusterctl.values.clustering import Clustering
    from clusterctl.values.prediction import PredictRule
    from clusterctl.values.space import Metric, Points


FEW_ROWS = 5


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


def settings_key(names: frozenset[str], settings: Settings) -> tuple[Hashable, ...]:
    """Return the values of the named settings, by name: equal keys mean one structure."""
    own = {"n_clusters": settings.n_clusters, "random_state": settings.random_state}
    return tuple((name, own[name] if name in own else getattr(settings.parameters, name)) for name in sorted(names))


def _unset(settings: Settings) -> tuple[Hashable, ...]:
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class AlgorithmSpec:
    """An algorithm and the facts about it.

    parameters: the model of `clustering_configuration.parameters`.
    structure_settings: names of the parameters (and `n_clusters`, `random_state`) that `build` depends on; `cut` may use all.
    build: (points, settings, n_jobs) -> structure; the same bits at any n_jobs. The structure is frozen and serves every cut.
    cut: (structure, settings) -> Clustering with canonical labels.
    cost: (n, d, settings, mean_neighbours) -> Cost; `mean_neighbours` (None where `needs_neighbours` is false) is the mean number of
        rows within `eps`, measured on a sample.
    seconds: (n, d, settings) -> what a fit takes on one 3 GHz core, good to a factor of about three (`benchmarks/bench_costs.py`).
    cut_row_seconds: what a cut takes a row, good to a factor of about three; measured at 3,000 and 20,000 rows.
    structure_key: settings -> hashable; two settings with equal keys share one structure (on the same points). The default holds the
        values of `structure_settings`; spectral's holds the block of eigenvectors in place of n_clusters.
    carry: (points, settings, n_rows) -> the setting that asks of `n_rows` rows drawn from `points` what `settings` asks of all of them,
        for parameters that must be carried over by the data themselves (eps). None: `on_sample` does.
    to_sample: the same for the rows that `execution.strategy: sample` fits on, where neither `carry` nor `shrunk` says it all.
    connected: whether clusters are what hangs together, of any shape, so that dbcv tells more of them than the silhouette.
    row_counts: names of parameters that count rows, with the least each may be on a sample (see `on_sample`).
    predict: how new rows get the clusters of a fit.
    `build` raises ClusteringError where no fit is possible (n_clusters above the number of distinct rows, …).
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
    seconds: Callable[[int, int, Settings], float]
    source: str
    predict: PredictRule
    cut_row_seconds: float = 1e-6
    structure_key: Callable[[Settings], tuple[Hashable, ...]] = _unset
    row_counts: Mapping[str, int] = field(default_factory=dict)
    carry: Callable[[Points, Settings, int], Settings] | None = None
    to_sample: Callable[[Points, Settings, int], Settings] | None = None
    connected: bool = False

    def on_sample(self, settings: Settings, share: float, n_found: int) -> Settings | None:
        """Return the setting that asks of a share of the rows what `settings` asked of all; None: the share is too small to ask it.

        The number of clusters is the `n_found` of the whole; parameters that count rows shrink with the share, but not below 5: a
        density told by two or three rows is chance.
        """
        counts = shrunk_counts(self.row_counts, settings, share)
        if any(round(getattr(settings.parameters, name) * share) < self.row_counts[name] for name in counts):
            return None
        changed: dict[str, Any] = dict(counts)
        if getattr(settings.parameters, "distance_threshold", None) is not None:
            changed["distance_threshold"] = None
        n_clusters = max(1, n_found) if self.takes_n_clusters else None
        return replace(settings, parameters=settings.parameters.model_copy(update=changed), n_clusters=n_clusters)

    def shrunk(self, settings: Settings, share: float) -> Settings:
        """Return the setting with its parameters that count rows shrunk with a share of the rows, none below 5 (or what was asked)."""
        counts = shrunk_counts(self.row_counts, settings, share)
        return replace(settings, parameters=settings.parameters.model_copy(update=counts)) if counts else settings

    def __post_init__(self) -> None:
        """Derive the key from `structure_settings` where the algorithm gives none of its own."""
        if self.structure_key is _unset:
            object.__setattr__(self, "structure_key", partial(settings_key, self.structure_settings))


def shrunk_counts(names: Iterable[str], settings: Settings, share: float) -> dict[str, int]:
    """Return the parameters that are numbers of rows as a share of the rows has them; those that are shares already stay out."""
    asked = {name: getattr(settings.parameters, name) for name in names} if share < 1 else {}
    return {
        name: max(round(value * share), min(value, FEW_ROWS))
        for name, value in asked.items()
        if isinstance(value, int) and value  # 0: no limit, of a sample neither
    }


def check_n_clusters(points: Points, n_clusters: int) -> None:
    """Raise ClusteringError if there are fewer distinct rows than clusters asked for."""
    check_n_distinct(count_distinct(points, n_clusters), points.n_rows, n_clusters)


def check_n_distinct(n_distinct: int, n_rows: int, n_clusters: int) -> None:
    """Raise ClusteringError if so many distinct rows, of `n_rows` in all, are fewer than the clusters asked for."""
    if n_distinct < n_clusters:
        rows, clusters = ("row" if n_distinct == 1 else "rows"), ("cluster" if n_clusters == 1 else "clusters")
        raise ClusteringError(
            f"{n_clusters} {clusters} cannot be made of {n_distinct} distinct {rows} ({n_rows} rows in all)",
            hint=f"set clustering_configuration.n_clusters to at most {n_distinct}",
        )


def count_distinct(points: Points, enough: int) -> int:
    """Return how many distinct rows there are; counting may stop once `enough` are seen.

    Rows are read in growing stretches, by a 64-bit mix of their columns, until `enough` distinct ones are seen: microseconds for
    nearly every table and number of clusters, and 50 ms for a million rows that are all equal.
    """
    import numpy as np

    X = points.X
    seen = np.empty(0, dtype=np.uint64)
    start, length = 0, max(1024, 2 * enough)
    while len(seen) < enough and start < len(X):
        bits = (X[start : start + length] + 0.0).view(np.uint64)  # + 0.0: no negative zeros
        mixed = np.zeros(len(bits), dtype=np.uint64)
        for column in bits.T:
            mixed = (mixed ^ column ^ (column >> np.uint64(29))) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(32)
        seen = np.union1d(seen, mixed)
        start, length = start + length, 2 * length
    return len(seen)
