"""Checking a config says what a run would use, or raises what a run would raise, and writes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import clusterctl
from clusterctl.commands.validate import validate
from clusterctl.engine import resources
from clusterctl.engine.memory import Available
from clusterctl.errors import ClusterctlError, PreprocessingError

TABLE = "key,x,y,same\n" + "".join(f"k{row},{row % 3 * 9 + row / 50},{row % 3 - row / 70},1\n" for row in range(30))


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(TABLE)
    return {"clustering_data": {"data_source": "t.csv"}, "clustering_configuration": {"algorithm": "kmeans", "n_clusters": 3}}


def test_it_says_what_is_clustered_on_and_what_is_not_and_why(config: dict[str, Any]) -> None:
    checked = validate(config)
    found = json.loads(json.dumps(checked.as_dict()))
    assert found["valid"] is True
    assert found["n_rows"] == 30
    assert found["features"] == {"x": "numeric", "y": "numeric"}
    assert checked.plan is None
    text = "\n".join(checked.lines())
    assert "30 rows; clusters on 2 features: x, y" in text
    for name in ("key", "same"):
        assert f"left out: {name} (" in text


def test_a_plan_is_made_when_asked_for(config: dict[str, Any]) -> None:
    checked = validate(config, plan=True)
    assert checked.plan is not None
    assert json.loads(json.dumps(checked.as_dict()))["plan"]["fits"] is True
    assert any(line.startswith("cluster ") and "k-means" in line for line in checked.lines())


def test_a_plan_that_would_not_fit_says_so(config: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "available_bytes", lambda: Available(1000, "made up"))
    assert "exit 9" in validate(config, plan=True).lines()[-1]


def test_overrides_and_another_table_count(config: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "u.csv").write_text("a,b\n1.5,2\n3.5,9\n")
    checked = validate(config, data="u.csv", overrides=["clustering_data.features=[a]"])
    assert checked.dataset.features == ("a",)
    assert "clusters on 1 feature: a" in checked.lines()[0]


@pytest.mark.parametrize(
    "overrides",
    [
        ["clustering_configuration.n_clusters=0"],
        ["clustering_data.features=[z]"],
        ["clustering_data.data_source=none.csv"],
        ["clustering_data.features=[same]"],
        ["clustering_data.id_column=x", "clustering_data.features=[x]"],
        ["execution.strategy=stream"],
    ],
)
def test_it_raises_what_a_run_raises(config: dict[str, Any], overrides: list[str]) -> None:
    raised = []
    for command in (validate, clusterctl.run):
        with pytest.raises(ClusterctlError) as caught:
            command(config, overrides=overrides)
        raised.append((type(caught.value), caught.value.message, caught.value.hint, caught.value.details))
    assert raised[0] == raised[1]


GAPS = "x,y,z\n" + "".join(f"{'' if row % 2 else row / 7},{'' if row % 2 == 0 else row / 3},{row / 5}\n" for row in range(30))


@pytest.mark.parametrize(
    ("table", "policy", "told"),
    [
        (GAPS, "error", "missing values"),
        (GAPS, "drop", "row"),
        (TABLE + "k99,1e200,1,1\n", "error", "1e+200"),
        (TABLE + "k99,-1e200,1,1\n", "median", "-1e+200"),
    ],
)
def test_values_that_stop_a_run_before_it_clusters_stop_it_too(
    config: dict[str, Any], tmp_path: Path, table: str, policy: str, told: str
) -> None:
    (tmp_path / "t.csv").write_text(table)
    raised = []
    for command in (validate, clusterctl.run):
        with pytest.raises(PreprocessingError) as caught:
            command(config, overrides=[f"preprocessing_configuration.missing_values={policy}"])
        raised.append((caught.value.message, caught.value.hint, caught.value.details))
    assert raised[0] == raised[1]
    assert told in raised[0][0]


@pytest.mark.parametrize("policy", ["median", "mean", "most_frequent"])
def test_gaps_that_a_run_fills_in_are_valid(config: dict[str, Any], tmp_path: Path, policy: str) -> None:
    (tmp_path / "t.csv").write_text(GAPS)
    assert validate(config, overrides=[f"preprocessing_configuration.missing_values={policy}"]).dataset.n_rows == 30


def test_nothing_is_written(config: dict[str, Any], tmp_path: Path) -> None:
    validate({**config, "output": {"directory": "out"}}, plan=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["t.csv"]
