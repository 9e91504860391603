"""What reaching for data may cost: limits of time and size, the download cache, standard input."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Access:
    """How sources may be reached. Times are in seconds, sizes in bytes.

    cache_folder: where downloads are kept for the next run; None: nothing is kept.
    offline: never open a connection; a kept download is used as it is, with a caution that says its date.
    max_bytes: of one download, or of standard input.
    max_unpacked_bytes: after decompression; also the bound on what a Parquet or HDF5 file may claim to hold.
    max_ratio: unpacked to packed size, looked at above `ratio_free_bytes` (deflate reaches about 1,030, so this stops bombs, not data).
    connect_seconds, idle_seconds, total_seconds: until connected, between two blocks, until the last byte.
    max_redirects: each checked before it is followed.
    stdin: what `-` reads; None: the process has no standard input.
    """

    cache_folder: Path | None = None
    offline: bool = False
    max_bytes: int = 2 * GIB
    max_unpacked_bytes: int = 16 * GIB
    max_ratio: int = 1000
    ratio_free_bytes: int = 100 * MIB
    connect_seconds: float = 10.0
    idle_seconds: float = 30.0
    total_seconds: float = 900.0
    max_redirects: int = 5
    stdin: BinaryIO | None = None
