"""k-means: Lloyd's or Elkan's iterations from several k-means++ starts, the best kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal, cast

from pydantic import Field

from clusterctl.algorithms.base import AlgorithmSpec, Cost, Parameters, Settings, check_n_clusters
from clusterctl.values.prediction import FittedModel, Predict, Prediction, PredictRule

if TYPE_CHECKING:
    import numpy as np

    from clusterctl.kernels.lloyd import KMeansFit
    from clusterctl.values.clustering import Clustering
    from clusterctl.values.remarks import Caution
    from clusterctl.values.space import Points


class KMeansParameters(Parameters):
    """scikit-learn's names and defaults, but n_init 10."""

    init: Literal["k-means++", "random"] = "k-means++"
    """How the starting centres are drawn: greedy k-means++ or rows at random."""
    n_init: Annotated[int, Field(ge=1)] | Literal["auto"] = 10
    """How many starts; the one with the lowest inertia is kept. auto: 1 for k-means++, 10 for random."""
    max_iter: int = Field(default=300, ge=1)
    """At most so many iterations a start."""
    tol: float = Field(default=1e-4, ge=0)
    """A start has converged when its centres move less than this, relative to the mean variance of the columns."""
    algorithm: Literal["lloyd", "elkan"] = "lloyd"
    """Both give the same clusters; elkan skips distances by the triangle inequality, for n_clusters more numbers a row."""


def build(points: Points, settings: Settings, n_jobs: int) -> KMeansFit:
    """Fit all starts side by side and keep the best; the partition is that of scikit-learn's KMeans with the same settings.

    Raises ClusteringError if n_clusters is above the number of distinct rows. Same bits at any n_jobs.
    """
    import numpy as np

    from clusterctl.kernels.lloyd import KMeansOptions, fit_kmeans
    from clusterctl.kernels.threads import one_thread

    parameters, n_clusters = _parts(settings)
    check_n_clusters(points, n_clusters)
    options = KMeansOptions(
        init=parameters.init, n_init=n_starts(parameters), max_iter=parameters.max_iter, tol=parameters.tol, algorithm=parameters.algorithm
    )
    with one_thread():
        return fit_kmeans(points.X, n_clusters, options, np.random.RandomState(settings.random_state), n_jobs)


def cut(structure: KMeansFit, settings: Settings) -> Clustering:
    """Return the fit as a Clustering; arrays: centers (n_clusters, d), in the space clustered in.

    For predict also: centred (n_clusters, d), the centres less origin (d,), in the fit's own order, and number (n_clusters,), the label
    of each.
    """
    import numpy as np

    from clusterctl.values.clustering import Clustering, canonical

    labels, old = canonical(structure.labels)
    facts = {
        "inertia": structure.inertia,
        "n_iter": structure.n_iter,
        "converged": structure.converged,
        "n_init": len(structure.inertias),
    }
    kept = np.sort(old)
    arrays = {
        "centers": structure.centers[old],
        "centred": structure.centred[kept],
        "origin": structure.origin,
        "number": np.argsort(old),
    }
    return Clustering(labels, len(old), None, arrays, facts, tuple(_cautions(structure, settings, len(old))))


def _cautions(structure: KMeansFit, settings: Settings, n_found: int) -> Iterator[Caution]:
    from clusterctl.values.remarks import Caution

    parameters, n_clusters = _parts(settings)
    if not structure.converged:
        yield Caution(
            "not_converged",
            f"k-means had not converged after max_iter {parameters.max_iter} iterations: "
            f"set max_iter higher, or tol above {parameters.tol:g}.",
        )
    if n_found < n_clusters:
        yield Caution("fewer_clusters", f"k-means found {n_found} clusters, not the {n_clusters} asked for: the others won no row.")


def _parts(settings: Settings) -> tuple[KMeansParameters, int]:
    assert isinstance(settings.parameters, KMeansParameters)
    assert settings.n_clusters is not None
    return settings.parameters, settings.n_clusters


def n_starts(parameters: KMeansParameters) -> int:
    """Return the number of starts that n_init stands for."""
    if parameters.n_init == "auto":
        return 1 if parameters.init == "k-means++" else 10
    return parameters.n_init


def cost(n: int, d: int, settings: Settings, mean_neighbours: float | None) -> Cost:  # noqa: ARG001
    """Return the peak of memory beside the points, for two starts at a time: a copy by columns, and some seven numbers a row."""
    parameters, n_clusters = _parts(settings)
    n_bytes, formula = 8 * n * (d + 7) + 48 * min(n, 8192), "8 n (d + 7) + 48 min(n, 8192)"
    if parameters.algorithm == "elkan":
        n_bytes, formula = n_bytes + 16 * n * n_clusters, f"{formula} + 16 n n_clusters"
    return Cost(n_bytes, formula)


def seconds(n: int, d: int, settings: Settings) -> float:
    """Return the seconds that seeding takes, and fifteen iterations of each start."""
    parameters = cast(KMeansParameters, settings.parameters)
    return n_starts(parameters) * n * (settings.n_clusters or 1) * (2e-8 + 4e-9 * d)


def prepare(model: FittedModel) -> Predict:
    """Return the rule for new rows: the nearest centre. Fitted rows get exactly their labels.

    confidence: (b - a) / max(a, b) with a the distance to the own centre and b to the nearest other, as for fitted rows.
    """
    from clusterctl.kernels.lloyd import nearest_center
    from clusterctl.kernels.nearest_centers import center_confidence, center_distances
    from clusterctl.kernels.threads import one_thread

    arrays = model.arrays

    def predict(points: Points, own: np.ndarray | None, n_jobs: int) -> Prediction:  # noqa: ARG001 (the shape of every rule's)
        with one_thread():
            labels = arrays["number"][nearest_center(points.X, arrays["centred"], arrays["origin"])]
        distance, other, _ = center_distances(points.X, labels, arrays["centers"], "euclidean")
        return Prediction(labels, center_confidence(distance, other), distance)

    return predict


SPEC = AlgorithmSpec(
    name="kmeans",
    title="k-means",
    parameters=KMeansParameters,
    takes_n_clusters=True,
    makes_noise=False,
    uses_random_state=True,
    metrics=frozenset({"euclidean"}),
    structure_settings=frozenset({"n_clusters", "random_state", "init", "n_init", "max_iter", "tol", "algorithm"}),
    build=build,
    cut=cut,
    cost=cost,
    seconds=seconds,
    predict=PredictRule(
        name="nearest_center",
        about="the nearest centre. Exactly the labels of fitted rows",
        prepare=prepare,
        by_center=True,
        arrays={"centers": "kd", "centred": "kd", "origin": "d", "number": "k"},
        positions={"number": "k"},
        row_seconds=5e-7,
    ),
    cut_row_seconds=1e-8,
    source="Lloyd 1982 (IEEE Trans. Inf. Theory 28); Arthur & Vassilvitskii 2007 (SODA); Elkan 2003 (ICML)",
)
