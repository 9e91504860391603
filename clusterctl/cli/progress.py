"""How far the trials of a sweep have come, in words: for a bar on a terminal, and for a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from clusterctl.events import Progress, Resumed, TrialFinished

BAR, LEAST_BAR = 20, 5
ENOUGH = 3
"""Trials that must have ended before a rate is told: the first ones wait for the workers to start."""
ANEW = "starts anew"
EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


@dataclass
class Pace:
    """Counts trials as they end; the rate is of those that ended since `begin`, not of what a resumed sweep took from its journal."""

    clock: Callable[[], float] = time.monotonic
    done: int = 0
    total: int = 0
    n_failed: int = 0
    n_ended: int = 0
    began: float = field(default=0.0)

    def begin(self) -> None:
        """Start the clock."""
        self.began, self.n_ended, self.n_failed = self.clock(), 0, 0

    def end_trial(self, trial: TrialFinished) -> None:
        """Take in that a trial has its row."""
        self.n_ended += 1
        self.n_failed += trial.error is not None

    def count(self, progress: Progress) -> None:
        """Take in how many are done, of how many."""
        self.done, self.total = progress.done, progress.total

    def words(self) -> list[str]:
        """Return how many are done, how fast, how long it will yet take at that rate, and how many failed: what is known of these."""
        words = [f"{self.done:,} of {self.total:,}"]
        took = self.clock() - self.began
        if self.n_ended >= ENOUGH and took > 0:
            per_second = self.n_ended / took
            words.append(rate(per_second))
            if self.done < self.total:
                words.append(f"about {duration((self.total - self.done) / per_second)} left")
        if self.n_failed:
            words.append(f"{self.n_failed:,} failed")
        return words

    def line(self) -> str:
        """Return the line of a log."""
        return f"trials: {', '.join(self.words())}"

    def bar(self, width: int) -> str:
        """Return the line of a terminal of `width` cells: the bar takes the room that the words leave it."""
        words = f"trials {' · '.join(self.words())}"
        room = min(BAR, width - len(words) - 2)
        return fitted(words if room < LEAST_BAR else f"{_bar(self.done / max(1, self.total), room)} {words}", width)


def fitted(text: str, width: int) -> str:
    """Return text that leaves the last cell of a line of `width` cells free, so that the line never wraps."""
    from rich.cells import cell_len, set_cell_size

    return text if cell_len(text) < width else set_cell_size(text, max(1, width - 2)).rstrip() + "…"


def duration(seconds: float) -> str:
    """Return seconds as a person says them."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def told(resumed: Resumed, total: int | None) -> str:
    """Say in a line what a resumed sweep goes on from; `total`: trials of the plan, None where it is not known."""
    if not resumed.n_kept and not resumed.n_redone and resumed.why.endswith(ANEW):
        return f"nothing to resume: {resumed.why}"
    of = "" if total is None else f" of {total:,}"
    again = f"; {resumed.n_redone:,} done again" if resumed.n_redone else ""
    return f"resumed: {resumed.n_kept:,}{of} trials kept{again}" + (f" ({resumed.why})" if resumed.why else "")


def rate(per_second: float) -> str:
    """Return a rate in the unit in which it is a number above 1."""
    if per_second >= 1:
        return f"{per_second:,.1f} a second" if per_second < 100 else f"{per_second:,.0f} a second"
    return f"{60 * per_second:,.1f} a minute" if 60 * per_second >= 1 else f"{3600 * per_second:,.1f} an hour"


def _bar(share: float, n_cells: int) -> str:
    eighths = int(share * n_cells * 8)
    return f"{'█' * (eighths // 8)}{EIGHTHS[eighths % 8]}".ljust(n_cells, "·")
