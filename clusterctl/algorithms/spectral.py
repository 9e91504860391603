"""Spectral clustering: eigenvectors of a neighbour graph, then k-means in their space."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, cast

from pydantic import Field

from clusterctl.algorithms.base import AlgorithmSpec, Cost, Parameters, Settings, check_n_distinct, count_distinct, settings_key
from clusterctl.algorithms.neighbour_vote import WITH_CENTERS
from clusterctl.errors import ClusteringError

if TYPE_CHECKING:
    import numpy as np

    from clusterctl.values.clustering import Clustering
    from clusterctl.values.remarks import Caution
    from clusterctl.values.space import Points

N_DENSE = 512
"""Up to so many rows all eigenvectors are computed exactly, whatever the solver."""

_GRAPH = frozenset({"affinity", "n_neighbors", "gamma", "eigen_solver", "eigen_tol", "random_state"})


class SpectralParameters(Parameters):
    """scikit-learn's names and defaults, but affinity nearest_neighbors and eigen_solver lobpcg."""

    affinity: Literal["nearest_neighbors", "rbf", "laplacian"] = "nearest_neighbors"
    """The graph: the nearest neighbours of each row, exp(-gamma r^2) between all pairs, or exp(-gamma r) with r the city-block distance."""
    n_neighbors: int = Field(default=10, ge=2)
    """Neighbours a row, itself counted (nearest_neighbors)."""
    gamma: float = Field(default=1.0, gt=0)
    """How fast the affinity falls with distance (rbf and laplacian)."""
    eigen_solver: Literal["lobpcg", "arpack"] = "lobpcg"
    """lobpcg is 8 times faster at 20,000 rows; arpack is more exact where eigenvalues are close."""
    eigen_tol: Annotated[float, Field(ge=0)] | Literal["auto"] = "auto"
    """When the eigenvectors are good enough, as a residual; auto: 1e-5 for lobpcg, machine precision for arpack."""
    n_components: Annotated[int, Field(ge=1)] | None = None
    """How many eigenvectors; none: n_clusters."""
    assign_labels: Literal["kmeans", "discretize", "cluster_qr"] = "kmeans"
    """How rows are put into clusters in the space of the eigenvectors."""
    n_init: int = Field(default=10, ge=1)
    """Starts of k-means there (assign_labels kmeans)."""


def block_of(settings: Settings) -> int:
    """Return how many eigenvectors are computed for this setting: 8, 16, 32, 64, …, the next that holds those it needs."""
    parameters, n_clusters = _parts(settings)
    needed, block = parameters.n_components or n_clusters, 8
    while block < needed:
        block *= 2
    return block


def structure_key(settings: Settings) -> tuple[Hashable, ...]:
    """Return what the graph and its eigenvectors depend on: every n_clusters of one block shares them, to the bit."""
    return (*settings_key(_GRAPH, settings), ("block", block_of(settings)))


@dataclass(frozen=True, slots=True)
class SpectralStructure:
    """The eigenvectors of the graph, a block of them, and its connected parts.

    values (m,) rising; vectors (n, m) of the random walk on the graph. part (n,): the connected part of each row;
    part_centers (n_parts, d) and part_sizes (n_parts,). n_distinct: rows that differ from each other.
    """

    values: np.ndarray
    vectors: np.ndarray
    converged: bool
    part: np.ndarray
    part_centers: np.ndarray
    part_sizes: np.ndarray
    n_distinct: int
    cautions: tuple[Caution, ...]


def build(points: Points, settings: Settings, n_jobs: int) -> SpectralStructure:
    """Make the graph and its block of eigenvectors, which serve every n_clusters of that block.

    The graph is scikit-learn's (`nearest_neighbors`: (G + G^T) / 2); on points whose distance is the city-block one it is made with
    that. Eigenvectors up to 512 rows are exact. Raises ClusteringError if n_clusters is above the number of distinct rows.
    Same bits at any n_jobs.
    """
    import numpy as np

    from clusterctl.kernels.affinity import connected_parts, dense_affinity, neighbour_graph
    from clusterctl.kernels.eigenvectors import smallest_eigenvectors
    from clusterctl.kernels.threads import one_thread

    parameters, n_clusters = _parts(settings)
    X, n = points.X, points.n_rows
    n_distinct = count_distinct(points, n)
    check_n_distinct(n_distinct, n, n_clusters)
    n_neighbors = min(parameters.n_neighbors, n)
    with one_thread():
        if parameters.affinity == "nearest_neighbors":
            graph = neighbour_graph(X, n_neighbors, points.metric, n_jobs)
        else:
            graph = dense_affinity(X, parameters.affinity, parameters.gamma, points.metric)
        n_parts, part = connected_parts(graph)
        sizes = np.bincount(part, minlength=n_parts)
        centers = np.stack([np.bincount(part, weights=column, minlength=n_parts) for column in X.T], axis=1) / sizes[:, None]
        eigen = smallest_eigenvectors(
            graph,
            part,
            min(n, block_of(settings)),
            solver=parameters.eigen_solver,
            n_dense=N_DENSE,
            tol=None if parameters.eigen_tol == "auto" else parameters.eigen_tol,
            rng=np.random.RandomState(settings.random_state),
        )
    cautions = tuple(_graph_cautions(parameters, n, n_parts, eigen.converged))
    return SpectralStructure(eigen.values, eigen.vectors, eigen.converged, part, centers, sizes, n_distinct, cautions)


def cut(structure: SpectralStructure, settings: Settings) -> Clustering:
    """Put the rows into n_clusters clusters in the space of the first eigenvectors, as scikit-learn's SpectralClustering does.

    Where the graph is in at least n_clusters parts with no edge between them, any union of parts cuts nothing and eigenvectors cannot
    choose: then whole parts are joined by Ward's criterion on their centres. arrays: eigenvalues (m,), embedding (n, n_components).
    Raises ClusteringError if n_clusters is above the number of distinct rows.
    """
    from clusterctl.kernels.affinity import merge_parts
    from clusterctl.values.clustering import Clustering, canonical

    parameters, n_clusters = _parts(settings)
    check_n_distinct(structure.n_distinct, len(structure.part), n_clusters)
    n_components = min(parameters.n_components or n_clusters, structure.vectors.shape[1])
    embedding = structure.vectors[:, :n_components]
    n_parts = len(structure.part_sizes)
    cautions = list(structure.cautions)
    if n_parts >= n_clusters:
        labels = merge_parts(structure.part_centers, structure.part_sizes, n_clusters)[structure.part]
        if n_parts > n_clusters > 1:
            cautions.append(_joined(n_parts, n_clusters))
    else:
        labels = _assign(embedding, parameters, n_clusters, settings.random_state)
    labels, old = canonical(labels)
    if len(old) < n_clusters:
        cautions.append(_fewer(len(old), n_clusters))
    facts = {"n_parts": n_parts, "converged": structure.converged, "affinity": parameters.affinity}
    arrays = {"eigenvalues": structure.values, "embedding": embedding}
    return Clustering(labels, len(old), None, arrays, facts, tuple(cautions))


def _assign(embedding: np.ndarray, parameters: SpectralParameters, n_clusters: int, seed: int) -> np.ndarray:
    """Cluster the rows of the embedding, with the random numbers scikit-learn has left after its eigenvectors."""
    import numpy as np

    from clusterctl.kernels.lloyd import KMeansOptions, fit_kmeans

    n, n_components = embedding.shape
    rng = np.random.RandomState(seed)
    if parameters.eigen_solver == "arpack":
        rng.uniform(-1, 1, n)
    elif n >= 5 * n_components + 1:
        rng.standard_normal((n, n_components + 1))
    embedding = np.ascontiguousarray(embedding)
    if parameters.assign_labels == "kmeans":
        return fit_kmeans(embedding, n_clusters, KMeansOptions(n_init=parameters.n_init), rng, 1).labels
    from sklearn.cluster._spectral import cluster_qr, discretize

    if parameters.assign_labels == "cluster_qr":
        return np.asarray(cluster_qr(embedding))
    try:
        return np.asarray(discretize(embedding, random_state=rng))
    except np.linalg.LinAlgError as error:
        raise ClusteringError(
            "assign_labels discretize found no partition: its rotations did not converge", hint="use assign_labels kmeans or cluster_qr"
        ) from error


def _graph_cautions(parameters: SpectralParameters, n: int, n_parts: int, converged: bool) -> Iterator[Caution]:
    from clusterctl.values.remarks import Caution

    if parameters.affinity == "nearest_neighbors" and parameters.n_neighbors > n:
        yield Caution("n_neighbors_lowered", f"n_neighbors {parameters.n_neighbors} is more than the {n} rows: {n} was used.")
    if n_parts > 1:
        more = "n_neighbors higher" if parameters.affinity == "nearest_neighbors" else "gamma lower"
        yield Caution(
            "graph_not_connected",
            f"the graph of spectral clustering is in {n_parts} parts with no edge between them; set {more} to connect them.",
        )
    if not converged:
        yield Caution(
            "not_converged", "the eigenvectors of spectral clustering had not converged: try the other eigen_solver, or a larger eigen_tol."
        )


def _joined(n_parts: int, n_clusters: int) -> Caution:
    from clusterctl.values.remarks import Caution

    return Caution(
        "parts_joined",
        f"the graph is in {n_parts} parts, more than the {n_clusters} clusters asked for: whole parts were joined by Ward's criterion.",
    )


def _fewer(n_found: int, n_clusters: int) -> Caution:
    from clusterctl.values.remarks import Caution

    return Caution("fewer_clusters", f"spectral clustering found {n_found} clusters, not the {n_clusters} asked for.")


def _parts(settings: Settings) -> tuple[SpectralParameters, int]:
    assert isinstance(settings.parameters, SpectralParameters)
    assert settings.n_clusters is not None
    return settings.parameters, settings.n_clusters


def cost(n: int, d: int, settings: Settings, mean_neighbours: float | None) -> Cost:  # noqa: ARG001
    """Return the peak of memory beside the points: graph and eigenvectors, or all affinities; arpack's factors come on top."""
    parameters, _ = _parts(settings)
    block, dense, arpack = block_of(settings), parameters.affinity != "nearest_neighbors", parameters.eigen_solver == "arpack"
    if dense:
        return Cost((24 if arpack else 12) * n * n + 100 * n * block, f"{24 if arpack else 12} n^2")
    n_bytes, formula = n * (60 * parameters.n_neighbors + 100 * block), f"n (60 n_neighbors + 100 b), b = {block} eigenvectors"
    if n <= N_DENSE:
        return Cost(n_bytes + 32 * n * n, f"{formula} + 32 n^2 (exact up to {N_DENSE} rows)")
    return Cost(n_bytes + n * n, f"{formula} + n^2 for arpack's factors") if arpack else Cost(n_bytes, formula)


def seconds(n: int, d: int, settings: Settings) -> float:
    """Return the seconds of the graph and its eigenvectors."""
    parameters = cast(SpectralParameters, settings.parameters)
    if parameters.affinity == "nearest_neighbors":
        return 0.1 + 5e-6 * n * (settings.n_clusters or 1) * (1 + d / 50)
    return 0.2 + n * n * (1e-8 * d + 2e-8 * (settings.n_clusters or 1))


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
    seconds=seconds,
    predict=WITH_CENTERS,
    cut_row_seconds=4e-6,
    connected=True,
    source="von Luxburg 2007 (Stat. Comput. 17); Knyazev 2001 (SIAM J. Sci. Comput. 23)",
    structure_key=structure_key,
)
