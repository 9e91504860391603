"""Warnings of libraries that are said otherwise, silenced for the length of a call.

Python keeps one list of warning filters for the process, so blocks in several threads share one: the first sets it, the last gives back
what was there. Blocks of `warnings.catch_warnings` in several threads would undo each other and leave their filters behind.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

LONG_ROWS = "Length of header or names does not match length of data"
"""How pandas' parser says that it leaves fields out; an error always, since data is lost."""


class _SharedBlock:
    """A `with` block that several threads may be in: `change` is called when the first enters, and undone when the last leaves."""

    def __init__(self, change: Callable[[], None]) -> None:
        self._change = change
        self._lock = Lock()
        self._n_inside = 0

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with self._lock:
            self._n_inside += 1
            if self._n_inside == 1:
                self._block = warnings.catch_warnings()
                self._block.__enter__()
                self._change()
        try:
            yield
        finally:
            with self._lock:
                self._n_inside -= 1
                if self._n_inside == 0:
                    self._block.__exit__(None, None, None)


def _ignore() -> None:
    warnings.simplefilter("ignore")
    warnings.filterwarnings("error", message=LONG_ROWS)


library_warnings_ignored = _SharedBlock(_ignore)
"""Within the block warnings are ignored; `LONG_ROWS` is raised."""

filters_kept = _SharedBlock(lambda: None)
"""After the block the filters are as before, whatever libraries left behind that run in several threads."""
