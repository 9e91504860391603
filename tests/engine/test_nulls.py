"""Where null stands in a document, and the reasons that are always the same."""

from __future__ import annotations

from clusterctl.engine.nulls import REASONS, null_paths, standing_notes
from clusterctl.values.remarks import Note

FIT = "clustering_results.model_info.fit"
GATES = "clustering_results.validation.gates"


def document(**fit: object) -> dict[str, object]:
    return {"clustering_results": {"model_info": {"fit": fit}}}


def test_the_path_of_every_null_is_found() -> None:
    tree = {"a": None, "b": {"c": [1, None, {"d": None}]}, "e": [], "f": 0, "g": "", "h": False}
    assert list(null_paths(tree)) == ["a", "b.c[1]", "b.c[2].d"]


def test_a_null_with_a_standing_reason_gets_a_note() -> None:
    assert standing_notes(document(n_iter=3, last_height=None), ()) == [Note(f"{FIT}.last_height", "this fit has no such value")]


def test_a_null_that_is_explained_already_gets_none() -> None:
    known = (Note(f"{FIT}.last_height", "known"),)
    assert standing_notes(document(last_height=None, next_height=None), known) == [Note(f"{FIT}.next_height", "this fit has no such value")]
    assert standing_notes(document(last_height=None), (Note("clustering_results.model_info", "all of it"),)) == []


def test_a_name_that_begins_like_another_explains_only_itself() -> None:
    known = (Note(f"{FIT}.height", "known"),)
    assert [note.path for note in standing_notes(document(height=None, height_of_all=None), known)] == [f"{FIT}.height_of_all"]


def test_items_of_a_list_share_one_note() -> None:
    tree = {"clustering_results": {"validation": {"gates": [{"value": None}, {"value": 1}, {"value": None}]}}}
    assert [note.path for note in standing_notes(tree, ())] == [f"{GATES}[*].value"]
    assert standing_notes(tree, (Note(f"{GATES}[*].value", "known"),)) == []
    assert [note.path for note in standing_notes(tree, (Note(f"{GATES}[0].value", "known"),))] == [f"{GATES}[*].value"]


def test_a_null_without_a_reason_is_not_given_one() -> None:
    assert standing_notes({"clustering_results": {"somewhere": None}}, ()) == []


def test_every_standing_reason_is_a_sentence_part_of_its_own_path() -> None:
    assert len({path for path, _ in REASONS}) == len(REASONS)
    assert all(len(reason) > 10 and not reason.endswith(".") for _, reason in REASONS)
