"""Hartigan's dip: how far a sample is from having a single mode."""

from __future__ import annotations

import numpy as np


def dip(values: np.ndarray) -> float:
    """Return the dip: the greatest distance of the sample's distribution function from the nearest unimodal one.

    Between 1 / (2 n) and 1/4. Hartigan and Hartigan 1985, The dip test of unimodality, Annals of Statistics 13; the algorithm is that
    of Hartigan 1985 (AS 217): greatest convex minorant and least concave majorant on a shrinking modal interval.
    """
    points, counts = np.unique(values, return_counts=True)
    n = len(values)
    after = np.cumsum(counts) / n
    before = after - counts / n
    first, last, best = 0, len(points) - 1, 1.0 / n
    while last > first:
        x, low, high = points[first : last + 1], before[first : last + 1], after[first : last + 1]
        minorant = _hull(x, low, convex=True)
        majorant = _hull(x, high, convex=False)
        under = np.interp(x, x[minorant], low[minorant])
        over = np.interp(x, x[majorant], high[majorant])
        gap, left, right = _widest(over - under, minorant, majorant)
        if gap <= best:
            break
        at_left = (high - under)[: left + 1].max(initial=0.0)
        at_right = (over - low)[right:].max(initial=0.0)
        best = max(best, float(at_left), float(at_right))
        if left == 0 and right == len(x) - 1:
            break
        first, last = first + left, first + right
    return best / 2


def _widest(gap: np.ndarray, minorant: np.ndarray, majorant: np.ndarray) -> tuple[float, int, int]:
    """Return the widest gap between the hulls at their corners, and the interval it leaves: a corner of either."""
    i, j = minorant[np.argmax(gap[minorant])], majorant[len(majorant) - 1 - np.argmax(gap[majorant][::-1])]
    if gap[j] > gap[i]:
        return float(gap[j]), int(minorant[minorant <= j][-1]), int(j)
    return float(gap[i]), int(i), int(majorant[majorant >= i][0])


def _hull(x: np.ndarray, y: np.ndarray, convex: bool) -> np.ndarray:
    """Return the positions of the corners of the greatest convex minorant (or least concave majorant) of the points.

    A point on or above the chord between any two others is no corner. So all such points go at once, but no two neighbours, until none
    is left.
    """
    y = y if convex else -y
    kept = np.arange(len(x))
    first, idle = 0, 0
    while idle < 2 and len(kept) > 2:
        px, py = x[kept], y[kept]
        above = (py[1:-1] - py[:-2]) * (px[2:] - px[:-2]) >= (py[2:] - py[:-2]) * (px[1:-1] - px[:-2])
        above[first::2] = False
        if above.any():
            kept = kept[np.concatenate(([True], ~above, [True]))]
        idle = 0 if above.any() else idle + 1
        first = 1 - first
    return kept
