"""Density, compactness and separation of clusters, in the units of the clustering space."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clusterctl.analysis.centroids import BLOCK, centroids, own_distances
from clusterctl.analysis.groups import Floats, Groups, column_sums, group
from clusterctl.analysis.noted import Noted
from clusterctl.kernels.threads import parallel
from clusterctl.results.models import ClusterStatistics
from clusterctl.values.remarks import Note

if TYPE_CHECKING:
    from clusterctl.analysis.groups import Integers
    from clusterctl.values.space import Metric, Points

NEIGHBOUR = 5
PAIRS = 20_000_000
FEWEST_QUERIES = 30
PATH = "clustering_results.clusters.cluster_statistics"


def cluster_statistics(points: Points, labels: Integers, n_jobs: int = 1) -> Noted[list[ClusterStatistics]]:
    """Return size, density, compactness and separation a cluster, by the space's own distance; noise rows take no part.

    compactness = mean distance of the rows to their cluster's centre (a distance; small is compact), the scatter S of Davies and Bouldin
    (1979) with q = 1. separation = distance of the centre to the nearest other centre (a distance; large is well apart), their M
    with p = 2; null for a single cluster. Centres are means, on a manhattan space coordinatewise medians.
    density = 1 / mean distance of a row to its 5th nearest neighbour in the cluster (the last one there is, in a cluster of
    fewer than 6 rows): the level lambda = 1 / core distance of Campello et al. (2013), with the mean of Hennig's (2019) `mnnd`. Rows per
    unit of volume would be 0 or infinite in many dimensions; this is finite in any. Null for one row, and where that mean is 0.
    In clusters of many rows the mean is over rows evenly spaced in input order, at least 30, each with its true neighbours
    among all the cluster's rows; a note says so. Deterministic, the same at any `n_jobs`.
    """
    groups = group(labels)
    if groups.n_clusters == 0:
        return Noted([])
    centers = centroids(points, groups)
    compactness = column_sums(own_distances(points, groups, centers), groups) / np.maximum(groups.sizes, 1)
    apart = separations(centers, points.metric)
    n_queries = max(FEWEST_QUERIES, PAIRS // max(points.n_rows, 1))
    density = parallel(lambda cluster: _density(points, groups.rows(cluster), n_queries), range(groups.n_clusters), n_jobs)
    result = [
        ClusterStatistics(
            cluster_id=cluster,
            size=int(groups.sizes[cluster]),
            density=density[cluster],
            compactness=float(compactness[cluster]),
            separation=None if apart is None else float(apart[cluster]),
        )
        for cluster in range(groups.n_clusters)
    ]
    return Noted(result, tuple(_notes(groups, density, n_queries)))


def separations(centers: Floats, metric: Metric) -> Floats | None:
    """Return the distance of each centre to the nearest other one, (k,); None for fewer than two."""
    from scipy.spatial.distance import cdist

    if len(centers) < 2:
        return None
    result = np.empty(len(centers))
    for start in range(0, len(centers), 1024):
        table = cdist(centers[start : start + 1024], centers, "cityblock" if metric == "manhattan" else "euclidean")
        own = np.arange(len(table))
        table[own, own + start] = np.inf
        result[start : start + 1024] = table.min(axis=1)
    return result


def _density(points: Points, rows: Integers, n_queries: int) -> float | None:
    neighbour = min(NEIGHBOUR, len(rows) - 1)
    if neighbour < 1:
        return None
    queries = rows if len(rows) <= n_queries else rows[np.linspace(0, len(rows) - 1, n_queries).astype(np.int64)]
    mean = float(np.mean(_neighbour_distances(points, queries, rows, neighbour)))
    return 1 / mean if mean > 0 else None


def _neighbour_distances(points: Points, queries: Integers, rows: Integers, neighbour: int) -> Floats:
    """Return the distance of each query to its `neighbour`-th nearest of `rows`, itself not counted, in tiles of bounded size."""
    from scipy.spatial.distance import cdist

    name = "cityblock" if points.metric == "manhattan" else "euclidean"
    result = np.empty(len(queries))
    for top in range(0, len(queries), 256):
        asked = points.X[queries[top : top + 256]]
        nearest = np.full((len(asked), neighbour + 1), np.inf)
        for left in range(0, len(rows), BLOCK):
            tile = cdist(asked, points.X[rows[left : left + BLOCK]], name)
            # Past the first tiles few rows are nearer to any query than what it has already.
            nearer = (tile < nearest.max(axis=1, keepdims=True)).any(axis=0)
            nearest = np.partition(np.hstack([nearest, tile[:, nearer]]), neighbour, axis=1)[:, : neighbour + 1]
        # The query itself is among the rows, at distance 0: it takes one place.
        result[top : top + 256] = nearest.max(axis=1)
    return result


def _notes(groups: Groups, density: list[float | None], n_queries: int) -> list[Note]:
    notes = []
    if groups.n_clusters == 1:
        notes.append(Note(f"{PATH}[0].separation", "there is one cluster, so no other centre"))
    for cluster, value in enumerate(density):
        if value is None:
            reason = "the cluster is one row" if groups.sizes[cluster] == 1 else "rows of the cluster coincide with their 5th neighbours"
            notes.append(Note(f"{PATH}[{cluster}].density", reason))
    if (groups.sizes > n_queries).any():
        notes.append(Note(f"{PATH}[*].density", f"in clusters of more rows, the mean over {n_queries:,} of them, evenly spaced"))
    return notes
