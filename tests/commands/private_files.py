"""What is in files, however it is packed: for tests that nothing private is in them."""

from __future__ import annotations

import base64
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow.parquet as pq

_BASE64 = re.compile(rb'"((?:[A-Za-z0-9+/]|\\u002[fF]|\\/){8,}={0,2})"')
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.S)


def contents(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes, then what they unpack to: members of an npz, rows of a Parquet file, base64 in text, streams of a PDF."""
    yield from unpacked(path.read_bytes())
    if path.suffix == ".parquet":
        yield pq.read_table(path).to_pandas().to_csv().encode()


def unpacked(raw: bytes) -> Iterator[bytes]:
    yield raw
    if raw[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield archive.read(name)
    texts = [re.sub(rb"\\u002[fF]|\\/", b"/", found) for found in _BASE64.findall(raw)]
    yield b"\n".join(base64.b64decode(text) for text in texts if len(text) % 4 == 0)
    for stream in _STREAM.findall(raw):
        try:
            yield zlib.decompress(stream.strip(b"\r\n"))
        except zlib.error:
            continue


def written_as(marker: str) -> list[bytes]:
    """Return the bytes that a text may be written as: UTF-8, and the wide forms of numpy and Windows."""
    return [marker.encode(), marker.encode("utf-16-le"), marker.encode("utf-32-le"), marker.encode().hex().encode()]


def everything(folder: Path) -> list[tuple[str, bytes]]:
    """Return the names of the files under a folder and what is in each, however packed; the plotting library in pages is left out."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name, library = str(path.relative_to(folder)), b""
            if path.suffix == ".html":
                from plotly.offline import get_plotlyjs

                library = get_plotlyjs().encode()
            found += [(name, content.replace(library, b"") if library else content) for content in contents(path)]
    return found


def traces(held: Iterable[tuple[str, bytes]], forms: Iterable[bytes], skip: Iterable[str] = ()) -> list[tuple[str, bytes]]:
    """Return the files that hold one of some bytes, but for those whose path holds one of `skip`."""
    wanted = list(forms)
    return [(name, form) for name, content in held if not any(part in name for part in skip) for form in wanted if form in content]
