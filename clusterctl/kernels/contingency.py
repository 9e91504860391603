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
    _, left_code, left_sizes = np.unique(left, return_inverse=True, return_counts=True)
    _, right_code, right_sizes = np.unique(right, return_inverse=True, return_counts=True)
    cell = left_code * np.int64(len(right_sizes)) + right_code
    if len(left_sizes) * len(right_sizes) <= max(4 * len(left), 1_000_000):
        full = np.bincount(cell, minlength=len(left_sizes) * len(right_sizes))
        cells = np.flatnonzero(full)
        counts = full[cells]
    else:
        cells, counts = np.unique(cell, return_counts=True)
    row, column = np.divmod(cells, len(right_sizes)) if len(left) else (cells, cells)
    return Contingency(counts, row, column, left_sizes, right_sizes, len(left))
