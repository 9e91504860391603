"""Named steps with a clock: each tells when it begins and ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from clusterctl.errors import ClusteringError
from clusterctl.events import Emit, Event, StageFinished, StageStarted


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


def until(emit: Emit, seconds: float | None, clock: Callable[[], float] = time.monotonic) -> Emit:
    """Return `emit` made to raise ClusteringError at the first step that would begin after `seconds` from now; None: never."""
    if seconds is None:
        return emit
    end = clock() + seconds

    def tell(event: Event) -> None:
        if isinstance(event, StageStarted) and clock() > end:
            raise timed_out()
        emit(event)

    return tell


def timed_out() -> ClusteringError:
    """Return the error of a run that took longer than it may."""
    return ClusteringError(
        "the run took longer than execution.timeout and was ended; nothing was written",
        hint="raise execution.timeout, take a faster algorithm or settings, or fewer rows",
    )
