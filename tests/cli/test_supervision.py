"""A stopped command says what is left of its work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from clusterctl.cli import supervision
from clusterctl.cli.options import View
from clusterctl.engine.supervise import UNSUPERVISED, Unfinished


def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], work: Callable[[Unfinished], int]) -> str:
    def stopped(child: Callable[[Unfinished], int]) -> int:
        child(UNSUPERVISED)
        return 130

    monkeypatch.setattr(supervision, "supervise", stopped)
    assert supervision.in_child(work, View()) == 130
    return capsys.readouterr().err


def test_a_stopped_sweep_says_that_its_finished_trials_are_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def work(unfinished: Unfinished) -> int:
        unfinished.begin(Path("work"))
        unfinished.keep()
        return 0

    assert said(monkeypatch, capsys, work) == "interrupted; finished trials are kept: --resume goes on with them\n"


def test_a_sweep_stopped_after_its_results_took_their_place_says_no_more_than_that(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def work(unfinished: Unfinished) -> int:
        unfinished.keep()
        unfinished.end(Path("new"))
        return 0

    assert said(monkeypatch, capsys, work) == "interrupted\n"


def test_to_say_so_for_every_trial_does_not_fill_the_line_to_the_parent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []
    monkeypatch.setattr(Unfinished, "keep", lambda self: told.append("kept"))

    def work(unfinished: Unfinished) -> int:
        for _ in range(100_000):
            unfinished.keep()
        return 0

    said(monkeypatch, capsys, work)
    assert told == ["kept"]
