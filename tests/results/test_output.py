"""Where a run's parts go: nothing that is not ours is lost, whenever it came."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clusterctl.errors import OutputError
from clusterctl.results import swap
from clusterctl.results.journal import JOURNAL, JOURNAL_DRAFT, copy_journal
from clusterctl.results.lines import COMPLETE
from clusterctl.results.output import Places, planned


def write(places: Places, text: str, meanwhile: Callable[[], object] = lambda: None) -> None:
    with places.writing(lambda folder, begins: None) as draft:
        (draft.folders[places.folder] / "results.json").write_text(text)
        meanwhile()
        draft.swap_in()


def test_a_file_that_came_into_the_folder_while_the_run_worked_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    places = planned(folder, named=True, force=True, environment={})
    write(places, "1")
    with pytest.raises(OutputError, match=r"notes\.txt"):
        write(places, "2", lambda: (folder / "notes.txt").write_text("mine"))
    assert (folder / "notes.txt").read_text() == "mine"
    assert (folder / "results.json").read_text() == "1"


def test_the_folders_made_for_a_run_that_fails_go_with_it_and_those_of_others_stay(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()

    def fail() -> None:
        raise RuntimeError("the run fails")

    with pytest.raises(RuntimeError):
        write(planned(tmp_path / "there" / "runs" / "deep" / "out", named=True, force=False, environment={}), "1", fail)
    assert list(tmp_path.rglob("*")) == [tmp_path / "there"]
    write(planned(tmp_path / "runs" / "out", named=True, force=False, environment={}), "1")
    assert (tmp_path / "runs" / "out" / "results.json").read_text() == "1"


def test_a_folder_that_was_filled_while_the_run_worked_is_not_replaced_unasked(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    places = planned(folder, named=True, force=False, environment={})
    with pytest.raises(OutputError, match="not empty"):
        write(places, "2", lambda: (folder.mkdir(), (folder / "results.json").write_text("theirs")))
    assert (folder / "results.json").read_text() == "theirs"


def test_a_run_killed_between_putting_the_old_aside_and_the_new_in_loses_nothing(tmp_path: Path) -> None:
    places = planned(tmp_path / "out", named=True, force=True, environment={})
    write(places, "1")
    (tmp_path / "out").rename(tmp_path / ".out.old")
    with pytest.raises(RuntimeError), places.writing(lambda folder, begins: None):
        raise RuntimeError("the next run fails too")
    assert (tmp_path / "out" / "results.json").read_text() == "1"


def test_folders_take_their_places_where_the_system_cannot_exchange_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swap, "_exchange", lambda new, old: False)
    places = planned(tmp_path / "out", named=True, force=True, environment={})
    write(places, "1")
    write(places, "2")
    assert (tmp_path / "out" / "results.json").read_text() == "2"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_a_new_folder_that_cannot_take_its_place_leaves_the_old_one_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swap, "_exchange", lambda new, old: False)
    places = planned(tmp_path / "out", named=True, force=True, environment={})
    write(places, "1")
    rename = Path.rename

    def fail_for_the_new_one(path: Path, target: Path) -> Path:
        if ".new-" in path.name:
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail_for_the_new_one)
    with pytest.raises(OutputError, match="disk is full"):
        write(places, "2")
    assert (tmp_path / "out" / "results.json").read_text() == "1"


HEADER, TRIAL = b'{"journal":1,"random_state":7}\n', b'{"trial_id":0}\n'


class Told:
    """A listener that knows what is half done."""

    def __init__(self) -> None:
        self.open: list[Path] = []

    def __call__(self, path: Path, begins: bool) -> None:
        if begins:
            self.open.append(path)
        else:
            self.open.remove(path)


def sweep_places(tmp_path: Path, **given: Any) -> Places:
    return planned(tmp_path / "out", **{"named": False, "force": False, "environment": {}, **given})


def sweep(places: Places, text: str, *, trials: int = 1, fails: bool = False, told: Callable[[Path, bool], None] = lambda *_: None) -> None:
    """Do what a sweep does with its places, with the least of content."""
    with places.writing(told) as draft:
        work, path = places.make_work(), places.journal_path()
        (work / "labels").write_text("")
        path.with_name(JOURNAL_DRAFT).write_bytes(HEADER + TRIAL * trials)
        path.with_name(JOURNAL_DRAFT).replace(path)
        if fails:
            raise RuntimeError("the sweep fails")
        new = draft.folders[places.folder]
        (new / "sweep.json").write_text(text)
        copy_journal(path, new / JOURNAL)
        draft.swap_in()


@pytest.mark.parametrize("named", [True, False])
def test_a_sweep_takes_its_place_and_leaves_nothing_beside(tmp_path: Path, named: bool) -> None:
    sweep(sweep_places(tmp_path, named=named), "1", trials=2)
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out" / "sweep.json").read_text() == "1"
    assert (tmp_path / "out" / JOURNAL).read_bytes() == HEADER + TRIAL * 2 + COMPLETE


def test_a_sweep_that_fails_leaves_its_finished_trials_alone(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        sweep(sweep_places(tmp_path), "1", trials=2, fails=True)
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == ["out", "out/trials.jsonl"]
    with pytest.raises(OutputError, match="unfinished sweep with 2"):
        sweep(sweep_places(tmp_path), "2")
    sweep(sweep_places(tmp_path, resume=True, named=True), "3")
    assert (tmp_path / "out" / "sweep.json").read_text() == "3"


def test_a_sweep_that_fails_before_a_trial_finished_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        sweep(sweep_places(tmp_path), "1", trials=0, fails=True)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_was_there_before_the_sweep_that_fails_stays(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(RuntimeError):
        sweep(sweep_places(tmp_path), "1", trials=0, fails=True)
    assert list(tmp_path.rglob("*")) == [tmp_path / "out"]


def test_an_earlier_sweep_s_files_stay_until_the_next_is_whole(tmp_path: Path) -> None:
    sweep(sweep_places(tmp_path), "1", trials=2)
    with pytest.raises(RuntimeError):
        sweep(sweep_places(tmp_path), "2", fails=True)
    assert (tmp_path / "out" / "sweep.json").read_text() == "1"
    sweep(sweep_places(tmp_path, force=True), "3")
    assert (tmp_path / "out" / "sweep.json").read_text() == "3"


def test_an_unfinished_sweep_over_an_earlier_one_is_not_lost_unasked(tmp_path: Path) -> None:
    sweep(sweep_places(tmp_path), "1", trials=2)
    with pytest.raises(RuntimeError):
        sweep(sweep_places(tmp_path), "2", fails=True)
    with pytest.raises(OutputError, match="unfinished sweep with 1 finished trial"):
        sweep(sweep_places(tmp_path), "3")
    sweep(sweep_places(tmp_path, resume=True), "4")
    assert (tmp_path / "out" / "sweep.json").read_text() == "4"


def test_what_came_into_a_named_folder_while_the_sweep_worked_is_kept(tmp_path: Path) -> None:
    places = sweep_places(tmp_path, named=True)
    with places.writing(lambda *_: None) as draft:
        places.journal_path().write_bytes(HEADER + TRIAL)
        (places.folder / "results.json").write_text("theirs")
        (draft.folders[places.folder] / JOURNAL).write_bytes(HEADER + TRIAL)
        with pytest.raises(OutputError, match="not empty"):
            draft.swap_in()
    assert (places.folder / "results.json").read_text() == "theirs"
    assert (places.folder / JOURNAL).read_bytes() == HEADER + TRIAL


def test_the_listener_is_told_of_all_that_is_half_done_and_of_its_end(tmp_path: Path) -> None:
    places, told = sweep_places(tmp_path), Told()
    with places.writing(told):
        work, journal = places.make_work(), places.journal_path()
        assert {work, journal, places.folder, tmp_path / "out.lock"} < set(told.open)
        assert any(".out.new-" in path.name for path in told.open)
        assert work.parent == tmp_path
        assert work.stat().st_mode & 0o077 == 0
    assert told.open == [tmp_path / "out.lock"]
    assert list(tmp_path.iterdir()) == []


def test_the_work_folder_of_a_dead_sweep_is_cleared_by_the_next_command(tmp_path: Path) -> None:
    (tmp_path / ".out.work-0123456789ab" / "deep").mkdir(parents=True)
    write(planned(tmp_path / "out", named=True, force=False, environment={}), "1")
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("empty", [False, True])
def test_a_journal_put_aside_when_its_sweep_was_killed_is_found_again(tmp_path: Path, empty: bool) -> None:
    (tmp_path / ".out.old").mkdir()
    (tmp_path / ".out.old" / JOURNAL).write_bytes(HEADER + TRIAL)
    if empty:
        (tmp_path / "out").mkdir()
    with pytest.raises(OutputError, match="unfinished sweep with 1"):
        sweep(sweep_places(tmp_path, named=True), "1")
    assert (tmp_path / "out" / JOURNAL).read_bytes() == HEADER + TRIAL
    places = sweep_places(tmp_path, named=True, resume=True)
    with places.writing(lambda *_: None):
        assert places.journal_path().read_bytes() == HEADER + TRIAL


def test_a_folder_for_the_journal_that_cannot_be_made_is_an_output_error(tmp_path: Path) -> None:
    places = sweep_places(tmp_path)
    with places.writing(lambda *_: None):
        (tmp_path / "out").write_text("")
        with pytest.raises(OutputError, match="cannot write"):
            places.journal_path()


def test_a_sweep_s_pictures_may_lie_elsewhere_and_its_best_run_is_whole(tmp_path: Path) -> None:
    places = sweep_places(
        tmp_path, environment={"PLOT_OUTPUT_DIR": str(tmp_path / "plots"), "CLUSTERING_MODEL_CACHE": str(tmp_path / "models")}
    )
    paths = places.as_sweep_paths()
    assert paths["plots"].startswith(str(tmp_path / "plots" / "out-"))
    assert paths == {"output": str(tmp_path / "out"), "plots": paths["plots"], "best": str(tmp_path / "out" / "best")}


SWAPPING = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import test_output as t
if sys.argv[3] == "aside":
    t.swap._exchange = lambda new, old: False
version = int(sys.argv[4])
while True:
    version += 1
    t.sweep(t.sweep_places(Path(sys.argv[1]), resume=True), str(version), trials=version)
    print(version, flush=True)
"""


@pytest.mark.parametrize("way", ["exchange", "aside"])
def test_a_sweep_killed_at_any_moment_leaves_a_whole_one_and_its_journal(tmp_path: Path, way: str) -> None:
    rng, version = random.Random(3), 0
    for _ in range(5):
        program = [sys.executable, "-c", SWAPPING, str(tmp_path), str(Path(__file__).parent), way, str(version)]
        with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            said = [process.stdout.readline()]
            time.sleep(rng.uniform(0, 0.05))
            os.kill(process.pid, signal.SIGKILL)
            said += process.stdout.readlines()
        reported = int([line for line in said if line.endswith("\n")][-1])
        places = sweep_places(tmp_path, resume=True)
        with places.writing(lambda *_: None):
            version = int((places.folder / "sweep.json").read_text())
            n_trials = places.journal_path().read_bytes().count(TRIAL)
        assert version in (reported, reported + 1)
        assert n_trials in (version, version + 1)
        assert [entry.name for entry in tmp_path.iterdir()] == ["out"]
