"""Is there a valley of density around every cluster, and none inside? Read off the spanning tree for all partitions at once.

An edge of the mutual-reachability tree is the densest way between the two sides it joins (as in DBSCAN and DBCV, Moulavi et al. 2014):
its length against the core distances on either side is the depth of the valley. Depths are logs of density: log lengths times the
intrinsic dimension.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from clusterctl.recommendation.ground import Ground
from clusterctl.recommendation.partitions import Partitions

LEAST_SIDE = 0.05
"""A side of a split inside a cluster holds this share of its rows at least, and 5 rows."""


def valleys(ground: Ground, partitions: Partitions) -> dict[str, np.ndarray]:
    """Return the depth of the valleys around clusters and inside.

    valley: mean over clusters, weighted by size, of the shallowest tree edge that leaves the cluster; valley_least: the least of all.
    crossings: log(1 + edges between clusters beyond k - 1, a cluster). split, split_most: the deepest edge inside a cluster that parts it
    into two sides of at least 5 %, mean by size, and most. ringed, ringed_least, broken: the same as shares from 0 to 1.
    """
    labels, n_columns = partitions.labels.T, len(partitions)  # (n, C): a tree step is one operation over all partitions
    tree, log_core = ground.tree, np.log(ground.core)
    k_most = partitions.sizes.shape[1]
    size = np.maximum(partitions.sizes, 1)
    mean = np.stack([np.bincount(c[c >= 0], weights=log_core[c >= 0], minlength=k_most) for c in partitions.labels]) / size
    below, core_below = np.ones(labels.shape), np.repeat(log_core[:, None], n_columns, axis=1)
    child = tree.order[:0:-1]
    parent = tree.parent
    same = (labels[child] == labels[parent[child]]) & (labels[child] >= 0)
    for step, row in enumerate(child):
        joined = same[step]
        below[parent[row]] += below[row] * joined
        core_below[parent[row]] += core_below[row] * joined
    top = np.empty(labels.shape, dtype=np.int64)
    top[tree.order[0]] = tree.order[0]
    for step, row in enumerate(tree.order[1:]):
        top[row] = np.where(same[len(child) - 1 - step], top[parent[row]], row)
    around = _around(labels, child, parent, same, tree.weight, mean)
    inside = _inside(labels, child, same, tree.weight, below, core_below, top, size)
    weight = partitions.sizes / np.maximum(partitions.sizes.sum(axis=1, keepdims=True), 1)
    present = partitions.sizes > 0
    known = np.where(np.isfinite(around), around, 0.0) * ground.dimension
    split = inside * ground.dimension
    n_crossing = ((~same) & (labels[child] >= 0) & (labels[parent[child]] >= 0)).sum(axis=0)
    extra = np.maximum(n_crossing - (partitions.n_clusters - 1), 0) / partitions.n_clusters
    least = np.where(present, known, np.inf).min(axis=1)
    return {
        "valley": (known * weight).sum(axis=1),
        "valley_least": least,
        "crossings": np.log1p(extra),
        "ringed": (_share(known) * weight).sum(axis=1),
        "ringed_least": np.where(present, _share(known), np.inf).min(axis=1),
        "broken": (_share(split) * weight).sum(axis=1),
        "split": (split * weight).sum(axis=1),
        "split_most": np.where(present, split, 0.0).max(axis=1),
    }


def _share(depth: np.ndarray) -> np.ndarray:
    """Return a depth as a number from 0 to 1, one half where density falls by a factor of e."""
    return np.asarray(expit((depth - 1.0) / 0.4))


def _around(
    labels: np.ndarray, child: np.ndarray, parent: np.ndarray, same: np.ndarray, weight: np.ndarray, mean: np.ndarray
) -> np.ndarray:
    """Return (C, K) the shallowest edge that leaves each cluster, against the sparser of the clusters on its sides; inf for none."""
    out = np.full(mean.shape, np.inf)
    step, column = np.nonzero(~same)
    here, there = labels[child[step], column], labels[parent[child[step]], column]
    log_weight = np.log(weight[child[step]])
    left, right = np.where(here >= 0, mean[column, here], -np.inf), np.where(there >= 0, mean[column, there], -np.inf)
    depth = log_weight - np.maximum(left, right)
    for side in (here, there):
        known = (side >= 0) & (here != there)
        np.minimum.at(out, (column[known], side[known]), depth[known])
    return out


def _inside(
    labels: np.ndarray,
    child: np.ndarray,
    same: np.ndarray,
    weight: np.ndarray,
    below: np.ndarray,
    core_below: np.ndarray,
    top: np.ndarray,
    size: np.ndarray,
) -> np.ndarray:
    """Return (C, K) the deepest edge inside each cluster that parts it into two sides large enough, against the sparser side; 0 for none.

    Where the tree enters a cluster several times, its parts are told apart by the row where it enters (`top`).
    """
    out = np.zeros(size.shape)
    step, column = np.nonzero(same)
    row = child[step]
    own, entry = labels[row, column], top[row, column]
    under, over = below[row, column], below[entry, column] - below[row, column]
    enough = np.maximum(5, LEAST_SIDE * size[column, own])
    kept = (under >= enough) & (over >= enough)
    row, column, own, entry, under, over = row[kept], column[kept], own[kept], entry[kept], under[kept], over[kept]
    mean_under = core_below[row, column] / under
    mean_over = (core_below[entry, column] - core_below[row, column]) / over
    np.maximum.at(out, (column, own), np.log(weight[row]) - np.maximum(mean_under, mean_over))
    return out
