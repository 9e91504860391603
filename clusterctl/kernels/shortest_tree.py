"""The exact minimum spanning tree of all rows by plain distance, its edges in one order: by length, smaller row, larger row.

Where distances tie there are many such trees. Up to 3,000 distinct rows the one is taken that is shortest when ties go to the smaller
row, then to the smaller other row; it is unique, so no search decides it. Above, ties between distinct rows are left to the search.
Equal rows hang on the first of them at any number of rows, as that rule has it.
"""

from __future__ import annotations

import numpy as np

from clusterctl.kernels.neighbors import Floats, Integers
from clusterctl.kernels.spanning_tree import search_boruvka, search_prim
from clusterctl.kernels.threads import one_thread

TIES_ROWS = 3_000
_ALWAYS_BORUVKA, _MOST_BORUVKA, _ROWS_A_COLUMN = 3, 15, 6_000
_SCIPY = {"euclidean": "euclidean", "manhattan": "cityblock", "chebyshev": "chebyshev"}


def join_shortest(X: Floats, metric: str) -> tuple[Integers, Floats]:
    """Return the edges (n - 1, 2), the smaller row first, and their lengths (n - 1,), by (length, smaller row, larger row).

    metric: euclidean, manhattan, chebyshev; cosine for rows that are not all zeros (half the squared distance on the unit sphere).
    Deterministic, one thread; O(n) memory. Boruvka's search up to 3 columns, and on tables long for their width; else Prim's, O(n^2).
    """
    X = np.ascontiguousarray(X, dtype=np.float64)
    if metric == "cosine":
        ends, lengths = join_shortest(_on_sphere(X), "euclidean")
        return ends, lengths**2 / 2
    first, other, like = _split_equal(X)
    ends, lengths = _span_distinct(X[first], metric)
    ends = np.concatenate((first[ends], np.column_stack((like, other))))
    lengths = np.concatenate((lengths, np.zeros(len(other))))
    order = np.lexsort((ends[:, 1], ends[:, 0], lengths))
    return ends[order], lengths[order]


def _on_sphere(X: Floats) -> Floats:
    """Return the rows at length 1; their largest value first, so that no square overflows."""
    X = X / np.abs(X).max(axis=1, keepdims=True)
    return np.asarray(X / np.sqrt(np.einsum("ij,ij->i", X, X))[:, None])


def _split_equal(X: Floats) -> tuple[Integers, Integers, Integers]:
    """Return the first row of each group of equal rows, rising; every other row; and the first row that each of those is like."""
    order = np.lexsort(X.T)  # stable: equal rows stay in their order
    ordered = X[order]
    starts = np.concatenate(([True], (ordered[1:] != ordered[:-1]).any(axis=1)))
    like = np.empty(len(X), dtype=np.int64)
    like[order] = order[starts][np.cumsum(starts) - 1]
    other = np.flatnonzero(like != np.arange(len(X)))
    return np.flatnonzero(like == np.arange(len(X))), other, like[other]


def _span_distinct(X: Floats, metric: str) -> tuple[Integers, Floats]:
    """Return the edges, the smaller row first, and lengths of the tree of rows that all differ, in no order."""
    n, d = X.shape
    if n < 2:
        return np.empty((0, 2), dtype=np.int64), np.empty(0)
    with one_thread(), np.errstate(all="ignore"):
        if n <= TIES_ROWS:
            return _prim_by_rows(X, metric)
        if d <= _ALWAYS_BORUVKA or (d <= _MOST_BORUVKA and n > _ROWS_A_COLUMN * d):
            edges, _ = search_boruvka(X, 0, metric, approximate=False)
        else:
            edges = search_prim(X, np.zeros(n), metric)
    return np.sort(edges[:, :2].astype(np.int64), axis=1), edges[:, 2].copy()


def _prim_by_rows(X: Floats, metric: str) -> tuple[Integers, Floats]:
    """Return the one tree that is shortest by (length, smaller row, larger row), by Prim's algorithm, O(n^2) in time.

    The rows outside the tree are kept together at the front of the arrays, each with its nearest row inside as `smaller * n + larger`.
    """
    from scipy.spatial.distance import cdist

    n = len(X)
    rows, near, pair, points = np.arange(1, n), np.full(n - 1, np.inf), np.full(n - 1, n * n), X[1:].copy()
    pairs, lengths = np.empty(n - 1, dtype=np.int64), np.empty(n - 1)
    row, point = 0, X[:1]
    for last in range(n - 2, -1, -1):
        outside, nearest, best = rows[: last + 1], near[: last + 1], pair[: last + 1]
        distance = cdist(point, points[: last + 1], _SCIPY[metric])[0]
        now = np.minimum(outside, row) * n + np.maximum(outside, row)
        nearer = (distance < nearest) | ((distance == nearest) & (now < best))
        np.copyto(nearest, distance, where=nearer)
        np.copyto(best, now, where=nearer)
        tied = np.flatnonzero(nearest == nearest.min())
        place = tied[best[tied].argmin()]
        pairs[last], lengths[last] = best[place], nearest[place]
        row, point = int(rows[place]), points[place : place + 1].copy()
        for held in (rows, near, pair, points):
            held[place] = held[last]
    return np.column_stack(np.divmod(pairs, n)), lengths
