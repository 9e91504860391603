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
    """Return the positions of the corners of the greatest convex minorant (or least concave majorant) of the points."""
    sign = 1.0 if convex else -1.0
    corners: list[int] = []
    for i in range(len(x)):
        while len(corners) > 1:
            a, b = corners[-2], corners[-1]
            if sign * (y[b] - y[a]) * (x[i] - x[a]) < sign * (y[i] - y[a]) * (x[b] - x[a]):
                break
            corners.pop()
        corners.append(i)
    return np.array(corners)
