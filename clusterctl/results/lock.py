"""One command at a time on one output folder: a lock that the kernel holds, so it dies with its owner."""

from __future__ import annotations

import fcntl
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clusterctl.errors import OutputError


@contextmanager
def locked(folder: Path) -> Iterator[Path]:
    """Hold `<folder>.lock` beside the folder for the length of the block, and give its path.

    Raises OutputError at once, naming the owner, if another process holds it. The text in the file is for that message alone; the file
    is removed on release.
    """
    path = folder.with_name(folder.name + ".lock")
    handle = _acquire(path, folder)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def remove_unheld(path: Path) -> None:
    """Remove the lock file of an owner that is dead; one that another command has taken in the meantime stays."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is_same_file(handle, path):
            path.unlink(missing_ok=True)
    except BlockingIOError:
        return
    finally:
        os.close(handle)


def _acquire(path: Path, folder: Path) -> int:
    while True:
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise OutputError(f"cannot make the lock {path}: {error.strerror}", hint="choose another folder with --output") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(handle, 500).decode(errors="replace").strip()
            os.close(handle)
            raise OutputError(
                f"the output folder {folder} is in use by another command: {owner or 'owner not yet known'}",
                hint="wait until it has finished, or choose another folder with --output",
            ) from None
        if _is_same_file(handle, path):  # not one that its last owner has just removed
            os.ftruncate(handle, 0)
            os.write(handle, f"process {os.getpid()} on {socket.gethostname()}: {' '.join(sys.argv)[:300]}\n".encode(errors="replace"))
            return handle
        os.close(handle)


def _is_same_file(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
