"""Categories as numbers: the levels of one column, as one column a level or as a code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

OTHER = "(other)"


@dataclass(frozen=True, slots=True, eq=False)
class OneHot:
    """One column a level, `value` where the row has it and else 0.

    other: the last column stands for every level that is not listed. Without it an unseen level is zero in all columns.
    """

    feature: str
    levels: tuple[str, ...]
    other: bool
    value: float

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(f"{self.feature}={level}" for level in (*self.levels, *([OTHER] if self.other else [])))

    def write(self, column: pd.Series, out: np.ndarray) -> None:
        """Write the columns of these rows into `out` (n, n_levels), which holds zeros."""
        code = _codes(column, self.levels)
        if self.other:
            code = np.where(code < 0, len(self.levels), code)
        known = np.flatnonzero(code >= 0)
        out[known, code[known]] = self.value

    def state(self) -> Mapping[str, Any]:
        """Return the encoder as plain values."""
        return {"kind": "onehot", "feature": self.feature, "levels": list(self.levels), "other": self.other, "value": self.value}


@dataclass(frozen=True, slots=True, eq=False)
class Ordinal:
    """The rank of the level, from 0, in sorted order (by number where all levels are numbers).

    An unseen level takes the place it would have in that order, half-way between its neighbours.
    """

    feature: str
    levels: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns: one."""
        return (self.feature,)

    def write(self, column: pd.Series, out: np.ndarray) -> None:
        """Write the codes of these rows into `out` (n, 1)."""
        code = _codes(column, self.levels)
        out[:, 0] = code
        for row in np.flatnonzero(code < 0):
            out[row, 0] = _place(str(column.iloc[row]), self.levels)

    def state(self) -> Mapping[str, Any]:
        """Return the encoder as plain values."""
        return {"kind": "ordinal", "feature": self.feature, "levels": list(self.levels)}


def fit_onehot(column: pd.Series, feature: str, max_levels: int, value: float = 1.0) -> OneHot:
    """Learn the levels in sorted order; of more than `max_levels` the most frequent `max_levels` - 1 (ties: sorted order) and `(other)`."""
    counts = column.value_counts()
    count = dict(zip((str(level) for level in counts.index), counts.to_numpy().tolist(), strict=True))
    levels = in_order(count)
    if len(levels) <= max_levels:
        return OneHot(feature, levels, other=False, value=value)
    frequent = sorted(levels, key=lambda level: -count[level])[: max_levels - 1]
    return OneHot(feature, in_order(frequent), other=True, value=value)


def fit_ordinal(column: pd.Series, feature: str) -> Ordinal:
    """Learn the levels in sorted order."""
    return Ordinal(feature, in_order(str(level) for level in column.unique()))


def in_order(levels: Any) -> tuple[str, ...]:
    """Sort levels: by value where every one is a finite number, else as text."""
    found = sorted(levels)
    numbers = [_number(level) for level in found]
    if any(number is None for number in numbers):
        return tuple(found)
    return tuple(sorted(found, key=lambda level: (float(level), level)))


def _number(level: str) -> float | None:
    try:
        number = float(level)
    except ValueError:
        return None
    return number if np.isfinite(number) else None


def _codes(column: pd.Series, levels: tuple[str, ...]) -> np.ndarray:
    """Return (n,) positions in `levels`, -1 for a level that is not there."""
    import pandas as pd

    code: np.ndarray = pd.Index(levels, dtype="str").get_indexer(pd.Index(column))
    return code


def _place(level: str, levels: tuple[str, ...]) -> float:
    numbers = [_number(known) for known in levels]
    number = _number(level)
    if number is not None and all(known is not None for known in numbers):
        return sum(float(known) < number for known in levels) - 0.5
    return sum(known < level for known in levels) - 0.5
