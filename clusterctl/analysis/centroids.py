"""Centres of clusters in the clustering space, and distances to them, in blocks of rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.analysis.groups import Floats, Groups, medians, row_sums

if TYPE_CHECKING:
    from clusterctl.analysis.groups import Integers
    from clusterctl.values.space import Metric, Points

BLOCK = 16_384


def centroids(points: Points, groups: Groups) -> Floats:
    """Return the centre a cluster, (k, d): the mean, on a manhattan space the coordinatewise median."""
    if points.metric == "manhattan":
        return medians(points.X, groups)
    means: Floats = row_sums(points.X, groups) / groups.sizes[:, None]
    return means


def distance_to(X: Floats, centers: Floats, metric: Metric) -> Floats:
    """Return the distance of each row of `X` to the same row of `centers`, (n,)."""
    difference = X - centers
    if metric == "manhattan":
        return np.asarray(np.abs(difference).sum(axis=1))
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", difference, difference)))


def own_distances(points: Points, groups: Groups, centers: Floats) -> Floats:
    """Return the distance of each row to its own cluster's centre, (n,); 0 for noise."""
    result = np.zeros(points.n_rows)
    for block in blocks(points.n_rows):
        labels = groups.labels[block]
        distance = distance_to(points.X[block], centers[np.maximum(labels, 0)], points.metric)
        result[block] = np.where(labels >= 0, distance, 0.0)
    return result


def nearest_other(points: Points, groups: Groups, centers: Floats) -> Integers:
    """Return for each row the nearest centre that is not its own, (n,); needs two clusters."""
    result = np.empty(points.n_rows, dtype=np.int64)
    middle = centers.mean(axis=0)
    for block in blocks(points.n_rows):
        table = _comparable(points.X[block] - middle, centers - middle, points.metric)
        rows = np.flatnonzero(groups.labels[block] >= 0)
        table[rows, groups.labels[block][rows]] = np.inf
        result[block] = table.argmin(axis=1)
    return result


def _comparable(X: Floats, centers: Floats, metric: Metric) -> Floats:
    """Return values that order the centres by their distance to each row, (n, k)."""
    if metric == "manhattan":
        from scipy.spatial.distance import cdist

        return np.asarray(cdist(X, centers, "cityblock"))
    return np.asarray(np.einsum("ij,ij->i", centers, centers) - 2 * (X @ centers.T))


def blocks(n_rows: int) -> Iterator[slice]:
    """Yield slices that cover the rows in order."""
    for start in range(0, n_rows, BLOCK):
        yield slice(start, min(start + BLOCK, n_rows))
