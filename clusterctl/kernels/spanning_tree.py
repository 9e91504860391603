"""Exact minimum spanning trees of mutual reachability, by the compiled searches of the hdbscan library, and their merge trees.

The mutual reachability of two rows is max(core(a), core(b), d(a, b) / alpha); many edges are equal to a core distance, so ties are the
rule, and which row joins which of two clusters first is decided by the order of the edges. The library's order is kept: with another (by
weight, then rows) its labels are not reproduced on one table in eight on which its own exact searches agree.
"""

from __future__ import annotations

import numpy as np

from clusterctl.kernels.neighbors import Floats
from clusterctl.kernels.threads import one_thread

LEAF_SIZE = 40
MAX_BORUVKA_COLUMNS = 60


def span(X: Floats, min_samples: int, metric: str, alpha: float = 1.0, approximate: bool = False) -> tuple[Floats, Floats]:
    """Return (merge tree (n - 1, 4) as in scipy, core distances (n,)) of n >= 2 rows; deterministic, one thread.

    min_samples: neighbours, the row itself left out; at most n - 1 are used. Boruvka's search on a k-d tree up to 60 columns, Prim's,
    O(n^2) in time, above and for alpha other than 1 (the library's Boruvka leaves alpha out of its bounds).
    """
    from hdbscan._hdbscan_linkage import label

    k = max(1, min(min_samples, len(X) - 1))
    X = np.array(X, dtype=np.float64, order="C")  # the compiled searches take no read-only memory
    with one_thread(), np.errstate(all="ignore"):
        if X.shape[1] > MAX_BORUVKA_COLUMNS or alpha != 1.0:
            core = _measure_core(X, k, metric)
            edges = search_prim(X, core, metric, alpha)
        else:
            edges, core = search_boruvka(X, k, metric, approximate)
        return np.asarray(label(edges[np.argsort(edges[:, 2])])), core


def search_boruvka(X: Floats, k: int, metric: str, approximate: bool) -> tuple[Floats, Floats]:
    """Return the edges (n - 1, 3) and the core distances by dual-tree Boruvka (March, Ram & Gray 2010); with k of 0 of plain distances."""
    from hdbscan._hdbscan_boruvka import KDTreeBoruvkaAlgorithm
    from sklearn.neighbors import KDTree

    tree = KDTree(X, metric=metric, leaf_size=LEAF_SIZE)
    search = KDTreeBoruvkaAlgorithm(tree, k, metric=metric, leaf_size=LEAF_SIZE // 3, approx_min_span_tree=approximate, n_jobs=1)
    edges = np.asarray(search.spanning_tree())
    core = np.array(search.core_distance_arr)  # reduced
    return edges, np.sqrt(core) if metric == "euclidean" else core


def search_prim(X: Floats, core: Floats, metric: str, alpha: float = 1.0) -> Floats:
    """Return the edges (n - 1, 3) by Prim's algorithm; with core distances of 0 of plain distances."""
    from hdbscan._hdbscan_linkage import mst_linkage_core_vector
    from hdbscan.dist_metrics import DistanceMetric

    return np.asarray(mst_linkage_core_vector(X, core, DistanceMetric.get_metric(metric), alpha))


def _measure_core(X: Floats, k: int, metric: str) -> Floats:
    """Return the distance of each row to its k-th nearest other."""
    from sklearn.neighbors import KDTree

    tree = KDTree(X, metric=metric, leaf_size=LEAF_SIZE)
    return np.array(tree.query(X, k=k + 1, dualtree=True, breadth_first=True)[0][:, -1])
