"""What a worker is at, said in a small file, so that the one who waits for it knows whom to end and whom to blame."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mark:
    """pid: of the worker. trial_id: at work. is_build: on the structure that all trials of the task share. spent: seconds so far."""

    pid: int
    trial_id: int
    is_build: bool
    spent: float


@dataclass(frozen=True, slots=True)
class Marker:
    """The file of one task."""

    path: Path

    def set(self, trial_id: int, *, is_build: bool, before: float) -> None:
        """Say that this process begins on a trial now; `before`: seconds that count as spent on it already."""
        text = f"{os.getpid()} {trial_id} {int(is_build)} {time.monotonic() - before!r}"
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(handle, text.ljust(80).encode(), 0)
        finally:
            os.close(handle)

    def read(self) -> Mark | None:
        """Return what was said last; None: nothing yet."""
        try:
            pid, trial_id, is_build, since = self.path.read_text().split()
        except (OSError, ValueError):
            return None
        return Mark(int(pid), int(trial_id), is_build == "1", time.monotonic() - float(since))
