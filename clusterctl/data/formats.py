"""Which format a file has: told from its name, checked against its first bytes."""

from __future__ import annotations

import re

from clusterctl.data.settings import DataFormat
from clusterctl.data.table import Fetched
from clusterctl.errors import DataLoadError

_BY_NAME: dict[str, DataFormat] = {
    "csv": "csv", "tsv": "csv", "tab": "csv", "txt": "csv", "dat": "csv",
    "json": "json", "jsonl": "json", "ndjson": "json",
    "parquet": "parquet", "pq": "parquet", "parq": "parquet",
    "h5": "hdf5", "hdf5": "hdf5", "hdf": "hdf5", "he5": "hdf5",
}  # fmt: skip
_FOREIGN = {
    b"PK\x03\x04": "a zip archive (or an Excel, OpenDocument or Numbers file)",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"%PDF": "a PDF",
    b"ARROW1": "an Arrow (Feather) file",
    b"\x80\x04\x95": "a Python pickle",
    b"\x80\x05\x95": "a Python pickle",
    b"\x93NUMPY": "a NumPy array",
    b"Obj\x01": "an Avro file",
    b"ORC": "an ORC file",
    b"\x7fELF": "a program",
    b"\x89PNG": "a PNG picture",
}
_SQLITE = b"SQLite format 3\0"
_HTML = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|\?xml)", re.I)
_PACKED = r"\.(?:gz|gzip|bz2|zst|zstd|xz)$"


def tell_format(fetched: Fetched, declared: DataFormat | None) -> DataFormat:
    """Return the format of an unpacked file: `declared`, else by content, else by name.

    Raises DataLoadError where the content is plainly something else, naming what it looks like.
    """
    with fetched.path.open("rb") as file:
        start = file.read(4096)
    if not start:
        raise DataLoadError(f"{fetched.shown}: the file is empty", hint="a table needs a header line and at least two rows")
    _refuse_foreign(start, fetched)
    content = _by_content(start)
    named = declared or _BY_NAME.get(_extension(fetched.name))
    if named is None:
        return content or _not_binary(start, fetched)
    if content is None and named in ("parquet", "hdf5"):
        raise DataLoadError(
            f"{fetched.shown}: expected {named}, but the file does not begin like one", hint="set data_format, or check the file"
        )
    if content in ("parquet", "hdf5") and named != content:
        raise DataLoadError(f"{fetched.shown}: expected {named}, but the content is {content}", hint=f"set data_format: {content}")
    if content == "json" and named == "csv" and declared is None:
        raise DataLoadError(
            f"{fetched.shown}: named as csv, but the content looks like JSON", hint="set data_format: json (or csv, if that is what it is)"
        )
    if named == "json" and content is None:
        raise DataLoadError(
            f"{fetched.shown}: expected json, but the content does not begin with {{ or [",
            hint="set data_format: csv if it is a text table",
        )
    return named


def _extension(name: str) -> str:
    return re.sub(_PACKED, "", name.lower()).rpartition(".")[2]


def _by_content(start: bytes) -> DataFormat | None:
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"\x89HDF\r\n\x1a\n"):
        return "hdf5"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if re.match(rb"\{\s*[\"}]|\[\s*[\[\{\]\"0-9tfn-]", text):
        return "json"
    return None


def _refuse_foreign(start: bytes, fetched: Fetched) -> None:
    if start.startswith(_SQLITE):
        where = "download it, then " if "://" in fetched.shown else ""
        file = fetched.name if where else fetched.shown
        raise DataLoadError(
            f"{fetched.shown}: this is an SQLite database: a query must say which rows are the table",
            hint=f"{where}set clustering_data.data_source: sqlite:///{file} and clustering_data.read_options.query: SELECT …",
        )
    for magic, what in _FOREIGN.items():
        if start.startswith(magic):
            raise DataLoadError(
                f"{fetched.shown}: this is {what}, not a table in a known format", hint="export it as csv, json, parquet or hdf5"
            )
    if start[257:262] == b"ustar":
        raise DataLoadError(f"{fetched.shown}: this is a tar archive", hint="unpack it and name the table inside")
    if _HTML.match(start):
        title = re.search(rb"<title[^>]*>\s*([^<]{1,80})", start, re.I)
        said = f" (its title: {title[1].decode('utf-8', 'replace').strip()!r})" if title else ""
        raise DataLoadError(
            f"{fetched.shown}: this is a web page, not a table{said}",
            hint="use the address of the file itself; a log-in or error page is a common cause",
        )


def _not_binary(start: bytes, fetched: Fetched) -> DataFormat:
    if b"\0" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataLoadError(
            f"{fetched.shown}: the format cannot be told from name or content", hint="set data_format: csv, json, parquet or hdf5"
        )
    return "csv"
