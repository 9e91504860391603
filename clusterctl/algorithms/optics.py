"""OPTICS: the rows in the order in which density reaches them, and the valleys of that curve as clusters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from clusterctl.algorithms.base import AlgorithmSpec, Cost, Parameters, Settings
from clusterctl.algorithms.distance import Distance, check_finite, distance_of
from clusterctl.kernels.filters import library_warnings_ignored
from clusterctl.values.prediction import FittedModel, Predict, Prediction, PredictRule

if TYPE_CHECKING:
    import numpy as np

    from clusterctl.kernels.reachability import Reachability
    from clusterctl.values.clustering import Clustering
    from clusterctl.values.space import Points

Count = Annotated[int, Field(ge=2)]
Share = Annotated[float, Field(gt=0, lt=1)]


class OPTICSParameters(Parameters):
    """scikit-learn's names and defaults; max_eps null is its infinity."""

    min_samples: Count | Share = 5
    """How many rows, the row itself counted, set its core distance; a number below 1 is a share of the rows."""
    max_eps: float | None = Field(default=None, gt=0)
    """Rows further apart are never neighbours; null: no limit. A limit saves most of the time."""
    metric: Distance = "euclidean"
    """The distance."""
    cluster_method: Literal["xi", "dbscan"] = "xi"
    """xi: clusters are the steep valleys of the reachability curve; dbscan: the curve is cut at eps."""
    eps: float | None = Field(default=None, gt=0)
    """Where dbscan cuts; null: at max_eps."""
    xi: float = Field(default=0.05, gt=0, lt=1)
    """How steep the sides of a valley are: by this share from one row to the next."""
    predecessor_correction: bool = True
    """Whether a cluster's end is put right by the rows it was reached from (Schubert & Gertz 2018)."""
    min_cluster_size: Count | Share | None = None
    """The smallest cluster of xi; a number below 1 is a share of the rows; null: min_samples."""

    @model_validator(mode="after")
    def _check_eps(self) -> OPTICSParameters:
        if self.eps is not None and self.max_eps is not None and self.eps > self.max_eps:
            raise ValueError(f"eps {self.eps} is above max_eps {self.max_eps}")
        if self.cluster_method == "dbscan" and self.eps is None and self.max_eps is None:
            raise ValueError("cluster_method dbscan needs eps (or max_eps): where to cut the curve")
        return self


def build(points: Points, settings: Settings, n_jobs: int) -> Reachability:
    """Order the rows by reachability; it serves every way to cut it.

    Raises ClusteringError for values that are not finite, ConfigError for a metric that does not go with the space.
    """
    from clusterctl.kernels.reachability import order_rows

    parameters = _own(settings)
    metric = distance_of(points, parameters.metric, "optics")
    check_finite(points)
    limit = float("inf") if parameters.max_eps is None else parameters.max_eps
    return order_rows(points.X, count_rows(parameters.min_samples, points.n_rows), limit, metric, n_jobs)


def count_rows(value: float, n: int) -> int:
    """Return a number of rows that may be given as a share of all n (at least 2 then)."""
    return value if isinstance(value, int) else max(2, int(value * n))


def cut(structure: Reachability, settings: Settings) -> Clustering:
    """Return the clusters of the curve: the partition of scikit-learn's OPTICS.

    confidence: core 1, border 0.5, noise 0. A row is core if its core distance is at most eps (dbscan), or at most the highest
    reachability within its cluster, the step down into it left out (xi): the eps at which the cluster holds together.
    arrays: ordering, reachability, predecessor, core_distances, core (bool), and for xi hierarchy: first and last place in the
    ordering of every valley, the nested ones too. Fewer rows than min_samples: all noise.
    """
    import numpy as np

    from clusterctl.values.clustering import Clustering, canonical

    parameters, n = _own(settings), len(structure.ordering)
    hierarchy = np.empty((0, 2), dtype=np.int64)
    if parameters.cluster_method == "dbscan":
        eps = parameters.eps if parameters.eps is not None else parameters.max_eps
        labels, old = canonical(_cut_at(structure, float(eps or np.inf)))
        limit = np.full(n, eps)
    else:
        found, hierarchy = _cut_valleys(structure, parameters)
        labels, old = canonical(found)
        limit = _highest(structure, labels, len(old))
    is_core = (labels >= 0) & (structure.core_distances <= limit)
    confidence = np.where(is_core, 1.0, np.where(labels >= 0, 0.5, 0.0))
    arrays = {
        "ordering": structure.ordering,
        "reachability": structure.reachability,
        "predecessor": structure.predecessor,
        "core_distances": structure.core_distances,
        "core": is_core,
        "hierarchy": hierarchy,
    }
    return Clustering(labels, len(old), confidence, arrays, {"min_samples": count_rows(parameters.min_samples, n)})


def _cut_at(structure: Reachability, eps: float) -> np.ndarray:
    """Cut the curve at eps."""
    from sklearn.cluster import cluster_optics_dbscan

    labels: np.ndarray = cluster_optics_dbscan(
        reachability=structure.reachability, core_distances=structure.core_distances, ordering=structure.ordering, eps=eps
    )
    return labels


def _cut_valleys(structure: Reachability, parameters: OPTICSParameters) -> tuple[np.ndarray, np.ndarray]:
    """Return labels and the hierarchy of the steep valleys."""
    import numpy as np
    from sklearn.cluster import cluster_optics_xi

    n = len(structure.ordering)
    min_samples = count_rows(parameters.min_samples, n)
    min_size = min_samples if parameters.min_cluster_size is None else count_rows(parameters.min_cluster_size, n)
    if max(min_samples, min_size) > n:
        return np.full(n, -1), np.empty((0, 2), dtype=np.int64)
    with library_warnings_ignored(), np.errstate(all="ignore"):  # equal rows have reachability 0, and slopes of 0 / 0
        labels, hierarchy = cluster_optics_xi(
            reachability=structure.reachability,
            predecessor=structure.predecessor,
            ordering=structure.ordering,
            min_samples=min_samples,
            min_cluster_size=min_size,
            xi=parameters.xi,
            predecessor_correction=parameters.predecessor_correction,
        )
    return labels, np.asarray(hierarchy, dtype=np.int64).reshape(-1, 2)


def _highest(structure: Reachability, labels: np.ndarray, n_clusters: int) -> np.ndarray:
    """Return for each row the highest reachability within its cluster."""
    import numpy as np

    highest = _highest_within(structure.ordering, structure.reachability, labels, n_clusters)
    of_rows: np.ndarray = np.append(highest, 0.0)[labels]
    return of_rows


def _highest_within(ordering: np.ndarray, reachability: np.ndarray, labels: np.ndarray, n_clusters: int) -> np.ndarray:
    """Return the highest reachability within each cluster, that of the cluster's first row in the ordering left out."""
    import numpy as np

    inner = ordering[labels[ordering] >= 0]
    highest = np.zeros(n_clusters)
    first = np.unique(labels[inner], return_index=True)[1]
    rest = np.delete(inner, first)
    np.maximum.at(highest, labels[rest], reachability[rest])
    return highest


def cost(n: int, d: int, settings: Settings, mean_neighbours: float | None) -> Cost:  # noqa: ARG001
    """Return the peak of memory beside the points."""
    return Cost(8 * n * (2 * d + 14), "8 n (2 d + 14)")


def _own(settings: Settings) -> OPTICSParameters:
    assert isinstance(settings.parameters, OPTICSParameters)
    return settings.parameters


def to_sample(points: Points, settings: Settings, n_rows: int) -> Settings:
    """Return the setting for `n_rows` rows drawn from these: numbers of rows shrink, eps and max_eps grow as the core distances do."""
    from clusterctl.algorithms.thinning import growth

    asked, shrunk = _own(settings), SPEC.shrunk(settings, n_rows / points.n_rows)
    used, metric = _own(shrunk), distance_of(points, asked.metric, "optics")
    near = count_rows(asked.min_samples, points.n_rows), count_rows(used.min_samples, n_rows)
    limits = {name: limit for name in ("eps", "max_eps") if (limit := getattr(asked, name)) is not None}
    grown = {name: limit * growth(points, n_rows, limit, metric, *near) for name, limit in limits.items()}
    if len(grown) == 2:
        grown["max_eps"] = max(grown.values())
    return replace(shrunk, parameters=used.model_copy(update=grown))


def seconds(n: int, d: int, settings: Settings) -> float:  # noqa: ARG001 (the shape of every algorithm's)
    """Return the seconds of the ordering: the distances of all pairs of rows."""
    return n * n * (6e-9 + 6e-10 * d)


def prepare(model: FittedModel) -> Predict:
    """Return the rule for new rows: the vote of the nearest fitted rows, noise included, within the reach of the cluster; else noise.

    A cluster reaches as far as the highest reachability within it, the distance at which it holds together. (A row's own
    reachability is no such limit: it is how far that row was from those before it, which says nothing of those after it.)
    confidence: that of the nearest clustered row, 1 if it is core, else 0.5.
    """
    import numpy as np

    from clusterctl.algorithms.neighbour_vote import by_vote
    from clusterctl.kernels.nearest_rows import ClusteredRows

    X, arrays = model.points.X, model.arrays
    metric = distance_of(model.points, model.parameters.metric, "optics")
    clustered, vote = ClusteredRows.of(X, model.labels, metric), by_vote(model, metric, None)
    limit = np.append(_highest_within(arrays["ordering"], arrays["reachability"], model.labels, model.n_clusters), -np.inf)

    def predict(points: Points, own: np.ndarray | None, n_jobs: int) -> Prediction:
        labels = vote(points, own, n_jobs).labels
        near, distance = clustered.nearest(points.X, own, n_jobs)
        labels = np.where(distance <= limit[labels], labels, -1)
        confidence = np.where(arrays["core"][near], 1.0, 0.5)
        return Prediction(labels, np.where(labels >= 0, confidence, 0.0), distance)

    return predict


SPEC = AlgorithmSpec(
    name="optics",
    title="OPTICS",
    parameters=OPTICSParameters,
    takes_n_clusters=False,
    makes_noise=True,
    uses_random_state=False,
    metrics=frozenset({"euclidean", "manhattan"}),
    structure_settings=frozenset({"min_samples", "max_eps", "metric"}),
    build=build,
    cut=cut,
    cost=cost,
    seconds=seconds,
    predict=PredictRule(
        name="vote_within_reach",
        about="the vote of the 5 nearest fitted rows, noise included, if the nearest clustered row is within the highest reachability of "
        "the cluster; else noise",
        prepare=prepare,
        arrays={"ordering": "n", "reachability": "n", "core": "n"},
        positions={"ordering": "n"},
    ),
    cut_row_seconds=1e-6,
    connected=True,
    source="Ankerst, Breunig, Kriegel & Sander 1999 (SIGMOD); Schubert & Gertz 2018 (LWDA)",
    row_counts={"min_samples": 2, "min_cluster_size": 2},
    to_sample=to_sample,
)
