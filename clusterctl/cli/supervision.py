"""A command's work in a child process, with the same error boundary on both sides."""

from __future__ import annotations

from collections.abc import Callable

from clusterctl.cli.boundary import guarded
from clusterctl.cli.console import clear_status_line
from clusterctl.cli.options import View
from clusterctl.engine.supervise import STOPPED, Unfinished, supervise


def in_child(work: Callable[[Unfinished], int], view: View) -> int:
    """Return the exit code of `work`, done in a supervised child; what it raises is printed there."""
    code = supervise(lambda unfinished: guarded(lambda: work(unfinished), view))
    if code in STOPPED.values():
        clear_status_line()
    return code
