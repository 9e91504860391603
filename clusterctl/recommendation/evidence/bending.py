"""Two clusters should not be the ends of one curve: seen from one end to the other, a crescent has two heaps.

Along the direction that tells two neighbouring clusters apart, the rows of two straight heaps lie at s and are elsewhere whatever they
are; on a curve s squared follows from where they are elsewhere: from how far they lie to one side (a crescent), or falls with the square
of it (most of a ring, on which both squares add up). So s squared, less what is linear in s, is regressed on the first two principal
components of what is at right angles, and on their squares with coefficients of at most 0: a coefficient above 0 says no more than that a
cluster is wider than the other in all directions. Further components would fit what is no curve.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import nnls

from clusterctl.recommendation.evidence.projections import fisher, reduce_columns
from clusterctl.recommendation.ground import Ground

LEAST_ROWS = 20
N_ACROSS = 2


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
    n = len(A) + len(B)
    if min(len(A), len(B)) < 4 or n < LEAST_ROWS:
        return 0.0
    X = np.concatenate((A, B))
    X = X - X.mean(axis=0)
    direction = fisher(A, B)
    s = X @ direction
    rest = _less(np.stack((np.ones(n), s), axis=1), s**2)
    total = float(rest @ rest)
    if total <= 1e-12 * n:
        return 0.0
    scores = _across(X - s[:, None] * direction, 1e-10 * float((X**2).sum()))
    if not scores.shape[1]:
        return 0.0
    linear = np.concatenate((np.ones((n, 1)), scores), axis=1)
    rest, squares = _less(linear, rest), _less(linear, scores**2)
    weights, _ = nnls(-squares, rest)
    left = rest + squares @ weights
    unexplained = float(left @ left) / total
    return float(np.clip(1 - unexplained * (n - 1) / (n - 1 - 2 * scores.shape[1]), 0.0, 1.0))


def _less(design: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return what a linear regression on the design leaves of the target."""
    return np.asarray(target - design @ np.linalg.lstsq(design, target, rcond=None)[0])


def _across(U: np.ndarray, least: float) -> np.ndarray:
    """Return the first two principal components of U whose sum of squares is above `least`, of unit spread."""
    values, vectors = np.linalg.eigh(U.T @ U)
    kept = values[::-1][:N_ACROSS] > least
    scores = U @ vectors[:, ::-1][:, :N_ACROSS][:, kept]
    return np.asarray(scores / scores.std(axis=0))
