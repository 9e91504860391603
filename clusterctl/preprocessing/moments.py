"""Sums over the rows of a matrix, in blocks that stay in the cache and without a copy of the whole."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

BLOCK_BYTES = 1 << 18
LINE = 1024
"""Values in a line that are enough for numpy to run at full speed."""


def blocks(X: np.ndarray) -> Iterator[np.ndarray]:
    """Yield `X` in blocks of rows (views)."""
    n_rows = max(1, BLOCK_BYTES // max(1, X.shape[1] * X.itemsize))
    for start in range(0, X.shape[0], n_rows):
        yield X[start : start + n_rows]


def wide_blocks(X: np.ndarray) -> Iterator[tuple[np.ndarray, int]]:
    """Yield `X` (n, d), C order, in blocks (views) of which each line holds as many rows side by side as the number beside it.

    numpy's inner loop runs over a line: with a few columns alone it would be mostly overhead.
    """
    n, d = X.shape
    if d == 0:
        return
    n_beside = max(1, min(LINE // d, n))
    n_bulk = n // n_beside * n_beside
    for block in blocks(X[:n_bulk].reshape(-1, n_beside * d)):
        yield block, n_beside
    if n_bulk < n:
        yield X[n_bulk:], 1


def means(X: np.ndarray) -> np.ndarray:
    """Return the means (d,) of the columns of `X` (n, d)."""
    total = np.zeros(X.shape[1])
    for block, n_beside in wide_blocks(X):
        total += block.sum(axis=0).reshape(n_beside, -1).sum(axis=0)
    return total / len(X)


def moments(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance (over n) of the columns of `X` (n, d), in two passes.

    The second pass corrects both for the rounding of the first mean (Chan, Golub, LeVeque 1983, eq. 1.7).
    """
    n, d = X.shape
    mean = means(X)
    squares, rest = np.zeros(d), np.zeros(d)
    for block, n_beside in wide_blocks(X):
        deviation = block - np.tile(mean, n_beside)
        rest += deviation.sum(axis=0).reshape(n_beside, d).sum(axis=0)
        np.square(deviation, out=deviation)
        squares += deviation.sum(axis=0).reshape(n_beside, d).sum(axis=0)
    return mean + rest / n, np.maximum(squares - rest**2 / n, 0.0) / n


def extremes(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return minimum and maximum (d,) of the columns of `X` (n, d)."""
    low, high = X[0].copy(), X[0].copy()
    for block, n_beside in wide_blocks(X):
        np.minimum(low, block.min(axis=0).reshape(n_beside, -1).min(axis=0), out=low)
        np.maximum(high, block.max(axis=0).reshape(n_beside, -1).max(axis=0), out=high)
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
