"""Two clusters should not be the ends of one curve: seen from one end to the other, a crescent has two heaps.

Along the direction that tells two neighbouring clusters apart, the rows of two straight heaps lie at s and are elsewhere whatever they
are; on a curve s squared follows from where they are elsewhere (a crescent), or from its square (most of a ring). So s squared, less what
is linear in s, is regressed on what is at right angles to that direction, and on the squares of its first principal components.
"""

from __future__ import annotations

import numpy as np

from clusterctl.recommendation.evidence.projections import fisher, reduce_columns
from clusterctl.recommendation.ground import Ground

LEAST_ROWS = 20
N_SQUARED = 5


def bending(ground: Ground, labels: np.ndarray) -> float:
    """Return in [0, 1] the adjusted share of s squared that the other columns explain, mean over clusters (with their nearest) by size."""
    X = reduce_columns(ground.points.X)
    k = int(labels.max()) + 1
    if k < 2:
        return 0.0
    members = [np.flatnonzero(labels == c) for c in range(k)]
    centers = np.stack([X[m].mean(axis=0) for m in members])
    apart = ((centers[:, None] - centers[None]) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    size = np.array([len(m) for m in members], dtype=np.float64)
    share = np.array([_explained(X[members[c]], X[members[int(apart[c].argmin())]]) for c in range(k)])
    return float(share @ size / size.sum())


def _explained(A: np.ndarray, B: np.ndarray) -> float:
    """Return the adjusted R squared of s squared, less its regression on s, on what is at right angles."""
    X = np.concatenate((A, B))
    X = X - X.mean(axis=0)
    direction = fisher(A, B)
    s = X @ direction
    design = _across(X - s[:, None] * direction)
    n, p = design.shape
    if min(len(A), len(B)) < 4 or n < max(LEAST_ROWS, p + 3):
        return 0.0
    base = np.stack((np.ones(n), s), axis=1)
    squared = s**2
    rest = squared - base @ np.linalg.lstsq(base, squared, rcond=None)[0]
    total = float(rest @ rest)
    if total <= 1e-12 * n:
        return 0.0
    left = rest - design @ np.linalg.lstsq(design, rest, rcond=None)[0]
    unexplained = float(left @ left) / total
    return float(np.clip(1 - unexplained * (n - 1) / (n - p), 0.0, 1.0))


def _across(U: np.ndarray) -> np.ndarray:
    """Return the columns to regress on: one, the principal components of U that vary, and the squares of the first of them."""
    values, vectors = np.linalg.eigh(U.T @ U)
    kept = values > 1e-9 * max(float(values[-1]), 1e-300)
    scores = (U @ vectors[:, kept])[:, ::-1]
    return np.concatenate((np.ones((len(U), 1)), scores, scores[:, :N_SQUARED] ** 2), axis=1)
