"""Gaussian mixture, fitted by expectation-maximisation; a row belongs to its most probable component."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from clusterctl.algorithms.base import AlgorithmSpec, Cost, Parameters, Settings

if TYPE_CHECKING:
    from clusterctl.values.clustering import Clustering
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


def build(points: Points, settings: Settings, n_jobs: int) -> Any:
    """Fit."""
    raise NotImplementedError


def cut(structure: Any, settings: Settings) -> Clustering:
    """Label."""
    raise NotImplementedError


def cost(n: int, d: int, settings: Settings, mean_neighbours: float | None) -> Cost:  # noqa: ARG001
    """Return the peak of memory beside the points."""
    k = settings.n_clusters or 1
    return Cost(8 * n * (d + 2 * k) + 16 * k * d * d, "8 n (d + 2 k) + 16 k d^2")


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
    source="Dempster, Laird & Rubin 1977 (J. R. Stat. Soc. B 39)",
)
