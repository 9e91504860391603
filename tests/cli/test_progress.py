"""How the trials of a sweep are told while they run: on a terminal, elsewhere, as JSON, and not at all."""

from __future__ import annotations

import io
import json
import sys

import pytest

from clusterctl.cli import listeners
from clusterctl.cli.console import listener
from clusterctl.cli.options import LogFormat, View
from clusterctl.cli.progress import Pace, duration, fitted, told
from clusterctl.events import Event, Progress, Resumed, StageFinished, StageStarted, TrialFinished


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    monotonic = __call__


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(listeners, "time", clock)
    monkeypatch.setenv("COLUMNS", "80")
    return clock


def hear(stream: io.StringIO, clock: Clock, monkeypatch: pytest.MonkeyPatch, view: View | None = None) -> listeners.Lines:
    monkeypatch.setattr(sys, "stderr", stream)
    heard = listener(view or View())
    assert isinstance(heard, listeners.Lines)
    heard.pace = Pace(clock)
    return heard


def trials(n_trials: int, total: int, *, n_failed: int = 0, start: int = 0) -> list[Event]:
    """Return the events of trials that end one by one, the first ones failing."""
    events: list[Event] = []
    for number in range(start, start + n_trials):
        events.append(TrialFinished(number, f"ClusteringError: no {number}" if number < start + n_failed else None, 0.1))
        events.append(Progress("trials", number + 1, total))
    return events


def test_rate_and_time_left_are_of_what_ended_since_the_start(clock: Clock) -> None:
    pace = Pace(clock)
    pace.begin()
    pace.count(Progress("trials", 60, 100))
    assert pace.line() == "trials: 60 of 100"
    clock.now += 4
    for event in trials(20, 100, n_failed=2, start=60):
        pace.end_trial(event) if isinstance(event, TrialFinished) else pace.count(event)  # type: ignore[arg-type]
    assert pace.line() == "trials: 80 of 100, 5.0 a second, about 4 s left, 2 failed"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.1, "1 s"), (89, "89 s"), (100, "2 min"), (3600, "60 min"), (7260, "2 h 1 min"), (90_000, "25 h 0 min")]
)
def test_seconds_are_said_as_a_person_says_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(("took", "words"), [(0.003, "1,000 a second"), (6.0, "30.0 a minute"), (360.0, "30.0 an hour")])
def test_a_slow_rate_is_told_in_minutes_or_hours(clock: Clock, took: float, words: str) -> None:
    pace = Pace(clock)
    pace.begin()
    clock.now += took
    for event in trials(2, 9):
        pace.end_trial(event) if isinstance(event, TrialFinished) else pace.count(event)  # type: ignore[arg-type]
    assert pace.line() == "trials: 2 of 9"  # too early to tell
    for event in trials(1, 9, start=2):
        pace.end_trial(event) if isinstance(event, TrialFinished) else pace.count(event)  # type: ignore[arg-type]
    assert words in pace.line()


@pytest.mark.parametrize("width", [10, 30, 60, 80, 200])
def test_the_bar_never_wraps(clock: Clock, width: int) -> None:
    pace = Pace(clock)
    pace.begin()
    clock.now += 1000
    for event in trials(70, 100_000, n_failed=40):
        pace.end_trial(event) if isinstance(event, TrialFinished) else pace.count(event)  # type: ignore[arg-type]
        assert len(pace.bar(width)) < width
    assert "70 of 100,000" in pace.bar(200)


def test_the_bar_fills_up_with_what_is_done() -> None:
    pace = Pace()
    filled = []
    for done in (0, 50, 100):
        pace.count(Progress("trials", done, 100))
        filled.append(pace.bar(80).count("█"))
    assert filled == [0, 10, 20]


def test_wide_characters_count_twice() -> None:
    assert fitted("漢字漢字", 8) == "漢字漢…"
    assert fitted("漢字漢字", 9) == "漢字漢字"


def test_what_a_resumed_sweep_goes_on_from_is_one_line() -> None:
    assert told(Resumed(37, 0, ""), 100) == "resumed: 37 of 100 trials kept"
    assert told(Resumed(37, 5, "the data file changed"), 100) == "resumed: 37 of 100 trials kept; 5 done again (the data file changed)"
    assert told(Resumed(37, 0, "3: the config has them no more"), 37) == "resumed: 37 of 37 trials kept (3: the config has them no more)"
    assert told(Resumed(0, 0, "out holds no finished trial: the sweep starts anew"), 9) == (
        "nothing to resume: out holds no finished trial: the sweep starts anew"
    )
    assert told(Resumed(37, 0, ""), None) == "resumed: 37 trials kept"


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_resuming_is_told_once_with_the_total(clock: Clock, monkeypatch: pytest.MonkeyPatch, stream: type[io.StringIO]) -> None:
    heard = hear(out := stream(), clock, monkeypatch)
    for event in (Resumed(3, 0, ""), StageStarted("trials"), *trials(2, 5, start=3), StageFinished("trials", 0.1)):
        heard(event)
    assert out.getvalue().count("resumed: 3 of 5 trials kept\n") == 1


def test_elsewhere_quick_trials_print_nothing(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = hear(out := io.StringIO(), clock, monkeypatch)
    for event in (StageStarted("trials"), *trials(100, 100, n_failed=50), StageFinished("trials", 0.5)):
        clock.now += 0.002
        heard(event)
    assert out.getvalue() == ""


def test_elsewhere_slow_trials_print_a_line_every_ten_seconds_and_at_each_quarter(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = hear(out := io.StringIO(), clock, monkeypatch)
    heard(StageStarted("trials"))
    for event in trials(100, 100, n_failed=1):
        clock.now += 0.5 * isinstance(event, TrialFinished)
        heard(event)
    heard(StageFinished("trials", 50.0))
    lines = out.getvalue().splitlines()
    assert [line.partition(",")[0] for line in lines[:-1]] == [f"trials: {done} of 100" for done in (20, 25, 45, 50, 70, 75, 95)]
    assert lines[0] == "trials: 20 of 100, 2.0 a second, about 40 s left, 1 failed"
    assert lines[-1] == "trials: 50.0 s"
    assert "\x1b" not in out.getvalue()
    assert "\r" not in out.getvalue()


def test_elsewhere_failures_have_a_line_each_only_with_verbose(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    for verbose in (False, True):
        heard = hear(out := io.StringIO(), clock, monkeypatch, View(verbose=verbose))
        heard(StageStarted("trials"))
        heard(TrialFinished(7, "ClusteringError: no", 0.1))
        assert ("trial 7 failed: ClusteringError: no\n" in out.getvalue()) is verbose


def test_a_terminal_redraws_one_line_at_most_ten_times_a_second(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = hear(out := Terminal(), clock, monkeypatch)
    heard(StageStarted("trials"))
    out.truncate(0)
    for event in trials(1000, 2000):
        clock.now += 0.001 * isinstance(event, TrialFinished)
        heard(event)
    assert out.getvalue().count("\r\x1b[2K") <= 11
    assert "\n" not in out.getvalue()
    assert "?25l" not in out.getvalue()  # a killed process could not show the cursor again


def test_a_terminal_shows_each_failure_above_the_bar_and_counts_after_twenty(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = hear(out := Terminal(), clock, monkeypatch)
    heard(StageStarted("trials"))
    for event in trials(40, 40, n_failed=30):
        heard(event)
    lines = [line.rpartition("\x1b[2K")[2] for line in out.getvalue().split("\n")]
    assert lines[:2] == ["trial 0 failed: ClusteringError: no 0", "trial 1 failed: ClusteringError: no 1"]
    assert sum(" failed: " in line for line in lines) == 20
    assert lines[20] == "more trials fail: from here on they are only counted"
    assert "30 failed" in lines[-1]


def test_a_failure_s_text_cannot_steer_the_terminal(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = hear(out := Terminal(), clock, monkeypatch)
    heard(TrialFinished(1, "column \x1b]0;x\n", 0.1))
    heard(Resumed(1, 1, "\x1b[2J"))
    heard(Progress("trials", 1, 2))
    assert "\x1b]0" not in out.getvalue()
    assert "\x1b[2J" not in out.getvalue()


def test_with_json_logs_every_event_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", out := io.StringIO())
    heard = listener(View(log_format=LogFormat.json))
    for event in (Resumed(1, 0, ""), *trials(1, 2)):
        heard(event)
    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == ["resumed", "trial_finished", "progress"]


def test_quiet_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", out := Terminal())
    heard = listener(View(quiet=True))
    for event in (Resumed(1, 0, ""), *trials(9, 9, n_failed=9)):
        heard(event)
    assert out.getvalue() == ""
