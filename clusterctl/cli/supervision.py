"""A command's work in a child process, with the same error boundary on both sides."""

from __future__ import annotations

import mmap
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from clusterctl.cli.boundary import guarded
from clusterctl.cli.console import clear_status_line
from clusterctl.cli.options import View
from clusterctl.engine.stage import what_is_left
from clusterctl.engine.supervise import STOPPED, Unfinished, supervise
from clusterctl.errors import ExitCode

WORDS = {ExitCode.INTERRUPTED: "interrupted", ExitCode.TERMINATED: "terminated", ExitCode.HANGUP: "hung up"}


@dataclass(frozen=True, slots=True)
class _Watched(Unfinished):
    """An `Unfinished` that also notes, in memory shared with the parent, that a folder was ended: results may be in place since."""

    notes: mmap.mmap
    """Two bytes: a folder was ended; finished trials are kept."""

    def end(self, path: Path) -> None:
        """Say that `path` is in place or gone."""
        self.notes[0] = 1
        Unfinished.end(self, path)

    def keep(self) -> None:
        """Say that finished trials are in the journal."""
        if not self.notes[1]:  # the parent does not read before the end: the line must not fill up
            self.notes[1] = 1
            Unfinished.keep(self)


def in_child(work: Callable[[Unfinished], int], view: View) -> int:
    """Return the exit code of `work`, done in a supervised child; what it raises is printed there.

    Work that a signal stopped says so on stderr, and what is left of it, unless it is to be quiet.
    """
    notes = mmap.mmap(-1, 2)  # shared with the child
    code = supervise(lambda unfinished: guarded(lambda: work(_Watched(unfinished.pipe, notes)), view))
    if code in STOPPED.values():
        clear_status_line()
        if not view.quiet:
            with suppress(OSError):  # the terminal is gone: the exit code tells
                print(WORDS[code] + ("" if notes[0] else f"; {what_is_left(notes[1] == 1)}"), file=sys.stderr, flush=True)
    return code
