"""Texts that are numbers in disguise: `1,5`, `1 000`, `12 %`, `€ 3`, ids such as `007`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from typing import TYPE_CHECKING

from clusterctl.errors import DataLoadError

if TYPE_CHECKING:
    import pandas as pd

SHARE = 0.9
"""A text column with at least this share of number-like values is taken for numbers that were misread."""
_SAMPLE = 1000
_PADDED = re.compile(r"\s*[+-]?0[0-9]+\s*")
_DISGUISED = (
    r"^\s*[+-]?\s*[$€£¥₹]?\s*[+-]?\s*"
    r"(?:\d{1,3}(?:[.,' _\x{a0}\x{202f}’]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d*)?|[.,]\d+)"
    r"(?:[eE][+-]?\d+)?\s*(?:%|[$€£¥₹])?\s*$"
)
_PLAIN = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*|\s*[+-]?(?:inf|infinity)\s*", re.I)


def leading_zeros(values: Iterable[str]) -> bool:
    """Tell whether some value begins with a zero before another digit."""
    return any(_PADDED.fullmatch(value) for value in values)


def looks_numeric(value: str, decimal: str, thousands: str | None) -> bool:
    """Tell whether pandas would read this text as a number (or an infinity)."""
    if thousands:
        value = value.replace(thousands, "")
    return _PLAIN.fullmatch(value.replace(decimal, ".") if decimal != "." else value) is not None


def number_faults(frame: pd.DataFrame, shown: str, decimal: str, skip: Set[str]) -> dict[str, DataLoadError]:
    """Return, by column, the error for text that is at least 90 % numbers, and for infinities among numbers.

    The pattern takes group marks `, . ' space`, a decimal comma or point, one currency sign, `%`. All rows count; a column whose
    first 1,000 distinct values are mostly no numbers is passed over.
    """
    faults = {}
    for name, values in frame.items():
        column = str(name)
        if values.dtype.kind == "f":
            fault = _infinity(values, column, shown)
        elif values.dtype.kind == "O" and column not in skip:
            fault = _disguised(values, column, shown, decimal)
        else:
            continue
        if fault is not None:
            faults[column] = fault
    return faults


def _infinity(values: pd.Series, column: str, shown: str) -> DataLoadError | None:
    import numpy as np

    numbers = values.to_numpy()
    infinite = np.isinf(numbers)
    if not infinite.any():
        return None
    rows = np.flatnonzero(infinite)
    more = f" ({len(rows)} such rows in all)" if len(rows) > 1 else ""
    return DataLoadError(
        f"{shown}: column {column!r}, row {rows[0] + 1}: the value is infinite, or larger than a 64-bit number can be{more}",
        hint="correct it, make it missing (list its text in clustering_data.read_options.na_values), or leave the column out of features",
    )


def _disguised(values: pd.Series, column: str, shown: str, decimal: str) -> DataLoadError | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        texts = pc.drop_null(pa.array(values, type=pa.large_string(), from_pandas=True))
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return None  # not text: booleans with gaps, dates
    first = texts[:_SAMPLE]
    if not len(texts) or 2 * pc.sum(_matches(first)).as_py() < len(first):
        return None
    like = _matches(texts)
    n_like = pc.sum(like).as_py()
    if n_like < SHARE * len(texts):
        return None
    return _disguised_error(values, column, shown, decimal)


def _matches(texts: object) -> object:
    import pyarrow.compute as pc

    return pc.match_substring_regex(texts, _DISGUISED)


def _disguised_error(values: pd.Series, column: str, shown: str, decimal: str) -> DataLoadError | None:
    """Name the first value that is no plain number, and what to set; None for whole numbers beyond 64 bits that are all distinct: ids."""
    row, value = next(
        ((row, value) for row, value in enumerate(values) if isinstance(value, str) and not looks_numeric(value, decimal, None)), (0, None)
    )
    if value is None:
        if values.is_unique:
            return None
        return DataLoadError(
            f"{shown}: column {column!r} holds whole numbers that do not fit 64 bits",
            hint="name it as id_column, write it with fewer digits or in scientific notation, or leave it out of features",
        )
    return DataLoadError(
        f"{shown}: column {column!r} was read as text, but nearly all of its values are numbers; row {row + 1} holds {value[:40]!r}",
        hint=_remedy(value),
    )


def _remedy(value: str) -> str:
    if re.fullmatch(r"\s*[+-]?\d+,\d+\s*", value):
        return 'set clustering_data.read_options.decimal: "," if this is a decimal comma, or thousands: "," if it groups digits'
    if re.search(r"\d[,.' _]\d{3}", value):
        return "set clustering_data.read_options.thousands (and decimal) to the marks in use"
    if re.search(r"[%$€£¥₹]", value):
        return "take the sign out of the values: they are text to any reader"
    missing = f"if {value[:20]!r} means missing, list it in clustering_data.read_options.na_values"
    return f"{missing}; if these are codes, leave the column out of features"
