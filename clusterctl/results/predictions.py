"""The rows that predict writes: one table form, written batch by batch as CSV, Parquet, JSON lines or a JSON array."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal

from clusterctl.errors import OutputError, UsageError
from clusterctl.results.replacing import check_writable
from clusterctl.results.swap import cannot_write, sync

if TYPE_CHECKING:
    import pyarrow as pa

Form = Literal["csv", "parquet", "jsonl", "json"]
ENDINGS: dict[str, Form] = {
    ".csv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
}
RISKY = r"^[=+\-@\t\r]"
MARKS = r"""[",\r\n]|^\s|\s$|^$"""
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"


def schema() -> pa.Schema:
    """Return the columns of predictions."""
    import pyarrow as pa

    return pa.schema(
        [
            ("sample_id", pa.string()),
            ("cluster_id", pa.int64()),
            ("confidence", pa.float64()),
            ("distance", pa.float64()),
            ("novel", pa.bool_()),
        ]
    )


def form_of(path: Path) -> Form:
    """Return the form that a file's name asks for. Raises UsageError for a name that asks for none."""
    form = ENDINGS.get(path.suffix.lower())
    if form is None:
        raise UsageError(f"--output {path}: the name does not tell the format", hint=f"end it in {', '.join(ENDINGS)}")
    return form


Write = Callable[["pa.Table"], None]


@contextmanager
def writing(stream: IO[bytes], form: Form) -> Iterator[Write]:
    """Return what writes tables to a stream, in order, one after the other; the end of the block completes what is there."""
    if form == "parquet":
        yield from _parquet(stream)
    elif form == "csv":
        yield from _csv(stream)
    elif form == "jsonl":
        yield lambda table: stream.writelines(line + b"\n" for line in _json_lines(table))
    else:
        yield from _json_array(stream)


@contextmanager
def replacing(path: Path, *, force: bool, reads: Path | None, begun: Callable[[Path, bool], None]) -> Iterator[IO[bytes]]:
    """Open a file beside `path` to write to, and rename it into place at the block's end; it goes if the block fails.

    reads: the file that the rows come from. begun(draft, True) tells of the draft, begun(draft, False) of its end. Raises OutputError
    where there is a file and not `force`, where it is the one read from, and where the system refuses.
    """
    check_target(path, force=force, reads=reads)
    draft = path.with_name(f".{path.name[:200]}.new-{uuid.uuid4().hex[:12]}")
    begun(draft, True)
    try:
        try:
            with draft.open("xb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(path)
            sync(path.parent)
        except OSError as error:
            raise cannot_write(path, error) from error
    finally:
        with suppress(OSError):
            draft.unlink()
        begun(draft, False)


def check_target(path: Path, *, force: bool, reads: Path | None) -> None:
    """Raise OutputError if predictions may not be written to `path`: told before the work starts."""
    check_writable(path)
    try:
        if path.is_symlink():
            raise OutputError(f"the output {path} is a symbolic link", hint="name the file that it leads to, or another, with --output")
        if reads is not None and path.exists() and reads.exists() and path.samefile(reads):
            raise OutputError(f"the output {path} is the table that is read", hint="name another file with --output")
        if path.exists() and not force:
            raise OutputError(f"the output {path} is there already", hint="add --force to replace it, or name another with --output")
    except OSError as error:
        raise cannot_write(path, error) from error


def _parquet(stream: IO[bytes]) -> Iterator[Write]:
    import pyarrow.parquet as pq

    with pq.ParquetWriter(stream, schema(), write_page_checksum=True) as writer:
        yield writer.write_table


def _csv(stream: IO[bytes]) -> Iterator[Write]:
    """Write the header with the first rows, so that a table that cannot be used leaves nothing on stdout."""
    header = b"sample_id,cluster_id,confidence,distance,novel\n"

    def write(table: pa.Table) -> None:
        nonlocal header
        stream.write(header)
        header = b""
        _write_csv(stream, table)

    yield write
    stream.write(header)


def _write_csv(stream: IO[bytes], table: pa.Table) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv

    text = pa.BufferOutputStream()
    ids = _harmless(table.column("sample_id"))
    table = table.set_column(0, "sample_id", ids)
    is_plain = not pc.any(pc.match_substring_regex(ids, MARKS)).as_py()  # Arrow quotes every text or none
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="none" if is_plain else "needed")
    pyarrow.csv.write_csv(table, text, options)
    stream.write(text.getvalue())


def _harmless(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Put an apostrophe before texts that a spreadsheet would run as a formula; a number is none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    risky = pc.and_(pc.match_substring_regex(texts, RISKY), pc.invert(pc.match_substring_regex(texts, NUMBER)))
    if not pc.any(risky).as_py():
        return texts
    return pc.if_else(risky, pc.binary_join_element_wise(pa.scalar("'"), texts, pa.scalar("")), texts)


def _json_lines(table: pa.Table) -> Iterator[bytes]:
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(", ", ": ")).encode
    names = table.column_names
    for values in zip(*(column.to_pylist() for column in table.columns), strict=True):
        yield encode(dict(zip(names, values, strict=True))).encode("utf-8", "surrogatepass")


def _json_array(stream: IO[bytes]) -> Iterator[Write]:
    begun = False

    def write(table: pa.Table) -> None:
        nonlocal begun
        for line in _json_lines(table):
            stream.write(b",\n" if begun else b"\n")
            stream.write(line)
            begun = True

    stream.write(b"[")
    yield write
    stream.write(b"\n]\n" if begun else b"]\n")
