"""An npz file read with distrust: every declared size is checked before a byte is taken, and only plain numbers and text are taken."""

from __future__ import annotations

import io
import math
import os
import zipfile
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

KINDS = "fiubU"
MAX_ARRAYS = 100_000


def read_plain_arrays(file: IO[bytes]) -> Mapping[str, np.ndarray]:
    """Return the arrays of an npz that `np.savez` wrote, read-only.

    Refused with ValueError: members that are packed (a bomb could hide), that overlap or claim more than the file holds, that are no
    npy files, whose shape does not fit their size, and that are not numbers, booleans or text (objects are pickles).
    """
    size = os.fstat(file.fileno()).st_size
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _check_members(members, size)
            return {member.filename.removesuffix(".npy"): _read_member(archive, member) for member in members}
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, OverflowError) as error:
        raise ValueError(f"it is no whole npz file: {error}") from error


def _check_members(members: list[zipfile.ZipInfo], size: int) -> None:
    if len(members) > MAX_ARRAYS or len({member.filename for member in members}) < len(members):
        raise ValueError("it holds too many arrays, or two of one name")
    for member in members:
        if member.compress_type != zipfile.ZIP_STORED or member.flag_bits & 1 or not member.filename.endswith(".npy"):
            raise ValueError(f"{member.filename!r} in it is packed, locked, or no array")
    if sum(member.file_size for member in members) > size or any(member.compress_size != member.file_size for member in members):
        raise ValueError("its arrays claim to be larger than the file")


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> np.ndarray:
    import numpy as np

    data = archive.read(member)
    head = io.BytesIO(data[: 1 << 16])
    try:
        version = np.lib.format.read_magic(head)
        read_header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        shape, is_fortran, dtype = read_header(head)
    except (KeyError, ValueError, SyntaxError, TypeError, RecursionError, MemoryError) as error:
        raise ValueError(f"{member.filename!r} in it is no npy file of a known version") from error
    if dtype.hasobject or dtype.kind not in KINDS or dtype.fields is not None or dtype.subdtype is not None:
        raise ValueError(f"{member.filename!r} in it holds {dtype}, not plain numbers or text")
    if any(length < 0 for length in shape) or math.prod(shape) * dtype.itemsize != len(data) - head.tell():
        raise ValueError(f"{member.filename!r} in it does not have the size that its shape {shape} needs")
    array = np.frombuffer(data, dtype=dtype, offset=head.tell()) if math.prod(shape) else np.empty(0, dtype=dtype)
    return array.reshape(shape[::-1]).T if is_fortran else array.reshape(shape)
