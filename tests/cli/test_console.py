"""What is printed: every breach of a gate, whatever else is silenced, and nothing that steers the terminal."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from clusterctl.cli import run_command_line, supervision
from clusterctl.cli.boundary import show_error
from clusterctl.cli.console import listener, show_run
from clusterctl.cli.options import View
from clusterctl.engine.supervise import UNSUPERVISED, Unfinished
from clusterctl.errors import DataLoadError
from clusterctl.events import StageStarted
from clusterctl.results.models import GateResult


@dataclass
class Result:
    gates: list[GateResult]
    document: Any = None


def breach(value: float | None, level: str = "error") -> GateResult:
    return GateResult(metric="smallest_cluster", value=value, bound="min 2000000", level=level, passed=False)  # type: ignore[arg-type]


@pytest.mark.parametrize("level", ["error", "warn"])
def test_quiet_still_tells_every_breach_of_a_gate(capsys: pytest.CaptureFixture[str], level: str) -> None:
    show_run(Result([breach(1.0, level), breach(None, level)]), View(quiet=True))  # type: ignore[arg-type]
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("gate ") == 2


def test_the_value_of_a_breach_is_told_whole(capsys: pytest.CaptureFixture[str]) -> None:
    show_run(Result([breach(1_234_567.0)]), View(quiet=True))  # type: ignore[arg-type]
    assert "smallest_cluster is 1234567, bound min 2000000" in capsys.readouterr().err


def test_an_error_is_one_line_that_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    show_error(DataLoadError("column a\x1b[2J\nhint: b", hint="not \x07", details=("row\r1",)), View())
    assert capsys.readouterr().err == "error: column a\\x1b[2J\\nhint: b\n  row\\r1\n  hint: not \\x07\n"


def test_no_command_is_an_error_of_usage_that_says_so_on_stderr_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line([]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: no command is named\n  hint: Usage: clusterctl [OPTIONS] COMMAND")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_an_error_on_a_terminal_takes_the_place_of_the_status_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    listener(View())(StageStarted("load", "t.csv"))
    show_error(DataLoadError("no"), View())
    assert terminal.getvalue().endswith("…\r\x1b[2Kerror: no\n")


def test_a_stop_on_a_terminal_wipes_the_status_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setattr(supervision, "supervise", lambda work: 130)
    assert supervision.in_child(lambda unfinished: 0, View()) == 130
    assert terminal.getvalue() == "\r\x1b[2Kinterrupted; nothing was written\n"


@pytest.mark.parametrize(("code", "word"), [(130, "interrupted"), (143, "terminated"), (129, "hung up")])
def test_a_stop_is_told_on_stderr_but_not_with_quiet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], code: int, word: str
) -> None:
    monkeypatch.setattr(supervision, "supervise", lambda work: code)
    assert supervision.in_child(lambda unfinished: 0, View()) == code
    assert capsys.readouterr() == ("", f"{word}; nothing was written\n")
    assert supervision.in_child(lambda unfinished: 0, View(quiet=True)) == code
    assert capsys.readouterr() == ("", "")


def test_a_stop_after_the_results_took_their_place_does_not_say_that_nothing_was_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def work(unfinished: Unfinished) -> int:
        unfinished.begin(tmp_path / "new")
        unfinished.end(tmp_path / "new")
        return 0

    def stopped_late(child: Callable[[Unfinished], int]) -> int:
        child(UNSUPERVISED)
        return 130

    monkeypatch.setattr(supervision, "supervise", stopped_late)
    supervision.in_child(work, View())
    assert capsys.readouterr().err == "interrupted\n"


STOPPED_IN_THE_CHILD = """
import os, signal, sys, time
from pathlib import Path
from clusterctl.cli import supervision
from clusterctl.cli.options import View

def work(unfinished):
    unfinished.end(Path("new"))
    os.kill(os.getppid(), signal.SIGTERM)
    time.sleep(60)
    return 0

sys.exit(supervision.in_child(work, View()))
"""


def test_what_ends_in_the_child_is_known_in_the_parent() -> None:
    done = subprocess.run([sys.executable, "-c", STOPPED_IN_THE_CHILD], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (143, "terminated\n")
