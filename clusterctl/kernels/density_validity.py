"""The parts of DBCV: all-points core distances, the spanning tree of one cluster, and the separation of clusters; no n x n matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.distance import cdist

from clusterctl.kernels.distance_tiles import N_ROWS, Tiles

if TYPE_CHECKING:
    from clusterctl.values.space import Metric


def core_distances(X: np.ndarray, metric: Metric) -> np.ndarray:
    """Return (n,) all-points core distances: (mean over the other rows of (1 / distance)^d)^(-1/d), d the number of columns.

    The powers are taken of ratios to the nearest row, so nothing overflows at any d. Rows at distance 0 add nothing to the sum; a row with
    no row at another place has core distance 0.
    """
    n, d = X.shape
    tiles, core = Tiles(X, X, metric), np.zeros(n)
    for start in range(0, n, N_ROWS):
        block = tiles.row_block(start, min(start + N_ROWS, n))
        least, total = np.full(len(block.points), np.inf), np.zeros(len(block.points))
        for column in tiles.column_starts():
            tile = block.squared(column)
            tile[tile == 0] = np.inf
            nearest = np.minimum(least, tile.min(axis=0))
            found = np.isfinite(nearest)
            shrink = np.divide(nearest, least, out=np.zeros_like(least), where=found & np.isfinite(least))
            total *= _power(shrink, d, metric)
            np.divide(np.where(found, nearest, 0.0), tile, out=tile)
            total += _power(tile, d, metric).sum(axis=0)
            least = nearest
        known = total > 0
        scale = least[known] if metric == "manhattan" else np.sqrt(least[known])
        core[start : start + N_ROWS][known] = scale * (total[known] / (n - 1)) ** (-1.0 / d)
    return core


def _power(ratio: np.ndarray, d: int, metric: Metric) -> np.ndarray:
    """Return ratio^d, or ratio^(d/2) where ratios are of squares; by squaring, since a general power costs ten times as much."""
    half, odd = divmod(d, 2) if metric == "euclidean" else (d, 0)
    out = np.sqrt(ratio) if odd else np.ones_like(ratio)
    base = ratio
    while half:
        if half & 1:
            out = out * base
        half >>= 1
        if half:
            base = base * base
    return out


@dataclass(frozen=True, slots=True)
class Tree:
    """Edges (n - 1, 2) of a minimum spanning tree and their weights (n - 1,)."""

    edges: np.ndarray
    weights: np.ndarray


def spanning_tree(X: np.ndarray, core: np.ndarray, metric: Metric) -> Tree:
    """Return the minimum spanning tree under mutual reachability max(core_i, core_j, distance), by Prim in O(n) memory.

    Many weights tie (a remote row's core distance is the weight of all its short edges), and DBCV depends on how ties break: here by the
    smaller row, for the next row as for its partner, starting from row 0.
    """
    n = len(X)
    rest, places, reach = X, np.arange(n), core
    best, partner, out = np.full(n, np.inf), np.zeros(n, dtype=np.int64), np.zeros(n, dtype=bool)
    edges, weights = np.empty((n - 1, 2), dtype=np.int64), np.empty(n - 1)
    now, n_out, at = 0, 1, 0
    out[0] = True
    for step in range(n - 1):
        weight = cdist(rest, X[now : now + 1], "euclidean" if metric == "euclidean" else "cityblock")[:, 0]
        np.maximum(weight, np.maximum(reach, core[now]), out=weight)
        closer = (weight < best) | ((weight == best) & (now < partner))
        np.copyto(best, weight, where=closer & ~out)
        np.copyto(partner, now, where=closer)
        at = int(best.argmin())
        edges[step], weights[step], now = (partner[at], places[at]), best[at], int(places[at])
        best[at], out[at], n_out = np.inf, True, n_out + 1
        if n_out * 4 > len(rest) > 256:
            rest, places, reach, best, partner = rest[~out], places[~out], reach[~out], best[~out], partner[~out]
            out, n_out = np.zeros(len(rest), dtype=bool), 0
    return Tree(edges, weights)


def internal(tree: Tree, n: int) -> tuple[np.ndarray, float]:
    """Return the rows with more than one edge (row 0 if there are none) and the heaviest edge between two of them.

    Where no edge joins two internal rows, the heaviest of all: as the authors' own program does.
    """
    inside = np.bincount(tree.edges.ravel(), minlength=n) > 1
    both = inside[tree.edges].all(axis=1)
    nodes = np.flatnonzero(inside) if inside.any() else np.zeros(1, dtype=np.int64)
    return nodes, float(tree.weights[both].max() if both.any() else tree.weights.max())


def separations(X: np.ndarray, core: np.ndarray, cluster: np.ndarray, n_clusters: int, metric: Metric) -> np.ndarray:
    """Return (k,) the least mutual reachability from each cluster to any other, over the given rows, sorted by cluster."""
    tiles, out = Tiles(X, X, metric), np.full(n_clusters, np.inf)
    for start in range(0, len(X), N_ROWS):
        stop = min(start + N_ROWS, len(X))
        block, own = tiles.row_block(start, stop), cluster[start:stop]
        for column in tiles.column_starts():
            tile = block.distances(column)
            there = cluster[column : column + len(tile)]
            np.maximum(tile, core[column : column + len(tile), None], out=tile)
            first = np.flatnonzero(np.diff(there, prepend=-1))
            least = np.minimum.reduceat(tile, first, axis=0)
            least = np.where(there[first][:, None] == own, np.inf, np.maximum(least, core[start:stop]))
            np.minimum.at(out, own, least.min(axis=0))
    return out
