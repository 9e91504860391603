"""Checking a sweep's config checks every trial and what it wants of the table, and tells what the sweep would do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clusterctl.commands.validate import validate
from clusterctl.engine.plan import Plan
from clusterctl.engine.sweep.plan import SweepPlan
from clusterctl.errors import ConfigError, DataLoadError, PreprocessingError, UsageError

K = "clustering_configuration.n_clusters"
MISSING = "preprocessing_configuration.missing_values"
TABLE = "x,y,z\n" + "".join(f"{row % 3 * 9 + row / 50},{row % 3 - row / 70},{row / 7}\n" for row in range(30))
GAPS = "x,y,z\n" + "".join(f"{'' if row % 5 == 0 else row / 7},{row % 3 / 3},{row / 5}\n" for row in range(30))


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(TABLE)
    return {
        "clustering_data": {"data_source": "t.csv"},
        "clustering_configuration": {"algorithm": "kmeans", "n_clusters": 3},
        "sweep_configuration": {"grid": {K: [2, 3, 3]}},
    }


def test_a_config_with_something_to_sweep_is_checked_for_a_sweep(config: dict[str, Any]) -> None:
    checked = validate(config)
    assert (checked.n_trials, checked.n_merged) == (2, 1)
    found = json.loads(json.dumps(checked.as_dict()))
    assert found["sweep"] == {"n_trials": 2, "n_merged": 1, "would_fail": []}
    assert found["plan"] is None
    assert "2 trials, every one a valid config; 1 more were the same as an earlier one" in checked.lines()


def test_it_is_checked_for_a_run_when_that_is_asked_for_or_nothing_is_swept(config: dict[str, Any]) -> None:
    assert validate(config, command="run").n_trials is None
    assert isinstance(validate(config, command="run", plan=True).plan, Plan)
    del config["sweep_configuration"]
    checked = validate(config)
    assert checked.n_trials is None
    assert "sweep" not in checked.as_dict()


def test_a_sweep_without_anything_to_sweep_is_an_error(config: dict[str, Any]) -> None:
    del config["sweep_configuration"]
    with pytest.raises(ConfigError, match="nothing to sweep"):
        validate(config, command="sweep")


def test_the_algorithm_may_be_left_to_the_trials_of_a_sweep_but_not_of_a_run(config: dict[str, Any]) -> None:
    del config["clustering_configuration"]
    config["sweep_configuration"] = {"grid": {"clustering_configuration.algorithm": ["kmeans", "hdbscan"]}}
    assert validate(config).n_trials == 2
    with pytest.raises(ConfigError, match="is required"):
        validate(config, command="run")


def test_with_a_plan_it_holds_the_tree(config: dict[str, Any]) -> None:
    checked = validate(config, plan=True)
    assert isinstance(checked.plan, SweepPlan)
    assert json.loads(json.dumps(checked.as_dict()))["plan"]["n_trials"] == 2
    assert any("load     the table once, 30 rows" in line for line in checked.lines())


def test_every_trial_is_checked(config: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="got 0"):
        validate(config, overrides=[f"sweep_configuration.grid={{{K}: [2, 0]}}"])


def test_a_column_that_one_trial_wants_and_is_not_there_is_an_error(config: dict[str, Any]) -> None:
    config["sweep_configuration"] = {"grid": {"clustering_data.features": [["x", "y"], ["x", "nope"]]}}
    with pytest.raises((ConfigError, DataLoadError), match="nope"):
        validate(config)


def test_values_that_some_trials_would_fail_of_are_told_and_those_of_all_are_an_error(config: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(GAPS)
    config["sweep_configuration"] = {"grid": {K: [2, 3], MISSING: ["error", "median"]}}
    checked = validate(config)
    (told,) = checked.would_fail
    assert told.startswith("2 trials would fail: ")
    assert "missing" in told
    assert f"! {told}" in checked.lines()
    with pytest.raises(PreprocessingError, match="missing"):
        validate(config, overrides=[f"sweep_configuration.grid={{{K}: [2, 3]}}"])


def test_very_many_trials_need_to_be_asked_for(config: dict[str, Any]) -> None:
    config["sweep_configuration"] = {"grid": {K: list(range(2, 4)), "clustering_configuration.random_state": list(range(5001))}}
    with pytest.raises(UsageError, match="10,002"):
        validate(config)


def test_nothing_is_written(config: dict[str, Any], tmp_path: Path) -> None:
    validate({**config, "output": {"directory": "out"}}, plan=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["t.csv"]
