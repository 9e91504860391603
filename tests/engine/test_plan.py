"""A plan tells what a run will do, by its config and the size of its table."""

from __future__ import annotations

import json
from typing import Any

import pytest
from plan_tables import config, dataset, session

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.engine import resources
from clusterctl.engine.memory import Available
from clusterctl.engine.plan import Plan, plan_run
from clusterctl.preprocessing.prepare import prepare

GIB = 1 << 30


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "available_bytes", lambda: Available(4 * GIB, "made up"))
    monkeypatch.setattr(resources, "resident_bytes", lambda: GIB)


def planned(n_rows: int = 90, max_memory: int | None = None, n_jobs: int = 1, target: bool = False, **given: Any) -> Plan:
    return plan_run(dataset(n_rows, target), config(**given), session(n_jobs, max_memory))


def steps(plan: Plan) -> dict[str, str]:
    return {step.name: step.what for step in plan.steps}


def test_the_steps_stand_in_the_order_of_the_work() -> None:
    assert list(steps(planned())) == ["load", "prepare", "cluster", "evaluate", "validate", "draw"]


def test_what_is_off_is_not_planned() -> None:
    off = {"cross_validation": False, "cluster_validation": False, "evaluation_metrics": []}
    plan = planned(evaluation_configuration=off, visualization_configuration={"generate_plots": False})
    assert list(steps(plan)) == ["load", "prepare", "cluster", "evaluate"]
    assert steps(plan)["evaluate"].startswith("nothing")
    assert plan.seconds < planned().seconds


def test_each_step_says_what_it_does() -> None:
    found = steps(planned(target=True, clustering_configuration={"n_clusters": 4}))
    assert found["load"].startswith("90 rows, 3 features")
    assert found["prepare"].startswith("to 5 columns: missing error, categories onehot, scaling standard")
    assert found["cluster"].startswith("k-means; memory ")
    assert "Adjusted Rand" in found["evaluate"]
    assert "Adjusted Rand" not in steps(planned())["evaluate"]
    assert found["validate"].startswith("stability and null comparison")


def test_every_step_of_preprocessing_is_named() -> None:
    wanted = {
        "missing_values": "median",
        "transform": "log1p",
        "outlier_detection": True,
        "feature_selection": True,
        "dimensionality_reduction": "pca",
        "n_components": 2,
    }
    what = steps(planned(preprocessing_configuration=wanted))["prepare"]
    assert what.startswith("to 2 columns")
    for part in ("missing median", "log1p", "outliers exclude", "feature selection", "pca"):
        assert part in what


@pytest.mark.parametrize("categorical", ["onehot", "ordinal", "gower"])
def test_the_columns_planned_are_the_columns_prepared(categorical: str) -> None:
    given = {"preprocessing_configuration": {"categorical": categorical}}
    space = prepare(dataset(), config("hdbscan", **given).preprocessing_configuration, random_state=0, n_jobs=1)
    assert steps(planned(algorithm="hdbscan", **given))["prepare"].startswith(f"to {space.points.n_columns} columns")


def test_metrics_that_the_mixed_distance_has_not_are_not_planned() -> None:
    what = steps(planned(algorithm="hdbscan", preprocessing_configuration={"categorical": "gower"}))["evaluate"]
    assert "ilhouette" in what
    assert "nertia" not in what


def test_what_is_auto_is_said() -> None:
    assert "after choosing n_clusters" in steps(planned())["cluster"]
    assert "after choosing eps" in steps(planned(algorithm="dbscan"))["cluster"]
    assert "choosing" not in steps(planned(algorithm="dbscan", clustering_configuration={"parameters": {"eps": 1.0}}))["cluster"]


@pytest.mark.parametrize("name", ALGORITHMS)
def test_memory_is_the_algorithm_s_own_estimate(name: str) -> None:
    spec, plan = ALGORITHMS[name], planned(algorithm=name)
    settings = Settings(spec.parameters(), 8 if spec.takes_n_clusters else None, 0)
    assert plan.bytes == spec.cost(90, 5, settings, None).bytes
    assert plan.fits


def test_a_plan_that_would_not_fit_says_so_as_the_run_would() -> None:
    average = {"algorithm": "hierarchical", "clustering_configuration": {"parameters": {"linkage": "average"}}}
    assert planned(n_rows=20_000, **average).fits
    assert planned(n_rows=50_000, **average).fits is False
    tight = planned(n_rows=20_000, max_memory=2 * GIB, **average)
    assert (tight.fits, tight.free_bytes) == (False, GIB)


def test_more_rows_take_longer_and_more_jobs_less() -> None:
    assert planned(n_rows=300).seconds < planned(n_rows=3_000).seconds < planned(n_rows=30_000).seconds
    assert planned(n_rows=3_000, n_jobs=2).seconds < planned(n_rows=3_000).seconds


def test_checks_of_many_rows_are_on_a_sample_of_a_stated_size() -> None:
    assert "on 2,000 rows" in steps(planned(n_rows=5_000))["validate"]
    assert " on " not in steps(planned(n_rows=500))["validate"].replace("comparison", "")


def test_a_plan_is_plain_data() -> None:
    plan = planned()
    assert json.loads(json.dumps(plan.as_dict()))["steps"][0] == {"name": "load", "what": plan.steps[0].what}
