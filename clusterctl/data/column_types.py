"""Values of a column as the kind that the model was fitted on, or the error that names the first that is of another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clusterctl.data.missing import numeric_na, text_na
from clusterctl.errors import DataLoadError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

WORDS = {"numeric": "numbers", "boolean": "true or false", "categorical": "text", "text": "text"}
TRUTH = {"True": 1.0, "TRUE": 1.0, "true": 1.0, "1": 1.0, "False": 0.0, "FALSE": 0.0, "false": 0.0, "0": 0.0}


@dataclass(frozen=True, slots=True)
class Place:
    """Where values come from, for messages: a column, from row `first_row` (0: the first) on."""

    shown: str
    column: str
    first_row: int

    def wrong(self, kind: str, found: str, row: int | None = None) -> DataLoadError:
        """Return the error for a value, or a whole column, that is not of `kind`."""
        where = "" if row is None else f", row {self.first_row + row + 1}"
        return DataLoadError(
            f"{self.shown}: column {self.column!r}{where} holds {found}; the model was fitted on {WORDS[kind]} there",
            hint="write it as it was in the run's data; for a missing value leave it empty",
        )


def as_kind(values: Any, kind: str, place: Place, na_values: tuple[str, ...] | None) -> Any:
    """Return a column (a pandas Series, an Arrow array or a list) as float64 for numbers and booleans, else as texts.

    Missing values are NaN. Raises DataLoadError for values of another kind and for infinities.
    """
    import numpy as np

    if kind == "numeric" and getattr(getattr(values, "dtype", None), "kind", "") == "f":
        return _finite(np.asarray(values, dtype=np.float64), place)
    column = _arrow(values, kind, place)
    if kind == "numeric":
        return _finite(_numbers(column, place, na_values), place)
    if kind == "boolean":
        return _booleans(column, place, na_values)
    return _texts(column, kind, place, na_values)


def as_texts(values: Any, place: Place) -> pa.Array:
    """Return ids as texts. Raises DataLoadError where one is missing."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as types

    column = (
        _arrow(values, "text", place) if not isinstance(values, list) else pa.array([_id(value) for value in values], pa.large_string())
    )
    if types.is_floating(column.type) and not pc.any(pc.not_equal(column, pc.floor(column))).as_py():
        column = column.cast(pa.int64(), safe=False)
    column = column.cast(pa.large_string())
    empty = pc.or_kleene(pc.is_null(column), pc.equal(column, "")).fill_null(True)
    if pc.any(empty).as_py():
        row = place.first_row + pc.index(empty, True).as_py() + 1
        raise DataLoadError(
            f"{place.shown}: the id column {place.column!r} has no value in row {row}",
            hint="give each row an id, or leave the column out: rows are then numbered from 0",
        )
    return column


def _id(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else str(value)


def _arrow(values: Any, kind: str, place: Place) -> pa.Array:
    """Return the values as one Arrow array of a plain type."""
    import pyarrow as pa
    import pyarrow.types as types

    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if not isinstance(values, pa.Array):
        try:
            values = pa.array(values, from_pandas=True)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
            raise _mixture(values, kind, place) from None
        if isinstance(values, pa.ChunkedArray):
            values = values.combine_chunks()
    return values.cast(values.type.value_type) if types.is_dictionary(values.type) else values


def _mixture(values: Any, kind: str, place: Place) -> DataLoadError:
    wanted = {"numeric": (int, float), "boolean": (bool,)}.get(kind, (str,))
    for row, value in enumerate(values):
        is_wanted = isinstance(value, wanted) and (kind == "boolean" or not isinstance(value, bool))
        if value is not None and not is_wanted and not (isinstance(value, float) and value != value):
            return place.wrong(kind, _shown(value), row)
    return place.wrong(kind, "values of several kinds")


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 40 else text[:37] + "…"


def _first(found: pa.Array, column: pa.Array, kind: str, place: Place) -> DataLoadError | None:
    """Return the error for the first value where `found` holds; None: there is none."""
    import pyarrow.compute as pc

    row = pc.index(found, True).as_py()
    return None if row < 0 else place.wrong(kind, _shown(column[row].as_py()), row)


def _numbers(column: pa.Array, place: Place, na_values: tuple[str, ...] | None) -> np.ndarray:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as types

    if types.is_string(column.type) or types.is_large_string(column.type):
        missing = pc.is_in(pc.utf8_trim_whitespace(column), pa.array(sorted(numeric_na(na_values)), column.type))
        wrong = _first(pc.and_(pc.is_valid(column), pc.invert(missing)), column, "numeric", place)
        if wrong is not None:
            raise wrong
        return np.full(len(column), np.nan)
    if not (types.is_integer(column.type) or types.is_floating(column.type) or types.is_decimal(column.type) or types.is_null(column.type)):
        raise place.wrong("numeric", f"{column.type} values")
    return np.asarray(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)


def _finite(numbers: np.ndarray, place: Place) -> np.ndarray:
    import numpy as np

    infinite = np.flatnonzero(np.isinf(numbers))
    if len(infinite):
        raise DataLoadError(
            f"{place.shown}: column {place.column!r}, row {place.first_row + infinite[0] + 1}: "
            "the value is infinite, or larger than a 64-bit number can be",
            hint="correct it, or leave it empty where it is missing",
        )
    return numbers


def _booleans(column: pa.Array, place: Place, na_values: tuple[str, ...] | None) -> np.ndarray:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as types

    if types.is_string(column.type) or types.is_large_string(column.type):
        known = column.cast(pa.large_string())
        column = pc.if_else(pc.is_in(known, pa.array(sorted(numeric_na(na_values)), pa.large_string())), pa.scalar(None, known.type), known)
        wrong = _first(
            pc.and_(pc.is_valid(column), pc.invert(pc.is_in(column, pa.array(list(TRUTH), column.type)))), column, "boolean", place
        )
        if wrong is not None:
            raise wrong
        return np.array([np.nan if value is None else TRUTH[value] for value in column.to_pylist()], dtype=np.float64)
    if not (types.is_boolean(column.type) or types.is_integer(column.type) or types.is_floating(column.type) or types.is_null(column.type)):
        raise place.wrong("boolean", f"{column.type} values")
    values = np.asarray(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)
    others = np.flatnonzero(~np.isnan(values) & ~np.isin(values, (0.0, 1.0)))
    if len(others):
        raise place.wrong("boolean", _shown(column[int(others[0])].as_py()), int(others[0]))
    return values


def _texts(column: pa.Array, kind: str, place: Place, na_values: tuple[str, ...] | None) -> pd.Series:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as types

    if not (types.is_string(column.type) or types.is_large_string(column.type) or types.is_null(column.type)):
        raise place.wrong(kind, f"{column.type} values")
    column = column.cast(pa.large_string())
    missing = pc.is_in(column, pa.array(sorted(text_na(na_values)), pa.large_string()))
    column = pc.if_else(missing, pa.scalar(None, pa.large_string()), column)
    return pd.Series(pd.array(column.to_numpy(zero_copy_only=False), dtype="str"))
