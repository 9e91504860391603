"""The first lines of a CSV file: its column names, and every sign that it is not what the settings say."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

from clusterctl.data.settings import ReadOptions
from clusterctl.data.table import Fetched
from clusterctl.data.text_encoding import decode, encoding_of
from clusterctl.errors import ConfigError, DataLoadError

HEAD_BYTES = 1 << 16
_MAX_HEAD_BYTES = 1 << 26
_HEAD_LINES = 5
_SEPARATOR_NAMES = {";": "semicolon (;)", "\t": "tab", "|": "pipe (|)"}


@dataclass(frozen=True, slots=True)
class Head:
    """The start of a CSV file: names of the columns, the first rows as text, and the separator in force."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    separator: str
    encoding: str

    def texts(self, position: int) -> list[str]:
        """Return the first values of a column, as written."""
        return [row[position] for row in self.rows if position < len(row)]


def read_head(fetched: Fetched, options: ReadOptions) -> Head:
    """Return the head of a CSV file.

    Raises DataLoadError for a wrong encoding, NUL bytes, another separator than the one in force, duplicate column names, rows of
    another length than the header, and a file without rows; ConfigError for an unknown encoding or clashing marks.
    """
    with fetched.path.open("rb") as file:
        raw = file.read(HEAD_BYTES)
        while raw.count(b"\n") < _HEAD_LINES and len(raw) < _MAX_HEAD_BYTES and (more := file.read(len(raw))):
            raw += more  # a table of very many columns
        whole = not file.read(1)
    encoding = encoding_of(raw, fetched, options)
    text = decode(raw, encoding, whole, fetched)
    if not text.strip():
        raise DataLoadError(f"{fetched.shown}: the file is empty", hint="a table needs a header line and at least two rows")
    separator = _separator(fetched, options)
    _check_separator(text, separator, fetched, options)
    rows = _rows(text, separator, whole, fetched)
    if not rows:
        raise DataLoadError(f"{fetched.shown}: no header line was found", hint="the first line must hold the column names")
    names = _names(rows[0], fetched)
    head = Head(names, tuple(tuple(row) for row in rows[1:]), separator, encoding)
    _check_lengths(head, fetched)
    return head


def _separator(fetched: Fetched, options: ReadOptions) -> str:
    separator = options.separator or ("\t" if re.search(r"\.(tsv|tab)(\.\w+)?$", fetched.name, re.I) else ",")
    if options.decimal == options.thousands:  # either may be the separator: such numbers stand in quotes
        raise ConfigError(
            f"clustering_data.read_options: decimal and thousands must differ; both are {options.decimal!r}",
            hint='the decimal mark is "." unless decimal: "," is set; leave thousands out if digits are not grouped',
        )
    if separator in '"\r\n' or ord(separator) > 127:
        raise ConfigError(
            f"clustering_data.read_options.separator: {separator!r} cannot separate fields",
            hint="one ASCII character that is no quote or line end",
        )
    return separator


def _check_separator(text: str, separator: str, fetched: Fetched, options: ReadOptions) -> None:
    header = text.lstrip("\ufeff\r\n").split("\n", 1)[0]
    counts = {mark: header.count(mark) for mark in _SEPARATOR_NAMES if mark != separator}
    mark = max(counts, key=lambda key: counts[key])
    if counts[mark] > header.count(separator):
        decimal = ', and decimal: "," if numbers look like 1,5' if mark == ";" and options.decimal == "." else ""
        raise DataLoadError(
            f"{fetched.shown}: line 1: the columns seem to be separated by {_SEPARATOR_NAMES[mark]}, not by {separator!r}",
            hint=f'set clustering_data.read_options.separator: "{chr(92) + "t" if mark == chr(9) else mark}"{decimal}',
        )


def _rows(text: str, separator: str, whole: bool, fetched: Fetched) -> list[list[str]]:
    if not whole:
        text = text[: text.rfind("\n") + 1] or text
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row]
    except csv.Error as error:
        raise DataLoadError(f"{fetched.shown}: not readable as CSV: {error}", hint="is it a text table?") from None
    return rows if whole or len(rows) < 2 else rows[:-1]  # the last one may be cut, or an open quote


def _names(header: list[str], fetched: Fetched) -> tuple[str, ...]:
    names = tuple(name if name.strip() else f"Unnamed: {position}" for position, name in enumerate(header))
    double = [name for name, count in Counter(names).items() if count > 1]
    if double:
        shown = ", ".join(repr(name) for name in double[:5])
        raise DataLoadError(
            f"{fetched.shown}: line 1: {len(double)} column {'name stands' if len(double) == 1 else 'names stand'} twice: {shown}",
            hint="give each column its own name",
        )
    return names


def _check_lengths(head: Head, fetched: Fetched) -> None:
    n_columns = len(head.names)
    for number, row in enumerate(head.rows, start=1):
        if len(row) != n_columns:
            raise wrong_length(fetched, number, len(row), n_columns)


def wrong_length(fetched: Fetched, row: int, n_fields: int, n_columns: int) -> DataLoadError:
    """Return the error for a row (1: the first below the header) that is longer or shorter than the header."""
    word = "more" if n_fields > n_columns else "fewer"
    title = "remove the lines above the header (a title, for example), or " if n_columns == 1 < n_fields else ""
    return DataLoadError(
        f"{fetched.shown}: row {row} (line {row + 1} where no field spans lines) has {n_fields} fields, "
        f"{word} than the {n_columns} column name{'s' if n_columns != 1 else ''}",
        hint=f"{title}quote fields that hold the separator, remove a separator at the end of lines, "
        "or set clustering_data.read_options.separator and decimal",
    )
