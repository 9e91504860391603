"""Whether the data themselves have changed from one table to the next, feature by feature.

Population stability index (Siddiqi 2006, Credit Risk Scorecards; below 0.1 stable, above 0.25 changed), with the level that chance alone
reaches: of two tables without drift it is (1 / n + 1 / m) times a chi-square of bins - 1 degrees of freedom (Yurdakul and Naranjo 2020,
J. Risk Model Validation 14(4)). Kolmogorov-Smirnov: the largest distance of the two distribution functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusterctl.analysis.groups import Floats

BINS = 10
CHANCE = 0.95
MODERATE, LARGE = 0.1, 0.25


@dataclass(frozen=True, slots=True)
class Values:
    """Values of a numeric feature in a sample of rows.

    values: (n,) NaN for missing. weights: (n,) how many rows each stands for; a sample drawn by cluster is weighed back to all rows.
    """

    values: Floats
    weights: Floats


@dataclass(frozen=True, slots=True)
class Index:
    """A population stability index, what it stays below by chance in 95 of 100 tables without drift, and what that comes to."""

    psi: float
    by_chance: float

    @property
    def level(self) -> Literal["none", "moderate", "large"]:
        """Return none where chance would do, or below 0.1; large above 0.25."""
        if self.psi <= max(self.by_chance, MODERATE):
            return "none"
        return "large" if self.psi > LARGE else "moderate"


def numeric_index(a: Values, b: Values) -> Index | None:
    """Return the index over the tenths of A (equal edges fall together), missing values a bin of their own; None: a side has no row."""
    present = np.isfinite(a.values)
    if not len(a.values) or not len(b.values) or not present.any():
        return None
    edges = np.unique(_quantiles(a.values[present], a.weights[present], np.arange(1, BINS) / BINS))
    return _index(_shares(a, edges), _shares(b, edges), len(a.values), len(b.values))


def _quantiles(values: Floats, weights: Floats, at: Floats) -> Floats:
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    places = np.searchsorted(total, at * total[-1], side="left")
    found: Floats = values[order][np.minimum(places, len(values) - 1)]
    return found


def _shares(side: Values, edges: Floats) -> Floats:
    present = np.isfinite(side.values)
    bins = np.where(present, np.searchsorted(edges, side.values, side="left"), len(edges) + 1)
    counts: Floats = np.bincount(bins, weights=side.weights, minlength=len(edges) + 2).astype(np.float64)
    return counts


def category_index(counts_a: Sequence[float], counts_b: Sequence[float]) -> Index | None:
    """Return the index over categories, given the rows of each on both sides; None: a side has no row."""
    a, b = np.asarray(counts_a, dtype=np.float64), np.asarray(counts_b, dtype=np.float64)
    if not a.sum() or not b.sum():
        return None
    return _index(a, b, float(a.sum()), float(b.sum()))


def _index(a: Floats, b: Floats, n_a: float, n_b: float) -> Index:
    """Return the index of two rows of counts; bins that both leave empty are none, half a row is added to each other one.

    n_a, n_b: rows that were looked at, which is what chance depends on.
    """
    from scipy.stats import chi2

    used = (a > 0) | (b > 0)
    a, b = a[used] * n_a / a.sum() + 0.5, b[used] * n_b / b.sum() + 0.5
    p, q = a / a.sum(), b / b.sum()
    psi = max(0.0, float(((q - p) * np.log(q / p)).sum()))
    freedom = len(p) - 1
    return Index(psi, float((1 / n_a + 1 / n_b) * chi2.ppf(CHANCE, freedom)) if freedom else 0.0)


def kolmogorov_smirnov(a: Values, b: Values) -> tuple[float, float] | None:
    """Return the largest distance of the two distribution functions of the present values, and its p-value.

    That is of the one-sample law with n m / (n + m) rows. None: a side has no value.
    """
    from scipy.stats import kstwo

    kept_a, kept_b = np.isfinite(a.values), np.isfinite(b.values)
    n_a, n_b = int(kept_a.sum()), int(kept_b.sum())
    if not n_a or not n_b:
        return None
    values = np.concatenate((a.values[kept_a], b.values[kept_b]))
    up = np.concatenate((a.weights[kept_a] / a.weights[kept_a].sum(), -b.weights[kept_b] / b.weights[kept_b].sum()))
    order = np.argsort(values, kind="stable")
    heights = np.cumsum(up[order])
    last = np.append(np.diff(values[order]) > 0, True)
    distance = min(1.0, float(np.abs(heights[last]).max()))
    if distance < 1e-12:  # rounding of the sums
        distance = 0.0
    return distance, float(kstwo.sf(distance, max(1, round(n_a * n_b / (n_a + n_b)))))
