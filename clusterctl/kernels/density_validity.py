"""The parts of DBCV: all-points core distances, the spanning tree of one cluster, and the separation of clusters; no n x n matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.distance import cdist

from clusterctl.kernels.distance_tiles import N_ROWS, Distances, Tiles

if TYPE_CHECKING:
    from clusterctl.values.space import Metric

N_DENSE = 2_048
"""Clusters of no more rows have their weights in one matrix (32 MB)."""


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
    if n <= N_DENSE:
        return _dense_tree(X, core, metric)
    outside = _Outside(X, core, metric)
    edges, weights = np.empty((n - 1, 2), dtype=np.int64), np.empty(n - 1)
    now = 0
    outside.remove(0)
    for step in range(n - 1):
        outside.reach_from(now)
        at = int(outside.best.argmin())
        weights[step] = outside.best[at]
        edges[step] = outside.partner[at], outside.places[at]
        now = int(outside.places[at])
        outside.remove(at)
    return Tree(edges, np.sqrt(weights) if metric == "euclidean" else weights)


def _dense_tree(X: np.ndarray, core: np.ndarray, metric: Metric) -> Tree:
    """Return the same tree from the whole matrix of weights, which is faster while it is small."""
    n = len(X)
    matrix = cdist(X, X, "euclidean" if metric == "euclidean" else "cityblock")
    np.maximum(matrix, core, out=matrix)
    np.maximum(matrix, core[:, None], out=matrix)
    edges, weights = np.empty((n - 1, 2), dtype=np.int64), np.empty(n - 1)
    best, limit, partner = np.full(n, np.inf), np.full(n, np.inf), np.zeros(n, dtype=np.int64)
    now, limit[0] = 0, -np.inf
    for step in range(n - 1):
        weight = matrix[now]
        closer = (weight <= limit).nonzero()[0]
        weight = weight[closer]
        better = closer[(weight < limit[closer]) | (now < partner[closer])]
        best[better] = limit[better] = matrix[now, better]
        partner[better] = now
        at = int(best.argmin())
        edges[step], weights[step] = (partner[at], at), best[at]
        best[at], limit[at], now = np.inf, -np.inf, at
    return Tree(edges, weights)


class _Outside:
    """The rows not yet in the tree, in order, each with its lightest edge into the tree; squared weights where Euclidean."""

    def __init__(self, X: np.ndarray, core: np.ndarray, metric: Metric) -> None:
        self.distances = Distances(X, metric)
        self.all_core = core**2 if metric == "euclidean" else core
        self.core, self.places = self.all_core, np.arange(len(X))
        self.best, self.partner = np.full(len(X), np.inf), np.zeros(len(X), dtype=np.int64)
        self.gone, self.n_gone = np.zeros(len(X), dtype=bool), 0

    def reach_from(self, now: int) -> None:
        """Take the edges from row `now`, which has just joined the tree, where they are lighter."""
        weight = self.distances.to_row(now)
        np.maximum(weight, self.core, out=weight)
        np.maximum(weight, self.all_core[now], out=weight)
        closer = np.flatnonzero(weight <= self.best)
        if len(closer):
            weight, best = weight[closer], self.best[closer]
            better = ((weight < best) | (now < self.partner[closer])) & ~self.gone[closer]
            self.best[closer[better]] = weight[better]
            self.partner[closer[better]] = now

    def remove(self, at: int) -> None:
        """Let a row go into the tree; the arrays shrink when a quarter of their rows are gone."""
        self.best[at], self.gone[at], self.n_gone = np.inf, True, self.n_gone + 1
        if self.n_gone * 4 > len(self.gone) > 256:
            keep = ~self.gone
            self.distances.keep(keep)
            self.core, self.places, self.best, self.partner = self.core[keep], self.places[keep], self.best[keep], self.partner[keep]
            self.gone, self.n_gone = np.zeros(len(self.places), dtype=bool), 0


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
