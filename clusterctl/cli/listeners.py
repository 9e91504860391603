"""Who listens to the events of a command for a person: a status line on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import os
import sys
import time

from clusterctl.cli.console import clean, clear_status_line
from clusterctl.cli.options import View
from clusterctl.cli.progress import Pace, fitted, told
from clusterctl.events import Event, Progress, Resumed, StageFinished, StageStarted, TrialFinished, Warned

STAGES = {
    "load": "loading the table",
    "prepare": "preparing the rows",
    "look": "looking at the columns",
    "choose": "choosing what is left to `auto`",
    "cluster": "clustering",
    "compare": "comparing partitions",
    "fit": "fitting the candidates",
    "look again": "looking again, otherwise prepared",
    "evaluate": "scoring",
    "validate": "checking stability and chance",
    "explain": "explaining the clusters",
    "draw": "drawing",
    "write": "writing",
    "plan": "planning",
    "trials": "trials",
    "predict": "predicting",
    "best": "the best trial's run",
}
EARLY = frozenset({"personal_data"})
"""Codes of warnings that are told at once, since work that goes on is what they warn of; the summary does not say them again."""
MOST_FAILURES = 20
"""Trials whose failure gets a line while the work goes on."""


class Lines:
    """A line for what takes long, for each warning, and now and then for trials; nothing that moves."""

    SLOW = 2.0
    EVERY = 10.0

    def __init__(self, view: View) -> None:
        self.view = view
        self.pace = Pace()
        self.resumed: Resumed | None = None
        self.last = self.quarter = 0.0

    def __call__(self, event: Event) -> None:
        """Print what is worth a line."""
        if isinstance(event, Warned) and (self.view.json or event.code in EARLY):  # without --json the summary lists the others
            self.say(f"warning: {clean(event.message)}")
        elif isinstance(event, StageStarted):
            self.begin(event)
        elif isinstance(event, Resumed):
            self.resumed = event
        elif isinstance(event, TrialFinished):
            self.pace.end_trial(event)
            self.show_failure(event)
        elif isinstance(event, Progress):
            self.pace.count(event)
            self.tell_resumed(event.total)
            self.show_progress()
        elif isinstance(event, StageFinished):
            self.finish(event)

    def say(self, line: str) -> None:
        """Print a line that stays."""
        print(line, file=sys.stderr, flush=True)

    def begin(self, event: StageStarted) -> None:
        """Start the clock of the trials."""
        if event.stage == "trials":
            self.pace.begin()
            self.last, self.quarter = time.monotonic(), 0.0

    def finish(self, event: StageFinished) -> None:
        """Say how long a step took, if that is of interest."""
        if event.stage == "trials":
            self.tell_resumed(None)
        if self.view.verbose or event.seconds >= self.SLOW:
            self.say(f"{STAGES.get(event.stage, event.stage)}: {event.seconds:.1f} s")

    def tell_resumed(self, total: int | None) -> None:
        """Say once what a sweep goes on from: when it is known of how many."""
        if self.resumed is not None:
            self.say(clean(told(self.resumed, total)))
            self.resumed = None

    def show_failure(self, trial: TrialFinished) -> None:
        """Tell of a trial that failed, if all is to be told: the answer lists them."""
        if trial.error is not None and self.view.verbose:
            self.say(f"trial {trial.trial_id} failed: {clean(trial.error)}")

    def show_progress(self) -> None:
        """Print a line every ten seconds, and at the quarters of what takes long."""
        now, quarter = time.monotonic(), 4 * self.pace.done // max(1, self.pace.total)
        waited = now - self.last
        if self.pace.done < self.pace.total and (waited >= self.EVERY or (quarter > self.quarter and waited >= self.SLOW)):
            self.say(self.pace.line())
            self.last = now
        self.quarter = max(self.quarter, quarter)


class StatusLine(Lines):
    """One line at the bottom of the terminal that says what is being done; gone when the command ends."""

    REDRAW = 0.1

    def say(self, line: str) -> None:
        """Print a line that stays, above the status line."""
        clear_status_line()
        super().say(line)

    def begin(self, event: StageStarted) -> None:
        """Show the step under way."""
        super().begin(event)
        text = STAGES.get(event.stage, event.stage)
        if event.detail in STAGES:  # a step of a step
            text += ":"
        detail = f" {clean(STAGES.get(event.detail, event.detail))}" if event.detail else ""
        self.draw(f"{text}{detail} …")

    def finish(self, event: StageFinished) -> None:
        """Wipe the step."""
        clear_status_line()
        super().finish(event)

    def show_failure(self, trial: TrialFinished) -> None:
        """Tell of the first trials that fail, above the bar."""
        if trial.error is None or self.pace.n_failed > MOST_FAILURES + 1:
            return
        if self.pace.n_failed > MOST_FAILURES:
            self.say("more trials fail: from here on they are only counted")
        else:
            self.say(f"trial {trial.trial_id} failed: {clean(trial.error)}")
        self.last = 0.0

    def show_progress(self) -> None:
        """Draw the bar, at most ten times a second."""
        now = time.monotonic()
        if now - self.last >= self.REDRAW or self.pace.done == self.pace.total:
            self.draw(self.pace.bar(_width()))
            self.last = now

    def draw(self, text: str) -> None:
        """Put text in the place of the status line, no longer than a line."""
        print(f"\r\033[2K{fitted(text, _width())}", end="", file=sys.stderr, flush=True)


def _width() -> int:
    """Return how many cells a line of the terminal behind stderr has."""
    try:
        return int(os.environ.get("COLUMNS", "")) or 80
    except ValueError:
        pass
    try:
        return os.get_terminal_size(2).columns or 80
    except OSError:
        return 80
