"""Where a run's parts go: nothing that is not ours is lost, whenever it came."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from clusterctl.errors import OutputError
from clusterctl.results import swap
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
