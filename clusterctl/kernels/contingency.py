"""How two groupings of the same rows cross: the counts that every external metric is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Contingency:
    """counts: (c,) of the non-empty cells; row, column: (c,) the cell's place; left, right: sizes of the groups of either grouping."""

    counts: np.ndarray
    row: np.ndarray
    column: np.ndarray
    left: np.ndarray
    right: np.ndarray
    n_rows: int


def contingency(left: np.ndarray, right: np.ndarray) -> Contingency:
    """Cross two groupings (n,) int, any values; every value, -1 too, is a group."""
    left_values, left_codes = np.unique(left, return_inverse=True)
    right_values, right_codes = np.unique(right, return_inverse=True)
    return cross(left_codes, len(left_values), right_codes, len(right_values))


def cross(left: np.ndarray, n_left: int, right: np.ndarray, n_right: int) -> Contingency:
    """Cross two groupings (n,) int64 whose values are 0 … n_left - 1 and 0 … n_right - 1; a value that no row has is a group of size 0."""
    cell = left * np.int64(n_right) + right
    if n_left * n_right <= max(4 * len(left), 1_000_000):
        full = np.bincount(cell, minlength=n_left * n_right)
        cells = np.flatnonzero(full)
        counts = full[cells]
    else:
        cells, counts = np.unique(cell, return_counts=True)
    row, column = np.divmod(cells, n_right) if len(left) else (cells, cells)
    return Contingency(counts, row, column, np.bincount(left, minlength=n_left), np.bincount(right, minlength=n_right), len(left))
