"""DBSCAN: clusters are what dense rows reach in steps of at most eps; the rest is noise."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from clusterctl.algorithms.base import AlgorithmSpec, Cost, Parameters, Settings
from clusterctl.algorithms.distance import Distance, check_finite, distance_of
from clusterctl.algorithms.thinning import growth
from clusterctl.errors import ConfigError
from clusterctl.values.prediction import FittedModel, Predict, Prediction, PredictRule
from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    import numpy as np

    from clusterctl.kernels.density import CoreDistances
    from clusterctl.values.clustering import Clustering
    from clusterctl.values.space import Points


class DBSCANParameters(Parameters):
    """scikit-learn's names and defaults, but eps `auto`: its 0.5 means nothing for the data at hand."""

    eps: Annotated[float, Field(gt=0)] | Literal["auto"] = "auto"
    """Two rows are neighbours up to this distance, in the clustering space. auto: from the curve of nearest-neighbour distances."""
    min_samples: int = Field(default=5, ge=1)
    """A row is dense (core) with so many rows within eps, itself counted."""
    metric: Distance = "euclidean"
    """The distance."""


def build(points: Points, settings: Settings, n_jobs: int) -> CoreDistances:
    """Measure each row's distance to its min_samples-th nearest row; it serves every eps.

    Raises ClusteringError for values that are not finite, ConfigError for a metric that does not go with the space.
    """
    from clusterctl.kernels.density import measure_core_distances

    parameters = _own(settings)
    check_finite(points)
    return measure_core_distances(points.X, parameters.min_samples, distance_of(points, parameters.metric, "dbscan"), n_jobs)


def cut(structure: CoreDistances, settings: Settings) -> Clustering:
    """Return the clusters at eps: the partition of scikit-learn's DBSCAN, border rows included.

    confidence: core 1, border 0.5, noise 0. arrays: core (n,) bool, eps (). No cluster at all is a valid result.
    """
    import numpy as np

    from clusterctl.kernels.density import cut_at
    from clusterctl.values.clustering import Clustering, canonical

    eps = _own(settings).eps
    if eps == "auto":
        raise ConfigError("eps auto has not been resolved", hint="this is a mistake in the program, not in the config")
    labels, is_core = cut_at(structure, eps)
    labels, old = canonical(labels)
    confidence = np.where(is_core, 1.0, np.where(labels >= 0, 0.5, 0.0))
    n_core = int(is_core.sum())
    facts = {"eps": float(eps), "n_core": n_core, "n_border": int((confidence == 0.5).sum())}
    return Clustering(labels, len(old), confidence, {"core": is_core, "eps": np.array(eps)}, facts, red_flags(labels, n_core))


def red_flags(labels: Any, n_core: int) -> tuple[Caution, ...]:
    """Return the signs of a badly chosen eps that Schubert et al. 2017 name: hardly any core row, one huge cluster, mostly noise."""
    import numpy as np

    n = len(labels)
    sizes = np.bincount(labels[labels >= 0]) if (labels >= 0).any() else np.zeros(1, dtype=int)
    noise, largest = int((labels < 0).sum()), int(sizes.max())
    flags = []
    if n_core < 0.05 * n:
        flags.append(Caution("dbscan_few_core", f"only {n_core} of {n} rows are dense: eps is small for these data, or min_samples large"))
    if noise > 0.5 * n:
        flags.append(Caution("dbscan_mostly_noise", f"{noise} of {n} rows are noise: eps is small for these data, or min_samples large"))
    if largest > 0.95 * n:
        flags.append(Caution("dbscan_one_cluster", f"one cluster holds {largest} of {n} rows: eps is large for these data"))
    return tuple(flags)


def cost(n: int, d: int, settings: Settings, mean_neighbours: float | None) -> Cost:  # noqa: ARG001
    """Return the peak of memory beside the points; it does not depend on the number of neighbours."""
    searched = min(n * _own(settings).min_samples, 1 << 21)
    return Cost(8 * (n * (2 * d + 22) + searched), "8 n (2 d + 22) + 8 min(n min_samples, 2^21)")


def _own(settings: Settings) -> DBSCANParameters:
    assert isinstance(settings.parameters, DBSCANParameters)
    return settings.parameters


def carry(points: Points, settings: Settings, n_rows: int) -> Settings:
    """Return the setting for `n_rows` rows drawn from these: eps grows as their distances to the nearest rows do; deterministic."""
    parameters = _own(settings)
    if n_rows >= points.n_rows or not isinstance(parameters.eps, float):
        return settings
    metric, near = distance_of(points, parameters.metric, "dbscan"), parameters.min_samples
    factor = growth(points, n_rows, parameters.eps, metric, near, near)
    return replace(settings, parameters=parameters.model_copy(update={"eps": parameters.eps * factor}))


def seconds(n: int, d: int, settings: Settings) -> float:  # noqa: ARG001 (the shape of every algorithm's)
    """Return the seconds of the neighbour searches, which grow with the dimension until a tree no longer helps."""
    return n * math.log2(max(n, 2)) * 1e-7 * 2 ** (min(d, 16) / 2.5)


def prepare(model: FittedModel) -> Predict:
    """Return the rule for new rows: the cluster with a core row within eps, of several the one that the fit itself would take.

    Fitted rows get exactly their labels. confidence: 1 where min_samples fitted rows are within eps, else 0.5, noise 0.
    """
    from functools import cache

    import numpy as np

    from clusterctl.kernels.core_rows import group_core_rows, has_within, is_alone, reach
    from clusterctl.kernels.nearest_rows import ClusteredRows
    from clusterctl.kernels.neighbors import index_rows

    parameters, X = model.parameters, model.points.X
    metric, eps = distance_of(model.points, parameters.metric, "dbscan"), float(model.arrays["eps"])
    is_core = model.arrays["core"]
    groups = group_core_rows(X, model.labels, is_core, metric)
    clustered = ClusteredRows.of(X, model.labels, metric)
    everyone = cache(lambda: index_rows(X, metric))

    def predict(points: Points, own: np.ndarray | None, n_jobs: int) -> Prediction:
        labels = reach(groups, points.X, eps, metric, n_jobs)
        if own is not None:  # a core row that no other core row is near is in a cluster by itself alone
            core = np.flatnonzero(is_core[own])
            labels[core[is_alone(groups, points.X[core], labels[core], eps, metric, n_jobs)]] = -1
        is_in = np.flatnonzero(labels >= 0)
        if own is not None:
            dense = is_core[own[is_in]]
        else:
            dense = has_within(everyone(), X, points.X[is_in], parameters.min_samples, eps, metric, n_jobs)
        confidence = np.zeros(len(labels))
        confidence[is_in] = np.where(dense, 1.0, 0.5)
        return Prediction(labels, confidence, clustered.nearest(points.X, own, n_jobs)[1])

    return predict


SPEC = AlgorithmSpec(
    name="dbscan",
    title="DBSCAN",
    parameters=DBSCANParameters,
    takes_n_clusters=False,
    makes_noise=True,
    uses_random_state=False,
    metrics=frozenset({"euclidean", "manhattan"}),
    structure_settings=frozenset({"min_samples", "metric"}),
    build=build,
    cut=cut,
    cost=cost,
    seconds=seconds,
    predict=PredictRule(
        name="core_row",
        about="the cluster with a core row within `eps`, of several the one the fit would take; none: noise. "
        "Exactly the labels of fitted rows",
        prepare=prepare,
        arrays={"core": "n", "eps": ""},
        row_seconds=1e-5,
    ),
    cut_row_seconds=3e-6,
    connected=True,
    source="Ester, Kriegel, Sander & Xu 1996 (KDD); Schubert et al. 2017 (ACM TODS 42)",
    carry=carry,
)
