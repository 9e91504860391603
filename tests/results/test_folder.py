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
