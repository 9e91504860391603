"""Columns of the table as arrays: numbers with NaN, or codes of categories with -1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.analysis.groups import Floats, Integers

if TYPE_CHECKING:
    from clusterctl.values.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Codes:
    """A column of categories: `codes` (n,) into `categories`, in order of first appearance; -1 for missing."""

    codes: Integers
    categories: tuple[str, ...]


def numbers(dataset: Dataset, name: str) -> Floats:
    """Return a numeric or boolean column (n,) as float64, missing as NaN; a view where the column is that already."""
    column = dataset.frame[name]
    if column.dtype == object:
        import pandas as pd

        column = column.where(pd.notna(column), np.nan)
    return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))


def categories(dataset: Dataset, name: str) -> Codes:
    """Return a column's categories; booleans are `true` and `false`."""
    import pandas as pd

    codes, found = pd.factorize(dataset.frame[name], use_na_sentinel=True)
    return Codes(np.asarray(codes, dtype=np.int64), tuple(_name(value) for value in found))


def _name(value: object) -> str:
    return str(value).lower() if isinstance(value, bool | np.bool_) else str(value)
