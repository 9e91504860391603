"""Decompression as a stream, with limits: gzip, bzip2, Zstandard, xz, told by content."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from clusterctl.data.access import Access
from clusterctl.data.table import Fetched
from clusterctl.errors import DataLoadError

_MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\x28\xb5\x2f\xfd": "zstd", b"\xfd7zXZ\x00": "xz"}
_BLOCK = 1 << 20


def unpack(fetched: Fetched, access: Access, scratch: Path) -> Fetched:
    """Return the file itself if it is not packed, else its unpacked copy in `scratch`. A packed file inside is unpacked no further.

    Raises DataLoadError for a damaged or cut stream, and for one that unpacks to more than the limits allow.
    """
    with fetched.path.open("rb") as file:
        start = file.read(8)
    packing = next((name for magic, name in _MAGIC.items() if start.startswith(magic)), None)
    if packing is None:
        return fetched
    target = scratch / "unpacked"
    try:
        with _open(fetched.path, packing) as source, target.open("wb") as out:
            _copy(source, out, fetched, access)
    except DataLoadError:
        raise
    except (OSError, EOFError, ValueError, _lzma_error(), _zlib_error()) as error:
        raise DataLoadError(
            f"{fetched.shown}: the {packing} stream is damaged or cut short: {error}", hint="fetch the file again"
        ) from None
    return replace(fetched, path=target)


def _lzma_error() -> type[Exception]:
    import lzma

    return lzma.LZMAError


def _zlib_error() -> type[Exception]:
    import zlib

    return zlib.error


def _open(path: Path, packing: str) -> AbstractContextManager[IO[bytes] | Any]:
    if packing == "gzip":
        import gzip

        return gzip.open(path, "rb")
    if packing == "bz2":
        import bz2

        return bz2.open(path, "rb")
    if packing == "xz":
        import lzma

        return lzma.open(path, "rb")
    import pyarrow as pa

    stream: AbstractContextManager[Any] = pa.CompressedInputStream(str(path), "zstd")
    return stream


def _copy(source: IO[bytes] | Any, out: IO[bytes], fetched: Fetched, access: Access) -> None:
    packed, size = fetched.path.stat().st_size, 0
    while block := source.read(_BLOCK):
        size += len(block)
        if size > access.max_unpacked_bytes:
            raise DataLoadError(
                f"{fetched.shown}: unpacks to more than {access.max_unpacked_bytes:,} bytes",
                hint="unpack it yourself if it is to be trusted",
            )
        if size > access.ratio_free_bytes and size > packed * access.max_ratio:
            raise DataLoadError(
                f"{fetched.shown}: unpacks to more than {access.max_ratio:,} times its size, as decompression bombs do",
                hint="unpack it yourself if it is to be trusted",
            )
        out.write(block)
