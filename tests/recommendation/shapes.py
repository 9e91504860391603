"""Small tables of known shape, and the ground under them."""

from __future__ import annotations

import numpy as np

from clusterctl.recommendation.ground import Ground, lay_ground
from clusterctl.recommendation.partitions import Partitions
from clusterctl.values.space import Points


def points_of(X: np.ndarray) -> Points:
    """Return the rows as points that nothing can write to."""
    X = np.ascontiguousarray(X, dtype=np.float64)
    X.flags.writeable = False
    return Points(X)


def blobs(n_each: int = 100, n_clusters: int = 3, apart: float = 8.0, n_columns: int = 2, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return rows around points on a line, `apart` standard deviations from each other, and their clusters."""
    labels = np.repeat(np.arange(n_clusters), n_each)
    X = np.random.default_rng(seed).normal(size=(len(labels), n_columns))
    X[:, 0] += apart * labels
    return X, labels


def ring(n: int = 400, degrees: float = 220.0, seed: int = 0) -> np.ndarray:
    """Return rows on a segment of a ring."""
    rng = np.random.default_rng(seed)
    angle, radius = np.deg2rad(rng.uniform(0, degrees, n)), 1 + 0.05 * rng.normal(size=n)
    return np.stack((radius * np.cos(angle), radius * np.sin(angle)), axis=1)


def halves(X: np.ndarray, column: int = 0) -> np.ndarray:
    """Return the labels of a cut at the median of a column."""
    return (X[:, column] > np.median(X[:, column])).astype(np.int64)


def ground_of(X: np.ndarray) -> Ground:
    """Return the ground under all rows."""
    return lay_ground(points_of(X), 0)


def stacked(*labels: np.ndarray, families: tuple[str, ...] | None = None) -> Partitions:
    """Return labellings as partitions."""
    return Partitions.of([np.asarray(one) for one in labels], families or ("kmeans",) * len(labels))
