"""The features of a frame as plain columns, read without copying what need not be copied."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.errors import PreprocessingError

if TYPE_CHECKING:
    import pandas as pd

LARGEST = 1e150
"""Larger magnitudes overflow when they are squared and added up."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns of equal length, in feature order.

    numeric: numeric and boolean features in their own dtype; float with NaN where a value can be missing.
    symbolic: categorical and text features, str with missing values as pandas marks them.
    """

    numeric: Mapping[str, np.ndarray]
    symbolic: Mapping[str, pd.Series]
    n_rows: int

    def missing(self, name: str) -> np.ndarray:
        """Return (n_rows,) bool: where the column has no value."""
        if name in self.symbolic:
            return np.asarray(self.symbolic[name].isna())
        values = self.numeric[name]
        return np.isnan(values) if values.dtype.kind == "f" else np.zeros(self.n_rows, dtype=bool)

    def where(self, keep: np.ndarray) -> Table:
        """Return the rows where `keep` holds; the table itself if that is every row."""
        if keep.all():
            return self
        numeric = {name: values[keep] for name, values in self.numeric.items()}
        symbolic = {name: values[keep] for name, values in self.symbolic.items()}
        return Table(numeric, symbolic, int(keep.sum()))


def read(frame: pd.DataFrame, features: Sequence[str], kinds: Sequence[str], row_name: Callable[[int], str] = str) -> Table:
    """Return the features of `frame`; `kinds` says for each what it holds.

    Raises PreprocessingError for a column that is not there or of another kind, and for infinite or overflowing values
    (|x| > 1e150), naming the column and the row by `row_name`.
    """
    absent = [name for name in features if name not in frame.columns]
    if absent:
        raise PreprocessingError(f"the table lacks {_listed(absent)}", hint=f"the columns needed are {_listed(features)}")
    numeric: dict[str, np.ndarray] = {}
    symbolic: dict[str, pd.Series] = {}
    for name, kind in zip(features, kinds, strict=True):
        if kind in ("numeric", "boolean"):
            numeric[name] = _numbers(frame[name], name)
            _check_magnitude(numeric[name], name, row_name)
        elif kind in ("categorical", "text"):
            symbolic[name] = _strings(frame[name])
        else:
            raise PreprocessingError(
                f"column {name!r} holds {kind} values, which cannot be clustered on", hint="leave it out of `features`"
            )
    return Table(numeric, symbolic, len(frame))


def _listed(names: Sequence[str]) -> str:
    return ("column " if len(names) == 1 else "columns ") + ", ".join(repr(name) for name in names)


def _numbers(column: pd.Series, name: str) -> np.ndarray:
    """Return the values without a copy where the dtype is numpy's own; missing values as NaN."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiub":
        return column.to_numpy()
    try:
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise PreprocessingError(f"column {name!r} held numbers when the analysis was set up, here it holds others: {error}") from error


def _strings(column: pd.Series) -> pd.Series:
    column = column.reset_index(drop=True)
    return column if column.dtype == "str" else column.astype("str")


def _check_magnitude(values: np.ndarray, name: str, row_name: Callable[[int], str]) -> None:
    if values.dtype.kind != "f" or not len(values):
        return
    low, high = float(np.fmin.reduce(values)), float(np.fmax.reduce(values))
    if not (low < -LARGEST or high > LARGEST):
        return
    row = int(np.argmax((values == low) if low < -LARGEST else (values == high)))
    raise PreprocessingError(
        f"column {name!r} holds {values[row]} in row {row_name(row)}: no distance can be computed with it",
        hint=f"values must be finite and at most {LARGEST:g} in magnitude; correct the value or leave the column out",
    )
