"""The last merges of a linkage of any size, without walking down the tree."""

from __future__ import annotations

import numpy as np

from clusterctl.values.plotdata import TreeTop

MIXED = -1
_FEWEST_LEAVES, _MOST_LEAVES = 30, 300


def tree_top(linkage: np.ndarray, labels: np.ndarray, n_clusters: int) -> TreeTop:
    """Return the top of a linkage (n - 1, 4) in scipy's form over the points that `labels` (n,) belong to.

    So many leaves are kept that each cluster has about two, at least 30 and at most 300. Works for chains of any depth.
    """
    n = len(linkage) + 1
    n_leaves = min(n, max(_FEWEST_LEAVES, min(2 * n_clusters, _MOST_LEAVES)))
    first = n - n_leaves  # the first merge that is kept; the nodes below n + first are leaves or hidden
    top = linkage[first:].astype(np.float64, copy=True)
    children = top[:, :2].astype(np.int64)
    leaves = np.sort(children[children < n + first])
    top[:, :2] = np.where(children < n + first, np.searchsorted(leaves, children), children - (n + first) + n_leaves)
    sizes = np.where(leaves < n, 1, linkage[np.maximum(leaves - n, 0), 3].astype(np.int64))
    clusters = _leaf_clusters(linkage[:first], leaves, labels)
    return TreeTop(top, sizes, clusters, _cut_height(linkage, top, clusters, n_clusters))


def _leaf_clusters(hidden: np.ndarray, leaves: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the cluster of all rows under each leaf, MIXED where there are several."""
    n = len(labels)
    parents = np.arange(n + len(hidden))
    parents[hidden[:, :2].astype(np.int64).reshape(-1)] = np.repeat(np.arange(n, n + len(hidden)), 2)
    while True:  # pointer jumping: the way to the root halves each time, so a chain of 50,000 takes 16 rounds
        further = parents[parents]
        if np.array_equal(further, parents):
            break
        parents = further
    leaf = np.searchsorted(leaves, parents[:n])
    lowest = np.full(len(leaves), np.iinfo(np.int64).max)
    highest = np.full(len(leaves), np.iinfo(np.int64).min)
    np.minimum.at(lowest, leaf, labels)
    np.maximum.at(highest, leaf, labels)
    return np.where(lowest == highest, lowest, MIXED)


def node_clusters(top: TreeTop) -> np.ndarray:
    """Return (2 p - 1,) the cluster of every node, leaves first, then merges: MIXED where the two sides differ."""
    n_leaves = len(top.leaf_sizes)
    return _merge_up(top.merges, top.leaf_clusters, n_leaves)


def _merge_up(merges: np.ndarray, leaf_clusters: np.ndarray, n_leaves: int) -> np.ndarray:
    clusters = np.full(n_leaves + len(merges), MIXED, dtype=np.int64)
    clusters[:n_leaves] = leaf_clusters
    for number, (left, right) in enumerate(merges[:, :2].astype(np.int64).tolist()):
        if clusters[left] == clusters[right]:
            clusters[n_leaves + number] = clusters[left]
    return clusters


def _cut_height(linkage: np.ndarray, top: np.ndarray, leaf_clusters: np.ndarray, n_clusters: int) -> float | None:
    """Return the height half way between the last merge kept and the first undone; None unless that cut gives the clusters.

    It gives none where a merge that is kept lies as high as one that is undone: merges may tie, and those of
    genie, centroid and median need not rise.
    """
    n, n_leaves = len(linkage) + 1, len(leaf_clusters)
    if not 2 <= n_clusters <= n_leaves:
        return None
    merged = _merge_up(top, leaf_clusters, n_leaves)[n_leaves:] != MIXED
    n_kept = n_leaves - n_clusters
    if not (merged[:n_kept].all() and not merged[n_kept:].any() and (leaf_clusters != MIXED).all()):
        return None
    kept, undone = linkage[: n - n_clusters, 2], linkage[n - n_clusters :, 2]
    below, above = float(kept.max(initial=0.0)), float(undone.min())
    return (below + above) / 2 if below < above else None
