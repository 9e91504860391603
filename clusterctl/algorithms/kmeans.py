"""k-means: Lloyd's or Elkan's iterations from several k-means++ starts, the best kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from clusterctl.algorithms.base import AlgorithmSpec, Cost, Parameters, Settings

if TYPE_CHECKING:
    from clusterctl.values.clustering import Clustering
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


def build(points: Points, settings: Settings, n_jobs: int) -> Any:
    """Fit."""
    raise NotImplementedError


def cut(structure: Any, settings: Settings) -> Clustering:
    """Label."""
    raise NotImplementedError


def cost(n: int, d: int, settings: Settings, mean_neighbours: float | None) -> Cost:  # noqa: ARG001
    """Return the peak of memory beside the points."""
    return Cost(8 * n * (d + 8), "8 n (d + 8)")


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
    source="Lloyd 1982 (IEEE Trans. Inf. Theory 28); Arthur & Vassilvitskii 2007 (SODA); Elkan 2003 (ICML)",
)
