"""Which rows are alike: graphs of affinities, sparse or dense, and their connected parts."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from clusterctl.kernels.threads import parallel

if TYPE_CHECKING:
    from scipy.sparse import csr_array

N_QUERY = 4096
"""Rows in a query: a multiple of the library's own chunk, so that the bits are those of one query for all."""


def neighbour_graph(X: np.ndarray, n_neighbors: int, metric: Literal["euclidean", "manhattan"], n_jobs: int) -> csr_array:
    """Return scikit-learn's spectral affinity, (G + G^T) / 2 with G_ij = 1 where j is among the `n_neighbors` nearest of i, i included."""
    from scipy.sparse import csr_array
    from sklearn.neighbors import NearestNeighbors

    n = len(X)
    index = NearestNeighbors(n_neighbors=n_neighbors, metric=metric, n_jobs=1).fit(X)
    edges = [*range(0, max(1, n - N_QUERY + 1), N_QUERY), n]  # the last query takes the rest
    queries = [(a, b) for a, b in pairwise(edges) if b > a]

    def nearest(query: tuple[int, int]) -> np.ndarray:
        found: np.ndarray = index.kneighbors(X[query[0] : query[1]], return_distance=False)
        return found.astype(np.int32)

    columns = np.concatenate(parallel(nearest, queries, n_jobs if len(queries) > 1 else 0)).ravel()
    starts = np.arange(0, n * n_neighbors + 1, n_neighbors, dtype=np.int32)
    graph = csr_array((np.ones(len(columns)), columns, starts), shape=(n, n))
    return csr_array(0.5 * (graph + graph.T))


def dense_affinity(
    X: np.ndarray, affinity: Literal["rbf", "laplacian"], gamma: float, metric: Literal["euclidean", "manhattan"]
) -> np.ndarray:
    """Return exp(-gamma r^2) (rbf) or exp(-gamma r) (laplacian) between all rows, (n, n).

    r is the city-block distance for laplacian and wherever the points' own distance is, else Euclidean. Memory: 8 n^2 bytes.
    """
    from sklearn.metrics import pairwise_distances

    if metric == "euclidean" and affinity == "rbf":
        matrix = pairwise_distances(X, metric="sqeuclidean")
    else:
        matrix = pairwise_distances(X, metric="manhattan")
        if affinity == "rbf":
            matrix *= matrix
    matrix *= -gamma
    np.exp(matrix, out=matrix)
    return np.asarray(matrix)


def connected_parts(graph: csr_array | np.ndarray) -> tuple[int, np.ndarray]:
    """Return how many parts without an edge between them there are, and the part of each row (n,)."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    if isinstance(graph, np.ndarray):
        if graph.min() > 0:
            return 1, np.zeros(len(graph), dtype=np.int32)
        graph = csr_array(graph > 0)
    n_parts, part = connected_components(graph, directed=False)
    return int(n_parts), part


def merge_parts(centers: np.ndarray, sizes: np.ndarray, n_clusters: int) -> np.ndarray:
    """Join whole parts into `n_clusters` groups by Ward's criterion on their centres and sizes; return the group of each part.

    Beyond 512 parts the smaller ones first join the nearest of the 512 largest.
    """
    largest = np.argsort(-sizes, kind="stable")[: max(512, n_clusters)]
    home = np.array([int(((centers[largest] - center) ** 2).sum(axis=1).argmin()) for center in centers])
    home[largest] = np.arange(len(largest))
    weight = np.bincount(home, weights=sizes)
    center = np.stack([np.bincount(home, weights=sizes * column) for column in centers.T], axis=1) / weight[:, None]
    gap = ((center[:, None] - center) ** 2).sum(axis=2)
    price = gap * weight[:, None] * weight / (weight[:, None] + weight)
    np.fill_diagonal(price, np.inf)
    group = np.arange(len(weight))
    for _ in range(len(weight) - n_clusters):
        i, j = sorted(divmod(int(price.argmin()), len(price)))
        center[i] = (weight[i] * center[i] + weight[j] * center[j]) / (weight[i] + weight[j])
        weight[i] += weight[j]
        group[group == j] = i
        price[j], price[:, j] = np.inf, np.inf
        left = np.isfinite(price[i])
        left[i] = False
        row = ((center[left] - center[i]) ** 2).sum(axis=1) * weight[left] * weight[i] / (weight[left] + weight[i])
        price[i, left], price[left, i] = row, row
    return np.asarray(group[home])
