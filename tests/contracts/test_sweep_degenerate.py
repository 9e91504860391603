"""One cluster, all noise, fewer rows than clusters, no fit at all: rows with their reasons, and never the end of the sweep."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from degenerate_sweeps import (
    ALGORITHM,
    FEATURES,
    MISSING,
    N_CLUSTERS,
    PARAMETER,
    PREPARED,
    TAKING_K,
    equal_without_gaps,
    everything,
    shrunk,
    three_groups,
    two_rows,
    unexplained,
    with_a_gap,
    written,
)

import clusterctl

Row = dict[str, Any]


def rows_of(config: dict[str, Any], **sections: Any) -> list[Row]:
    """Return the rows of a sweep that ends with exit 0 and explains every null."""
    result = clusterctl.sweep({**config, **sections})
    assert result.exit_code == 0
    document = result.document.model_dump(mode="json")
    assert unexplained(document) == []
    assert document["metadata"]["n_failed"] == sum(row["status"] == "failed" for row in document["sweep_results"]["trials"])
    return list(document["sweep_results"]["trials"])


def swept(folder: Path, frame: pd.DataFrame, sweep: dict[str, Any], **sections: Any) -> list[Row]:
    return rows_of(written(folder, frame), sweep_configuration=sweep, **sections)


def warned(row: Row) -> set[str]:
    return {warning["code"] for warning in row["warnings"]}


def found(rows: list[Row]) -> list[int | None]:
    return [row["n_clusters"] for row in rows]


def test_a_single_cluster_is_a_row_without_scores_for_every_algorithm_that_takes_k(tmp_path: Path) -> None:
    rows = swept(tmp_path, three_groups(), {"grid": {ALGORITHM: TAKING_K, N_CLUSTERS: [1, 3]}})
    assert found(rows) == [1, 3] * 4
    for row in rows[::2]:
        assert (row["status"], row["smallest_cluster"], row["rank"]) == ("done", 60, None)
        assert row["evaluation_metrics"]["silhouette_score"] is None
        assert row["evaluation_metrics"]["inertia"] > 0
        assert "single_cluster" in warned(row)
    assert sorted(row["rank"] for row in rows[1::2]) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("grid", "expected"),
    [
        ({ALGORITHM: ["dbscan"], PARAMETER + "eps": [1e-9, 0.8, 1e9]}, [0, 3, 1]),
        ({ALGORITHM: ["hdbscan"], PARAMETER + "min_cluster_size": [60, 61, 5]}, [0, 0, 3]),
        ({ALGORITHM: ["optics"], PARAMETER + "min_samples": [61, 6, 60]}, [0, 3, 1]),
    ],
    ids=["dbscan", "hdbscan", "optics"],
)
def test_all_noise_and_one_cluster_are_rows_beside_those_that_find_something(
    tmp_path: Path, grid: dict[str, Any], expected: list[int]
) -> None:
    rows = swept(tmp_path, three_groups(), {"grid": grid})
    assert found(rows) == expected
    for row in rows:
        assert row["status"] == "done"
        assert (row["rank"] is None) == (row["n_clusters"] < 2)
        if row["n_clusters"] == 0:
            assert (row["noise_fraction"], row["smallest_cluster"]) == (1.0, None)
            assert "no_clusters" in warned(row)


@pytest.mark.parametrize("algorithm", TAKING_K)
def test_more_clusters_than_distinct_rows_fail_and_those_behind_them_in_the_plan_are_done(tmp_path: Path, algorithm: str) -> None:
    doubled = pd.concat([three_groups(15), three_groups(15)])
    rows = swept(tmp_path, doubled[["x", "y", "z"]], {"grid": {ALGORITHM: [algorithm], N_CLUSTERS: [500, 16, 15, 3]}})
    assert [row["status"] for row in rows] == ["failed", "failed", "done", "done"]
    assert found(rows) == [None, None, 15, 3]
    for row, k in zip(rows, (500, 16), strict=False):
        assert row["error"]["type"] == "ClusteringError"
        assert row["error"]["message"].startswith(f"{k} clusters cannot be made of 15 distinct rows")


def test_a_mixture_that_shrinks_to_nothing_is_a_row_with_its_reason(tmp_path: Path) -> None:
    grid = {ALGORITHM: ["gaussian_mixture"], PARAMETER + "reg_covar": [0.0, 1e-6], N_CLUSTERS: [2, 3]}
    rows = swept(tmp_path, shrunk(), {"grid": [grid, {ALGORITHM: ["kmeans"], N_CLUSTERS: [2]}]})
    assert [row["status"] for row in rows] == ["failed", "failed", "done", "done", "done"]
    for row in rows[:2]:
        assert row["error"]["type"] == "ClusteringError"
        assert "covariance" in row["error"]["message"]
        assert "reg_covar" in row["error"]["hint"]


@pytest.mark.parametrize(
    ("impossible", "possible", "said"),
    [
        ({PREPARED + "dimensionality_reduction": "pca", PREPARED + "n_components": 9}, {}, "9"),
        ({FEATURES: ["x", "gap"]}, {FEATURES: ["x", "y"]}, "gap: 2 of 60 rows"),
        ({FEATURES: ["x", "gap"]}, {FEATURES: ["x", "gap"], MISSING: "median"}, "missing"),
    ],
    ids=["more components than columns", "missing values", "the same columns filled"],
)
def test_a_space_that_cannot_be_prepared_fails_its_own_trials_alone(
    tmp_path: Path, impossible: dict[str, Any], possible: dict[str, Any], said: str
) -> None:
    k = [{N_CLUSTERS: 2}, {N_CLUSTERS: 3}]
    columns = {FEATURES: ["x", "y", "z"]}
    entries = [{**columns, **settings, **one} for settings in (impossible, possible) for one in k]
    rows = swept(tmp_path, with_a_gap(), {"list": entries})
    assert [row["status"] for row in rows] == ["failed", "failed", "done", "done"]
    for row in rows[:2]:
        assert row["error"]["type"] == "PreprocessingError"
        assert said in row["error"]["message"]
        assert row["space_id"] is None
    assert [row["rank"] is None for row in rows] == [True, True, False, False]


def test_a_feature_that_is_constant_once_rows_are_dropped_is_no_reason_to_stop(tmp_path: Path) -> None:
    frame = with_a_gap()
    frame["x"] = frame["x"].where(frame["gap"].isna(), 1.0)
    grid = {FEATURES: [["x", "gap", "z"]], MISSING: ["drop"], PREPARED + "scaling": ["standard", "minmax", "robust", "none"]}
    rows = swept(tmp_path, frame, {"grid": grid})
    assert [row["status"] for row in rows] == ["done"] * 4
    for row in rows:
        run = clusterctl.run(alone(written(tmp_path, frame), row))
        own = run.document.clustering_results.evaluation_metrics.model_dump(mode="json")
        assert row["evaluation_metrics"] == own


def alone(config: dict[str, Any], row: Row) -> dict[str, Any]:
    """Return the config of a row's trial."""
    prepared = {path.removeprefix(PREPARED): value for path, value in row["settings"].items() if path.startswith(PREPARED)}
    data = {**config["clustering_data"], "features": row["settings"][FEATURES]}
    return {**config, "clustering_data": data, "preprocessing_configuration": prepared}


def test_rows_that_are_all_equal_are_one_cluster_or_none_and_other_columns_go_on(tmp_path: Path) -> None:
    sweep = {"grid": {FEATURES: [["x", "gap"], ["z"]], MISSING: ["drop"], ALGORITHM: [*TAKING_K, "dbscan", "hdbscan", "optics"]}}
    rows = swept(tmp_path, equal_without_gaps(), sweep)
    assert {row["status"] for row in rows} == {"done"}
    assert found(rows[:7]) == [1, 1, 1, 1, 1, 0, 1]
    assert all(row["rank"] is None for row in rows[:7])
    assert any(row["rank"] is not None for row in rows[7:])


def test_two_rows_are_enough_for_every_algorithm(tmp_path: Path) -> None:
    rows = swept(tmp_path, two_rows(), everything([1, 2, 3]))
    assert found(rows[:12]) == [1, 2, None] * 4
    assert [row["n_clusters"] for row in rows[12:]] == [0, 0, 0]
    assert [row["status"] for row in rows] == ["done", "done", "failed"] * 4 + ["done"] * 3


def test_a_space_in_which_no_metric_exists_leaves_the_other_to_be_ranked(tmp_path: Path) -> None:
    entries = [{PREPARED + "scaling": "robust", N_CLUSTERS: 1}, {PREPARED + "scaling": "none", N_CLUSTERS: 3}]
    rows = swept(tmp_path, three_groups(), {"list": entries})
    assert [row["rank"] for row in rows] == [None, 1]


@pytest.mark.parametrize("metrics", [["silhouette_score"], []])
def test_where_no_metric_exists_at_all_nothing_is_ranked_and_that_is_said(tmp_path: Path, metrics: list[str]) -> None:
    config = written(tmp_path, three_groups()[["x", "y"]])
    config["evaluation_configuration"] |= {"evaluation_metrics": metrics}
    sweep = {"grid": {N_CLUSTERS: [1]} if metrics else {N_CLUSTERS: [2, 3]}}
    result = clusterctl.sweep({**config, "sweep_configuration": sweep})
    assert (result.exit_code, result.best) == (0, None)
    document = result.document.model_dump(mode="json")
    assert [warning["code"] for warning in document["metadata"]["warnings"]] == ["no_trial_ranked"]
    assert document["sweep_results"]["best"] is None
    assert unexplained(document) == []


def test_checks_and_a_rank_space_of_trials_without_clusters_are_null_with_reasons(tmp_path: Path) -> None:
    grid = [{ALGORITHM: ["kmeans"], N_CLUSTERS: [1, 3, 500]}, {ALGORITHM: ["dbscan"], PARAMETER + "eps": [1e-9]}]
    sweep = {"grid": grid, "validate": True, "rank_space": {"scaling": "robust"}}
    rows = swept(tmp_path, three_groups(30)[["x", "y", "z"]], sweep, evaluation_configuration={})
    assert found(rows) == [1, 3, None, 0]
    assert [row["rank"] for row in rows] == [None, 1, None, None]
    assert rows[1]["stability"]["minimum"] > 0.5
    assert rows[1]["rank_space_metrics"]["silhouette_score"] > 0.5


@pytest.mark.parametrize(
    "sweep",
    [
        {"grid": {FEATURES: [["x", "y"]], N_CLUSTERS: [400, 500]}},
        {"grid": {FEATURES: [["x", "gap"]], N_CLUSTERS: [2, 3]}},
    ],
    ids=["no fit", "no points"],
)
def test_where_every_trial_fails_the_files_are_written_and_the_error_is_that_of_exit_6(tmp_path: Path, sweep: dict[str, Any]) -> None:
    config = {**written(tmp_path, with_a_gap()), "output": {"directory": str(tmp_path / "out")}, "sweep_configuration": sweep}
    with pytest.raises(clusterctl.ClusteringError, match="every one of the 2 trials failed") as raised:
        clusterctl.sweep(config)
    assert raised.value.exit_code == 6
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["sweep.json", "trials.jsonl", "trials.parquet"]
    document = json.loads((tmp_path / "out" / "sweep.json").read_text())
    assert unexplained(document) == []
    assert (document["metadata"]["n_trials"], document["metadata"]["n_failed"]) == (2, 2)
    assert [row["rank"] for row in document["sweep_results"]["trials"]] == [None, None]
    assert pd.read_parquet(tmp_path / "out" / "trials.parquet")["status"].tolist() == ["failed", "failed"]


def test_a_null_whose_reason_is_lost_would_be_seen(tmp_path: Path) -> None:
    config = written(tmp_path, three_groups())
    result = clusterctl.sweep({**config, "sweep_configuration": {"grid": {N_CLUSTERS: [1]}}})
    for notes in (lambda document: document["metadata"]["notes"], lambda document: document["sweep_results"]["trials"][0]["notes"]):
        document = result.document.model_dump(mode="json")
        notes(document).clear()
        assert unexplained(document) != []
