"""The agreement of two groupings from their table of counts; the names are those of the metrics.

Natural logarithms throughout; where both groupings are one group alone, or each row a group, they are the same: 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln

if TYPE_CHECKING:
    from clusterctl.kernels.contingency import Contingency

_TAIL = 45.0
"""Terms of the expected information with a probability below exp(-45) are left out."""


def adjusted_rand_score(table: Contingency) -> float | None:
    """Return (pairs agreed on - expected) / (maximum - expected), from exact integer counts of pairs."""
    both, left, right, everything = _pairs(table)
    missed_left, missed_right = left - both, right - both
    if missed_left == 0 and missed_right == 0:
        return 1.0
    apart = everything - both - missed_left - missed_right
    top = 2 * (both * apart - missed_left * missed_right)
    return top / ((both + missed_left) * (missed_left + apart) + (both + missed_right) * (missed_right + apart))


def fowlkes_mallows_score(table: Contingency) -> float | None:
    """Return the geometric mean of precision and recall over pairs; None where no two rows are together in one of the groupings."""
    both, left, right, _ = _pairs(table)
    if left == 0 or right == 0:
        return None
    return float(np.sqrt(both / left) * np.sqrt(both / right))


def normalized_mutual_info_score(table: Contingency) -> float | None:
    """Return the mutual information over the mean of the two entropies."""
    if _trivial(table):
        return 1.0
    shared = _mutual_information(table)
    mean = (_entropy(table.left, table.n_rows) + _entropy(table.right, table.n_rows)) / 2
    return float(np.clip(shared / mean, 0.0, 1.0)) if mean > 0 else 0.0


def v_measure_score(table: Contingency) -> float | None:
    """Return the harmonic mean of homogeneity and completeness: the same number as the normalised mutual information."""
    return normalized_mutual_info_score(table)


def adjusted_mutual_info_score(table: Contingency) -> float | None:
    """Return (I - E[I]) / (mean entropy - E[I]), the expectation over all groupings with the same sizes."""
    if _trivial(table):
        return 1.0
    shared, expected = _mutual_information(table), _expected_information(table)
    mean = (_entropy(table.left, table.n_rows) + _entropy(table.right, table.n_rows)) / 2
    room = mean - expected
    least = float(np.finfo(np.float64).eps)
    room = min(room, -least) if room < 0 else max(room, least)
    return min(1.0, (shared - expected) / room)


def _trivial(table: Contingency) -> bool:
    """Both groupings are one group alone, or both have a group a row."""
    return len(table.left) == len(table.right) and (len(table.left) <= 1 or len(table.left) == table.n_rows)


def _pairs(table: Contingency) -> tuple[int, int, int, int]:
    """Return pairs of rows together in both, in the left, in the right, and all pairs."""

    def together(sizes: np.ndarray) -> int:
        return sum(size * (size - 1) // 2 for size in sizes.tolist())

    return together(table.counts), together(table.left), together(table.right), table.n_rows * (table.n_rows - 1) // 2


def _entropy(sizes: np.ndarray, n: int) -> float:
    share = sizes / n
    return float(-(share * np.log(share)).sum()) if len(sizes) > 1 else 0.0


def _mutual_information(table: Contingency) -> float:
    n = table.n_rows
    share = table.counts / n
    outer = table.left[table.row].astype(np.float64) * table.right[table.column]
    terms = share * (np.log(table.counts) - np.log(n)) + share * (2 * np.log(n) - np.log(outer))
    return max(0.0, float(np.where(np.abs(terms) < np.finfo(np.float64).eps, 0.0, terms).sum()))


def _expected_information(table: Contingency) -> float:
    """Return E[I] under random groupings of the same sizes (Vinh, Epps and Bailey 2010, equation 24a).

    Each pair of distinct sizes is summed once, over counts within reach of the mean: the hypergeometric tail beyond is below exp(-45)
    by Bernstein's bound, so a million rows cost what a thousand do.
    """
    n = table.n_rows
    log_factorial = gammaln(np.arange(n + 1, dtype=np.float64) + 1)
    left, n_left = np.unique(table.left, return_counts=True)
    right, n_right = np.unique(table.right, return_counts=True)
    total = 0.0
    for a, n_a in zip(left.tolist(), n_left.tolist(), strict=True):
        total += n_a * float(n_right @ [_expected_cell(a, b, n, log_factorial) for b in right.tolist()])
    return total


def _expected_cell(a: int, b: int, n: int, log_factorial: np.ndarray) -> float:
    """Return the expected contribution of one cell with margins a and b."""
    mean = a * b / n
    variance = mean * (n - a) / n * (n - b) / max(n - 1, 1)
    reach = _TAIL / 3 + np.sqrt(_TAIL**2 / 9 + 2 * _TAIL * variance)
    low = max(1, a + b - n, int(np.floor(mean - reach)))
    high = min(a, b, int(np.ceil(mean + reach)))
    if high < low:
        return 0.0
    count = np.arange(low, high + 1)
    f = log_factorial
    log_chance = f[a] + f[b] + f[n - a] + f[n - b] - f[n] - f[count] - f[a - count] - f[b - count] - f[n - a - b + count]
    information = count / n * (np.log(n) + np.log(count) - np.log(a) - np.log(b))
    return float((information * np.exp(log_chance)).sum())
