"""Where a run's parts go: nothing that is not ours is lost, whenever it came."""

from __future__ import annotations

from pathlib import Path

import pytest

from clusterctl.errors import OutputError
from clusterctl.results.output import Places, planned


def write(places: Places, text: str) -> None:
    with places.writing(lambda folder, begins: None) as draft:
        (draft.folders[places.folder] / "results.json").write_text(text)
        draft.swap_in()


def test_a_file_that_came_into_the_folder_while_the_run_worked_is_kept(tmp_path: Path) -> None:
    places = planned(tmp_path / "out", named=True, force=True, environment={})
    write(places, "1")
    with pytest.raises(OutputError, match=r"notes\.txt"), places.writing(lambda folder, begins: None) as draft:
        (tmp_path / "out" / "notes.txt").write_text("mine")
        draft.swap_in()
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"
    assert (tmp_path / "out" / "results.json").read_text() == "1"


def test_a_folder_that_was_filled_while_the_run_worked_is_not_replaced_unasked(tmp_path: Path) -> None:
    places = planned(tmp_path / "out", named=True, force=False, environment={})
    with pytest.raises(OutputError, match="not empty"), places.writing(lambda folder, begins: None) as draft:
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "results.json").write_text("theirs")
        draft.swap_in()
    assert (tmp_path / "out" / "results.json").read_text() == "theirs"
