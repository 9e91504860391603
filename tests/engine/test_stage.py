"""Steps with a clock, and a time limit that takes effect between them."""

from __future__ import annotations

from itertools import count

import pytest

from clusterctl.engine.stage import Stages, until
from clusterctl.errors import ClusteringError
from clusterctl.events import Event, StageFinished, StageStarted, TrialFinished, Warned


def test_a_step_tells_its_beginning_and_its_end_and_how_long_it_took() -> None:
    heard: list[Event] = []
    stages = Stages(heard.append, clock=iter([10.0, 12.5]).__next__)
    with stages("load", "t.csv"):
        assert heard == [StageStarted("load", "t.csv")]
    assert heard == [StageStarted("load", "t.csv"), StageFinished("load", 2.5)]
    assert stages.seconds == {"load": 2.5}


def test_steps_of_one_name_add_up() -> None:
    stages = Stages(lambda event: None, clock=iter([0.0, 1.0, 5.0, 7.0, 8.0, 8.5]).__next__)
    for name in ("fit", "score", "fit"):
        with stages(name):
            pass
    assert stages.seconds == {"fit": 1.5, "score": 2.0}


def test_a_step_that_fails_is_not_finished() -> None:
    heard: list[Event] = []
    stages = Stages(heard.append, clock=map(float, count()).__next__)
    with pytest.raises(ZeroDivisionError), stages("fit"):
        raise ZeroDivisionError
    assert heard == [StageStarted("fit")]
    assert stages.seconds == {}


def test_analyses_share_no_clock() -> None:
    one, other = Stages(lambda event: None), Stages(lambda event: None)
    with one("fit"):
        pass
    assert other.seconds == {}


def test_a_time_limit_ends_the_work_when_the_next_step_begins() -> None:
    heard: list[Event] = []
    now = [100.0]
    tell = until(heard.append, 5.0, clock=lambda: now[0])
    tell(StageStarted("load"))
    now[0] = 105.5
    tell(Warned("code", "text"))
    tell(StageFinished("load", 5.5))
    with pytest.raises(ClusteringError, match=r"longer than execution\.timeout"):
        tell(StageStarted("fit"))
    assert [type(event) for event in heard] == [StageStarted, Warned, StageFinished]


@pytest.mark.parametrize(("kept", "said"), [(False, "nothing was written"), (True, "finished trials are kept: --resume goes on with them")])
def test_a_time_limit_says_what_is_left_when_it_ends_the_work(kept: bool, said: str) -> None:
    now = [0.0]
    tell = until(lambda event: None, 5.0, clock=lambda: now[0], kept=lambda: now[0] > 0 and kept)
    now[0] = 6.0
    with pytest.raises(ClusteringError, match=said):
        tell(StageStarted("trials"))


def test_a_time_limit_ends_a_sweep_when_a_trial_is_finished() -> None:
    tell = until(lambda event: None, 5.0, clock=iter([0.0, 4.0, 6.0]).__next__, kept=lambda: True)
    tell(TrialFinished(0, None, 4.0))
    with pytest.raises(ClusteringError, match="the sweep took longer"):
        tell(TrialFinished(1, None, 2.0))


def test_without_a_time_limit_the_listener_is_itself() -> None:
    assert until(print, None) is print
