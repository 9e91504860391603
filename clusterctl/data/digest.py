"""One pass over the bytes of a file: their SHA-256, and what a parser would pass over in silence."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

BLOCK_BYTES = 1 << 18
_MAX_PADDING = 30


@dataclass(frozen=True, slots=True)
class Digest:
    """SHA-256 of a file's bytes; where its first NUL byte is; whether some field may begin with a zero before another digit."""

    sha256: str
    nul_offset: int | None = None
    leading_zeros: bool = False


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def scan_text(path: Path, separator: str, look_for_zeros: bool) -> Digest:
    """Hash a text file and look for NUL bytes and (where asked) leading zeros, in one pass and in constant memory."""
    import numpy as np

    sha256, nul_offset, zeros, offset = hashlib.sha256(), None, False, 0
    tail = b"\n"
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            sha256.update(block)
            if nul_offset is None and (found := block.find(b"\0")) >= 0:
                nul_offset = offset + found
            if look_for_zeros and not zeros:
                zeros = _field_begins_with_zero(np.frombuffer(tail + block, dtype=np.uint8), ord(separator))
                tail = block[-_MAX_PADDING - 2 :]
            offset += len(block)
    return Digest(sha256.hexdigest(), nul_offset, zeros)


def _field_begins_with_zero(text: np.ndarray, separator: int) -> bool:
    """Tell whether a 0 with another digit after it follows a separator, line end or quote, spaces between allowed."""
    import numpy as np

    inside = (text[2:] - 48) < 10
    inside &= text[1:-1] == 48
    before = np.flatnonzero(inside)
    for _ in range(_MAX_PADDING):
        blank = text[before] == 32
        if not blank.any():
            break
        before = np.where(blank, np.maximum(before - 1, 0), before)
    previous = text[before]
    return bool(((previous == separator) | (previous == 10) | (previous == 13) | (previous == 34)).any())
