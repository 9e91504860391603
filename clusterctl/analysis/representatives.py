"""A few rows that stand for a cluster: its medoid, then the variety around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from clusterctl.analysis.centroids import centroids, own_distances
from clusterctl.analysis.groups import Floats, Groups, Integers

if TYPE_CHECKING:
    from clusterctl.values.space import Metric, Points

SHOWN = 5
MOST_MEDOID_ROWS = 2_000
MOST_PAIRS = 100_000_000
MOST_CANDIDATES = 5_000

Method = Literal["medoid", "nearest_to_center"]


@dataclass(frozen=True, slots=True)
class Representatives:
    """Up to five rows of a cluster, as positions in the space, and how the first was found."""

    rows: tuple[int, ...]
    method: Method


def representatives(points: Points, groups: Groups) -> list[Representatives]:
    """Return up to five rows a cluster that stand for it.

    First the medoid, the row with the smallest sum of distances to the cluster's others (ties: the first in input order), exactly in
    clusters of up to 2,000 rows; in larger ones, and where all small ones together would take more than 10^8 distances, the row
    nearest the centre. Then, to show the variety without the fringe, rows chosen each as far as can be from those chosen
    (Gonzalez 1985), among the half of the cluster nearest the first (of more than 5,000, that many evenly spaced in input order).
    A row at distance 0 from one chosen is not added. Deterministic.
    """
    if groups.n_clusters == 0:
        return []
    small = groups.sizes <= MOST_MEDOID_ROWS
    exact = small & (int((groups.sizes[small] ** 2).sum()) <= MOST_PAIRS)
    away = own_distances(points, groups, centroids(points, groups))
    firsts = np.empty(groups.n_clusters, dtype=np.int64)
    for cluster in range(groups.n_clusters):
        rows = groups.rows(cluster)
        place = medoid(points.X[rows], points.metric) if exact[cluster] else int(np.argmin(away[rows]))
        firsts[cluster] = rows[place]
    away = own_distances(points, groups, points.X[firsts])
    return [
        Representatives(
            tuple(_spread(points, groups.rows(cluster), away, int(firsts[cluster]))), "medoid" if exact[cluster] else "nearest_to_center"
        )
        for cluster in range(groups.n_clusters)
    ]


def medoid(X: Floats, metric: Metric) -> int:
    """Return the position of the row with the smallest sum of distances to all rows, the first of equal ones."""
    from scipy.spatial.distance import cdist

    name = "cityblock" if metric == "manhattan" else "euclidean"
    sums = [cdist(X[start : start + 256], X, name).sum(axis=1) for start in range(0, len(X), 256)]
    return int(np.argmin(np.concatenate(sums)))


def _spread(points: Points, rows: Integers, away: Floats, first: int) -> list[int]:
    """Return `first` and up to four of `rows` chosen farthest first; `away` (n,) is each row's distance to the first of its cluster."""
    from scipy.spatial.distance import cdist

    name = "cityblock" if points.metric == "manhattan" else "euclidean"
    own = away[rows]
    last = min(max(SHOWN, (len(rows) + 1) // 2), len(rows)) - 1
    candidates = rows[own <= np.partition(own, last)[last]]
    if len(candidates) > MOST_CANDIDATES:
        candidates = candidates[np.linspace(0, len(candidates) - 1, MOST_CANDIDATES).astype(np.int64)]
    X, nearest = points.X[candidates], away[candidates]
    chosen = [first]
    while len(chosen) < SHOWN and nearest.max() > 0:
        following = int(np.argmax(nearest))
        chosen.append(int(candidates[following]))
        nearest = np.minimum(nearest, cdist(X, X[following][None], name)[:, 0])
    return chosen
