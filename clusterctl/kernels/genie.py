"""Genie: single linkage along the spanning tree, but while cluster sizes are too unequal, a smallest cluster must be joined.

Gagolewski, Bartoszuk & Cena 2016 (Information Sciences 363, 8-23); the code is our own. Whether a merge is free or forced is decided
before it, by the normalised Gini index of the sizes: sum over pairs |c_i - c_j| / ((m - 1) n) for m clusters of n rows.
"""

from __future__ import annotations

import numpy as np

from clusterctl.kernels.neighbors import Floats, Integers
from clusterctl.kernels.shortest_tree import join_shortest


class SizeProfile:
    """The sizes of the clusters of n rows, as how many clusters are larger than 0, 1, 2, … (their conjugate partition).

    The sum of |c_i - c_j| over pairs of m clusters is m n less the sum of these counts squared. A merge of sizes a <= b takes one from
    the a counts below a and adds one to the a counts from b: small to large, so n log n for all merges together.
    """

    __slots__ = ("_larger", "_squares", "n_clusters", "n_rows", "smallest")

    def __init__(self, n_rows: int) -> None:
        self.n_rows = self.n_clusters = n_rows
        self.smallest = 1
        self._larger = [n_rows] + [0] * n_rows
        self._squares = n_rows * n_rows

    def gini(self) -> float:
        """Return the normalised Gini index of the sizes, correctly rounded; 0 for one cluster."""
        if self.n_clusters < 2:
            return 0.0
        return (self.n_clusters * self.n_rows - self._squares) / ((self.n_clusters - 1) * self.n_rows)

    def merge(self, a: int, b: int) -> None:
        """Put a cluster of a + b rows in place of two of a and b."""
        a, b = min(a, b), max(a, b)
        larger, squares = self._larger, self._squares
        for size in range(a):
            count = larger[size]
            larger[size] = count - 1
            squares -= 2 * count - 1
        for size in range(b, a + b):
            count = larger[size]
            larger[size] = count + 1
            squares += 2 * count + 1
        self._squares = squares
        self.n_clusters -= 1
        while larger[self.smallest] == self.n_clusters:
            self.smallest += 1


class _Components:
    """The clusters so far: a disjoint set of rows, with the size and the node of the merge tree of each."""

    __slots__ = ("node", "parent", "size")

    def __init__(self, n_rows: int) -> None:
        self.parent, self.node, self.size = list(range(n_rows)), list(range(n_rows)), [1] * n_rows

    def find(self, row: int) -> int:
        """Return the row that stands for the cluster of a row."""
        parent = self.parent
        while parent[row] != row:
            parent[row] = row = parent[parent[row]]
        return row

    def join(self, a: int, b: int, node: int) -> tuple[int, int]:
        """Make one cluster of two, and return their nodes, the lower first."""
        if self.size[a] < self.size[b]:
            a, b = b, a
        nodes = self.node[a], self.node[b]
        self.parent[b], self.node[a] = a, node
        self.size[a] += self.size[b]
        return min(nodes), max(nodes)


def link_guarded(X: Floats, metric: str, gini_threshold: float) -> tuple[Floats, Floats]:
    """Return the merge tree (n - 1, 4) as in scipy, in the order of the merges, and the distance that each merge bridged (n - 1,).

    These distances need not rise, so the height of a merge is the longest one inside its cluster: no merge lies below one that it holds.
    The first k - 1 merges from the end undone are the k clusters. Ties go by (distance, smaller row, larger row), see `join_shortest`.
    Deterministic; O(n) memory; O(n log n) after the spanning tree.
    """
    if len(X) < 2:
        return np.empty((0, 4)), np.empty(0)
    ends, lengths = join_shortest(X, metric)
    order, children, sizes = merge_guarded(ends, gini_threshold)
    heights = lengths[order].tolist()
    n = len(X)
    for merge, pair in enumerate(children):
        for child in pair:
            if child >= n and heights[child - n] > heights[merge]:
                heights[merge] = heights[child - n]
    return np.column_stack((np.array(children, dtype=np.float64), heights, sizes)), lengths[order]


def merge_guarded(ends: Integers, gini_threshold: float) -> tuple[list[int], list[tuple[int, int]], list[int]]:
    """Return the order in which the edges of a tree (n - 1, 2), given shortest first, are merged; the nodes; and the sizes.

    A free merge takes the first edge left. A forced one takes the first that touches a cluster of the smallest size: an edge once passed
    over cannot come to touch one until that size grows, and when it does, at most n / size edges are left to look through.
    """
    n = len(ends) + 1
    left, right = ends[:, 0].tolist(), ends[:, 1].tolist()
    profile, clusters = SizeProfile(n), _Components(n)
    find, size = clusters.find, clusters.size
    waiting, done = list(range(n - 1)), bytearray(n - 1)
    first = scan = scanned = 0
    order: list[int] = []
    children: list[tuple[int, int]] = []
    sizes: list[int] = []
    for node in range(n, 2 * n - 1):
        if profile.gini() > gini_threshold:
            smallest = profile.smallest
            if smallest != scanned:
                waiting = [edge for edge in waiting if not done[edge]]
                first, scan, scanned = 0, 0, smallest
            while done[edge := waiting[scan]] or smallest not in (size[find(left[edge])], size[find(right[edge])]):
                scan += 1
        else:
            while done[edge := waiting[first]]:
                first += 1
        a, b = find(left[edge]), find(right[edge])
        profile.merge(size[a], size[b])
        done[edge] = 1
        order.append(edge)
        children.append(clusters.join(a, b, node))
        sizes.append(size[find(a)])
    return order, children, sizes
