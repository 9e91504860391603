"""The encoding of a text file: never guessed, always checked."""

from __future__ import annotations

import codecs

from clusterctl.data.settings import ReadOptions
from clusterctl.data.table import Fetched
from clusterctl.errors import ConfigError, DataLoadError


def encoding_of(raw: bytes, fetched: Fetched, options: ReadOptions) -> str:
    """Return the encoding of a text file that begins with `raw`: the one of the options, a byte order mark honoured.

    Raises ConfigError for a name that is no encoding, DataLoadError for a file that begins as UTF-16 or holds NUL bytes unexpectedly.
    """
    try:
        known = codecs.lookup(options.encoding).name
    except LookupError:
        raise ConfigError(
            f"clustering_data.read_options.encoding: {options.encoding!r} is no text encoding",
            hint="for example utf-8, cp1252, latin-1 or utf-16",
        ) from None
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and not known.startswith(("utf-16", "utf-32")):
        raise DataLoadError(
            f"{fetched.shown}: the file is not {options.encoding}: it begins as UTF-16 does",
            hint="set clustering_data.read_options.encoding: utf-16",
        )
    if b"\0" in raw and not known.startswith(("utf-16", "utf-32")):
        raise nul_byte(fetched, raw.index(b"\0"))
    return "utf-8-sig" if known == "utf-8" and raw.startswith(codecs.BOM_UTF8) else known


def nul_byte(fetched: Fetched, offset: int) -> DataLoadError:
    """Return the error for a NUL byte in a text file."""
    return DataLoadError(
        f"{fetched.shown}: byte {offset} is NUL, which no text holds: the file is damaged, binary, or in another encoding",
        hint="for UTF-16 set clustering_data.read_options.encoding: utf-16 (or utf-16-le, utf-16-be)",
    )


def wrong_encoding(fetched: Fetched, encoding: str, error: UnicodeDecodeError) -> DataLoadError:
    """Return the error for bytes that the encoding does not allow."""
    return DataLoadError(
        f"{fetched.shown}: the text is not {encoding} (byte 0x{error.object[error.start]:02x} at position {error.start}: {error.reason})",
        hint="set clustering_data.read_options.encoding: cp1252 (Western Windows) and latin-1 are common, utf-16 comes from spreadsheets",
    )


def decode(raw: bytes, encoding: str, whole: bool, fetched: Fetched) -> str:
    """Return the text of the first bytes of a file (`whole`: of all of them); DataLoadError where the encoding does not fit."""
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(raw, final=whole)
    except UnicodeDecodeError as error:
        raise wrong_encoding(fetched, encoding, error) from None
