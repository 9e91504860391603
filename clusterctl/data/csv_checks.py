"""Rows of a CSV file that have fewer fields than the header: pandas fills them up with missing values and says nothing."""

from __future__ import annotations

from typing import Any

from clusterctl.data.csv_head import Head, wrong_length
from clusterctl.data.table import Fetched
from clusterctl.errors import DataLoadError


def check_no_short_rows(fetched: Fetched, head: Head) -> None:
    """Raise DataLoadError for a row of another length than the header, with its number and how many there are.

    A second reader (Arrow's) streams through the file and keeps nothing. It is needed only where the last column has missing values,
    because a row that is cut short lacks the last one.
    """
    import pyarrow as pa
    from pyarrow import csv

    found: list[tuple[int, int]] = []

    def note(row: Any) -> str:
        found.append((row.number or 2, row.actual_columns))
        return "skip"

    try:
        reader = csv.open_csv(
            str(fetched.path),
            read_options=csv.ReadOptions(use_threads=False, encoding=head.encoding.removesuffix("-sig")),
            parse_options=csv.ParseOptions(delimiter=head.separator, newlines_in_values=True, invalid_row_handler=note),
            convert_options=csv.ConvertOptions(
                include_columns=[head.names[0]], column_types={head.names[0]: pa.binary()}, check_utf8=False
            ),
        )
        for _ in reader:
            pass
    except (pa.ArrowException, UnicodeError):
        return  # Arrow cannot follow this file; pandas has read it
    if found:
        number, n_fields = found[0]
        first = wrong_length(fetched, number - 1, n_fields, len(head.names))
        more = f" ({len(found)} such rows in all)" if len(found) > 1 else ""
        raise DataLoadError(first.message + more, hint=first.hint)
