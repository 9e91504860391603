"""Columns of the table as arrays of numbers or codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from clusterctl.values.dataset import Dataset


def numeric_column(dataset: Dataset, name: str) -> np.ndarray:
    """Return (n_rows,) float64 of a numeric or boolean column, in original units, NaN for missing and infinite."""
    series = dataset.frame[name]
    if dataset.kinds[name] == "boolean" and series.dtype == object:
        series = series.astype("boolean")
    values = series.to_numpy(dtype=np.float64, na_value=np.nan)
    finite = np.isfinite(values)
    return values if finite.all() else np.where(finite, values, np.nan)


def category_codes(dataset: Dataset, name: str) -> tuple[np.ndarray, list[str]]:
    """Return (n_rows,) codes of a categorical column, -1 for missing, and the names of the categories, by first row."""
    import pandas as pd

    codes, names = pd.factorize(dataset.frame[name])
    return codes.astype(np.int64), [str(value) for value in names]
