"""The nearest of a set of reference rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clusterctl.kernels.threads import parallel

if TYPE_CHECKING:
    from clusterctl.values.space import Metric

MAX_TREE_COLUMNS = 15
"""With more columns a k-d tree visits nearly all points, and computing all distances is faster."""
BLOCK = 1024
"""Rows searched at once."""


def nearest_others(X: np.ndarray, k: int, metric: Metric, n_jobs: int) -> np.ndarray:
    """Return (n, k) the positions of the rows nearest to each row of `X` (n, d), itself left out; n > k."""
    nearest, _ = _nearest(X, X, k + 1, metric, n_jobs)
    itself = nearest == np.arange(len(X))[:, None]
    # Among more than k equal rows the row itself may be missing: then the last goes.
    itself[~itself.any(axis=1), -1] = True
    others: np.ndarray = nearest[~itself].reshape(len(X), k)
    return others


def distinct_neighbours(X: np.ndarray, references: np.ndarray, k: int, metric: Metric, n_jobs: int) -> tuple[np.ndarray, np.ndarray]:
    """Return positions and distances (n, k), nearest first, of the k references nearest to each row; one that equals it is passed over.

    `references` (m, d) are distinct; m >= k, and more where a row equals one of them.
    """
    if len(references) == k:
        return _nearest(X, references, k, metric, n_jobs)
    nearest, distance = _nearest(X, references, k + 1, metric, n_jobs)
    itself = distance[:, :1] == 0
    return np.where(itself, nearest[:, 1:], nearest[:, :-1]), np.where(itself, distance[:, 1:], distance[:, :-1])


def _nearest(X: np.ndarray, references: np.ndarray, k: int, metric: Metric, n_jobs: int) -> tuple[np.ndarray, np.ndarray]:
    from scipy.spatial import KDTree

    tree = KDTree(references, leafsize=16) if X.shape[1] <= MAX_TREE_COLUMNS else None

    def search(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if tree is None:
            return _nearest_of_all(rows, references, k, metric)
        distance, nearest = tree.query(rows, k=np.arange(1, k + 1), p=1 if metric == "manhattan" else 2)
        return nearest, distance

    found = parallel(search, [X[start : start + BLOCK] for start in range(0, len(X), BLOCK)], n_jobs)
    return np.concatenate([nearest for nearest, _ in found]), np.concatenate([distance for _, distance in found])


def _nearest_of_all(rows: np.ndarray, references: np.ndarray, k: int, metric: Metric) -> tuple[np.ndarray, np.ndarray]:
    from scipy.spatial.distance import cdist

    distance = cdist(rows, references, "cityblock" if metric == "manhattan" else "euclidean")
    nearest = np.argpartition(distance, k - 1, axis=1)[:, :k] if k < len(references) else np.tile(np.arange(k), (len(rows), 1))
    near = np.take_along_axis(distance, nearest, axis=1)
    order = np.argsort(near, axis=1, kind="stable")
    return np.take_along_axis(nearest, order, axis=1), np.take_along_axis(near, order, axis=1)
