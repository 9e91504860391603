"""Data without clusters that look like the points otherwise: what a score is held against.

`one_population`: a Gaussian copula, each column bent to the points' own skew (Yeo-Johnson). It is one population with one mode, as
elongated and skewed as the points are; beside a plain Gaussian any skewed column would look like clusters. A column with several modes
(dip test, Hartigan and Hartigan 1985) is bent to nothing but a Gaussian: its modes are what the clusters are. Columns with few distinct
values (categories, counts, ratings) keep their own values and frequencies, since ties alone raise most scores.
`uniform_box`: uniform over the box along the principal axes (Tibshirani, Walther and Hastie 2001, J. R. Stat. Soc. B 63, 411-423).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import inv_boxcox1p, ndtr, ndtri

from clusterctl.kernels.dip import dip

if TYPE_CHECKING:
    Draw = Callable[[np.random.Generator, int], np.ndarray]

CRITICAL_DIP = 0.52
"""sqrt(n) x dip that a twentieth of uniform samples pass (Hartigan and Hartigan 1985, Table 1, for some hundred rows)."""
N_VALUES_FEW = 20
"""A column with no more distinct values than this keeps its values."""


def references(X: np.ndarray) -> Mapping[str, Draw]:
    """Return the ways to draw (n, d) rows without clusters that resemble X (n, d), by name."""
    return {"one_population": _one_population(X), "uniform_box": _uniform_box(X)}


def _uniform_box(X: np.ndarray) -> Draw:
    centre = X.mean(axis=0)
    _, axes = np.linalg.eigh(np.cov(X, rowvar=False).reshape(X.shape[1], X.shape[1]))
    turned = (X - centre) @ axes
    low, high = turned.min(axis=0), turned.max(axis=0)
    return lambda rng, n: np.asarray(rng.uniform(low, high, (n, X.shape[1])) @ axes.T + centre)


def _one_population(X: np.ndarray) -> Draw:
    columns = [_margin(X[:, j]) for j in range(X.shape[1])]
    scores = np.column_stack([normal for normal, _ in columns])
    with np.errstate(divide="ignore", invalid="ignore"):
        root = _root(np.corrcoef(scores, rowvar=False).reshape(X.shape[1], X.shape[1]))

    def draw(rng: np.random.Generator, n: int) -> np.ndarray:
        Z = rng.standard_normal((n, X.shape[1])) @ root
        return np.column_stack([back(Z[:, j]) for j, (_, back) in enumerate(columns)])

    return draw


def _root(correlation: np.ndarray) -> np.ndarray:
    """Return R with R'R the correlation; a constant column is uncorrelated with all."""
    correlation = np.nan_to_num(correlation)
    np.fill_diagonal(correlation, 1.0)
    values, vectors = np.linalg.eigh(correlation)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0.0))).T)


def _margin(x: np.ndarray) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
    """Return a column's values as normal scores, and the way back from normal scores to values like its own."""
    values, place, counts = np.unique(x, return_inverse=True, return_counts=True)
    upto = np.cumsum(counts) / len(x)
    if len(values) <= N_VALUES_FEW:
        middle = upto - counts / (2 * len(x))

        def pick(z: np.ndarray) -> np.ndarray:
            return np.asarray(values[np.minimum(np.searchsorted(upto, ndtr(z)), len(values) - 1)])

        return ndtri(middle)[place], pick
    centre, scale = float(x.mean()), float(x.std())
    standard = (x - centre) / scale
    power = _yeo_johnson_power(standard) if _has_one_mode(x) else 1.0
    bent = _yeo_johnson(standard, power)
    middle_bent, spread = float(bent.mean()), float(bent.std())

    def back(z: np.ndarray) -> np.ndarray:
        return np.asarray(np.clip(_yeo_johnson_back(middle_bent + spread * z, power), -_FAR, _FAR) * scale + centre)

    return (bent - middle_bent) / spread, back


def _has_one_mode(x: np.ndarray) -> bool:
    """Tell whether a column may come from a distribution with one mode, at about the 5 % level."""
    return float(np.sqrt(len(x))) * dip(x) <= CRITICAL_DIP


_FAR = 20.0
"""Standard deviations from the mean beyond which no value is drawn."""


def _yeo_johnson_power(x: np.ndarray) -> float:
    """Return the power of greatest likelihood, between -1 and 3; 1 leaves the column as it is.

    Source: Yeo and Johnson 2000, Biometrika 87, 954-959.
    """
    signed = float((np.sign(x) * np.log1p(np.abs(x))).sum())
    powers = np.linspace(-1.0, 3.0, 81)
    likelihood = [(power - 1) * signed - len(x) / 2 * np.log(_yeo_johnson(x, power).var()) for power in powers]
    return float(powers[int(np.argmax(likelihood))])


def _yeo_johnson(x: np.ndarray, power: float) -> np.ndarray:
    above, below = np.maximum(x, 0.0), np.maximum(-x, 0.0)
    return np.asarray(_box_cox(above, power) - _box_cox(below, 2.0 - power))


def _box_cox(x: np.ndarray, power: float) -> np.ndarray:
    return np.asarray(np.log1p(x) if abs(power) < 1e-9 else ((1.0 + x) ** power - 1.0) / power)


def _yeo_johnson_back(y: np.ndarray, power: float) -> np.ndarray:
    """Undo the transform; values that it never gives come from its limit."""
    with np.errstate(all="ignore"):
        above = inv_boxcox1p(np.maximum(y, 0.0), power)
        below = inv_boxcox1p(np.maximum(-y, 0.0), 2.0 - power)
    return np.asarray(np.where(y >= 0, np.nan_to_num(above, nan=_FAR, posinf=_FAR), -np.nan_to_num(below, nan=_FAR, posinf=_FAR)))
