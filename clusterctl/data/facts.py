"""What is seen in a column at a glance: gaps, distinct values, range, lean, common levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusterctl.values.dataset import ColumnKind

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

N_LEVELS = 6
"""Levels of a category are told up to this many; of more the values may name persons."""

SKEWED = 1.0
"""A skewness beyond this, either way, is high (Bulmer 1979, Principles of Statistics): a long tail."""


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """A column as it is; None: the value does not exist for its kind.

    n_missing: rows without a value, n_known: with one. n_distinct: of the values there are. low, high: of finite numbers, in original
    units. skewness: the third standardised moment (0 where symmetric, positive with a long upper tail), for numbers of more than two
    values.
    levels: the values of a category or boolean, the most frequent first, where there are at most six.
    """

    name: str
    kind: ColumnKind
    n_missing: int
    n_known: int
    n_distinct: int | None = None
    low: float | None = None
    high: float | None = None
    skewness: float | None = None
    levels: tuple[str, ...] = ()


def facts_of(frame: pd.DataFrame, kinds: Mapping[str, ColumnKind]) -> dict[str, ColumnFacts]:
    """Return the facts of every column, in the order of the table; all rows count."""
    return {str(name): _facts(str(name), values, kinds[str(name)]) for name, values in frame.items()}


def _facts(name: str, values: pd.Series, kind: ColumnKind) -> ColumnFacts:
    if kind == "unusable":
        n_missing = int(values.isna().sum())
        return ColumnFacts(name, kind, n_missing, len(values) - n_missing)
    if kind == "numeric":
        return _of_numbers(name, values)
    n_missing = int(values.isna().sum())
    n_distinct = int(values.nunique())
    levels: tuple[str, ...] = ()
    if kind in ("categorical", "boolean") and n_distinct <= N_LEVELS:
        levels = tuple(str(level) for level in values.value_counts().index)
    return ColumnFacts(name, kind, n_missing, len(values) - n_missing, n_distinct, levels=levels)


def _of_numbers(name: str, values: pd.Series) -> ColumnFacts:
    import numpy as np

    numbers = values.to_numpy()
    missing = np.isnan(numbers) if numbers.dtype.kind == "f" else np.zeros(0, dtype=bool)
    n_missing = int(missing.sum())
    known = numbers[~missing] if n_missing else numbers
    n_distinct = int(values.nunique())
    finite = known[np.isfinite(known)] if known.dtype.kind == "f" else known
    if not len(finite):
        return ColumnFacts(name, "numeric", n_missing, len(known), n_distinct)
    low, high = float(finite.min()), float(finite.max())
    skewness = _skewness(finite, low, high) if n_distinct > 2 else None
    return ColumnFacts(name, "numeric", n_missing, len(known), n_distinct, low, high, skewness)


def _skewness(numbers: np.ndarray, low: float, high: float) -> float | None:
    """Return the third standardised moment of numbers (n,); None where they do not vary."""
    import numpy as np

    largest = max(abs(low), abs(high))
    if low == high or not np.isfinite(largest):
        return None
    scaled = numbers / largest  # so that no power of it overflows
    deviation = scaled - scaled.mean()
    squares = np.square(deviation)
    variance = float(squares.mean())
    if variance <= (1e-12) ** 2:
        return None
    return float((squares * deviation).mean() / variance**1.5)
