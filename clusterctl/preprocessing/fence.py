"""The fence of a skewed sample, beyond which values are outliers."""

from __future__ import annotations

import numpy as np

MAX_VALUES = 2001
"""The medcouple of a longer sample is that of this many of its quantiles, evenly spaced."""


def upper_fence(values: np.ndarray) -> float:
    """Return the upper fence of the adjusted boxplot: Q3 + 1.5 exp(3 MC) IQR, for a medcouple MC >= 0, else with exp(4 MC).

    Hubert and Vandervieren 2008, An adjusted boxplot for skewed distributions, Computational Statistics & Data Analysis 52.
    """
    lower, upper = np.percentile(values, (25.0, 75.0))
    skewness = medcouple(values)
    return float(upper + 1.5 * np.exp((3.0 if skewness >= 0 else 4.0) * skewness) * (upper - lower))


def medcouple(values: np.ndarray) -> float:
    """Return the medcouple in [-1, 1], a robust measure of skewness; 0 for a symmetric sample.

    The median of ((b - m) - (m - a)) / (b - a) over all pairs a <= m <= b, m the median (Brys, Hubert, Struyf 2004). Pairs of two
    values equal to the median have the sign of their ranks' order, which adds up to zero.
    """
    if len(values) > MAX_VALUES:
        values = np.percentile(values, np.linspace(0, 100, MAX_VALUES))
    centred = np.sort(values) - np.median(values)
    below, above = centred[centred <= 0], centred[centred >= 0]
    gap = above[:, None] - below[None, :]
    with np.errstate(invalid="ignore"):
        kernel = (above[:, None] + below[None, :]) / gap
    n_equal = int((centred == 0).sum())
    if n_equal:
        rank = np.arange(n_equal)
        kernel[:n_equal, len(below) - n_equal :] = np.sign(rank[:, None] + rank[None, :] - (n_equal - 1))
    return float(np.median(kernel))
