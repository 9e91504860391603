"""How a folder of results takes its place in one step, and what lies beside it until then."""

from __future__ import annotations

import ctypes
import errno
import os
import re
import shutil
import sys
import uuid
from pathlib import Path

from clusterctl.errors import OutputError


def begin(folder: Path) -> Path:
    """Make an empty folder beside `folder` on the same file system, to write into and then `swap_in`; clears what dead commands left."""
    clear(folder, "new")
    clear(folder, "work")
    return make_beside(folder, "new")


def make_beside(folder: Path, kind: str) -> Path:
    """Make an empty folder `.NAME.<kind>-<hex>` beside `folder`, for its owner's eyes where it is a work folder."""
    made = folder.with_name(f".{folder.name}.{kind}-{uuid.uuid4().hex[:12]}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made.mkdir(mode=0o700 if kind == "work" else 0o777)
    except OSError as error:
        raise cannot_write(folder, error) from error
    return made


def clear(folder: Path, kind: str) -> None:
    """Remove the folders that `make_beside` made, whoever asked for them; for the holder of the lock."""
    for stale in beside(folder, kind):
        shutil.rmtree(stale, ignore_errors=True)


def beside(folder: Path, kind: str) -> list[Path]:
    """Return the folders that `make_beside` made and that are still there."""
    begins = f".{folder.name}.{kind}-"
    try:
        return [path for path in folder.parent.iterdir() if re.fullmatch(f"{re.escape(begins)}[0-9a-f]{{12}}", path.name)]
    except OSError:  # a parent that is not there, or that may be written to and not read
        return []


def swap_in(new: Path, folder: Path) -> None:
    """Put `new` in the place of `folder`: a reader sees the whole old or the whole new one; the old one is then removed."""
    try:
        sync_tree(new)
        if not folder.exists():
            new.rename(folder)
        elif _exchange(new, folder):
            shutil.rmtree(new)
        else:
            _replace(new, folder)
        sync(folder.parent)
    except OSError as error:
        raise cannot_write(folder, error) from error


def _replace(new: Path, folder: Path) -> None:
    """Put the old folder aside and the new one in, where the two cannot be exchanged; see `restore`."""
    old = _aside(folder)
    folder.rename(old)
    try:
        new.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old)


def restore(folder: Path) -> None:
    """Bring back an earlier run that a run killed while it took its place had put aside; for the holder of the lock.

    An empty folder, made by someone in the meantime, gives way: what was put aside may hold the only journal of a sweep.
    """
    old = _aside(folder)
    try:
        if folder.exists() and any(folder.iterdir()):
            shutil.rmtree(old, ignore_errors=True)
        elif old.exists():
            old.rename(folder)
    except OSError as error:
        raise cannot_write(folder, error) from error


def _aside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")


def cannot_write(path: Path, error: OSError) -> OutputError:
    """Return the error for a write that the system refused."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return OutputError(
            f"the disk is full: cannot write {path} ({error.strerror})", hint="free some space, or choose another place with --output"
        )
    return OutputError(f"cannot write {path}: {error.strerror or error}", hint="choose another place with --output")


def _exchange(new: Path, old: Path) -> bool:
    """Exchange two folders in one step where the kernel and the file system can (renameat2); tell whether it was done."""
    if not sys.platform.startswith("linux"):
        return False
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    current_folder, exchange = -100, 2
    if call(current_folder, os.fsencode(new), current_folder, os.fsencode(old), exchange) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP):
        return False
    raise OSError(number, os.strerror(number))


def sync_tree(folder: Path) -> None:
    """Flush every file and folder below `folder` to the disk."""
    for root, _, files in os.walk(folder):
        for name in files:
            sync(Path(root) / name)
        sync(Path(root))


def sync(path: Path) -> None:
    """Flush a file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
