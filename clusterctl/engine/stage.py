"""Named steps with a clock: each tells when it begins and ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from clusterctl.errors import ClusteringError
from clusterctl.events import Emit, Event, StageFinished, StageStarted, TrialFinished


@dataclass(frozen=True, slots=True)
class Stages:
    """The clock of one analysis; `seconds` fills up as the steps end."""

    emit: Emit
    seconds: dict[str, float] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic

    @contextmanager
    def __call__(self, name: str, detail: str = "") -> Iterator[None]:
        """Announce the step `name`, run the block, note how long it took (steps of one name add up)."""
        self.emit(StageStarted(name, detail))
        start = self.clock()
        yield
        took = self.clock() - start
        self.seconds[name] = self.seconds.get(name, 0.0) + took
        self.emit(StageFinished(name, took))


def until(emit: Emit, seconds: float | None, clock: Callable[[], float] = time.monotonic, kept: Callable[[], bool] = lambda: False) -> Emit:
    """Return `emit` made to raise ClusteringError at the first step that would begin after `seconds` from now; None: never.

    A trial of a sweep that is finished, and so kept, counts as a step. kept: asked then whether finished trials are in a journal.
    """
    if seconds is None:
        return emit
    end = clock() + seconds

    def tell(event: Event) -> None:
        if isinstance(event, StageStarted | TrialFinished) and clock() > end:
            raise timed_out(kept=kept())
        emit(event)

    return tell


def timed_out(*, kept: bool = False) -> ClusteringError:
    """Return the error of work that took longer than it may; `kept`: the trials that were finished are in the journal."""
    what = "sweep" if kept else "run"
    return ClusteringError(
        f"the {what} took longer than execution.timeout and was ended; {what_is_left(kept)}",
        hint="raise execution.timeout, take a faster algorithm or settings, or fewer rows",
    )


def what_is_left(kept: bool) -> str:
    """Say what work that was ended leaves."""
    return "finished trials are kept: --resume goes on with them" if kept else "nothing was written"
