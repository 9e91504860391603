"""One command at a time on one output folder: a lock that the kernel holds, so it dies with its owner."""

from __future__ import annotations

import fcntl
import os
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clusterctl.errors import OutputError

OWNER = re.compile(rb"process \d+ on ")
"""How the text of our lock files begins."""


@contextmanager
def locked(folder: Path) -> Iterator[Path]:
    """Hold `<folder>.lock` beside the folder for the length of the block, and give its path.

    Raises OutputError at once, naming the owner, if another process holds it, or if a file of that name is not ours. The text in the
    file is for these messages alone; the file is removed on release.
    """
    path = folder.with_name(folder.name + ".lock")
    handle = _acquire(path, folder)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


@contextmanager
def unheld(path: Path) -> Iterator[bool]:
    """Hold the lock file of an owner that is dead, and remove it at the end; False: another command has taken it in the meantime."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        yield True  # it is gone: nobody else began
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        yield False
        return
    try:
        yield (ours := _is_same_file(handle, path))
        if ours:
            path.unlink(missing_ok=True)
    finally:
        os.close(handle)


def _acquire(path: Path, folder: Path) -> int:
    while True:
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        except OSError as error:
            raise _no_lock(path, error) from error
        try:
            _take(handle, path, folder)
            if _is_same_file(handle, path):  # not one that its last owner has just removed
                os.ftruncate(handle, 0)
                os.pwrite(
                    handle, f"process {os.getpid()} on {socket.gethostname()}: {' '.join(sys.argv)[:300]}\n".encode(errors="replace"), 0
                )
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _take(handle: int, path: Path, folder: Path) -> None:
    """Lock the open file; raise OutputError if another process has it, or if what it holds was not written by us."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.read(handle, 500).decode(errors="replace").strip()
        raise OutputError(
            f"the output folder {folder} is in use by another command: {owner or 'owner not yet known'}",
            hint="wait until it has finished, or choose another folder with --output",
        ) from None
    except OSError as error:  # a file system without locks
        raise _no_lock(path, error) from error
    text = os.pread(handle, 500, 0)
    if text and not OWNER.match(text):
        raise OutputError(
            f"{path} is in the way: it is where the lock of the output folder {folder.name} goes, and it is not clusterctl's",
            hint="choose another folder with --output",
        )


def _no_lock(path: Path, error: OSError) -> OutputError:
    return OutputError(f"cannot make the lock {path}: {error.strerror}", hint="choose another folder with --output")


def _is_same_file(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
