"""Nearest rows within a limit, exactly and in O(n) memory: a k-d tree in few dimensions, products of blocks in many.

Distances are compared in reduced form (squared for euclidean), as scikit-learn's trees do, so that a limit that equals a distance
of integer data (eps = sqrt(3)) is decided in the same way.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from clusterctl.kernels.threads import parallel

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

POWER = {"euclidean": 2.0, "manhattan": 1.0, "chebyshev": float("inf")}
MAX_TREE_COLUMNS = 15
BLOCK_NUMBERS = 1 << 21
PRODUCT_ROWS = 8192


class Index(Protocol):
    """Rows that can be searched."""

    n_rows: int

    def nearest(self, Y: Floats, k: int, limit: float, n_jobs: int) -> Integers:
        """Return (len(Y), k) positions of the nearest rows, nearest first; `n_rows` stands for none.

        Rows well beyond `limit` may be left out; what is returned can lie slightly beyond it. The same at any n_jobs.
        """
        ...


def reduced(A: Floats, B: Floats, metric: str) -> Floats:
    """Return the reduced distances of the rows of A to the rows of B, pair by pair: (n, d), (n, d) -> (n,)."""
    gap = A - B
    if metric == "euclidean":
        return np.asarray(np.einsum("ij,ij->i", gap, gap))
    np.abs(gap, out=gap)
    return np.asarray(gap.sum(axis=1) if metric == "manhattan" else gap.max(axis=1, initial=0.0))


def reduce_limit(limit: float, metric: str) -> float:
    """Return a distance in reduced form."""
    return limit * limit if metric == "euclidean" else limit


def expand(values: Floats, metric: str) -> Floats:
    """Return reduced distances as distances."""
    return np.sqrt(values) if metric == "euclidean" else values


class TreeIndex:
    """scipy's k-d tree."""

    def __init__(self, X: Floats, metric: str) -> None:
        from scipy.spatial import cKDTree

        self.n_rows = len(X)
        self._tree = cKDTree(X)
        self._power = POWER[metric]

    def nearest(self, Y: Floats, k: int, limit: float, n_jobs: int) -> Integers:
        """Search the tree."""
        bound = np.nextafter(limit * (1 + 1e-12), np.inf)
        _, rows = self._tree.query(Y, np.arange(1, k + 1), p=self._power, distance_upper_bound=bound, workers=max(1, n_jobs))
        return np.asarray(rows, dtype=np.int64).reshape(len(Y), k)


class ProductIndex:
    """All pairs by matrix products of blocks (scikit-learn's, euclidean): faster than a tree above 15 columns."""

    def __init__(self, X: Floats) -> None:
        from sklearn.neighbors import NearestNeighbors

        self.n_rows = len(X)
        self._search = NearestNeighbors(algorithm="brute").fit(X)

    def nearest(self, Y: Floats, k: int, limit: float, n_jobs: int) -> Integers:  # noqa: ARG002
        """Search block by block; the limit is left to the caller."""
        k_found = min(k, self.n_rows)
        out = np.full((len(Y), k), self.n_rows, dtype=np.int64)

        def search(start: int) -> None:
            stop = min(start + PRODUCT_ROWS, len(Y))
            out[start:stop, :k_found] = self._search.kneighbors(Y[start:stop], k_found, return_distance=False)

        parallel(search, range(0, len(Y), PRODUCT_ROWS), n_jobs)
        return out


def index_rows(X: Floats, metric: str) -> Index:
    """Return the index that is fastest for these rows."""
    if metric == "euclidean" and X.shape[1] > MAX_TREE_COLUMNS:
        return ProductIndex(X)
    return TreeIndex(X, metric)


def leaf_order(X: Floats, metric: str) -> Integers:
    """Return an order of the rows in which near rows follow each other (searches in it are up to three times faster)."""
    if metric == "euclidean" and X.shape[1] > MAX_TREE_COLUMNS:
        return np.arange(len(X))
    from scipy.spatial import cKDTree

    return np.asarray(cKDTree(X).indices, dtype=np.int64)


def block_length(k: int, d: int) -> int:
    """Return how many rows are searched at a time so that a block of k neighbours of d columns stays small."""
    return max(1024, BLOCK_NUMBERS // (k + d))


def nearest_within(index: Index, X: Floats, Y: Floats, limit: float, metric: str, n_jobs: int) -> tuple[Integers, Integers]:
    """Return (positions in Y, positions in X) of every row of Y with its nearest row of X, where that is within `limit`."""
    found: list[Integers] = []
    where: list[Integers] = []
    length, edge = block_length(1, X.shape[1]), reduce_limit(limit, metric)
    for start in range(0, len(Y), length):
        block = Y[start : start + length]
        rows = index.nearest(block, 1, limit, n_jobs)[:, 0]
        hit = np.flatnonzero(rows < index.n_rows)
        hit = hit[reduced(block[hit], X[rows[hit]], metric) <= edge]
        where.append(hit + start)
        found.append(rows[hit])
    return np.concatenate(where), np.concatenate(found)
