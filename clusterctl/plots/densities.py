"""What the pictures of the density algorithms show: distances to near rows, the condensed tree, the order of OPTICS; each thinned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from clusterctl.kernels.neighbors import expand, index_rows, reduced
from clusterctl.values.plotdata import CondensedTree, ReachabilityCurve, SortedDistances

if TYPE_CHECKING:
    from clusterctl.values.clustering import Clustering
    from clusterctl.values.space import Points

_MOST_ASKED = 4_000
_MOST_PLACES = 1_000
_MOST_RUNS = 4_000
_MOST_BRANCHES = 150
_MOST_LEVELS = 60
_LARGEST_CLUSTERS = 30


def sorted_distances(points: Points, clustering: Clustering, parameters: Mapping[str, Any], random_state: int) -> SortedDistances | None:
    """Return the sorted distances to the min_samples-th nearest row, of all rows or of 4,000; None but for DBSCAN and OPTICS."""
    is_optics = "ordering" in clustering.arrays
    samples = clustering.facts.get("min_samples", parameters.get("min_samples"))
    if not isinstance(samples, int) or not (is_optics or "n_core" in clustering.facts) or samples > points.n_rows:
        return None
    if is_optics:
        distances, eps = np.asarray(clustering.arrays["core_distances"], dtype=np.float64), _optics_eps(parameters)
    else:
        distances = _core_distances(points, samples, str(parameters.get("metric", "euclidean")), random_state)
        eps = float(clustering.facts["eps"])
    values = np.sort(distances)
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    ranks = np.unique(np.linspace(0, len(values) - 1, min(len(values), _MOST_PLACES)).round().astype(np.int64))
    return SortedDistances(ranks, values[ranks], len(distances), samples, eps)


def _optics_eps(parameters: Mapping[str, Any]) -> float | None:
    """Return where the curve is cut; None: its valleys are the clusters."""
    eps = parameters.get("eps") or parameters.get("max_eps")
    return float(eps) if parameters.get("cluster_method") == "dbscan" and eps is not None else None


def _core_distances(points: Points, samples: int, metric: str, random_state: int) -> np.ndarray:
    X = points.X
    metric = metric if points.metric == "euclidean" else points.metric
    rows = np.arange(len(X))
    if len(X) > _MOST_ASKED:
        rows = np.sort(np.random.default_rng(random_state).choice(len(X), _MOST_ASKED, replace=False))
    asked = np.ascontiguousarray(X[rows])
    # An index is asked for two rows at least: the nearest alone is the row itself, at distance 0.
    near = index_rows(X, metric).nearest(asked, max(samples, min(2, len(X))), float("inf"), 1)[:, samples - 1]
    return expand(reduced(asked, X[near], metric), metric)


def condensed_tree(clustering: Clustering, labels: np.ndarray, ids: np.ndarray, sizes: np.ndarray) -> CondensedTree | None:
    """Return the 150 largest branches, and those of the 30 largest clusters with what they split from; None but for HDBSCAN.

    labels: (n,) of the points; ids, sizes: (k,) of the clusters.
    """
    arrays = clustering.arrays
    if "cluster_node" not in arrays or not len(arrays["condensed_parent"]):
        return None
    n = len(labels)
    parent, child, size = (np.asarray(arrays[f"condensed_{name}"], dtype=np.int64) for name in ("parent", "child", "size"))
    level = _finite(np.asarray(arrays["condensed_lambda"], dtype=np.float64))
    n_branches = int(max(parent.max(), child.max())) - n + 1
    inner = child >= n
    above = np.full(n_branches, -1)
    above[child[inner] - n] = parent[inner] - n
    born, width = np.full(n_branches, level.min()), np.full(n_branches, n)
    born[child[inner] - n], width[child[inner] - n] = level[inner], size[inner]
    died = born.copy()
    np.maximum.at(died, parent - n, level)
    clusters = _clusters_of_branches(parent - n, child, above, np.asarray(arrays["cluster_node"], dtype=np.int64) - n, labels)
    kept = _kept_branches(above, width, clusters, ids, sizes)
    place = np.full(n_branches, -1)
    place[kept] = np.arange(len(kept))
    profiles = [_profile(level[parent == branch + n], size[parent == branch + n], int(width[branch])) for branch in kept.tolist()]
    offsets = np.concatenate(([0], np.cumsum([len(levels) for levels, _ in profiles])))
    levels, rows = (np.concatenate([profile[side] for profile in profiles]) for side in (0, 1))
    parents = np.where(above[kept] < 0, -1, place[above[kept]])
    return CondensedTree(parents, born[kept], died[kept], width[kept], clusters[kept], offsets, levels, rows, n_branches)


def _finite(levels: np.ndarray) -> np.ndarray:
    """Put the density of equal rows, which is infinite, a tenth above the highest other."""
    known = levels[np.isfinite(levels) & (levels > 0)]
    highest = float(known.max()) * 1.1 if len(known) else 1.0
    return np.where(np.isfinite(levels), levels, highest)


def _clusters_of_branches(parent: np.ndarray, child: np.ndarray, above: np.ndarray, nodes: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the cluster that each branch is, -1: none. It has the number of any row below it that is in a cluster."""
    some = np.full(len(above), -1, dtype=np.int64)
    is_row = child < len(labels)
    rows, branches = child[is_row], parent[is_row]
    clustered = labels[rows] >= 0
    some[branches[clustered]] = labels[rows[clustered]]
    for branch in range(len(above) - 1, 0, -1):  # a branch has a higher number than the one it split from
        if above[branch] >= 0 and some[above[branch]] < 0:
            some[above[branch]] = some[branch]
    found = np.full(len(above), -1, dtype=np.int64)
    found[nodes] = some[nodes]
    return found


def _kept_branches(above: np.ndarray, width: np.ndarray, clusters: np.ndarray, ids: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return the numbers of the branches to keep, rising; with a branch all that it split from."""
    wanted = np.argsort(-width, kind="stable")[:_MOST_BRANCHES].tolist()
    largest = ids[np.lexsort((ids, -sizes))][:_LARGEST_CLUSTERS]
    wanted += np.flatnonzero(np.isin(clusters, largest)).tolist()
    kept: set[int] = set()
    for branch in wanted:
        while branch >= 0 and branch not in kept:
            kept.add(branch)
            branch = int(above[branch])
    return np.array(sorted(kept))


def _profile(levels: np.ndarray, leaving: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Return densities, rising, and the rows left from each on."""
    steps, index = np.unique(levels, return_inverse=True)
    left = width - np.cumsum(np.bincount(index.reshape(-1), weights=leaving, minlength=len(steps)).astype(np.int64))
    if len(steps) > _MOST_LEVELS:
        some = np.unique(np.linspace(0, len(steps) - 1, _MOST_LEVELS).round().astype(np.int64))
        steps, left = steps[some], left[some]
    return steps, left


def reachability_curve(
    clustering: Clustering, labels: np.ndarray, parameters: Mapping[str, Any], ids: Callable[[np.ndarray], np.ndarray]
) -> ReachabilityCurve | None:
    """Return the reachability of the rows in their order, in at most 4,000 runs; None but for OPTICS. ids: sample ids of points."""
    if "ordering" not in clustering.arrays:
        return None
    ordering = np.asarray(clustering.arrays["ordering"], dtype=np.int64)
    heights, numbers = np.asarray(clustering.arrays["reachability"])[ordering], labels[ordering]
    starts = np.unique(np.linspace(0, len(ordering), min(len(ordering), _MOST_RUNS) + 1).round().astype(np.int64))
    runs = list(zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True))
    highest = np.array([start + int(heights[start:stop].argmax()) for start, stop in runs])
    most = np.array([int(np.bincount(numbers[start:stop] + 1).argmax()) - 1 for start, stop in runs])
    return ReachabilityCurve(starts, heights[highest], most, ids(ordering[highest]), _optics_eps(parameters))
