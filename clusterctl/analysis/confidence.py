"""How sure a row's cluster is, where the algorithm itself does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clusterctl.analysis.centroids import blocks, centroids, distance_to, nearest_other, own_distances
from clusterctl.analysis.groups import group
from clusterctl.kernels.threads import one_thread

if TYPE_CHECKING:
    from clusterctl.analysis.groups import Floats, Integers
    from clusterctl.values.space import Points


def centre_confidence(points: Points, labels: Integers) -> Floats:
    """Return (b - a) / max(a, b), not below 0, a row (n,), in [0, 1].

    a is the distance to the centre of the row's own cluster, b to the nearest other one (Rousseeuw's simplified silhouette:
    Hruschka et al. 2006); centres are means, on a manhattan space coordinatewise medians. With one cluster 1; noise 0; 0 too where
    both distances are 0. Deterministic, in blocks of rows.
    """
    groups = group(labels)
    clustered = groups.labels >= 0
    if groups.n_clusters < 2:
        return clustered.astype(np.float64)
    with one_thread():
        centers = centroids(points, groups)
        other = nearest_other(points, groups, centers)
    a = own_distances(points, groups, centers)
    b = np.empty_like(a)
    for block in blocks(len(a)):
        b[block] = distance_to(points.X[block], centers[other[block]], points.metric)
    larger = np.maximum(a, b)
    ratio = np.divide(b - a, larger, out=np.zeros_like(a), where=larger > 0)
    return np.where(clustered, np.clip(ratio, 0.0, 1.0), 0.0)
