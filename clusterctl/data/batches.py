"""A table read in batches of rows, for memory that does not grow with it: the columns that are wanted, as what they are wanted for.

CSV, Parquet and JSON lines are read as they go; other forms and sources (a JSON document, HDF5, SQL) are read whole first.
"""

from __future__ import annotations

import difflib
import tempfile
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusterctl.data.access import Access
from clusterctl.data.column_types import Place, as_kind, as_texts
from clusterctl.data.csv_checks import check_no_short_rows
from clusterctl.data.csv_head import Head, read_head
from clusterctl.data.csv_parse import parse_csv_batches
from clusterctl.data.formats import tell_format
from clusterctl.data.missing import numeric_na, text_na
from clusterctl.data.settings import ClusteringData, ReadOptions
from clusterctl.data.sources import fetch, is_database
from clusterctl.data.table import Fetched
from clusterctl.data.text_numbers import looks_numeric
from clusterctl.data.unpack import unpack
from clusterctl.errors import DataLoadError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from clusterctl.data.hashing import Hasher

STREAM_BYTES = 1 << 20
"""Of a Parquet column so much is read at a time: a row group can be the whole file."""
STREAMED = {"buffer_size": STREAM_BYTES, "pre_buffer": False}
"""The library's own default fetches the row groups whole before the first row, and then no buffer is small."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Columns wanted: features with what each held when the model was fitted, and the id where the table has it."""

    features: tuple[str, ...]
    kinds: tuple[str, ...]
    id_column: str | None

    def present(self, names: Sequence[str], shown: str) -> list[str]:
        """Return the wanted ones among the columns of a table. Raises DataLoadError if features are not there."""
        absent = [name for name in self.features if name not in set(names)]
        if absent:
            raise _lacking(absent, len(self.features), names, shown)
        return [*self.features, *([self.id_column] if self.id_column in set(names) and self.id_column not in self.features else [])]

    @property
    def numeric(self) -> list[str]:
        """The features that hold numbers."""
        return [name for name, kind in zip(self.features, self.kinds, strict=True) if kind == "numeric"]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows: the features, in the order wanted; their ids as texts (None: the table has none), and the number of the first, from 0."""

    frame: pd.DataFrame
    ids: pa.Array | None
    first_row: int


def read_batches(settings: ClusteringData, wanted: Wanted, n_rows: int, *, folder: Path, shown: str, access: Access) -> Iterator[Batch]:
    """Yield the rows of a table in order, at most `n_rows` at a time; a table without rows gives no batch.

    Raises DataLoadError for what `load.read_table` does, for features that are missing, for values of another kind than the model was
    fitted on (naming the row), infinities, and rows without an id where there are ids. Columns that are not wanted are passed over.
    """
    if is_database(settings.data_source):
        yield from _read_whole(settings, wanted, n_rows, folder, shown, access)
        return
    with tempfile.TemporaryDirectory(prefix="clusterctl-") as scratch:
        fetched = unpack(fetch(settings, folder, shown, access, Path(scratch)), access, Path(scratch))
        data_format = tell_format(fetched, settings.data_format)
        if data_format == "csv":
            batches = _read_csv(fetched, settings.read_options, wanted, n_rows)
        elif data_format == "parquet":
            batches = _read_parquet(fetched, wanted, n_rows)
        elif data_format == "json" and (encoding := _encoding_of_lines(fetched, settings.read_options)):
            batches = _read_lines(fetched, settings.read_options, encoding, wanted, n_rows)
        else:
            whole = settings.model_copy(update={"data_source": str(fetched.path.absolute()), "data_format": data_format})
            batches = _read_whole(whole, wanted, n_rows, folder, shown, access)
        yield from batches


def _read_csv(fetched: Fetched, options: ReadOptions, wanted: Wanted, n_rows: int) -> Iterator[Batch]:
    head = read_head(fetched, options)
    names = wanted.present(head.names, fetched.shown)
    numeric = set(wanted.numeric)
    missing, text_missing = sorted(numeric_na(options.na_values)), sorted(text_na(options.na_values))
    settings = {
        "usecols": names,
        "dtype": {name: "float64" if name in numeric else "str" for name in names},
        "na_values": {name: missing if name in numeric else text_missing for name in names},
    }
    last, first_row, is_checked = max(names, key=head.names.index), 0, False
    try:
        for frame in parse_csv_batches(fetched, options, head, settings, n_rows):
            if not is_checked and frame[last].isna().any():
                check_no_short_rows(fetched, head)
                is_checked = True
            yield _batch({name: frame[name] for name in names}, wanted, first_row, fetched.shown, options)
            first_row += len(frame)
    except ValueError as error:
        raise _no_number(fetched, options, head, wanted) or error from None


def _no_number(fetched: Fetched, options: ReadOptions, head: Head, wanted: Wanted) -> DataLoadError | None:
    """Return the error that names the first value that is no number, found by reading the columns of numbers again as text."""
    missing, row = numeric_na(options.na_values), 0
    names = wanted.numeric
    for frame in parse_csv_batches(fetched, options, head, {"usecols": names, "dtype": "str", "na_values": []}, 1 << 14):
        for name in names:
            for place, value in enumerate(frame[name].tolist()):
                if isinstance(value, str) and value.strip() not in missing and not looks_numeric(value, options.decimal, options.thousands):
                    return Place(fetched.shown, name, row).wrong("numeric", repr(value[:40]), place)
        row += len(frame)
    return None


def _read_parquet(fetched: Fetched, wanted: Wanted, n_rows: int) -> Iterator[Batch]:
    import pyarrow as pa
    from pyarrow import parquet

    first_row = 0
    try:
        with parquet.ParquetFile(str(fetched.path), page_checksum_verification=True, **STREAMED) as file:
            names = wanted.present(_single(file.schema_arrow.names, fetched.shown), fetched.shown)
            for batch in file.iter_batches(n_rows, columns=names):
                batch.validate(full=True)
                yield _batch({name: batch.column(name) for name in names}, wanted, first_row, fetched.shown, ReadOptions())
                first_row += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise DataLoadError(
            f"{fetched.shown}: not readable as Parquet: {str(error).strip().splitlines()[0]}",
            hint="is the file whole? Compare its size with its source",
        ) from None


def _single(names: list[str], shown: str) -> list[str]:
    double = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if double:
        raise DataLoadError(f"{shown}: columns of one name: {', '.join(map(repr, double[:5]))}", hint="give each column its own name")
    return names


def _encoding_of_lines(fetched: Fetched, options: ReadOptions) -> str | None:
    """Return the encoding of a file with a record a line; None: it is one JSON document."""
    from clusterctl.data.json_table import is_lines
    from clusterctl.data.text_encoding import encoding_of, wrong_encoding

    with fetched.path.open("rb") as file:
        encoding = encoding_of(file.read(4096), fetched, options)
    try:
        return encoding if is_lines(fetched, options, encoding) else None
    except UnicodeDecodeError as error:
        raise wrong_encoding(fetched, encoding, error) from None


def _read_lines(fetched: Fetched, options: ReadOptions, encoding: str, wanted: Wanted, n_rows: int) -> Iterator[Batch]:
    from itertools import islice

    from clusterctl.data.json_table import records_of_lines
    from clusterctl.data.text_encoding import wrong_encoding

    first_row, names = 0, None
    try:
        records = records_of_lines(fetched, encoding)
        while rows := [dict(record) for record in islice(records, n_rows)]:
            if names is None:
                names = wanted.present(list(dict.fromkeys(name for row in rows for name in row)), fetched.shown)
            yield _batch({name: [row.get(name) for row in rows] for name in names}, wanted, first_row, fetched.shown, options)
            first_row += len(rows)
    except UnicodeDecodeError as error:
        raise wrong_encoding(fetched, encoding, error) from None


def _read_whole(settings: ClusteringData, wanted: Wanted, n_rows: int, folder: Path, shown: str, access: Access) -> Iterator[Batch]:
    from clusterctl.data.load import read_table

    table = read_table(settings, folder=folder, shown_source=shown, access=access)
    yield from frame_batches(table.parsed.frame, wanted, n_rows, shown, settings.read_options)


def frame_batches(frame: pd.DataFrame, wanted: Wanted, n_rows: int, shown: str, options: ReadOptions | None = None) -> Iterator[Batch]:
    """Yield the rows of a frame as `read_batches` those of a file; raises what it raises for the columns."""
    names = wanted.present(_single([str(name) for name in frame.columns], shown), shown)
    frame = frame.set_axis([str(name) for name in frame.columns], axis=1)[names]
    for first_row in range(0, len(frame), n_rows):
        part = frame.iloc[first_row : first_row + n_rows].reset_index(drop=True)
        yield _batch({name: part[name] for name in names}, wanted, first_row, shown, options or ReadOptions())


def hashed_batches(batches: Iterator[Batch], hasher: Hasher, hashed: Set[str], id_column: str | None) -> Iterator[Batch]:
    """Yield the rows with hashes in the columns `hashed`, as the run's own rows had them."""
    with closing(batches):  # type: ignore[type-var]  # they are generators, which remove what they copied
        for batch in batches:
            features = {name: hasher.series(batch.frame[name]) for name in batch.frame.columns if name in hashed}
            ids = hasher.array(batch.ids) if batch.ids is not None and id_column in hashed else batch.ids
            yield replace(batch, frame=batch.frame.assign(**features), ids=ids)


def _batch(columns: Mapping[str, Any], wanted: Wanted, first_row: int, shown: str, options: ReadOptions) -> Batch:
    import pandas as pd

    features = {
        name: as_kind(columns[name], kind, Place(shown, name, first_row), options.na_values)
        for name, kind in zip(wanted.features, wanted.kinds, strict=True)
    }
    name = wanted.id_column
    ids = None if name is None or name not in columns else as_texts(columns[name], Place(shown, name, first_row))
    return Batch(pd.DataFrame(features, copy=False), ids, first_row)


def _lacking(absent: list[str], n_wanted: int, names: Sequence[str], shown: str) -> DataLoadError:
    said = []
    for name in absent[:10]:
        near = difflib.get_close_matches(name, list(names)[:5000], n=1, cutoff=0.6)
        near = near or [other for other in names if other.strip().lower() == name.strip().lower()][:1]
        said.append(f"{name!r}" + (f" (there is {near[0]!r})" if near else ""))
    more = f" and {len(absent) - 10} more" if len(absent) > 10 else ""
    return DataLoadError(
        f"{shown} lacks {len(absent)} of the {n_wanted} columns that the model was fitted on: {', '.join(said)}{more}",
        hint="give the columns the names that they had in the run's data; others may be there too and are passed over",
    )
