"""The small drawings of the cards: a cluster's values above those of all rows, as numbers from 0 to 100."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from clusterctl.report.views import Shares, Strip

if TYPE_CHECKING:
    from clusterctl.results.characteristics import NumericCharacteristic, NumericStatistics

REACH = 1.5
"""Quartile ranges shown beyond the quartiles of all rows: as far as Tukey's (1977) whiskers."""


def numeric_strip(own: NumericCharacteristic, whole: NumericStatistics) -> Strip | None:
    """Return the middle halves and medians on the scale of all rows' whiskers, widened to hold the cluster's; None where one is missing."""
    mine = (own.lower_quartile, own.median, own.upper_quartile)
    every = (whole.lower_quartile, whole.median, whole.upper_quartile)
    if None in mine or None in every:
        return None
    least, most = (whole.min, whole.max) if whole.min is not None and whole.max is not None else (-inf, inf)  # withheld: too few rows
    a = tuple(float(value) for value in mine if value is not None)
    b = tuple(float(value) for value in every if value is not None)
    reach = REACH * (b[2] - b[0]) or (REACH * (most - least) if most < inf else 0.0)
    low, high = min(a[0], max(least, b[0] - reach)), max(a[2], min(most, b[2] + reach))
    if not low < high:
        return None
    return Strip(_placed(a, low, high), _placed(b, low, high))


def shares(own: float, whole: float) -> Shares:
    """Return two shares of 0 to 1 in per cent."""
    return Shares(_short(100 * own), _short(100 * whole))


def _placed(values: tuple[float, ...], low: float, high: float) -> tuple[float, float, float]:
    first, middle, last = (_short(100 * (value / 2 - low / 2) / (high / 2 - low / 2)) for value in values)  # halves: no overflow
    return first, middle, last


def _short(value: float) -> float:
    return round(min(max(value, 0.0), 100.0), 1)
