"""Events as JSON lines, by the names and fields of the specification."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from clusterctl.engine.log import event_name, log_listener
from clusterctl.events import (
    ClusteringStarted,
    ClustersCreated,
    EvaluationCompleted,
    Event,
    Progress,
    Resumed,
    StageFinished,
    StageStarted,
    TrialFinished,
    Warned,
    Wrote,
)

SPECIFIED = [
    (ClusteringStarted("kmeans", 5, 1000), "clustering_started", {"algorithm": "kmeans", "n_clusters": 5, "data_size": 1000}),
    (ClusteringStarted("dbscan", None, 7), "clustering_started", {"algorithm": "dbscan", "n_clusters": None, "data_size": 7}),
    (ClustersCreated(2, (9, 3)), "clusters_created", {"n_clusters": 2, "cluster_sizes": [9, 3]}),
    (EvaluationCompleted(0.5, None), "evaluation_completed", {"silhouette_score": 0.5, "calinski_score": None}),
]
OTHER = [
    (StageStarted("load", "tëble.csv"), "stage_started", {"stage": "load", "detail": "tëble.csv"}),
    (StageFinished("load", 1.5), "stage_finished", {"stage": "load", "seconds": 1.5}),
    (Progress("cluster", 1, 4), "progress", {"stage": "cluster", "done": 1, "total": 4}),
    (Warned("ties", "text\nof two lines"), "warned", {"code": "ties", "message": "text\nof two lines"}),
    (Wrote("out"), "wrote", {"path": "out"}),
    (TrialFinished(3, None, 0.5), "trial_finished", {"trial_id": 3, "error": None, "seconds": 0.5}),
    (Resumed(4, 1, "the data changed"), "resumed", {"n_kept": 4, "n_redone": 1, "why": "the data changed"}),
]


def logged(*events: Event) -> list[str]:
    lines: list[str] = []
    listen = log_listener(lines.append)
    for event in events:
        listen(event)
    return lines


@pytest.mark.parametrize(("event", "name", "fields"), [*SPECIFIED, *OTHER], ids=lambda value: value if isinstance(value, str) else "")
def test_an_event_is_one_json_line_with_its_name_and_fields(event: Event, name: str, fields: dict[str, Any]) -> None:
    (line,) = logged(event)
    assert "\n" not in line
    found = json.loads(line)
    assert found.pop("event") == event_name(event) == name
    assert found.pop("level") == ("warning" if isinstance(event, Warned) else "info")
    assert abs(datetime.fromisoformat(found.pop("timestamp")) - datetime.now(UTC)) < timedelta(minutes=1)
    assert found == fields


def test_every_event_there_is_has_been_tried() -> None:
    assert {type(event) for event, _, _ in (*SPECIFIED, *OTHER)} == set(get_args(Event))


def test_letters_beyond_ascii_stay_as_they_are() -> None:
    assert "tëble" in logged(StageStarted("load", "tëble"))[0]


def test_lines_come_in_the_order_of_the_events() -> None:
    lines = logged(*(Progress("x", done, 5) for done in range(5)))
    assert [json.loads(line)["done"] for line in lines] == [0, 1, 2, 3, 4]
