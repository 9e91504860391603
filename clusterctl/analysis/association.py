"""How strongly two columns go together, as one number and with how likely chance gives as much."""

from __future__ import annotations

from typing import Literal

import numpy as np

from clusterctl.analysis.groups import Floats, Integers

FEWEST_EXPECTED = 5.0
N_TABLES = 999


def cramers_v(table: Integers) -> float | None:
    """Return Cramér's V of counts (r, c), corrected for bias (Bergsma 2013, J. Korean Stat. Soc. 42, 323-328); None: a side has one value.

    phi² = chi² / n is lessened by (r - 1)(c - 1) / (n - 1), not below 0, and divided by the lesser of r' - 1 and c' - 1 with
    r' = r - (r - 1)² / (n - 1); empty rows and columns do not count.
    """
    table = _full(table)
    n, (r, c) = int(table.sum()), table.shape
    if min(r, c) < 2:
        return None
    phi = max(0.0, chi_square(table) / n - (r - 1) * (c - 1) / (n - 1))
    sides = [side - (side - 1) ** 2 / (n - 1) for side in (r, c)]
    return float(np.sqrt(phi / (min(sides) - 1))) if min(sides) > 1 else None


def chi_square(table: Integers) -> float:
    """Return Pearson's chi² of counts without empty rows and columns."""
    expected = _expected(table)
    return float(((table - expected) ** 2 / expected).sum())


def independence(table: Integers) -> tuple[float, Literal["chi_square", "permutation"]] | None:
    """Return the p-value of Pearson's test of counts (r, c), and how it was found; None: a side has one value.

    Where an expected count is below 5, chi² is beside that of 999 random tables with the same margins (Patefield 1981, Appl. Stat. 30,
    91-97), of a fixed seed: (1 + tables as far from independence) / 1,000.
    """
    from scipy.special import chdtrc
    from scipy.stats import random_table

    table = _full(table)
    if min(table.shape) < 2:
        return None
    expected, observed = _expected(table), chi_square(table)
    if expected.min() >= FEWEST_EXPECTED:
        return float(chdtrc((table.shape[0] - 1) * (table.shape[1] - 1), observed)), "chi_square"
    drawn = random_table.rvs(table.sum(axis=1), table.sum(axis=0), size=N_TABLES, random_state=0)
    others = ((drawn - expected) ** 2 / expected).sum(axis=(1, 2))
    return (1 + int((others >= observed * (1 - 1e-12)).sum())) / (1 + N_TABLES), "permutation"


def epsilon_squared(samples: list[Floats]) -> tuple[float, float] | None:
    """Return epsilon² = H / (n - 1) of Kruskal and Wallis' H (Tomczak and Tomczak 2014, Trends Sport Sci. 1, 19-25) and its p-value.

    None: fewer than two samples have values, or all values are the same.
    """
    from scipy.stats import kruskal

    known = [values for values in samples if len(values)]
    if len(known) < 2 or np.ptp(np.concatenate(known)) == 0:
        return None
    found = kruskal(*known)
    n = sum(map(len, known))
    return min(1.0, max(0.0, float(found.statistic) / (n - 1))), float(found.pvalue)


def ks_distance(values: Floats, whole: Floats) -> float:
    """Return the largest distance of the distribution functions of `values` and of `whole`, which is sorted and has them among it."""
    own, counts = np.unique(values, return_counts=True)
    at = np.cumsum(counts) / len(values)
    before = at - counts / len(values)
    at_whole = np.searchsorted(whole, own, side="right") / len(whole)
    before_whole = np.searchsorted(whole, own, side="left") / len(whole)
    return float(max(np.abs(at - at_whole).max(), np.abs(before - before_whole).max()))


def _full(table: Integers) -> Integers:
    full: Integers = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    return full


def _expected(table: Integers) -> Floats:
    return np.asarray(table.sum(axis=1, keepdims=True) * (table.sum(axis=0) / table.sum()), dtype=np.float64)
