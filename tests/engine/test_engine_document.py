"""From the findings to results.json: where assignments and pictures stand, and what is said once."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from plan_tables import parts_of

from clusterctl.engine import document as module
from clusterctl.engine.document import Origin, assemble
from clusterctl.engine.findings import Parts
from clusterctl.values.remarks import Caution

NOW = datetime(2026, 1, 2, tzinfo=UTC)
PLAIN = dict.fromkeys(("missing_values", "categorical", "text", "transform", "scaling"), "as given")
ASSIGNMENTS = "clustering_results.clusters.cluster_assignments"


@cache
def parts() -> Parts:
    return parts_of({}, plots=True)


def assembled(assignments: str = "auto", embed_plots: bool = True, **more: Any) -> Any:
    origin = Origin(
        config={"clustering_configuration": {"parameters": {"linkage": "average"}}, "preprocessing_configuration": PLAIN},
        config_sha256="c" * 64,
        random_state=7,
        started=NOW,
        trained=NOW,
        seconds=1.5,
        execution={"n_jobs": 1},
        chosen={"n_clusters": {"value": 3}},
        assignments=assignments,
        embed_plots=embed_plots,
        libraries={"numpy": "2"},
        user_metadata={"domain": "shops"},
        **more,
    )
    return assemble(parts(), origin).model_dump(mode="json")


def reasons(document: Any) -> dict[str, str]:
    return {note["path"]: note["reason"] for note in document["metadata"]["notes"]}


def assignments(document: Any) -> Any:
    return document["clustering_results"]["clusters"]["cluster_assignments"]


def test_assignments_are_inline_up_to_a_number_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "INLINE_UP_TO", 90)
    assert len(assignments(assembled("auto"))) == 90
    monkeypatch.setattr(module, "INLINE_UP_TO", 89)
    assert assignments(assembled("auto")) is None
    assert len(assignments(assembled("inline"))) == 90


def test_a_sidecar_is_named_in_a_note() -> None:
    document = assembled("sidecar")
    assert assignments(document) is None
    assert "assignments.parquet" in reasons(document)[ASSIGNMENTS]
    assert ASSIGNMENTS not in reasons(assembled("inline"))


def test_pictures_that_are_not_embedded_say_where_they_are() -> None:
    path = "clustering_results.visualizations.cluster_heatmap"
    document = assembled(embed_plots=False)
    assert document["clustering_results"]["visualizations"]["cluster_heatmap"] is None
    assert "plots/" in reasons(document)[path]
    assert assembled()["clustering_results"]["visualizations"]["cluster_heatmap"]
    assert path not in reasons(assembled())


def test_where_a_result_comes_from_stands_in_its_metadata() -> None:
    document = assembled()
    metadata = document["metadata"]
    assert (metadata["config_sha256"], metadata["random_state"], metadata["processing_duration"]) == ("c" * 64, 7, 1.5)
    assert metadata["data_sha256"] == parts().dataset.sha256
    assert metadata["user_metadata"] == {"domain": "shops"}
    assert metadata["processing_timestamp"] == "2026-01-02T00:00:00Z"
    assert document["clustering_results"]["model_info"]["chosen"] == {"n_clusters": {"value": 3}}
    assert document["clustering_results"]["model_info"]["parameters"] == {"linkage": "average"}


def test_a_warning_that_two_steps_give_is_there_once_and_in_order() -> None:
    first, second = Caution("first", "the first warning"), Caution("second", "the second one")
    document = assembled(cautions=(first, second, first))
    codes = [warning["code"] for warning in document["metadata"]["warnings"]]
    assert codes[:2] == ["first", "second"]
    assert len(codes) == len(set(codes))


def test_no_note_is_there_twice() -> None:
    notes = [(note["path"], note["reason"]) for note in assembled()["metadata"]["notes"]]
    assert len(notes) == len(set(notes))
