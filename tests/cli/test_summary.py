"""What a person is shown of a run: every name as the table has it, and nothing that says nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import clusterctl
from clusterctl.cli.summary import print_summary, print_validation
from clusterctl.commands.run import RunResult
from clusterctl.commands.validate import validate
from clusterctl.results.models import ResultsDocument

HOSTILE = ("a[/b]", "[red]x[/red]", ":smile:")


def table(names: tuple[str, ...], levels: tuple[str, str] = ("p", "q")) -> str:
    lines = [",".join((*names, "level", "same"))]
    for row in range(40):
        middle = 9 * (row % 2)
        numbers = (middle + (row * 7 % 5) / 10, middle + (row * 3 % 11) / 10, middle - (row * 5 % 13) / 10)
        lines.append(",".join((*(f"{number:.2f}" for number in numbers), levels[row % 2], "1")))
    return "\n".join(lines) + "\n"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "t.csv").write_text(table(HOSTILE, ("[/bold]", "[link]")))
    return {
        "clustering_data": {"data_source": "t.csv"},
        "clustering_configuration": {"algorithm": "kmeans", "n_clusters": 2, "random_state": 0},
        "evaluation_configuration": {"cross_validation": False, "cluster_validation": False},
        "visualization_configuration": {"generate_plots": False},
    }


@pytest.fixture
def result(config: dict[str, Any]) -> RunResult:
    return clusterctl.run(config)


def changed(result: RunResult, change: Callable[[Any], None]) -> RunResult:
    document = result.document.model_dump()
    change(document)
    return replace(result, document=ResultsDocument.model_validate(document))


def summary(result: RunResult, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    print_summary(result)
    return capsys.readouterr().out


def test_brackets_and_colons_of_names_and_categories_are_printed_as_they_are(result: RunResult, capsys: pytest.CaptureFixture[str]) -> None:
    text = "high " + ", ".join((*HOSTILE, "[/bold]"))

    def describe(document: Any) -> None:
        for profile in document["clustering_results"]["cluster_analysis"]["cluster_profiles"]:
            profile["characteristics"]["description"] = text

    assert any(name in summary(result, capsys) for name in (*HOSTILE, "[/bold]"))
    assert summary(changed(result, describe), capsys).count(text) == 2


def test_brackets_in_what_was_chosen_and_in_warnings_are_printed_as_they_are(result: RunResult, capsys: pytest.CaptureFixture[str]) -> None:
    def tell(document: Any) -> None:
        document["clustering_results"]["model_info"]["chosen"] = {"n_clusters": {"value": 2, "why": "[/w] :smile:"}}
        document["metadata"]["warnings"] = [{"code": "other", "message": "mind [/m]"}]

    out = summary(changed(result, tell), capsys)
    assert "auto became 2 ([/w] :smile:)" in out
    assert "! mind [/m]" in out


def test_brackets_in_a_validation_are_printed_as_they_are(config: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    print_validation(validate(config))
    out = capsys.readouterr().out
    for name in HOSTILE:
        assert name in out


def test_no_line_in_a_pipe_ends_in_blanks(result: RunResult, capsys: pytest.CaptureFixture[str]) -> None:
    assert [line for line in summary(result, capsys).splitlines() if line != line.rstrip()] == []


def left_out(result: RunResult, n_columns: int, capsys: pytest.CaptureFixture[str]) -> list[str]:
    def leave_out(document: Any) -> None:
        columns = [{"column": f"c{number}[/x]", "reason": "is constant"} for number in range(n_columns)]
        document["metadata"]["data_statistics"]["features_left_out"] = columns

    return [line for line in summary(changed(result, leave_out), capsys).splitlines() if "left out" in line]


def test_the_columns_left_out_are_named_with_the_reason(result: RunResult, capsys: pytest.CaptureFixture[str]) -> None:
    same = [entry.reason for entry in result.document.metadata.data_statistics.features_left_out if entry.column == "same"]
    assert f"\nleft out: same ({same[0]})\n" in summary(result, capsys)
    assert left_out(result, 2, capsys) == ["left out: c0[/x] (is constant), c1[/x] (is constant)"]
    assert left_out(result, 0, capsys) == []


def test_of_many_columns_left_out_five_are_named(result: RunResult, capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = left_out(result, 8, capsys)
    assert line.count("(is constant)") == 5
    assert line.endswith(" and 3 more, in results.json")


UNSTABLE = {"code": "unstable_clusters", "message": "Not found again on resamples: cluster 0 (0.10)."}


def with_stability(result: RunResult, per_cluster: list[float], n_clusters: int) -> RunResult:
    def tell(document: Any) -> None:
        document["clustering_results"]["model_info"]["n_clusters"] = n_clusters
        centers = document["clustering_results"]["clusters"]["cluster_centers"]
        own = {center["cluster_id"]: center for center in centers}
        centers[:] = [own.get(number, {**centers[0], "cluster_id": number}) for number in range(max(len(per_cluster), len(centers)))]
        document["clustering_results"]["validation"]["stability"] = {
            "per_cluster": per_cluster,
            "minimum": min(per_cluster),
            "mean": sum(per_cluster) / len(per_cluster),
            "prediction_strength": None,
            "n_resamples": 10,
            "n_used": 40,
        }
        document["metadata"]["warnings"] = [UNSTABLE]

    return changed(result, tell)


def test_one_cluster_has_no_line_on_stability(result: RunResult, capsys: pytest.CaptureFixture[str]) -> None:
    assert "stability: lowest 1.00, mean 1.00 (every cluster is found again)" in summary(with_stability(result, [1.0, 1.0], 2), capsys)
    out = summary(with_stability(result, [1.0], 1), capsys)
    assert "stability" not in out
    assert f"! {UNSTABLE['message']}" in out


def test_clusters_not_found_again_are_named_once_and_at_most_ten(result: RunResult, capsys: pytest.CaptureFixture[str]) -> None:
    out = summary(with_stability(result, [0.1] * 13 + [0.7] * 11, 24), capsys)
    assert (
        "(not to be trusted: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 3 more; doubtful: 13, 14, 15, 16, 17, 18, 19, 20, 21, 22 and 1 more)" in out
    )
    assert UNSTABLE["message"] not in out


def test_that_there_is_no_evidence_of_clusters_is_said_once(result: RunResult, capsys: pytest.CaptureFixture[str]) -> None:
    def tell(document: Any) -> None:
        document["clustering_results"]["model_info"]["chosen"] = {"n_clusters": {"value": 1, "why": "no evidence of clusters (gap 1)"}}
        document["metadata"]["warnings"] = [
            {"code": "no_clusters", "message": "n_clusters auto gave 1: no evidence of clusters (gap 1)."},
            {"code": "no_clusters", "message": "Every row is noise."},
        ]

    out = summary(changed(result, tell), capsys)
    assert out.count("no evidence of clusters") == 1
    assert "! Every row is noise." in out


def test_one_feature_is_no_features(result: RunResult, capsys: pytest.CaptureFixture[str]) -> None:
    def keep_one(document: Any) -> None:
        info = document["clustering_results"]["model_info"]
        info["features"] = info["features"][:1]

    assert summary(changed(result, keep_one), capsys).splitlines()[0].endswith(" on 1 feature")


def test_auto_on_rows_without_clusters_says_so_once(config: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draws = random.Random(3)
    rows = "\n".join(f"{draws.gauss(0, 1)},{draws.gauss(0, 1)}" for _ in range(120))
    (tmp_path / "t.csv").write_text(f"x,y\n{rows}\n")
    config["clustering_configuration"]["n_clusters"] = "auto"
    found = clusterctl.run(config)
    assert [warning.code for warning in found.document.metadata.warnings].count("no_clusters") == 1
    assert summary(found, capsys).count("no evidence of clusters") == 1
