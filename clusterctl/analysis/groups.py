"""Rows grouped by cluster: sizes, sums and order, each found once in linear time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Groups:
    """Labels with their counts.

    labels: (n,) int64, clusters 0 … n_clusters - 1, anything outside them -1. sizes: (n_clusters,) rows a cluster.
    order: rows sorted by label (noise first), input order within a label. starts: (n_clusters + 1,) where clusters begin in `order`.
    """

    labels: Integers
    n_clusters: int
    sizes: Integers
    order: Integers
    starts: Integers

    def rows(self, cluster: int) -> Integers:
        """Return the positions of the cluster's rows, rising."""
        return self.order[self.starts[cluster] : self.starts[cluster + 1]]


def group(labels: Integers, n_clusters: int | None = None) -> Groups:
    """Group rows by label; `n_clusters` defaults to the largest label + 1."""
    labels = np.asarray(labels, dtype=np.int64)
    k = n_clusters if n_clusters is not None else int(labels.max(initial=-1)) + 1
    counts = np.bincount(labels + 1, minlength=k + 1)
    # Radix sort, linear in the rows, is what numpy uses for 16-bit keys.
    order = np.argsort(labels.astype(np.int16) if k < 2**15 else labels, kind="stable")
    return Groups(labels, k, counts[1:], order, np.cumsum(counts, dtype=np.int64))


def column_sums(values: Floats, groups: Groups, present: NDArray[np.bool_] | None = None) -> Floats:
    """Return the sum of `values` (n,) a cluster (k,), over the rows where `present` (default: all)."""
    keys = groups.labels + 1
    if present is not None:
        keys, values = keys[present], values[present]
    return np.bincount(keys, weights=values, minlength=groups.n_clusters + 1)[1:].astype(np.float64, copy=False)


def row_sums(X: Floats, groups: Groups) -> Floats:
    """Return the sum of the rows of `X` (n, d) a cluster, (k, d), in one pass without a copy of `X`."""
    from scipy.sparse import csc_matrix

    n = len(X)
    indicator = csc_matrix((np.ones(n), groups.labels + 1, np.arange(n + 1)), shape=(groups.n_clusters + 1, n))
    return np.asarray(indicator @ X, dtype=np.float64)[1:]


def medians(X: Floats, groups: Groups) -> Floats:
    """Return the coordinatewise median a cluster, (k, d): the point with the least city-block distance to the cluster's rows."""
    result = np.full((groups.n_clusters, X.shape[1]), np.nan)
    for cluster in np.flatnonzero(groups.sizes):
        result[cluster] = np.median(X[groups.rows(int(cluster))], axis=0)
    return result


def without_dust(means: Floats, values: Floats) -> Floats:
    """Return means (k,) with those that are nothing beside the largest of `values` set to 0: what is left there is rounding."""
    size = float(np.nanmax(np.abs(values), initial=0.0))
    return np.where(np.abs(means) <= 1e-12 * size, 0.0, means)


def quartiles(values: Floats) -> tuple[float, float, float] | None:
    """Return lower quartile, median and upper quartile (linear interpolation, as numpy's default); None of no values."""
    n = len(values)
    if n == 0:
        return None
    places = np.array([0.25, 0.5, 0.75]) * (n - 1)
    below = places.astype(np.int64)
    above = np.minimum(below + 1, n - 1)
    parted = np.partition(values, np.unique(np.concatenate([below, above])))
    low, high = parted[below], parted[above]
    first, middle, third = (low + (high - low) * (places - below)).tolist()
    return first, middle, third
