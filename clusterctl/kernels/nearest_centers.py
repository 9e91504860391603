"""Distances of rows to few centres, block by block."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.spatial.distance import cdist

from clusterctl.kernels.neighbors import Floats, Integers

N_CELLS = 1 << 20
SCIPY_NAMES = {"euclidean": "euclidean", "manhattan": "cityblock", "chebyshev": "chebyshev"}


def centers_of(X: Floats, labels: Integers, n_clusters: int, metric: str) -> Floats:
    """Return the means (n_clusters, d) of the rows of each cluster; where the distance is city-block, their medians a column."""
    order = np.argsort(labels, kind="stable")
    bounds = np.searchsorted(labels[order], np.arange(n_clusters + 1))
    centre = np.median if metric == "manhattan" else np.mean
    groups = (X[order[start:stop]] for start, stop in pairwise(bounds.tolist()))
    return np.array([centre(group, axis=0) for group in groups]).reshape(n_clusters, X.shape[1])


def center_distances(X: Floats, labels: Integers, centers: Floats, metric: str) -> tuple[Floats, Floats, Floats]:
    """Return the distance of each row to the centre of its label, to the nearest other centre (inf: there is none), and to the nearest."""
    own, other, nearest = np.empty(len(X)), np.full(len(X), np.inf), np.empty(len(X))
    length = max(1, N_CELLS // max(1, len(centers)))
    for start in range(0, len(X), length):
        block = slice(start, start + length)
        distance = cdist(X[block], centers, SCIPY_NAMES[metric])
        line = np.arange(len(distance))
        nearest[block] = distance.min(axis=1)
        own[block] = distance[line, labels[block]]
        if len(centers) > 1:
            distance[line, labels[block]] = np.inf
            other[block] = distance.min(axis=1)
    return own, other, nearest


def center_confidence(own: Floats, other: Floats) -> Floats:
    """Return (b - a) / max(a, b), not below 0, from the distances to the own centre and to the nearest other one (inf: 1)."""
    larger = np.maximum(own, other)
    with np.errstate(invalid="ignore"):
        ratio = np.divide(other - own, larger, out=np.zeros_like(own), where=larger > 0)
    return np.where(np.isinf(other), 1.0, np.clip(ratio, 0.0, 1.0))
