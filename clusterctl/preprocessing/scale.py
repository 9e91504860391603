"""Scaling of columns: a shift and a divisor each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from clusterctl.preprocessing.moments import extremes, is_constant, moments, wide_blocks


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """(x - center) / scale, column by column; columns that are not scaled have center 0 and scale 1."""

    name: ClassVar[str] = "scale"
    method: str
    center: np.ndarray
    scale: np.ndarray

    def apply(self, X: np.ndarray) -> np.ndarray:
        """Scale `X` (n, d), C order, in place and return it."""
        shifted, divided = bool(np.any(self.center != 0)), bool(np.any(self.scale != 1))
        for block, n_beside in wide_blocks(X):
            if shifted:
                block -= np.tile(self.center, n_beside)
            if divided:
                block /= np.tile(self.scale, n_beside)
        return X

    def state(self) -> Mapping[str, Any]:
        """Return the step as plain values."""
        return {"method": self.method, "center": self.center, "scale": self.scale}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Scale:
        """Return the step that `state` describes."""
        return cls(state["method"], np.asarray(state["center"], dtype=np.float64), np.asarray(state["scale"], dtype=np.float64))


def fit_scale(X: np.ndarray, method: str, scaled: np.ndarray, weight: float = 1.0) -> Scale:
    """Learn center and scale of the columns where `scaled` (d,) holds; the others are left alone.

    standard: mean and standard deviation (over n). minmax: minimum and range. robust: median and interquartile range.
    gower: minimum and range / `weight` (minmax: weight 1). All as scikit-learn's scalers; the spread of a
    constant column counts as 1.
    """
    d = X.shape[1]
    center, scale = np.zeros(d), np.ones(d)
    if method == "standard" and scaled.any():
        mean, variance = moments(X)
        constant = is_constant(mean, variance, X.shape[0])
        center[scaled] = mean[scaled]
        scale[scaled] = np.where(constant, 1.0, np.sqrt(variance))[scaled]
    elif method in ("minmax", "gower") and scaled.any():
        low, high = (values[scaled] for values in extremes(X))
        center[scaled], scale[scaled] = low, _or_one(high - low, np.maximum(np.abs(low), np.abs(high))) / weight
    elif method == "robust":
        for j in np.flatnonzero(scaled):
            lower, center[j], upper = np.percentile(X[:, j], (25.0, 50.0, 75.0))
            scale[j] = _or_one(upper - lower, np.maximum(np.abs(lower), np.abs(upper)))
    return Scale(method, center, scale)


def _or_one(spread: np.ndarray, magnitude: np.ndarray) -> np.ndarray:
    """Replace spreads that are zero but for rounding by 1.

    Rounding is judged by the magnitude of the values, so columns in tiny units are scaled too (scikit-learn compares with 1).
    """
    return np.where(spread <= 10 * np.finfo(np.float64).eps * magnitude, 1.0, spread)
