"""Sums over the rows of a matrix, in blocks that stay in the cache and without a copy of the whole."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

BLOCK_BYTES = 1 << 18


def moments(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance (over n) of the columns of `X` (n, d), in two passes over blocks of rows.

    The second pass is corrected for the rounding of the mean (Chan, Golub, LeVeque 1983, eq. 1.7).
    """
    n, d = X.shape
    mean = means(X)
    squares, rest = np.zeros(d), np.zeros(d)
    for block in blocks(X):
        deviation = block - mean
        rest += deviation.sum(axis=0)
        squares += np.einsum("ij,ij->j", deviation, deviation)
    return mean, np.maximum(squares - rest**2 / n, 0.0) / n


def blocks(X: np.ndarray) -> Iterator[np.ndarray]:
    """Yield `X` in blocks of rows (views)."""
    n_rows = max(1, BLOCK_BYTES // max(1, X.shape[1] * X.itemsize))
    for start in range(0, X.shape[0], n_rows):
        yield X[start : start + n_rows]


def means(X: np.ndarray) -> np.ndarray:
    """Return the means (d,) of the columns of `X` (n, d)."""
    return sum((block.sum(axis=0) for block in blocks(X)), np.zeros(X.shape[1])) / len(X)


def extremes(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return minimum and maximum (d,) of the columns of `X` (n, d)."""
    low, high = X[0].copy(), X[0].copy()
    for block in blocks(X):
        turned = np.ascontiguousarray(block.T)
        np.minimum(low, turned.min(axis=1), out=low)
        np.maximum(high, turned.max(axis=1), out=high)
    return low, high


def scatter_matrix(X: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Return the sums of products (d, d) of the deviations from `mean`."""
    scatter = np.zeros((X.shape[1], X.shape[1]))
    for block in blocks(X):
        deviation = block - mean
        scatter += deviation.T @ deviation
    return scatter


def is_constant(mean: np.ndarray, variance: np.ndarray, n: int) -> np.ndarray:
    """Return where the variance is no more than rounding gives a constant column (scikit-learn's rule)."""
    eps = np.finfo(np.float64).eps
    constant: np.ndarray = variance <= n * eps * variance + (n * mean * eps) ** 2
    return constant
