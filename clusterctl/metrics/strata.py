"""Samples of rows: stratified by cluster (in proportion to size, but some of every cluster), and the points that go with them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from clusterctl.values.space import Points


def allocate(sizes: np.ndarray, n_sample: int, n_least: int) -> np.ndarray:
    """Return how many rows of each group to take: in proportion, at least `n_least`, never more than there are."""
    share = np.rint(sizes * (n_sample / max(int(sizes.sum()), 1))).astype(np.int64)
    return np.asarray(np.minimum(np.maximum(share, n_least), sizes))


def draw(groups: np.ndarray, take: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the sorted positions of `take[g]` rows of each group g, drawn without replacement.

    groups: (n,) int, 0 … len(take) - 1.
    """
    order = np.argsort(groups, kind="stable")
    edge = np.concatenate([[0], np.cumsum(np.bincount(groups, minlength=len(take)))])
    parts = [order[edge[g] + rng.choice(edge[g + 1] - edge[g], size=m, replace=False, shuffle=False)] for g, m in enumerate(take) if m]
    return np.sort(np.concatenate(parts)) if parts else np.empty(0, dtype=np.int64)


def grouped(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
    """Return the group of each row with noise as the last group, the sizes of the groups, and whether there is noise."""
    n_clusters = int(labels.max(initial=-1)) + 1
    noise = labels < 0
    has_noise = bool(noise.any())
    groups = np.where(noise, n_clusters, labels) if has_noise else labels
    return groups, np.bincount(groups, minlength=n_clusters + has_noise), has_noise


def subset(points: Points, rows: np.ndarray) -> Points:
    """Return some of the points, in the order of `rows`, with the same distance."""
    X = np.ascontiguousarray(points.X[rows])
    X.flags.writeable = False
    return replace(points, X=X)
