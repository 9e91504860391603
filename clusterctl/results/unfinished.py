"""What a command that was killed leaves half done, and its removal."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from clusterctl.results.journal import JOURNAL, discard_idle
from clusterctl.results.lock import unheld

BESIDE = re.compile(r"\..*\.(new|work)-[0-9a-f]{12}")


def remove_unfinished(paths: Sequence[Path]) -> None:
    """Remove what dead commands had begun, the last first: locks at the end, and nothing where another command has the lock by now.

    See `remove_begun` for what is removed.
    """
    with ExitStack() as stack:
        locks = [path for path in paths if path.name.endswith(".lock") and not path.is_dir()]
        if not all([stack.enter_context(unheld(lock)) for lock in locks]):
            return
        for path in reversed(paths):
            if path not in locks:
                remove_begun(path)
    for path in reversed(paths):  # the folders that the locks were in
        with suppress(OSError):
            path.rmdir()


def remove_begun(path: Path) -> None:
    """Remove one thing that was begun.

    That is a draft of a file, a draft or work folder with all in it, a journal without a trial, another folder if it is empty.
    """
    if path.name == JOURNAL:
        discard_idle(path)
    elif BESIDE.fullmatch(path.name) and path.is_file():
        path.unlink(missing_ok=True)
    elif BESIDE.fullmatch(path.name):
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.rmdir()
