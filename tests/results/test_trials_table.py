"""trials.parquet: its columns, their types whatever the values, and what stands in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clusterctl.metrics.registry import METRICS
from clusterctl.results.models import EvaluationMetrics, Stability
from clusterctl.results.sweep import TrialError, TrialRow
from clusterctl.results.trials import trials_table

PATHS = ("clustering_configuration.n_clusters", "clustering_data.features")
PLAIN = ["trial_id", "status", "error", "space_id", *PATHS, "n_clusters", "noise_fraction", "smallest_cluster", *METRICS, "rank"]


def row(trial_id: int = 0, settings: dict[str, Any] | None = None, rank: int | None = 1, **more: Any) -> TrialRow:
    metrics = {name: number / 10 for number, name in enumerate(METRICS)}
    given = {
        "status": "done",
        "error": None,
        "space_id": "a",
        "n_clusters": 3,
        "noise_fraction": 0.25,
        "smallest_cluster": 7,
        "evaluation_metrics": EvaluationMetrics(**metrics, noise_fraction=0.25, noise_policies={}, methods={}),
        "rank_space_metrics": None,
        "stability": None,
        "null": None,
        "chosen": {},
        "warnings": [],
        "notes": [],
        **more,
    }
    placed = {"on_pareto_front": False, "broken_constraints": [], "config_sha256": "0" * 64}
    return TrialRow(trial_id=trial_id, settings=settings or {}, rank=rank, **placed, **given)


def failed(trial_id: int = 1) -> TrialRow:
    gone = dict.fromkeys(("space_id", "n_clusters", "noise_fraction", "smallest_cluster", "evaluation_metrics"))
    error = TrialError(type="ClusteringError", message="no fit: é", hint="fewer")
    return row(trial_id, rank=None, status="failed", error=error, **gone)


def test_the_columns_are_those_of_the_contract_in_its_order() -> None:
    assert trials_table([row()], PATHS).column_names == PLAIN


def test_a_row_a_trial_in_the_order_given() -> None:
    table = trials_table([row(4), failed(2), row(9)], PATHS)
    assert table["trial_id"].to_pylist() == [4, 2, 9]


def test_settings_are_json_text_and_null_where_there_is_none() -> None:
    values = [5, "auto", ["x", "größe"], {"a": None, "b": 0.1}, True, 1e-9, None]
    table = trials_table([row(number, {PATHS[0]: value}) for number, value in enumerate(values)], PATHS)
    texts = table[PATHS[0]].to_pylist()
    assert texts[-1] is None
    assert [json.loads(text) for text in texts[:-1]] == values[:-1]
    assert texts[:3] == ["5", '"auto"', '["x", "größe"]']
    assert table[PATHS[1]].null_count == len(values)


def test_each_metric_stands_under_its_name() -> None:
    found = trials_table([row()], PATHS).to_pylist()[0]
    assert [found[name] for name in METRICS] == [number / 10 for number in range(len(METRICS))]
    assert (found["n_clusters"], found["noise_fraction"], found["smallest_cluster"], found["rank"]) == (3, 0.25, 7, 1)


def test_a_failed_trial_has_its_error_and_no_value() -> None:
    found = trials_table([failed()], PATHS).to_pylist()[0]
    assert found["error"] == "ClusteringError: no fit: é"
    assert found["status"] == "failed"
    assert all(found[name] is None for name in PLAIN if name not in ("trial_id", "status", "error"))


def test_scores_of_the_rank_space_have_columns_of_their_own() -> None:
    table = trials_table([row(rank_space_metrics={"dbcv": 0.3, "inertia": None}), failed()], PATHS)
    added = [name for name in table.column_names if name not in PLAIN]
    assert added == [f"rank_space.{name}" for name, spec in METRICS.items() if spec.kind == "internal"]
    assert table["rank_space.dbcv"].to_pylist() == [0.3, None]
    assert table["rank_space.inertia"].to_pylist() == [None, None]
    assert table.column_names[-1] == "rank"


def test_validated_trials_have_their_stability() -> None:
    steady = Stability(per_cluster=[0.7], minimum=0.7, mean=0.7, prediction_strength=None, n_resamples=2, n_used=9)
    table = trials_table([row(stability=steady), row(1)], PATHS)
    assert table["stability"].to_pylist() == [0.7, None]
    assert table["prediction_strength"].to_pylist() == [None, None]


def test_columns_that_were_asked_for_are_there_though_every_trial_failed() -> None:
    table = trials_table([failed()], PATHS, rank_space=True, validated=True)
    assert {"rank_space.dbcv", "stability", "prediction_strength"} <= set(table.column_names)
    assert trials_table([failed()], PATHS).column_names == PLAIN


@pytest.mark.parametrize("rows", [[], [failed()], [row()], [failed(), row()]], ids=["none", "failed", "done", "both"])
def test_types_do_not_depend_on_the_values(rows: list[TrialRow], tmp_path: Path) -> None:
    table = trials_table(rows, PATHS, rank_space=True, validated=True)
    texts, counts = {"status", "error", "space_id", *PATHS}, {"trial_id", "n_clusters", "smallest_cluster", "rank"}
    for field in table.schema:
        assert field.type == (pa.string() if field.name in texts else pa.int64() if field.name in counts else pa.float64())
    pq.write_table(table, tmp_path / "trials.parquet")
    assert pq.read_table(tmp_path / "trials.parquet").equals(table)
