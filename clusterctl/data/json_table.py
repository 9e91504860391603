"""JSON: an array of records, a record a line, or columns; told by content, parsed value by value, nothing converted unasked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from clusterctl.data.plain_values import Columns, table_of
from clusterctl.data.settings import ReadOptions
from clusterctl.data.table import Fetched, Parsed
from clusterctl.data.text_encoding import encoding_of, wrong_encoding
from clusterctl.errors import DataLoadError

_SPACE = re.compile(r"[ \t\r\n]*")
_SHAPES = "an array of records [{…}, …], one record a line, or columns {name: [values]} are read"


class _Record(list[tuple[str, Any]]):
    """The members of one JSON object in their order, checked for repeated names."""


class _Repeated(Exception):
    def __init__(self, name: str) -> None:
        self.name = name


def _record(pairs: list[tuple[str, Any]]) -> _Record:
    if len({name for name, _ in pairs}) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Repeated(next(name for name in names if names.count(name) > 1))
    return _Record(pairs)


def _constant(text: str) -> float | None:
    return None if text == "NaN" else float(text)


_DECODER = json.JSONDecoder(object_pairs_hook=_record, parse_constant=_constant)


def read_json(fetched: Fetched, options: ReadOptions, verbatim: frozenset[str]) -> Parsed:
    """Read a JSON file. Missing keys, null and NaN are missing values; strings stay strings, dates too; infinities are faults.

    Raises DataLoadError for text that is no JSON (with its line), a name twice in one record, and shapes that are no table.
    """
    with fetched.path.open("rb") as file:
        encoding = encoding_of(file.read(4096), fetched, options)
    try:
        if is_lines(fetched, options, encoding):
            columns = _read_lines(fetched, encoding)
        else:
            columns = _read_document(fetched.path.read_text(encoding=encoding), fetched)
    except UnicodeDecodeError as error:
        raise wrong_encoding(fetched, encoding, error) from None
    return table_of(columns.finished(), columns.n_rows, fetched.shown, options.na_values, verbatim)


def is_lines(fetched: Fetched, options: ReadOptions, encoding: str) -> bool:
    """Tell whether there is a record a line: as the options say, else if the first line is a whole object and another line follows."""
    if options.json_lines is not None:
        return options.json_lines
    with fetched.path.open(encoding=encoding) as file:
        lines = (line for line in file if line.strip())
        first, second = next(lines, ""), next(lines, "")
    if not first.lstrip().startswith("{") or not second:
        return False
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return False
    return True


def _read_lines(fetched: Fetched, encoding: str) -> Columns:
    columns = Columns()
    for record in records_of_lines(fetched, encoding):
        columns.add(record)
    return columns


def records_of_lines(fetched: Fetched, encoding: str) -> Iterator[list[tuple[str, Any]]]:
    """Yield the members of the record on each line that is not empty. Raises DataLoadError for a line that is no record."""
    with fetched.path.open(encoding=encoding, newline="\n") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            value, end = _decode(line, _skip(line, 0), fetched, number)
            if _skip(line, end) < len(line):
                _fail(fetched, number, "something follows the record")
            if not isinstance(value, _Record):
                _fail(fetched, number, "not a record {…}")
            yield value


def _read_document(text: str, fetched: Fetched) -> Columns:
    start = _skip(text, 0)
    if text[start : start + 1] == "[":
        columns = Columns()
        for record in _elements(text, start + 1, fetched):
            if not isinstance(record, _Record):
                raise DataLoadError(f"{fetched.shown}: element {columns.n_rows + 1} of the array is not a record {{…}}", hint=_SHAPES)
            columns.add(record)
        return columns
    value, end = _decode(text, start, fetched)
    if _skip(text, end) < len(text):
        _fail(
            fetched,
            text.count("\n", 0, end) + 1,
            "something follows the first value",
            hint="one record a line? set clustering_data.read_options.json_lines: true",
        )
    if not isinstance(value, _Record):
        raise DataLoadError(f"{fetched.shown}: the JSON is a single value, not a table", hint=_SHAPES)
    return _by_columns(value, fetched)


def _elements(text: str, position: int, fetched: Fetched) -> Iterator[Any]:
    """Yield the elements of an array one by one, so that the records never exist all at once."""
    position = _skip(text, position)
    if text[position : position + 1] == "]":
        return
    while True:
        value, position = _decode(text, position, fetched)
        yield value
        position = _skip(text, position)
        mark = text[position : position + 1]
        if mark == ",":
            position = _skip(text, position + 1)
        elif mark == "]":
            break
        else:
            _fail(fetched, text.count("\n", 0, position) + 1, "the array is not closed" if not mark else f"expected , or ] before {mark!r}")
    end = _skip(text, position + 1)
    if end < len(text):
        _fail(fetched, text.count("\n", 0, end) + 1, "something follows the array")


def _by_columns(record: _Record, fetched: Fetched) -> Columns:
    named = dict(record)
    if (
        set(named) <= {"columns", "index", "data", "schema"}
        and isinstance(named.get("columns"), list)
        and isinstance(named.get("data"), list)
    ):
        return _split(named, fetched)
    if named and all(isinstance(value, _Record) for value in named.values()):
        labels = list(dict.fromkeys(label for column in named.values() for label, _ in column))
        return Columns({name: list(map(dict(column).get, labels)) for name, column in named.items()}, len(labels))
    if named and all(isinstance(value, list) and not isinstance(value, _Record) for value in named.values()):
        lengths = {name: len(value) for name, value in named.items()}
        if len(set(lengths.values())) > 1:
            said = ", ".join(f"{name!r} {length}" for name, length in list(lengths.items())[:5])
            raise DataLoadError(f"{fetched.shown}: the columns differ in length: {said}", hint="each needs a value (or null) for every row")
        if len(named) > 1 or not any(isinstance(value, _Record) for column in named.values() for value in column[:1]):
            return Columns(named, next(iter(lengths.values())))
    rows = [name for name, value in named.items() if isinstance(value, list) and value and isinstance(value[0], _Record)]
    if rows:
        raise DataLoadError(
            f"{fetched.shown}: the rows seem to lie under {rows[0]!r}, not at the top", hint=f"save what is under {rows[0]!r}; {_SHAPES}"
        )
    columns = Columns()
    columns.add(record)
    return columns


def _split(named: dict[str, Any], fetched: Fetched) -> Columns:
    names = named["columns"]
    if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise DataLoadError(f"{fetched.shown}: the column names are not all different texts", hint="give each column its own name")
    columns = Columns({name: [] for name in names})
    for row in named["data"]:
        if not isinstance(row, list) or len(row) != len(names):
            raise DataLoadError(f"{fetched.shown}: row {columns.n_rows + 1} of data does not have {len(names)} values", hint=_SHAPES)
        columns.add(list(zip(names, row, strict=True)))
    return columns


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _decode(text: str, position: int, fetched: Fetched, line: int | None = None) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, position)
    except _Repeated as error:
        _fail(
            fetched,
            line or text.count("\n", 0, position) + 1,
            f"the name {error.name!r} stands twice in one record",
            "give each value its own name",
        )
    except json.JSONDecodeError as error:
        _fail(fetched, line or error.lineno, f"{error.msg} (column {error.colno})")
    except RecursionError:
        _fail(fetched, line or text.count("\n", 0, position) + 1, "nested too deeply", _SHAPES)
    except ValueError as error:
        _fail(fetched, line or text.count("\n", 0, position) + 1, str(error).split(";")[0])


def _fail(fetched: Fetched, line: int, what: str, hint: str = "the file must be JSON from the first byte to the last") -> NoReturn:
    raise DataLoadError(f"{fetched.shown}: not readable as JSON: line {line}: {what}", hint=hint)
