"""The plan of a sweep: one load, a space for each preparation, a structure for each of its settings, cut for all its trials."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_tables import dataset, session

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.config.load import load_config
from clusterctl.config.trials import Trial, Trials, build_trials
from clusterctl.engine import resources
from clusterctl.engine.memory import Available
from clusterctl.engine.sweep.plan import SweepPlan, plan_sweep
from clusterctl.metrics.silhouette import N_SHARED
from clusterctl.preprocessing.space import space_id
from clusterctl.values.dataset import Dataset

GIB = 1 << 30
C, P = "clustering_configuration", "preprocessing_configuration"
ALGORITHM, K, SEED = f"{C}.algorithm", f"{C}.n_clusters", f"{C}.random_state"
MIN_SAMPLES, EPS = f"{C}.parameters.min_samples", f"{C}.parameters.eps"
LINKAGE, GINI = f"{C}.parameters.linkage", f"{C}.parameters.gini_threshold"


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "available_bytes", lambda: Available(4 * GIB, "made up"))


def trials_of(sweep: dict[str, Any], **sections: Any) -> tuple[Trials, Any]:
    given = {"clustering_data": {"data_source": "t.csv"}, C: {"algorithm": "kmeans"}, "sweep_configuration": sweep, **sections}
    base = load_config(given, command="sweep", environ={})
    return build_trials(base, random_state=0), base.config


def planned(sweep: dict[str, Any], n_rows: int = 90, n_jobs: int = 1, **sections: Any) -> SweepPlan:
    trials, config = trials_of(sweep, **sections)
    whole = dataset(n_rows)
    made: dict[tuple[str, ...] | None, Dataset] = {}

    def dataset_of(trial: Trial) -> Dataset:
        features = trial.config.clustering_data.features
        return made.setdefault(features, replace(whole, features=features or whole.features))

    return plan_sweep(trials, dataset_of, config, session(n_jobs))


def units(plan: SweepPlan) -> list[tuple[str, list[int]]]:
    return [(unit.spec.name, [trial.trial_id for trial in unit.trials]) for space in plan.spaces for unit in space.units]


SHARED: dict[str, tuple[dict[str, list[Any]], int]] = {
    "a linkage tree for every k and height": ({ALGORITHM: ["hierarchical"], K: [2, 3, 9]}, 1),
    "a guarded tree for every k": ({ALGORITHM: ["hierarchical"], LINKAGE: ["genie"], K: [2, 3, 9]}, 1),
    "a guarded tree for every threshold": ({ALGORITHM: ["hierarchical"], LINKAGE: ["genie"], GINI: [0.1, 0.3], K: [2, 3]}, 2),
    "no other tree for a threshold it does not have": ({ALGORITHM: ["hierarchical"], LINKAGE: ["ward"], GINI: [0.1, 0.3], K: [2]}, 1),
    "a spanning tree for every HDBSCAN setting but min_samples": (
        {
            ALGORITHM: ["hdbscan"],
            MIN_SAMPLES: [5],
            f"{C}.parameters.min_cluster_size": [5, 10],
            f"{C}.parameters.cluster_selection_method": ["eom", "leaf"],
            f"{C}.parameters.cluster_selection_epsilon": [0.0, 0.5],
        },
        1,
    ),
    "a tree a min_samples": ({ALGORITHM: ["hdbscan"], MIN_SAMPLES: [3, 5]}, 2),
    "a DBSCAN structure for every eps": ({ALGORITHM: ["dbscan"], EPS: [0.1, 0.2, 0.4]}, 1),
    "eigenvectors for every k of a block": ({ALGORITHM: ["spectral"], K: [2, 3, 4]}, 1),
    "an OPTICS ordering for every cut": ({ALGORITHM: ["optics"], f"{C}.parameters.xi": [0.02, 0.05, 0.1]}, 1),
    "a fit of k-means a k": ({ALGORITHM: ["kmeans"], K: [2, 3, 4]}, 3),
    "a fit of a mixture a seed": ({ALGORITHM: ["gaussian_mixture"], K: [2], SEED: [0, 1]}, 2),
}


@pytest.mark.parametrize("name", SHARED)
def test_what_shares_a_structure_is_one_unit(name: str) -> None:
    grid, n_units = SHARED[name]
    plan = planned({"grid": grid})
    assert len(plan.spaces) == 1
    assert len(plan.spaces[0].units) == n_units


def test_units_stand_in_the_order_first_met_and_keep_their_trials_in_plan_order() -> None:
    plan = planned({"grid": [{ALGORITHM: ["hierarchical"], K: [2, 3], LINKAGE: ["ward", "single"]}, {ALGORITHM: ["kmeans"], K: [4]}]})
    assert units(plan) == [("hierarchical", [0, 2]), ("hierarchical", [1, 3]), ("kmeans", [4])]


grids = st.fixed_dictionaries(
    {ALGORITHM: st.lists(st.sampled_from(["kmeans", "hierarchical", "spectral"]), min_size=1, max_size=3, unique=True)},
    optional={
        K: st.lists(st.sampled_from(["auto", 2, 3, 4, 40]), min_size=1, max_size=3),
        SEED: st.lists(st.integers(0, 2), min_size=1, max_size=2),
        f"{P}.scaling": st.lists(st.sampled_from(["none", "standard"]), min_size=1, max_size=2),
        f"{P}.feature_selection": st.just([True]),
        "clustering_data.features": st.lists(st.sampled_from([["x", "y"], ["x"]]), min_size=1, max_size=2),
    },
)


@settings(max_examples=50, deadline=None)
@given(grids)
def test_every_trial_is_in_one_unit_with_those_of_its_key_alone(grid: dict[str, list[Any]]) -> None:
    plan = planned({"grid": grid})
    seen = [trial.trial_id for space in plan.spaces for unit in space.units for trial in unit.trials]
    assert sorted(seen) == list(range(plan.n_trials))
    assert len({space.space_id for space in plan.spaces}) == len(plan.spaces)
    keys = []
    for space in plan.spaces:
        for trial in space.trials:
            seed = trial.config.clustering_configuration.random_state  # type: ignore[union-attr]
            features = trial.config.clustering_data.features or dataset().features
            assert space.space_id == space_id("0" * 64, trial.config.preprocessing_configuration, features, seed or 0)
            assert space.dataset.features == features
        for unit in space.units:
            found = {_key(trial) for trial in unit.trials}
            assert len(found) == 1
            assert len(unit.trials) == 1 or not unit.auto
            keys += [] if unit.auto else [(space.space_id, *found)]
    assert len(keys) == len(set(keys))


def _key(trial: Trial) -> Any:
    clustering = trial.config.clustering_configuration
    assert clustering is not None
    spec = ALGORITHMS[clustering.algorithm]
    if clustering.n_clusters == "auto":
        return trial.trial_id
    assert clustering.random_state is not None
    return spec.name, spec.structure_key(Settings(clustering.parameters, clustering.n_clusters, clustering.random_state))


def test_what_is_auto_is_settled_from_the_points_so_that_it_stands_alone() -> None:
    plan = planned({"list": [{ALGORITHM: "dbscan", EPS: value} for value in ("auto", 0.5, 0.7)] + [{ALGORITHM: "hierarchical"}]})
    assert units(plan) == [("dbscan", [0]), ("dbscan", [1, 2]), ("hierarchical", [3])]
    assert [unit.auto for unit in plan.spaces[0].units] == [True, False, True]


def test_settings_that_make_no_other_points_make_no_other_space() -> None:
    assert len(planned({"grid": {f"{P}.outlier_action": ["exclude", "flag"], K: [2, 3]}}).spaces) == 1
    assert len(planned({"grid": {f"{P}.scaling": ["none", "robust"], K: [2, 3]}}).spaces) == 2
    assert len(planned({"grid": {SEED: [0, 1, 2]}}).spaces) == 1
    assert len(planned({"grid": {SEED: [0, 1, 2]}}, **{P: {"outlier_detection": True}}).spaces) == 3


def test_a_unit_takes_the_memory_of_its_algorithm_and_the_time_of_one_build() -> None:
    grid = {ALGORITHM: ["hierarchical"], K: [2, 3, 4, 5]}
    (unit,) = planned({"grid": grid}, n_rows=4000).spaces[0].units
    spec = ALGORITHMS["hierarchical"]
    alone = Settings(spec.parameters(), 2, 0)
    assert unit.bytes == spec.cost(4000, 5, alone, None).bytes
    build = spec.seconds(4000, 5, alone)
    assert build < unit.seconds < 1.2 * build


def test_scores_share_passes_of_a_fixed_number_of_labellings() -> None:
    grid = {ALGORITHM: ["hierarchical"], K: list(range(2, 2 + N_SHARED))}
    assert planned({"grid": grid}).spaces[0].n_passes == 1
    assert planned({"grid": {**grid, K: [*grid[K], 500]}}).spaces[0].n_passes == 2
    assert planned({"grid": grid}, n_rows=2_000_000).spaces[0].n_passes == 4  # 16 labellings of 16 MB each in 256 MB


def test_a_shared_sweep_is_cheaper_than_its_trials_alone() -> None:
    many = planned({"grid": {ALGORITHM: ["hierarchical"], K: list(range(2, 32))}}, n_rows=10_000)
    one = planned({"grid": {ALGORITHM: ["hierarchical"], K: [2]}}, n_rows=10_000)
    evaluated = many.spaces[0].score_seconds + sum(unit.seconds for unit in many.spaces[0].units)
    alone = one.spaces[0].score_seconds + sum(unit.seconds for unit in one.spaces[0].units)
    assert evaluated < 30 * alone


def test_checks_of_every_trial_are_planned_only_when_asked_for() -> None:
    grid = {"grid": {K: [2, 3]}}
    plain, checked = planned(grid), planned({**grid, "validate": True})
    assert plain.as_dict()["spaces"][0]["checks"] is None
    assert checked.as_dict()["spaces"][0]["checks"]["times"] == 2
    assert checked.seconds > plain.seconds
    assert any("stability" in line for line in checked.lines())
    assert not any("stability" in line for line in plain.lines())


def test_a_reference_space_scores_all_again_by_its_internal_metrics() -> None:
    plan = planned({"grid": {K: [2, 3]}, "rank_space": {"categorical": "gower"}})
    assert plan.rank_metrics is not None
    assert "silhouette_score" in plan.rank_metrics
    assert "inertia" not in plan.rank_metrics
    assert "rank_space" in "\n".join(plan.lines())
    assert planned({"grid": {K: [2, 3]}}).rank_metrics is None


def test_what_would_not_fit_says_how_many_trials_would_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    sweep = {"grid": {ALGORITHM: ["hierarchical"], K: [2, 3], LINKAGE: ["ward", "average"]}}
    assert planned(sweep, n_rows=20_000).fits
    monkeypatch.setattr(resources, "available_bytes", lambda: Available(GIB, "made up"))
    plan = planned(sweep, n_rows=20_000)
    assert plan.fits is False
    assert plan.lines()[-1] == "! 2 trials would fail: only 1.0 GiB of memory is free"


def test_the_tree_tells_what_is_done_once_and_what_many_times() -> None:
    sweep = {"grid": [{ALGORITHM: ["hierarchical"], K: [2, 3, 4]}, {ALGORITHM: ["kmeans"], K: ["auto"]}]}
    text = "\n".join(planned(sweep).lines())
    for part in (
        "4 trials: 1 space, 2 structures",
        "load     the table once, 90 rows",
        "prepared once, 5 columns",
        "build  hierarchical once, cut 3 times (",
        "n_clusters 2, 3, 4",
        "build  kmeans once, cut once, auto chosen first (",
        "score  4 labellings in 1 shared pass (",
        "best     the best trial run whole",
        "on 1 job",
    ):
        assert part in text


LONG: list[dict[str, Any]] = [
    {"grid": {K: list(range(2, 62)), SEED: [0, 1]}},
    {"grid": {f"{P}.scaling": ["none", "robust", "minmax"], f"{P}.transform": ["none", "log1p", "quantile"], K: list(range(2, 12))}},
    {"grid": {SEED: list(range(30))}},
]


@pytest.mark.parametrize("sweep", LONG)
def test_a_long_tree_is_counted_in_lines_and_whole_as_data(sweep: dict[str, Any]) -> None:
    plan = planned(sweep, **{P: {"feature_selection": True}} if sweep is LONG[2] else {})
    lines = plan.lines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 80
    tree = json.loads(json.dumps(plan.as_dict()))
    ids = [trial for space in tree["spaces"] for structure in space["structures"] for trial in structure["trial_ids"]]
    assert sorted(ids) == list(range(plan.n_trials))
    assert all(structure["built"] == 1 for space in tree["spaces"] for structure in space["structures"])


def test_more_jobs_take_less_time() -> None:
    sweep = {"grid": {K: [2, 3, 4, 5]}}
    assert planned(sweep, n_rows=5000, n_jobs=2).seconds < planned(sweep, n_rows=5000).seconds
