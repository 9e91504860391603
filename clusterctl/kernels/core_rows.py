"""DBSCAN's clusters for further rows: by the core rows within eps, as the fit itself gives them to border rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clusterctl.kernels.neighbors import Floats, Index, Integers, block_length, index_rows, nearest_within, reduce_limit, reduced

SLACK = 1 + 1e-9


@dataclass(frozen=True, slots=True)
class CoreGroup:
    """The core rows of one cluster: `label`, their index, and the box around them."""

    label: int
    X: Floats
    index: Index
    low: Floats
    high: Floats

    def may_reach(self, Y: Floats, eps: float) -> NDArray[np.bool_]:
        """Tell which rows of Y lie within eps of the box (by every distance that is at least the largest gap of a column)."""
        gap = np.maximum(self.low - Y, Y - self.high)
        return np.asarray(gap.max(axis=1, initial=0.0) <= eps * SLACK)


def group_core_rows(X: Floats, labels: Integers, is_core: NDArray[np.bool_], metric: str) -> tuple[CoreGroup, ...]:
    """Return the core rows by cluster, in the order of each cluster's first core row: the order in which the fit numbers clusters."""
    core = np.flatnonzero(is_core & (labels >= 0))
    found, first = np.unique(labels[core], return_index=True)
    groups = []
    for label in found[np.argsort(first)].tolist():
        Y = np.ascontiguousarray(X[core[labels[core] == label]])
        groups.append(CoreGroup(label, Y, index_rows(Y, metric), Y.min(axis=0), Y.max(axis=0)))
    return tuple(groups)


def reach(groups: tuple[CoreGroup, ...], Y: Floats, eps: float, metric: str, n_jobs: int) -> Integers:
    """Return for each row of Y the first cluster, in the fit's order, that has a core row within eps; -1: there is none.

    For a core row that is its own cluster, since all core rows within eps of it are in it; for a border row it is the fit's own choice.
    """
    labels = np.full(len(Y), -1, dtype=np.int64)
    for group in groups:
        asked = np.flatnonzero((labels < 0) & group.may_reach(Y, eps))
        if len(asked):
            labels[asked[nearest_within(group.index, group.X, Y[asked], eps, metric, n_jobs)[0]]] = group.label
    return labels


def is_alone(groups: tuple[CoreGroup, ...], Y: Floats, labels: Integers, eps: float, metric: str, n_jobs: int) -> NDArray[np.bool_]:
    """Tell which core rows have no other core row within eps: rows Y of the fit, with their labels."""
    alone = np.zeros(len(Y), dtype=bool)
    for group in groups:
        asked = np.flatnonzero(labels == group.label)
        if len(asked):
            alone[asked] = ~has_within(group.index, group.X, Y[asked], 2, eps, metric, n_jobs)
    return alone


def has_within(index: Index, X: Floats, Y: Floats, k: int, eps: float, metric: str, n_jobs: int) -> NDArray[np.bool_]:
    """Tell which rows of Y have at least k rows of X within eps."""
    dense = np.zeros(len(Y), dtype=bool)
    if k > len(X):
        return dense
    length = block_length(k, X.shape[1])
    for start in range(0, len(Y), length):
        block = Y[start : start + length]
        rows = index.nearest(block, k, eps, n_jobs)[:, -1]
        hit = np.flatnonzero(rows < len(X))
        dense[start + hit] = reduced(block[hit], X[rows[hit]], metric) <= reduce_limit(eps, metric)
    return dense
