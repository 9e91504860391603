"""Transforms of numeric columns towards symmetry: signed logarithm, Yeo-Johnson, quantiles of the normal distribution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from clusterctl.kernels.threads import parallel
from clusterctl.preprocessing.moments import is_constant

MAX_QUANTILES = 1000
FARTHEST = 5.199337582605575
"""Quantiles of the normal distribution are cut off where 1e-7 of it lies beyond (as in scikit-learn)."""


@dataclass(frozen=True, slots=True, eq=False)
class Transform:
    """A monotone function of each of the columns at `positions`.

    log1p: sign(x) ln(1 + |x|), which is ln(1 + x) for x >= 0 (the modulus transform at 0 of John and Draper 1980).
    yeo_johnson: the power transform of Yeo and Johnson 2000, a `lambdas` (k,) of highest likelihood a column.
    quantile: the standard normal quantile of the share of rows below, by interpolation in `quantiles` (q, k).
    """

    name: ClassVar[str] = "transform"
    method: str
    positions: np.ndarray
    lambdas: np.ndarray
    quantiles: np.ndarray

    def apply(self, X: np.ndarray) -> np.ndarray:
        """Transform the columns of `X` (n, d) in place and return it."""
        for i, j in enumerate(self.positions):
            if self.method == "log1p":
                X[:, j] = np.copysign(np.log1p(np.abs(X[:, j])), X[:, j])
            elif self.method == "yeo_johnson":
                X[:, j] = _yeo_johnson(np.ascontiguousarray(X[:, j]), float(self.lambdas[i]))
            else:
                X[:, j] = _normal_quantile(np.ascontiguousarray(X[:, j]), self.quantiles[:, i])
        return X

    def state(self) -> Mapping[str, Any]:
        """Return the step as plain values."""
        return {"method": self.method, "positions": self.positions, "lambdas": self.lambdas, "quantiles": self.quantiles}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Transform:
        """Return the step that `state` describes."""
        floats = (np.asarray(state[key], dtype=np.float64) for key in ("lambdas", "quantiles"))
        return cls(state["method"], np.asarray(state["positions"], dtype=np.int64), *floats)


def fit_transform(X: np.ndarray, method: str, columns: np.ndarray, n_jobs: int) -> Transform:
    """Learn the transform of the columns of `X` where `columns` (d,) holds."""
    positions = np.flatnonzero(columns)
    lambdas, quantiles = np.empty(0), np.empty((0, 0))
    if method == "yeo_johnson":
        lambdas = np.array(parallel(lambda j: _best_lambda(X[:, j]), positions, n_jobs))
    elif method == "quantile":
        shares = np.linspace(0, 1, min(MAX_QUANTILES, len(X)))
        quantiles = np.column_stack([_quantiles(X[:, j], shares) for j in positions]) if len(positions) else np.empty((len(shares), 0))
    return Transform(method, positions, lambdas, quantiles)


def _best_lambda(column: np.ndarray) -> float:
    """Return the lambda of highest likelihood; 1 (no change) for a constant column."""
    from scipy.stats import yeojohnson_normmax

    column = np.ascontiguousarray(column)
    if is_constant(np.mean(column), np.var(column), len(column)):
        return 1.0
    with np.errstate(all="ignore"):
        return float(yeojohnson_normmax(column))


def _yeo_johnson(column: np.ndarray, power: float) -> np.ndarray:
    from scipy.stats import yeojohnson

    with np.errstate(all="ignore"):
        out: np.ndarray = yeojohnson(column, lmbda=power)
    return out


def _quantiles(column: np.ndarray, shares: np.ndarray) -> np.ndarray:
    # Interpolation can leave neighbours out of order by a rounding.
    return np.maximum.accumulate(np.percentile(column, shares * 100))


def _normal_quantile(column: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Interpolate from both sides, so that a run of equal quantiles gives the middle of its shares."""
    from scipy.special import ndtri

    if quantiles[0] == quantiles[-1]:
        return np.zeros(len(column))
    shares = np.linspace(0, 1, len(quantiles))
    share = 0.5 * (np.interp(column, quantiles, shares) - np.interp(-column, -quantiles[::-1], -shares[::-1]))
    share[column <= quantiles[0]] = 0.0
    share[column >= quantiles[-1]] = 1.0
    quantile: np.ndarray = np.clip(ndtri(share), -FARTHEST, FARTHEST)
    return quantile
