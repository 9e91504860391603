"""Merge trees by fastcluster, and their cuts at exactly k clusters or at a height.

A tree Z is (n - 1, 4) as in scipy: the two nodes merged, the height, the size; rows are nodes 0 … n - 1, merge i is node n + i.
"""

from __future__ import annotations

import numpy as np

from clusterctl.kernels.neighbors import Floats, Integers

VECTOR_METHODS = frozenset({"ward", "single", "centroid", "median"})
_FASTCLUSTER = {"euclidean": "euclidean", "manhattan": "cityblock", "chebyshev": "chebychev", "cosine": "cosine"}
TIES_ROWS = 3_000
_SCIPY = {"euclidean": "euclidean", "manhattan": "cityblock", "chebyshev": "chebyshev", "cosine": "cosine"}


def link(X: Floats, method: str, metric: str) -> Floats:
    """Return the merge tree of the rows; deterministic.

    ward, single, centroid and median work on the vectors in O(n d) memory, the others on the 4 n (n - 1) bytes of all distances,
    which fastcluster overwrites in place (its public `linkage` would copy them first). Where merges tie, which comes first is arbitrary:
    up to 3,000 rows the tree is then scipy's (8 n (n - 1) bytes), so that the clusters are those of scipy and scikit-learn.
    """
    if len(X) < 2:
        return np.empty((0, 4))
    tree = _by_fastcluster(X, method, metric)
    if len(X) > TIES_ROWS or not _has_ties(tree):
        return tree
    from scipy.cluster.hierarchy import linkage

    return np.asarray(linkage(X, method, _SCIPY[metric]))


def _by_fastcluster(X: Floats, method: str, metric: str) -> Floats:
    import fastcluster

    if method in VECTOR_METHODS:
        return np.asarray(fastcluster.linkage_vector(X, method=method, metric=_FASTCLUSTER[metric]))
    from scipy.spatial.distance import pdist

    tree = np.empty((len(X) - 1, 4))
    fastcluster.linkage_wrap(len(X), pdist(X, _SCIPY[metric]), tree, fastcluster.mthidx[method])
    return tree


def _has_ties(tree: Floats) -> bool:
    """Tell whether two merges are at one height, up to the rounding of another order of sums."""
    heights = np.sort(tree[:, 2])
    return bool((np.diff(heights) <= 1e-12 * heights[1:]).any())


def cut_into(tree: Floats, n_clusters: int) -> Integers:
    """Return labels of exactly min(n_clusters, n) clusters: the last n_clusters - 1 merges are undone, ties and inversions or not."""
    n_merges = max(0, len(tree) + 1 - n_clusters)
    return _label(tree, np.arange(n_merges))


def cut_below(tree: Floats, height: float) -> Integers:
    """Return labels after all merges below `height` (a merge that lies over one at or above it is not done either)."""
    if not len(tree):
        return np.zeros(1, dtype=np.int64)
    from scipy.cluster.hierarchy import maxdists

    return _label(tree, np.flatnonzero(maxdists(tree) < height))


def _label(tree: Floats, merges: Integers) -> Integers:
    """Return the component of each row when only these merges are done."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = len(tree) + 1
    children = tree[merges, :2].astype(np.int64).ravel()
    parents = np.repeat(merges + n, 2)
    graph = coo_array((np.ones(len(parents), dtype=np.int8), (children, parents)), shape=(2 * n - 1, 2 * n - 1))
    return np.asarray(connected_components(graph, directed=False)[1][:n], dtype=np.int64)
