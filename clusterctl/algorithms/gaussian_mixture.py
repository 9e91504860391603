"""Gaussian mixture, fitted by expectation-maximisation; a row belongs to its most probable component."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from pydantic import Field

from clusterctl.algorithms.base import AlgorithmSpec, Cost, Parameters, Settings, check_n_clusters
from clusterctl.errors import ClusteringError
from clusterctl.kernels.filters import library_warnings_ignored
from clusterctl.values.prediction import FittedModel, Predict, Prediction, PredictRule

if TYPE_CHECKING:
    import numpy as np

    from clusterctl.values.clustering import Clustering
    from clusterctl.values.remarks import Caution
    from clusterctl.values.space import Points


class GaussianMixtureParameters(Parameters):
    """scikit-learn's names and defaults."""

    covariance_type: Literal["full", "tied", "diag", "spherical"] = "full"
    """Shape of the components: each its own, one for all, along the axes, round."""
    tol: float = Field(default=1e-3, ge=0)
    """Converged when the mean log-likelihood of a row gains less than this."""
    reg_covar: float = Field(default=1e-6, ge=0)
    """Added to the diagonal of every covariance, so that it can be inverted."""
    max_iter: int = Field(default=100, ge=1)
    """At most so many iterations a start."""
    n_init: int = Field(default=1, ge=1)
    """How many starts; the one with the highest likelihood is kept."""
    init_params: Literal["kmeans", "k-means++", "random", "random_from_data"] = "kmeans"
    """Where the components start from."""


@dataclass(frozen=True, slots=True)
class MixtureFit:
    """The best start: most probable component and its posterior a row, the components by scikit-learn's names, and how it went.

    log_likelihood: sum over rows under the final components. n_parameters: free ones, for BIC and AIC.
    """

    labels: np.ndarray
    posterior: np.ndarray
    arrays: dict[str, np.ndarray]
    lower_bound: float
    n_iter: int
    converged: bool
    log_likelihood: float
    n_parameters: int


def build(points: Points, settings: Settings, n_jobs: int) -> MixtureFit:
    """Fit; the same components and stopping as scikit-learn's GaussianMixture with the same settings.

    Raises ClusteringError if n_clusters is above the number of distinct rows, or a covariance cannot be inverted. Same bits at any n_jobs.
    """
    from clusterctl.kernels.threads import one_thread

    parameters, n_clusters = _parts(settings)
    check_n_clusters(points, n_clusters)
    if points.n_rows < 2:
        raise ClusteringError("a Gaussian mixture needs at least 2 rows; there is 1", hint="use kmeans or hierarchical")
    with one_thread():
        if parameters.covariance_type == "full":
            return _fit_full(points.X, n_clusters, parameters, settings.random_state, n_jobs)
        return _fit_library(points.X, n_clusters, parameters, settings.random_state)


def _fit_full(X: np.ndarray, n_clusters: int, parameters: GaussianMixtureParameters, seed: int, n_jobs: int) -> MixtureFit:
    import numpy as np

    from clusterctl.kernels import mixture as em

    rng = np.random.RandomState(seed)
    best: em.Run | None = None
    for _ in range(parameters.n_init):
        start = em.starting_responsibility(X, n_clusters, parameters.init_params, rng, n_jobs)
        run = em.run_full(
            X, start, n_clusters, tol=parameters.tol, reg_covar=parameters.reg_covar, max_iter=parameters.max_iter, n_jobs=n_jobs
        )
        if best is None or run.lower_bound > best.lower_bound:
            best = run
    assert best is not None
    labels, posterior, log_likelihood = em.assign_full(X, best.mixture, n_jobs)
    mixture = best.mixture
    arrays = {
        "weights": mixture.weights,
        "means": mixture.means,
        "covariances": mixture.covariances,
        "precisions_cholesky": mixture.precisions_cholesky,
    }
    n_parameters = _n_parameters(n_clusters, X.shape[1], "full")
    return MixtureFit(labels, posterior, arrays, best.lower_bound, best.n_iter, best.converged, log_likelihood, n_parameters)


def _fit_library(X: np.ndarray, n_clusters: int, parameters: GaussianMixtureParameters, seed: int) -> MixtureFit:

    from sklearn.mixture import GaussianMixture

    from clusterctl.kernels.mixture import collapsed

    library = GaussianMixture(n_clusters, random_state=seed, **parameters.model_dump())
    try:
        with library_warnings_ignored():  # that it did not converge is said by a Caution
            library.fit(X)
    except ValueError as error:
        raise collapsed(n_clusters, parameters.reg_covar) from error
    labels, posterior, log_likelihood = _assign_library(library, X, n_clusters)
    arrays = {name: getattr(library, f"{name}_") for name in ("weights", "means", "covariances", "precisions_cholesky")}
    n_parameters = _n_parameters(n_clusters, X.shape[1], parameters.covariance_type)
    return MixtureFit(
        labels, posterior, arrays, float(library.lower_bound_), int(library.n_iter_), bool(library.converged_), log_likelihood, n_parameters
    )


def _assign_library(library: Any, X: np.ndarray, n_first: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the most probable of the first components, its posterior among all, and the sum of log-likelihoods."""
    import numpy as np

    labels, posterior, log_likelihood = np.empty(len(X), dtype=np.int64), np.empty(len(X)), 0.0
    for a in range(0, len(X), 16384):
        log_norm, log_share = library._estimate_log_prob_resp(X[a : a + 16384])
        labels[a : a + 16384] = log_share[:, :n_first].argmax(axis=1)
        posterior[a : a + 16384] = np.exp(log_share[:, :n_first].max(axis=1))
        log_likelihood += float(log_norm.sum())
    return labels, posterior, log_likelihood


def prepare(model: FittedModel) -> Predict:
    """Return the rule for new rows: the most probable component that is a cluster. Fitted rows get exactly their labels.

    confidence: its posterior; distance: to the nearest mean of a cluster.
    """
    from clusterctl.kernels.mixture import Mixture, assign_full
    from clusterctl.kernels.nearest_centers import center_distances
    from clusterctl.kernels.threads import one_thread

    names = ("weights", "means", "covariances", "precisions_cholesky")
    parts, covariance_type = {name: model.arrays[name] for name in names}, model.parameters.covariance_type
    library = _library_mixture(parts, covariance_type)

    def predict(points: Points, own: np.ndarray | None, n_jobs: int) -> Prediction:  # noqa: ARG001 (the shape of every rule's)
        import numpy as np

        with one_thread():
            if library is None:
                labels, posterior, _ = assign_full(points.X, Mixture(**parts), n_jobs, model.n_clusters)
            else:
                labels, posterior, _ = _assign_library(library, points.X, model.n_clusters)
        nearest = center_distances(points.X, labels, parts["means"][: model.n_clusters], "euclidean")[2]
        return Prediction(labels, np.clip(posterior, 0.0, 1.0), nearest)

    return predict


def _library_mixture(parts: dict[str, np.ndarray], covariance_type: str) -> Any:
    """Return the library's model with these parts; None for full covariances, which are not left to it."""
    from sklearn.mixture import GaussianMixture

    if covariance_type == "full":
        return None
    library = GaussianMixture(len(parts["weights"]), covariance_type=covariance_type)
    for name, array in parts.items():
        setattr(library, f"{name}_", array)
    return library


def _n_parameters(k: int, d: int, covariance_type: str) -> int:
    """Return the number of free parameters: weights, means and covariances."""
    covariance = {"full": k * d * (d + 1) // 2, "tied": d * (d + 1) // 2, "diag": k * d, "spherical": k}[covariance_type]
    return k - 1 + k * d + covariance


def cut(structure: MixtureFit, settings: Settings) -> Clustering:
    """Return the fit as a Clustering; confidence is the posterior of the own component.

    arrays: weights, means, covariances, precisions_cholesky in the order of the clusters; components that win no row come after them
    (a new row belongs to the most probable of the first n_clusters).
    """
    import numpy as np

    from clusterctl.values.clustering import Clustering, canonical

    parameters, n_clusters = _parts(settings)
    labels, old = canonical(structure.labels)
    order = np.concatenate((old, np.setdiff1d(np.arange(n_clusters), old))).astype(np.intp)
    shared = {"covariances", "precisions_cholesky"} if parameters.covariance_type == "tied" else set()
    arrays = {name: array if name in shared else array[order] for name, array in structure.arrays.items()}
    facts = {
        "lower_bound": structure.lower_bound,
        "n_iter": structure.n_iter,
        "converged": structure.converged,
        "covariance_type": parameters.covariance_type,
        "bic": structure.n_parameters * float(np.log(len(labels))) - 2 * structure.log_likelihood,
        "aic": 2 * structure.n_parameters - 2 * structure.log_likelihood,
    }
    confidence = np.clip(structure.posterior, 0.0, 1.0)
    return Clustering(labels, len(old), confidence, arrays, facts, tuple(_cautions(structure, parameters, n_clusters, len(old))))


def _cautions(structure: MixtureFit, parameters: GaussianMixtureParameters, n_clusters: int, n_found: int) -> Iterator[Caution]:
    from clusterctl.values.remarks import Caution

    if not structure.converged:
        yield Caution(
            "not_converged",
            f"the Gaussian mixture had not converged after max_iter {parameters.max_iter} iterations: "
            f"set max_iter higher, or tol above {parameters.tol:g}.",
        )
    if n_found < n_clusters:
        yield Caution(
            "fewer_clusters",
            f"{n_clusters - n_found} of the {n_clusters} components are no row's most probable one: "
            f"there {'is 1 cluster' if n_found == 1 else f'are {n_found} clusters'}.",
        )


def _parts(settings: Settings) -> tuple[GaussianMixtureParameters, int]:
    assert isinstance(settings.parameters, GaussianMixtureParameters)
    assert settings.n_clusters is not None
    return settings.parameters, settings.n_clusters


def cost(n: int, d: int, settings: Settings, mean_neighbours: float | None) -> Cost:  # noqa: ARG001
    """Return the peak of memory beside the points: that of the k-means it starts from, or of the blocks (full), or the library's."""
    parameters, k = _parts(settings)
    if parameters.covariance_type != "full":
        return Cost(8 * n * (2 * d + 4 * k) + 32 * k * d, "8 n (2 d + 4 n_clusters)")
    n_jobs = 2 if n * d * d * k >= 1 << 23 else 1
    blocks = 4 * n_jobs * min(8 * min(n, 4096) * k * d, 1 << 20)
    drawn = 8 * n * k if parameters.init_params == "random" else 0
    n_bytes = max(8 * n * (d + 7), blocks + 24 * n) + drawn + 64 * k * d * d
    return Cost(n_bytes, "8 n (d + 7) + 64 n_clusters d^2, and up to 8 MB of blocks")


def seconds(n: int, d: int, settings: Settings) -> float:
    """Return the seconds of a k-means start and twenty iterations, for each start."""
    parameters = cast(GaussianMixtureParameters, settings.parameters)
    k = settings.n_clusters or 1
    return parameters.n_init * n * k * (2e-8 + 1e-8 * d + 5e-10 * d * (d + 5))


SPEC = AlgorithmSpec(
    name="gaussian_mixture",
    title="Gaussian mixture",
    parameters=GaussianMixtureParameters,
    takes_n_clusters=True,
    makes_noise=False,
    uses_random_state=True,
    metrics=frozenset({"euclidean"}),
    structure_settings=frozenset(
        {"n_clusters", "random_state", "covariance_type", "tol", "reg_covar", "max_iter", "n_init", "init_params"}
    ),
    build=build,
    cut=cut,
    cost=cost,
    seconds=seconds,
    predict=PredictRule(
        name="posterior",
        about="the most probable component. Exactly the labels of fitted rows",
        prepare=prepare,
        by_center=True,
        arrays={"weights": "c", "means": "cd"},
        row_seconds=1e-6,
    ),
    cut_row_seconds=5e-8,
    source="Dempster, Laird & Rubin 1977 (J. R. Stat. Soc. B 39)",
)
