"""Where new rows would hang in HDBSCAN's condensed tree, without building it anew: hdbscan's approximate prediction, all rows at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from clusterctl.kernels.nearest_rows import FittedRows
from clusterctl.kernels.neighbors import Floats, Integers

DENSEST = float(np.finfo(np.float64).max)


@dataclass(frozen=True, slots=True)
class Branches:
    """The condensed tree of n rows, by row and by node (node i is at place i - n, the root first).

    leaves, leaves_at: (n,) the node each row leaves, and at which density (1 / distance). parent, born_at: of each node; the root's own.
    label: (m,) the cluster that a node is or lies in, -1: none. densest: (m,) the highest density at which a row leaves that cluster.
    starts_at: (k,) the lowest density at which a row is still in a cluster that is the root, else 0.
    """

    leaves: Integers
    leaves_at: Floats
    parent: Integers
    born_at: Floats
    label: Integers
    densest: Floats
    starts_at: Floats

    def place(self, neighbour: Integers, density: Floats) -> tuple[Integers, Floats]:
        """Return label and strength of rows that join the tree beside `neighbour` at this density.

        A row that joins before its neighbour leaves is in the neighbour's node, else in the nearest one above that is older than it.
        """
        n = len(self.leaves)
        node = self.leaves[neighbour] - n
        rising = np.flatnonzero(self.leaves_at[neighbour] > density)
        while len(rising := rising[(node[rising] > 0) & (self.born_at[node[rising]] >= density[rising])]):
            node[rising] = self.parent[node[rising]] - n
        labels = self.label[node]
        labels = np.where((labels >= 0) & (density < self.starts_at[labels]), -1, labels)
        top = self.densest[node]
        strength = np.ones(len(node))  # also where a cluster of equal rows has no end: there a row that is equal too has density DENSEST
        ends = (top > 0) & np.isfinite(top)
        strength[ends] = np.minimum(top[ends], density[ends]) / top[ends]
        strength[np.isinf(top) & (density < DENSEST)] = 0.0
        return labels, np.where(labels >= 0, np.clip(strength, 0.0, 1.0), 0.0)


def branches_of(arrays: Mapping[str, np.ndarray], labels: Integers) -> Branches:
    """Return the branches of the condensed tree that hdbscan's `cut` left in `arrays`. Raises ValueError if these are no tree."""
    _check_tree(arrays, len(labels))
    parent, child, at = arrays["condensed_parent"], arrays["condensed_child"], arrays["condensed_lambda"]
    cluster_node, n = arrays["cluster_node"], len(labels)
    n_nodes = int(max(parent.max(), child.max())) - n + 1
    is_row = child < n
    leaves, leaves_at = np.full(n, n, dtype=np.int64), np.zeros(n)
    leaves[child[is_row]], leaves_at[child[is_row]] = parent[is_row], at[is_row]
    above, born_at = np.full(n_nodes, n, dtype=np.int64), np.zeros(n_nodes)
    above[child[~is_row] - n], born_at[child[~is_row] - n] = parent[~is_row], at[~is_row]
    label, densest = np.full(n_nodes, -1, dtype=np.int64), np.zeros(n_nodes)
    highest = np.zeros(n_nodes)
    np.maximum.at(highest, parent - n, at)
    label[cluster_node - n], densest[cluster_node - n] = np.arange(len(cluster_node)), highest[cluster_node - n]
    for node in range(1, n_nodes):  # a node's number is above its parent's
        if label[node] < 0:
            label[node], densest[node] = label[above[node] - n], densest[above[node] - n]
    starts_at = np.zeros(len(cluster_node))
    for number in np.flatnonzero(cluster_node == n):
        starts_at[number] = leaves_at[labels == number].min(initial=np.inf)
    return Branches(leaves, leaves_at, above, born_at, label, densest, starts_at)


def _check_tree(arrays: Mapping[str, np.ndarray], n: int) -> None:
    """Raise ValueError unless every node lies below one of a smaller number, and all numbers are in range."""
    parent, child, at, nodes = (arrays[name] for name in ("condensed_parent", "condensed_child", "condensed_lambda", "cluster_node"))
    whole = all(array.dtype.kind == "i" and array.ndim == 1 for array in (parent, child, nodes))
    if not whole or not len(parent) == len(child) == len(at) or not len(parent) or at.dtype.kind != "f" or np.isnan(at).any():
        raise ValueError("the condensed tree is not whole")
    last = max(parent.max(), child.max())
    below = child >= n
    if parent.min() < n or child.min() < 0 or last > n + len(parent) or (parent[below] >= child[below]).any():
        raise ValueError("the condensed tree is no tree")
    if nodes.ndim != 1 or (nodes < n).any() or (nodes > last).any():
        raise ValueError("a cluster is no node of the condensed tree")


@dataclass(frozen=True, slots=True)
class Reach:
    """How far new rows are from the fitted ones by mutual reachability: `core` (n,) core distances, `min_samples` as in the fit."""

    rows: FittedRows
    core: Floats
    min_samples: int
    alpha: float

    def nearest(self, Y: Floats, own: Integers | None, n_jobs: int) -> tuple[Integers, Floats]:
        """Return the fitted row nearest to each row of Y among its 2 min_samples nearest, and the density 1 / mutual reachability.

        A new row's core distance is that to its (min_samples + 1)-th nearest fitted row, as in hdbscan.
        """
        near, distances = self.rows.nearest(Y, 2 * self.min_samples, own, n_jobs)
        core = distances[:, min(self.min_samples, distances.shape[1] - 1)]
        mutual = np.maximum(np.maximum(self.core[near], core[:, None]), distances / self.alpha)
        best = mutual.argmin(axis=1)
        line = np.arange(len(near))
        reach = mutual[line, best]
        with np.errstate(divide="ignore"):
            density = np.where(reach > 0, np.minimum(1.0 / reach, DENSEST), DENSEST)
        return near[line, best], density
