"""Columns from Python values, as JSON and databases give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from clusterctl.data.missing import numeric_na, text_na
from clusterctl.data.table import Parsed
from clusterctl.data.text_numbers import number_faults
from clusterctl.errors import DataLoadError

if TYPE_CHECKING:
    import pandas as pd

_NUMBERS = {int, float}


@dataclass(slots=True)
class Columns:
    """Rows gathered column by column, so that no row outlives its reading. A key that a row lacks is a missing value."""

    values: dict[str, list[Any]] = field(default_factory=dict)
    n_rows: int = 0

    def add(self, pairs: Sequence[tuple[str, Any]]) -> None:
        """Append one row."""
        for name, value in pairs:
            column = self.values.get(name)
            if column is None:
                column = self.values[name] = []
            if len(column) < self.n_rows:
                column.extend([None] * (self.n_rows - len(column)))
            column.append(value)
        self.n_rows += 1

    def finished(self) -> dict[str, list[Any]]:
        """Return the columns, all of `n_rows` values."""
        for column in self.values.values():
            column.extend([None] * (self.n_rows - len(column)))
        return self.values


def table_of(
    columns: Mapping[str, list[Any]], n_rows: int, shown: str, na_values: tuple[str, ...] | None, verbatim: frozenset[str]
) -> Parsed:
    """Return a table of these columns: whole numbers int64, other numbers float64, texts `str`, dates datetime64.

    Texts stay texts (`007`, `2020-01-31`); in a column of numbers the usual signs for missing (`NA`, empty) are missing. Columns that
    mix numbers, booleans and other text become text with a fault. Lists, records and bytes are not read.
    """
    import pandas as pd

    made: dict[str, Any] = {}
    unread: dict[str, str] = {}
    faults: dict[str, DataLoadError] = {}
    for name in list(columns):
        values = columns[name]
        kinds = set(map(type, values)) - {type(None)}
        reason = _unreadable(kinds)
        if reason is not None:
            unread[name] = reason
            continue
        try:
            name.encode()
            made[name] = _column(values, kinds, na_values, name in verbatim)
        except UnicodeEncodeError:
            raise _half_a_character(shown, name) from None
        if len(kinds) > 1 and not kinds <= _NUMBERS | {Decimal} and name not in verbatim and _mixed(values, kinds, na_values):
            faults[name] = _mixture(values, name, shown)
    frame = pd.DataFrame(made, index=pd.RangeIndex(n_rows), copy=False)
    return Parsed(frame, unread, number_faults(frame, shown, ".", skip=verbatim) | faults)


def _half_a_character(shown: str, name: str) -> DataLoadError:
    escaped = name.encode("ascii", "backslashreplace").decode()
    return DataLoadError(
        f"{shown}: the column '{escaped}', or a value in it, holds half of a surrogate pair, which is no text",
        hint="write the whole character, \\ud83d\\ude00 for example, or leave it out",
    )


def _unreadable(kinds: set[type]) -> str | None:
    if any(issubclass(kind, list | dict | tuple | set) for kind in kinds):
        return "holds nested values (lists or records)"
    if any(issubclass(kind, bytes | bytearray | memoryview) for kind in kinds):
        return "holds bytes"
    if any(issubclass(kind, timedelta) for kind in kinds):
        return "holds lengths of time"
    return None


def _column(values: list[Any], kinds: set[type], na_values: tuple[str, ...] | None, verbatim: bool) -> pd.Series:
    import numpy as np
    import pandas as pd

    if verbatim:
        return _texts(values, na_values)
    if not kinds:
        return pd.Series(np.full(len(values), np.nan))
    if kinds == {bool}:
        return pd.Series(values, dtype=object if None in values else bool)
    if kinds <= {date, datetime}:
        return _dates(values)
    if kinds <= _NUMBERS | {str, Decimal} and kinds != {str} and not _mixed(values, kinds, na_values):
        return _numbers(values, kinds)
    return _texts(values, na_values)


def _mixed(values: list[Any], kinds: set[type], na_values: tuple[str, ...] | None) -> bool:
    if not kinds <= _NUMBERS | {str, Decimal}:
        return not kinds <= {date, datetime}
    missing = numeric_na(na_values)
    return any(isinstance(value, str) and value.strip() not in missing for value in values)


def _numbers(values: list[Any], kinds: set[type]) -> pd.Series:
    import numpy as np
    import pandas as pd

    if kinds == {int} and None not in values:
        try:
            return pd.Series(np.array(values, dtype=np.int64))
        except OverflowError:
            return _texts(values, None)
    return pd.Series(np.array([np.nan if value is None or isinstance(value, str) else _float(value) for value in values], dtype=np.float64))


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def _texts(values: list[Any], na_values: tuple[str, ...] | None) -> pd.Series:
    import pandas as pd

    missing = text_na(na_values)
    texts = [None if value is None or (isinstance(value, str) and value in missing) else _text(value) for value in values]
    return pd.Series(texts, dtype="str")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


def _dates(values: list[Any]) -> pd.Series:
    import pandas as pd

    try:
        return pd.Series(pd.to_datetime(pd.Series(values, dtype=object), utc=any(isinstance(v, datetime) and v.tzinfo for v in values)))
    except (ValueError, OverflowError):
        return _texts(values, None)


def _mixture(values: list[Any], name: str, shown: str) -> DataLoadError:
    first = next(value for value in values if value is not None)
    row, other = next((row, value) for row, value in enumerate(values) if value is not None and type(value) is not type(first))
    return DataLoadError(
        f"{shown}: column {name!r} mixes kinds of values: {_shown(first)} first, but row {row + 1} holds {_shown(other)}",
        hint="make them all numbers or all texts; list texts that mean missing in clustering_data.read_options.na_values",
    )


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 40 else text[:37] + "…"
