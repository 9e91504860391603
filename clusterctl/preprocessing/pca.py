"""Principal components."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from clusterctl.errors import PreprocessingError
from clusterctl.kernels.threads import one_thread
from clusterctl.preprocessing.moments import blocks, means, scatter_matrix

SHARE = 0.95
"""Share of the variance that the default number of components has to reach."""


@dataclass(frozen=True, slots=True, eq=False)
class Pca:
    """(x - mean) projected on `components` (k, d): orthonormal, of falling variance, the largest loading of each positive.

    explained: share of the variance of each component; empty where the columns have no variance.
    """

    name: ClassVar[str] = "pca"
    mean: np.ndarray
    components: np.ndarray
    explained: np.ndarray

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(f"pca{i + 1}" for i in range(len(self.components)))

    def apply(self, X: np.ndarray) -> np.ndarray:
        """Return the scores (n, k) of the rows of `X` (n, d)."""
        out = np.empty((len(X), len(self.components)))
        start = 0
        with one_thread():
            for block in blocks(X):
                out[start : start + len(block)] = (block - self.mean) @ self.components.T
                start += len(block)
        return out

    def state(self) -> Mapping[str, Any]:
        """Return the step as plain values."""
        return {"mean": self.mean, "components": self.components, "explained": self.explained}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Pca:
        """Return the step that `state` describes."""
        explained = np.asarray(state["explained"], dtype=np.float64)
        return cls(np.asarray(state["mean"], dtype=np.float64), np.asarray(state["components"], dtype=np.float64), explained)


def fit_pca(X: np.ndarray, n_components: int | None) -> Pca:
    """Find the principal components of `X` (n, d).

    None: the fewest that reach 95 % of the variance. From the covariance matrix where n is ten times d or more and d at most 1,000
    (no copy of `X`), else from the singular value decomposition of the centred rows. Deterministic.
    Raises PreprocessingError above min(n, d) components.
    """
    n, d = X.shape
    if n_components is not None and n_components > min(n, d):
        raise PreprocessingError(
            f"n_components is {n_components}, but {n:,} rows of {d:,} columns have at most {min(n, d):,} principal components",
            hint=f"set preprocessing_configuration.n_components to {min(n, d)} or less",
        )
    mean = means(X)
    with one_thread():
        variances, components = _by_covariance(X, mean) if n >= 10 * d and d <= 1000 else _by_svd(X, mean)
    total = variances.sum()
    explained = variances / total if total > 0 else np.empty(0)
    k = n_components or _enough(explained)
    components = components[:k]
    largest = np.argmax(np.abs(components), axis=1)
    components = components * np.where(components[np.arange(k), largest] < 0, -1.0, 1.0)[:, None]
    return Pca(mean, np.ascontiguousarray(components), explained[:k])


def _enough(explained: np.ndarray) -> int:
    """Return the fewest components that reach the share (a hair less counts: rounding)."""
    if not len(explained):
        return 1
    return int(np.searchsorted(np.cumsum(explained), SHARE - 1e-12) + 1)


def _by_covariance(X: np.ndarray, mean: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    values, vectors = np.linalg.eigh(scatter_matrix(X, mean))
    return np.maximum(values[::-1], 0.0), vectors.T[::-1]


def _by_svd(X: np.ndarray, mean: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    _, values, vectors = np.linalg.svd(X - mean, full_matrices=False)
    return values**2, vectors
