"""Spectral clustering: eigenvectors of a neighbour graph, then k-means in their space."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from clusterctl.algorithms.base import AlgorithmSpec, Cost, Parameters, Settings, settings_key

if TYPE_CHECKING:
    from clusterctl.values.clustering import Clustering
    from clusterctl.values.space import Points

_GRAPH = frozenset({"affinity", "n_neighbors", "gamma", "eigen_solver", "eigen_tol", "random_state"})


class SpectralParameters(Parameters):
    """scikit-learn's names and defaults, but affinity nearest_neighbors and eigen_solver lobpcg."""

    affinity: Literal["nearest_neighbors", "rbf", "laplacian"] = "nearest_neighbors"
    """The graph: the nearest neighbours of each row, exp(-gamma r^2) between all pairs, or exp(-gamma r) with r the city-block distance."""
    n_neighbors: int = Field(default=10, ge=1)
    """Neighbours a row, itself counted (nearest_neighbors)."""
    gamma: float = Field(default=1.0, gt=0)
    """How fast the affinity falls with distance (rbf and laplacian)."""
    eigen_solver: Literal["lobpcg", "arpack"] = "lobpcg"
    """lobpcg is 8 times faster at 20,000 rows; arpack is more exact where eigenvalues are close."""
    eigen_tol: Annotated[float, Field(ge=0)] | Literal["auto"] = "auto"
    """When the eigenvectors are good enough; auto: the solver's own limit."""
    n_components: Annotated[int, Field(ge=1)] | None = None
    """How many eigenvectors; none: n_clusters."""
    assign_labels: Literal["kmeans", "discretize", "cluster_qr"] = "kmeans"
    """How rows are put into clusters in the space of the eigenvectors."""
    n_init: int = Field(default=10, ge=1)
    """Starts of k-means there (assign_labels kmeans)."""


def block_of(settings: Settings) -> int:
    """Return how many eigenvectors are computed for this setting: 8, 16, 32, 64, …, the next that holds those it needs."""
    needed = settings.n_clusters or 1
    if isinstance(settings.parameters, SpectralParameters) and settings.parameters.n_components is not None:
        needed = settings.parameters.n_components
    block = 8
    while block < needed:
        block *= 2
    return block


def structure_key(settings: Settings) -> tuple[Hashable, ...]:
    """Return what the graph and its eigenvectors depend on: every n_clusters of one block shares them, to the bit."""
    return (*settings_key(_GRAPH, settings), ("block", block_of(settings)))


def build(points: Points, settings: Settings, n_jobs: int) -> Any:
    """Fit."""
    raise NotImplementedError


def cut(structure: Any, settings: Settings) -> Clustering:
    """Label."""
    raise NotImplementedError


def cost(n: int, d: int, settings: Settings, mean_neighbours: float | None) -> Cost:  # noqa: ARG001
    """Return the peak of memory beside the points."""
    return Cost(34 * n * n, "34 n^2")


SPEC = AlgorithmSpec(
    name="spectral",
    title="spectral clustering",
    parameters=SpectralParameters,
    takes_n_clusters=True,
    makes_noise=False,
    uses_random_state=True,
    metrics=frozenset({"euclidean", "manhattan"}),
    structure_settings=_GRAPH | {"n_components", "n_clusters"},
    build=build,
    cut=cut,
    cost=cost,
    source="von Luxburg 2007 (Stat. Comput. 17); Knyazev 2001 (SIAM J. Sci. Comput. 23)",
    structure_key=structure_key,
)
