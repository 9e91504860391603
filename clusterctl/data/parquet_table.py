"""Parquet by pyarrow, fully validated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clusterctl.data.access import Access
from clusterctl.data.table import Fetched, Parsed
from clusterctl.data.text_numbers import number_faults
from clusterctl.errors import DataLoadError

if TYPE_CHECKING:
    import pyarrow as pa


def read_parquet(fetched: Fetched, access: Access, verbatim: frozenset[str]) -> Parsed:
    """Read a Parquet file; page checksums are verified where the file has them, and every value is validated.

    Dictionaries are decoded, decimals become float64; lists, records, maps, bytes and durations are not read (`Parsed.unread`).
    Raises DataLoadError for a file that is truncated, damaged, claims more than the limits allow, or has duplicate column names.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(str(fetched.path), page_checksum_verification=True) as file:
            _check_size(file, fetched, access)
            kept, unread = _columns(file.schema_arrow, fetched)
            table = file.read(columns=kept)
        table.validate(full=True)
    except (pa.ArrowException, OSError) as error:
        raise DataLoadError(
            f"{fetched.shown}: not readable as Parquet: {_first_line(error)}", hint="is the file whole? Compare its size with its source"
        ) from None
    frame = _plain(table, verbatim).to_pandas(ignore_metadata=True, split_blocks=True, self_destruct=True)
    return Parsed(frame, unread, number_faults(frame, fetched.shown, ".", skip=verbatim))


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]


def _check_size(file: Any, fetched: Fetched, access: Access) -> None:
    n_rows, n_columns = file.metadata.num_rows, file.metadata.num_columns
    size = n_rows * n_columns * 8
    if size > access.max_unpacked_bytes:
        raise DataLoadError(
            f"{fetched.shown}: {n_rows:,} rows by {n_columns:,} columns would unpack to {size:,} bytes, "
            f"above the limit of {access.max_unpacked_bytes:,}",
            hint="write fewer rows or columns",
        )


def _columns(schema: pa.Schema, fetched: Fetched) -> tuple[list[str], dict[str, str]]:
    import pyarrow.types as types

    names = schema.names
    double = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if double:
        told = f"{len(double)} column {'name stands' if len(double) == 1 else 'names stand'} twice"
        raise DataLoadError(f"{fetched.shown}: {told}: {', '.join(map(repr, double[:5]))}", hint="give each column its own name")
    unread = {}
    for field in schema:
        inner = field.type.value_type if types.is_dictionary(field.type) else field.type
        if types.is_nested(inner):
            unread[field.name] = f"holds nested values ({inner})"[:200]
        elif types.is_binary(inner) or types.is_large_binary(inner) or types.is_fixed_size_binary(inner):
            unread[field.name] = "holds bytes"
        elif types.is_duration(inner) or types.is_interval(inner):
            unread[field.name] = "holds lengths of time"
    return [name for name in names if name not in unread], unread


def _plain(table: pa.Table, verbatim: frozenset[str]) -> pa.Table:
    """Decode dictionaries, turn decimals into floats, and ids into text before missing values can make them floats."""
    import pyarrow as pa
    import pyarrow.types as types

    for position, field in enumerate(table.schema):
        target = field.type.value_type if types.is_dictionary(field.type) else field.type
        if types.is_decimal(target) or types.is_null(target):
            target = pa.float64()
        elif field.name in verbatim and not types.is_floating(target):
            target = pa.large_string()
        if target != field.type:
            table = table.set_column(position, field.name, table.column(position).cast(target, safe=False))
    return table
