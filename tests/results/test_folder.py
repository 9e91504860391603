"""Only what is ours is ever replaced, and a reader never sees half of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from clusterctl.errors import OutputError
from clusterctl.results.folder import OutputFolder
from clusterctl.results.journal import JOURNAL, JOURNAL_DRAFT
from clusterctl.results.lines import COMPLETE
from clusterctl.results.lock import locked
from clusterctl.results.swap import begin, swap_in


def a_run(folder: Path, text: str = "{}") -> Path:
    (folder / "plots").mkdir(parents=True)
    (folder / "results.json").write_text(text)
    (folder / "plots" / "scatter.png").write_bytes(b"png")
    return folder


def test_a_named_folder_that_is_not_empty_needs_force(tmp_path: Path) -> None:
    folder = a_run(tmp_path / "out")
    with pytest.raises(OutputError, match="not empty") as caught:
        OutputFolder(folder, named=True, force=False).check()
    assert "--force" in str(caught.value.hint)
    OutputFolder(folder, named=True, force=True).check()


def test_the_default_folder_replaces_its_own_earlier_run_unasked(tmp_path: Path) -> None:
    OutputFolder(a_run(tmp_path / "out"), named=False, force=False).check()


@pytest.mark.parametrize("named", [True, False])
def test_a_folder_without_a_run_of_ours_is_never_replaced_even_by_force(tmp_path: Path, named: bool) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "love.txt").write_text("dear")
    with pytest.raises(OutputError, match="holds no run"):
        OutputFolder(tmp_path / "letters", named=named, force=True).check()


@pytest.mark.parametrize("stranger", ["notes.txt", "plots/own.doc", "data/x.csv", "plots/deep/er.png"])
def test_a_stranger_s_file_in_the_folder_stops_the_replacement_and_is_named(tmp_path: Path, stranger: str) -> None:
    folder = a_run(tmp_path / "out")
    (folder / stranger).parent.mkdir(exist_ok=True)
    (folder / stranger).write_text("mine")
    with pytest.raises(OutputError, match="not clusterctl's") as caught:
        OutputFolder(folder, named=True, force=True).check()
    assert stranger.split("/")[0] in caught.value.message


HEADER = '{"journal":1,"random_state":7}\n'
TRIAL = '{"trial_id":0}\n'


def a_sweep(folder: Path, *, n_finished: int = 0, complete: bool = False) -> Path:
    """Make what a sweep leaves: killed, its journal alone; else all of it."""
    folder.mkdir()
    (folder / JOURNAL).write_text(HEADER + TRIAL * n_finished + COMPLETE.decode() * complete)
    if complete:
        for part in ("plots", "best", "best/plots", "best/model"):
            (folder / part).mkdir()
        for name in (
            "sweep.json",
            "trials.parquet",
            "plots/agreement.png",
            "best/results.json",
            "best/plots/scatter.png",
            "best/model/model.npz",
        ):
            (folder / name).write_text("")
    return folder


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize(("n_finished", "said"), [(1, "1 finished trial$"), (12, "12 finished trials$")])
def test_an_unfinished_sweep_is_replaced_only_by_force_and_gone_on_with_only_by_resume(
    tmp_path: Path, named: bool, n_finished: int, said: str
) -> None:
    folder = a_sweep(tmp_path / "out", n_finished=n_finished)
    with pytest.raises(OutputError, match="holds an unfinished sweep with " + said) as caught:
        OutputFolder(folder, named=named, force=False).check()
    assert "--resume" in str(caught.value.hint)
    assert "--force" in str(caught.value.hint)
    OutputFolder(folder, named=named, force=True).check()
    OutputFolder(folder, named=named, force=False, resume=True).check()


def test_an_unfinished_sweep_over_an_earlier_run_is_no_less_unfinished(tmp_path: Path) -> None:
    folder = a_run(tmp_path / "out")
    (folder / JOURNAL).write_text(HEADER + TRIAL)
    with pytest.raises(OutputError, match="unfinished sweep"):
        OutputFolder(folder, named=False, force=False).check()


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("name", [JOURNAL, JOURNAL_DRAFT])
def test_a_journal_without_a_trial_is_as_good_as_nothing(tmp_path: Path, named: bool, name: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_text(HEADER)
    OutputFolder(tmp_path / "out", named=named, force=False).check()


def test_a_complete_sweep_is_replaced_as_a_run_is(tmp_path: Path) -> None:
    folder = a_sweep(tmp_path / "out", n_finished=3, complete=True)
    OutputFolder(folder, named=False, force=False).check()
    OutputFolder(folder, named=True, force=True).check()
    OutputFolder(folder, named=True, force=False, resume=True).check()
    with pytest.raises(OutputError, match="is not empty"):
        OutputFolder(folder, named=True, force=False).check()


@pytest.mark.parametrize("named", [True, False])
def test_resume_starts_where_there_is_nothing(tmp_path: Path, named: bool) -> None:
    OutputFolder(tmp_path / "out", named=named, force=False, resume=True).check()
    (tmp_path / "out").mkdir()
    OutputFolder(tmp_path / "out", named=named, force=False, resume=True).check()


def test_resume_does_not_replace_a_run_in_a_named_folder(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="holds a run, not a sweep"):
        OutputFolder(a_run(tmp_path / "out"), named=True, force=False, resume=True).check()


@pytest.mark.parametrize("stranger", ["notes.txt", "best/notes.txt", "best/plots/own.doc", "best/model/own.pkl"])
@pytest.mark.parametrize("given", [{"force": True}, {"force": False, "resume": True}])
def test_a_stranger_s_file_beside_or_in_a_sweep_stops_force_and_resume(tmp_path: Path, stranger: str, given: dict[str, bool]) -> None:
    folder = a_sweep(tmp_path / "out", n_finished=1, complete=True)
    (folder / stranger).write_text("mine")
    with pytest.raises(OutputError, match="not clusterctl's"):
        OutputFolder(folder, named=True, **given).check()


@pytest.mark.parametrize("text", ['{"id": 1}\n', "", HEADER.rstrip()])
def test_a_file_of_the_journal_s_name_that_is_none_is_never_replaced(tmp_path: Path, text: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / JOURNAL).write_text(text)
    for given in ({"force": True}, {"force": True, "resume": True}):
        with pytest.raises(OutputError, match="holds no run"):
            OutputFolder(tmp_path / "out", named=True, **given).check()


def test_a_link_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    a_run(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(OutputError, match="is a symbolic link"):
        OutputFolder(tmp_path / "link", named=True, force=True).check()


@pytest.mark.parametrize("current", ["out", "out/plots"])
@pytest.mark.parametrize("force", [False, True])
def test_the_current_folder_and_those_it_lies_in_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, current: str, force: bool
) -> None:
    folder = a_run(tmp_path / "out")
    (tmp_path / current).mkdir(exist_ok=True)
    monkeypatch.chdir(tmp_path / current)
    with pytest.raises(OutputError, match="current folder"):
        OutputFolder(folder, named=True, force=force).check()
    OutputFolder(tmp_path / current / "new", named=True, force=force).check()


def test_an_empty_current_folder_is_refused_by_a_way_through_a_link_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "real" / "out").mkdir(parents=True)
    (tmp_path / "link").symlink_to("real")
    monkeypatch.chdir(tmp_path / "link" / "out")
    for folder in (tmp_path / "link" / "out", tmp_path / "real" / "out", tmp_path / "real"):
        with pytest.raises(OutputError, match="current folder"):
            OutputFolder(folder, named=True, force=False).check()


def test_a_file_above_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="is a file"):
        OutputFolder(tmp_path / "file" / "out", named=True, force=False).check()


def test_a_reader_sees_the_whole_old_or_the_whole_new_run_and_never_none(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    new = begin(folder)
    a_run(new / "x").rename(new / "y")
    (new / "results.json").write_text(json.dumps({"version": 0}))
    swap_in(new, folder)
    seen, stop = [], threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.append(json.loads((folder / "results.json").read_text())["version"])

    reader = threading.Thread(target=read)
    reader.start()
    for version in range(1, 60):
        draft = begin(folder)
        (draft / "results.json").write_text(json.dumps({"version": version}))
        swap_in(draft, folder)
    stop.set()
    reader.join()
    assert seen == sorted(seen)
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_what_dead_runs_left_beside_the_folder_is_cleared(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    (begin(folder) / "half").write_text("")
    new = begin(folder)
    assert [entry.name for entry in tmp_path.iterdir()] == [new.name]


def test_only_what_is_wholly_named_as_ours_is_cleared(tmp_path: Path) -> None:
    names = [".[a].new-mine", ".[a].new-0123456789abc", ".a.new-0123456789ab", "[a].new-0123456789ab"]
    for name in names:
        (tmp_path / name).mkdir()
    (tmp_path / ".[a].work-0123456789ab").mkdir()
    new = begin(tmp_path / "[a]")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == sorted([*names, new.name])


def test_the_second_command_on_a_folder_is_refused_at_once_and_told_by_whom(tmp_path: Path) -> None:
    with locked(tmp_path / "out"), pytest.raises(OutputError, match=f"process {os.getpid()}"), locked(tmp_path / "out"):
        pytest.fail("the lock was given twice")
    assert list(tmp_path.iterdir()) == []


def test_a_killed_owner_s_lock_is_free_again(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from clusterctl.results.lock import locked\n"
        "with locked(Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "out")], check=False)
    assert (tmp_path / "out.lock").exists()
    with locked(tmp_path / "out"):
        pass
    assert not (tmp_path / "out.lock").exists()


def test_a_file_that_is_not_ours_is_never_taken_for_the_lock(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text("version = 1\n")
    with pytest.raises(OutputError, match=r"uv\.lock is in the way"), locked(tmp_path / "uv"):
        pytest.fail("the lock was given")
    assert (tmp_path / "uv.lock").read_text() == "version = 1\n"


def test_a_link_is_never_followed_to_the_lock(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    (tmp_path / "out.lock").symlink_to(tmp_path / "mine")
    with pytest.raises(OutputError, match="cannot make the lock"), locked(tmp_path / "out"):
        pytest.fail("the lock was given")
