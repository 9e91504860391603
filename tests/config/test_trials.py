"""Every trial of a sweep is exactly the config that would be loaded by itself, and all that is wrong is told before any starts."""

from __future__ import annotations

import time
import tracemalloc
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterctl.config.load import LoadedConfig, load_config, with_random_state
from clusterctl.config.models import Config
from clusterctl.config.scalars import dump
from clusterctl.config.trials import MOST_TRIALS, Trials, build_trials, trial_config
from clusterctl.config.written import config_sha256
from clusterctl.errors import ConfigError, UsageError

CLUSTERING, PREPROCESSING = "clustering_configuration", "preprocessing_configuration"
K, ALGORITHM, SEED = f"{CLUSTERING}.n_clusters", f"{CLUSTERING}.algorithm", f"{CLUSTERING}.random_state"
EPS, LINKAGE = f"{CLUSTERING}.parameters.eps", f"{CLUSTERING}.parameters.linkage"
SCALING, FEATURES = f"{PREPROCESSING}.scaling", "clustering_data.features"
ENVIRON = {"SCALE": "robust", "COUNT": "4"}


def source(sweep: dict[str, Any], **sections: Any) -> dict[str, Any]:
    base = {"clustering_data": {"data_source": "a.csv"}, CLUSTERING: {"algorithm": "kmeans", "n_clusters": 3}}
    return {**base, "sweep_configuration": sweep, **sections}


def base_of(sweep: dict[str, Any], **sections: Any) -> LoadedConfig:
    return load_config(source(sweep, **sections), command="sweep", environ=ENVIRON)


def built(sweep: dict[str, Any], random_state: int = 0, **sections: Any) -> Trials:
    return build_trials(base_of(sweep, **sections), random_state=random_state)


def values(trials: Trials, path: str = K) -> list[Any]:
    return [trial.settings[path] for trial in trials.trials]


def refused(sweep: dict[str, Any], **sections: Any) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        built(sweep, **sections)
    return caught.value


def told(error: ConfigError) -> str:
    return "\n".join((error.message, *error.details))


# what is combined


def test_a_grid_combines_all_values_the_last_path_fastest() -> None:
    trials = built({"grid": {K: [2, 3], SCALING: ["none", "minmax"]}})
    assert list(zip(values(trials), values(trials, SCALING), strict=True)) == list(product([2, 3], ["none", "minmax"]))
    assert [trial.trial_id for trial in trials.trials] == [0, 1, 2, 3]
    assert trials.paths == (K, SCALING)


def test_grids_come_first_then_the_list_then_random_draws() -> None:
    space = {K: {"integer": [50, 60]}}
    trials = built({"random": {"n_trials": 1, "space": space}, "list": [{K: 9}, {K: 8}], "grid": [{K: [5]}, {K: [4]}]})
    assert values(trials)[:4] == [5, 4, 9, 8]
    assert 50 <= values(trials)[4] <= 60


def test_an_empty_entry_of_the_list_is_the_base_itself() -> None:
    assert values(built({"list": [{}, {K: 4}]})) == [3, 4]


grids = st.dictionaries(
    st.sampled_from([K, SEED, f"{CLUSTERING}.parameters.n_init"]), st.lists(st.integers(1, 9), min_size=1, max_size=4), min_size=1
)


@settings(max_examples=40, deadline=None)
@given(st.lists(grids, min_size=1, max_size=3))
def test_every_combination_is_there_once_and_the_rest_is_counted_as_merged(given: list[dict[str, list[int]]]) -> None:
    wanted = {
        tuple(sorted({**{K: 3, SEED: 0, f"{CLUSTERING}.parameters.n_init": 10}, **dict(zip(grid, combination, strict=True))}.items()))
        for grid in given
        for combination in product(*grid.values())
    }
    trials = built({"grid": given})
    assert len(trials.trials) == len(wanted) == len({trial.config_sha256 for trial in trials.trials})
    assert trials.n_merged == sum(prod(map(len, grid.values())) for grid in given) - len(wanted)


def test_of_duplicates_the_first_stays() -> None:
    trials = built({"grid": {K: [4, 3, 4]}, "list": [{K: 3}, {SCALING: "standard"}, {K: 5}]})
    assert (values(trials), trials.n_merged) == ([4, 3, 5], 3)
    assert [trial.trial_id for trial in trials.trials] == [0, 1, 2]


def test_random_draws_are_those_of_their_seed() -> None:
    sweep = {"random": {"n_trials": 6, "seed": 3, "space": {K: {"integer": [2, 1000]}}}}
    first, again = built(sweep), built(sweep)
    sweep["random"]["seed"] = 4  # type: ignore[index]
    assert values(first) == values(again) != values(built(sweep))


# what a trial is


def assert_is_run(base: LoadedConfig, trials: Trials, alone: list[LoadedConfig]) -> None:
    for trial, wanted in zip(trials.trials, alone, strict=True):
        assert trial.config == wanted.config
        assert trial.config_sha256 == config_sha256(wanted.shown)
        found = trial_config(base, trial, random_state=77)
        assert (found.config, found.shown, found.name, found.folder, found.path) == (
            wanted.config,
            wanted.shown,
            wanted.name,
            wanted.folder,
            wanted.path,
        )


def as_yaml(value: Any) -> str:
    return (
        dump(value).removesuffix("\n...\n") if not isinstance(value, dict | list) else str(value).replace("'", '"').replace("None", "null")
    )


SETTINGS: dict[str, list[Any]] = {
    K: [2, "auto", "${COUNT}"],
    SEED: [5, None],
    f"{CLUSTERING}.parameters.n_init": [3],
    SCALING: ["none", "${SCALE}", "${UNSET:-minmax}"],
    f"{PREPROCESSING}.missing_values": ["drop"],
    FEATURES: [["x", "y"], ["${SCALE}"], None],
}


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(list(SETTINGS)), st.integers(0, 2), min_size=1))
def test_a_trial_is_what_the_same_settings_on_the_command_line_give(picked: dict[str, int]) -> None:
    assigned = {path: SETTINGS[path][place % len(SETTINGS[path])] for path, place in picked.items()}
    base = base_of({"list": [assigned]})
    overrides = [f"{path}={as_yaml(value)}" for path, value in assigned.items()]
    alone = load_config(
        {name: part for name, part in source({}).items() if name != "sweep_configuration"}, overrides=overrides, environ=ENVIRON
    )
    assert_is_run(base, build_trials(base, random_state=77), [with_random_state(alone, 77)])


def test_a_trial_of_a_file_is_what_the_file_without_the_sweep_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / ".env").write_text("FOLDER=tables/../more\n")
    text = 'clustering_data: {data_source: "${FOLDER}/t.csv", metadata: {a: 1}}\noutput: {directory: out}\nexecution: {n_jobs: 1}\n'
    (tmp_path / "in" / "c.yaml").write_text(text + f"{CLUSTERING}: {{algorithm: kmeans}}\nsweep_configuration: {{grid: {{{K}: [2, 5]}}}}\n")
    for data in (None, "b/u.csv", "${FOLDER}/u.csv"):
        base = load_config(tmp_path / "in" / "c.yaml", command="sweep", data=data, environ={})
        alone = []
        for k in (2, 5):
            (tmp_path / "in" / "c.yaml").with_name("alone.yaml").write_text(
                text + f"{CLUSTERING}: {{algorithm: kmeans, n_clusters: {k}}}\n"
            )
            (tmp_path / "in" / "alone.yaml").rename(tmp_path / "in" / "c2.yaml")
            alone.append(load_config(tmp_path / "in" / "c2.yaml", data=data, environ={}))
        trials = build_trials(base, random_state=0)
        for trial, wanted in zip(trials.trials, alone, strict=True):
            assert trial_config(base, trial, random_state=0).config == wanted.config
            assert trial.config_sha256 == config_sha256(wanted.shown)


@pytest.mark.parametrize("order", [1, -1])
def test_setting_the_algorithm_starts_clean_but_for_the_seed_whatever_the_order(order: int) -> None:
    clustering = {"algorithm": "kmeans", "n_clusters": 7, "parameters": {"n_init": 4}, "random_state": 9}
    entry = dict([(ALGORITHM, "spectral"), (f"{CLUSTERING}.parameters.n_neighbors", 6)][::order])
    base = base_of({"list": [entry]}, **{CLUSTERING: clustering})
    alone = source({}, **{CLUSTERING: {"algorithm": "spectral", "parameters": {"n_neighbors": 6}, "random_state": 9}})
    assert_is_run(base, build_trials(base, random_state=0), [load_config(alone, environ=ENVIRON)])


def test_any_other_path_changes_the_base_alone() -> None:
    clustering = {"algorithm": "kmeans", "n_clusters": 7, "parameters": {"n_init": 4}, "random_state": 9}
    (trial,) = built({"grid": {f"{CLUSTERING}.parameters.max_iter": [50]}}, **{CLUSTERING: clustering}).trials
    found = trial.config.clustering_configuration
    assert found is not None
    assert (found.n_clusters, found.random_state, found.parameters.model_dump()["n_init"]) == (7, 9, 4)


@pytest.mark.parametrize(("given", "seed"), [({}, 9), ({"random_state": 2}, 2), ({"random_state": None}, 33)])
def test_a_whole_clustering_configuration_replaces_it_but_for_a_seed_it_does_not_give(given: dict[str, Any], seed: int) -> None:
    whole = {"algorithm": "dbscan", "parameters": {"eps": 0.5}, **given}
    clustering = {"algorithm": "kmeans", "n_clusters": 7, "random_state": 9}
    (trial,) = built({"grid": {CLUSTERING: [whole]}}, random_state=33, **{CLUSTERING: clustering}).trials
    found = trial.config.clustering_configuration
    assert found is not None
    assert (found.algorithm, found.n_clusters, found.random_state) == ("dbscan", None, seed)
    assert trial.settings[CLUSTERING]["random_state"] == seed


def test_a_section_is_set_before_what_is_in_it() -> None:
    trials = built({"grid": {K: [2, 4], CLUSTERING: [{"algorithm": "kmeans", "n_clusters": 9}, {"algorithm": "spectral"}]}})
    assert [(trial.settings[CLUSTERING]["algorithm"], trial.settings[K]) for trial in trials.trials] == [
        ("kmeans", 2),
        ("spectral", 2),
        ("kmeans", 4),
        ("spectral", 4),
    ]


def test_a_sweep_need_not_have_a_base_algorithm() -> None:
    sweep = {"grid": {ALGORITHM: ["kmeans", "hdbscan"]}}
    for sections, seed in (({CLUSTERING: None}, 0), ({CLUSTERING: {"random_state": 8}}, 8), ({CLUSTERING: {"random_state": None}}, 5)):
        trials = built(sweep, random_state=5 if seed == 5 else 0, **sections)
        assert [trial.config.clustering_configuration.random_state for trial in trials.trials] == [seed, seed]  # type: ignore[union-attr]


def test_a_seed_of_null_is_the_one_given() -> None:
    trials = built({"grid": {SEED: [None, 1]}}, random_state=123)
    assert values(trials, SEED) == [123, 1]


def test_a_reference_is_shown_as_written_and_used_as_it_is() -> None:
    (trial,) = built({"grid": {FEATURES: [["${SCALE}"]]}}).trials
    assert trial.settings[FEATURES] == ["${SCALE}"]
    assert trial.config.clustering_data.features == ("robust",)


@pytest.mark.parametrize(
    "sweep", [{"grid": {SCALING: ["${SCALE}"]}}, {"random": {"n_trials": 1, "space": {SCALING: {"choice": ["${SCALE}"]}}}}]
)
def test_a_reference_is_kept_by_grids_and_choices_alike(sweep: dict[str, Any]) -> None:
    (trial,) = built(sweep).trials
    assert (trial.settings[SCALING], trial.config.preprocessing_configuration.scaling) == ("${SCALE}", "robust")


def test_a_setting_that_a_trial_has_not_is_none() -> None:
    trials = built({"list": [{ALGORITHM: "dbscan", EPS: 0.5}, {K: 4}]})
    assert (values(trials), values(trials, EPS)) == ([None, 4], [0.5, None])


def test_a_config_object_sweeps_as_its_mapping() -> None:
    sweep = {"list": [{FEATURES: ["a${b}"]}]}
    mapping = source({"list": [{FEATURES: ["a$${b}"]}]})
    by_object = load_config(Config.model_validate(source(sweep)), command="sweep", environ={})
    by_mapping = load_config(mapping, command="sweep", environ={})
    first, second = (build_trials(base, random_state=0).trials[0] for base in (by_object, by_mapping))
    assert first.config.clustering_data.features == second.config.clustering_data.features == ("a${b}",)
    assert first.config_sha256 == second.config_sha256


def test_equal_sections_are_one_object_and_trials_are_small() -> None:
    base = base_of({"grid": {K: list(range(2, 1002)), SCALING: ["none", "minmax"]}})
    build_trials(base, random_state=0)
    tracemalloc.start()
    trials = build_trials(base, random_state=0).trials
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len({id(trial.config.clustering_data) for trial in trials}) == 1
    assert len({id(trial.config.preprocessing_configuration) for trial in trials}) == 2
    assert taken / len(trials) < 6000


# what is refused


def test_more_than_the_limit_is_refused_before_any_is_made() -> None:
    base = base_of({"grid": {f"{CLUSTERING}.parameters.a{place}": list(range(10)) for place in range(9)}})
    started = time.monotonic()
    with pytest.raises(UsageError, match=r"1,000,000,000 combinations") as caught:
        build_trials(base, random_state=0)
    assert time.monotonic() - started < 1
    assert "--yes" in str(caught.value.hint)


def test_the_limit_counts_all_sources_and_can_be_lifted() -> None:
    base = base_of({"grid": {SEED: list(range(MOST_TRIALS))}, "list": [{K: 4}]})
    with pytest.raises(UsageError, match="10,001"):
        build_trials(base, random_state=0)
    few = base_of({"grid": {K: [2, 3]}})
    assert build_trials(few, random_state=0, many=True) == build_trials(few, random_state=0)


@pytest.mark.parametrize("sweep", [{}, {"grid": {}}, {"grid": []}, {"grid": [{}]}, {"list": []}, {"rank_by": ["silhouette_score"]}])
def test_nothing_to_sweep_is_told_with_an_example(sweep: dict[str, Any]) -> None:
    error = refused(sweep)
    assert "nothing to sweep" in error.message
    assert "grid" in str(error.hint)


def test_one_mistake_of_many_combinations_is_one_line_that_names_the_first(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(
        "clustering_data: {data_source: a.csv}\n"
        "clustering_configuration: {algorithm: hierarchical}\n"
        "sweep_configuration:\n"
        "  grid:\n"
        f"    - {{{K}: [2]}}\n"
        f"    - {{{LINKAGE}: [ward, average], {PREPROCESSING}.categorical: [gower, onehot], {K}: [2, 3, 4]}}\n"
    )
    with pytest.raises(ConfigError) as caught:
        build_trials(load_config(path, command="sweep"), random_state=0)
    message = caught.value.message
    assert message.startswith(f"{path}: line 6: sweep_configuration.grid[1]: linkage: ward, categorical: gower, n_clusters: 2 ")
    assert "(and 2 more combinations): clustering_configuration.parameters.linkage: " in message
    assert "split the grid" in str(caught.value.hint)


def test_every_mistake_is_told_at_once_those_that_differ_on_their_own_lines() -> None:
    error = refused({"grid": {K: [0, 2, -1], SCALING: ["standard", "standart"]}})
    assert "5 combinations" in error.message
    assert len(error.details) == 3
    text = told(error)
    assert "got 0" in text
    assert "got -1" in text
    assert "did you mean standard?" in text


def test_after_twenty_lines_the_rest_is_counted() -> None:
    error = refused({"grid": {K: list(range(-30, 0))}})
    assert len(error.details) == 21
    assert error.details[-1] == "and 10 more"


def test_the_same_mistake_of_many_draws_is_told_once() -> None:
    error = refused({"random": {"n_trials": 30, "space": {f"{CLUSTERING}.parameters.n_init": {"uniform": [0, 1]}}}})
    assert "sweep_configuration.random: n_init: 0." in error.message
    assert "(and 29 more combinations)" in error.message


def test_a_combination_that_is_no_config_names_its_grid_and_all_of_it() -> None:
    message = refused({"grid": {ALGORITHM: ["kmeans", "dbscan"], EPS: [0.5]}}).message
    assert message.startswith("config: sweep_configuration.grid: algorithm: kmeans, eps: 0.5: clustering_configuration.parameters.eps: ")


def test_an_unknown_key_gets_the_remedy_of_the_ordinary_loader() -> None:
    assert "unknown key" in (text := told(refused({"grid": {f"{CLUSTERING}.n_cluster": [2]}})))
    assert "did you mean n_clusters?" in text


def test_a_trial_without_an_algorithm_is_no_config() -> None:
    text = told(refused({"grid": {SCALING: ["none"]}}, **{CLUSTERING: None}))
    assert "clustering_configuration: is required" in text
    assert "algorithm: is required" in told(refused({"grid": {K: [3]}}, **{CLUSTERING: {"random_state": 1}}))


def test_a_misspelt_algorithm_of_the_base_is_not_taken_for_one_left_open() -> None:
    with pytest.raises(ConfigError, match="did you mean algorithm"):
        base_of({"grid": {ALGORITHM: ["kmeans"]}}, **{CLUSTERING: {"algoritm": "kmeans"}})


def test_a_run_still_needs_an_algorithm() -> None:
    with pytest.raises(ConfigError, match="is required"):
        load_config(source({"grid": {ALGORITHM: ["kmeans"]}}, **{CLUSTERING: {"random_state": 3}}))


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("clustering_data.data_source", "one table"),
        ("clustering_data", "one table"),
        ("clustering_data.features.0", "one table"),
        ("evaluation_configuration.evaluation_metrics", "scored alike"),
        ("output.directory", "neither the labels nor the scores"),
        ("execution.n_jobs", "neither the labels nor the scores"),
        ("visualization_configuration.plot_types", "neither"),
        ("sweep_configuration.rank_by", "neither"),
        ("recommend_configuration", "neither"),
        ("privacy.drop", "seen in one way"),
        ("n_clusters", "did you mean clustering_configuration.n_clusters?"),
        ("scaling", "did you mean preprocessing_configuration.scaling?"),
        ("eps", "did you mean clustering_configuration.parameters.eps?"),
        ("clustering_confguration.n_clusters", "did you mean clustering_configuration?"),
        ("clustering_configuration..n_clusters", "no dotted path"),
    ],
)
@pytest.mark.parametrize("form", ["grid", "grids", "list", "random"])
def test_what_cannot_be_swept_is_refused_with_the_reason(path: str, reason: str, form: str) -> None:
    sweep: dict[str, Any] = {
        "grid": {"grid": {path: [1]}},
        "grids": {"grid": [{K: [2]}, {path: [1]}]},
        "list": {"list": [{path: 1}]},
        "random": {"random": {"n_trials": 1, "space": {path: {"choice": [1]}}}},
    }[form]
    text = told(refused(sweep))
    assert path in text
    assert reason in text


@pytest.mark.parametrize(
    ("sweep", "sections", "said"),
    [
        ({"rank_by": ["silhouete_score"]}, {}, "did you mean silhouette_score?"),
        ({"rank_by": ["n_clusters"]}, {}, "neither more clusters nor fewer"),
        ({"rank_by": ["stability"]}, {}, "validate: true"),
        ({"constraints": {"prediction_strength": {"min": 0.8}}}, {}, "validate: true"),
        ({"rank_by": ["stability"], "validate": True}, {"evaluation_configuration": {"cross_validation": False}}, "cross_validation"),
        ({"rank_by": ["adjusted_rand_score"]}, {}, "target_variable"),
        ({"constraints": {"v_measure_score": {"min": 0.1}}}, {}, "target_variable"),
        ({"rank_by": ["inertia"]}, {"evaluation_configuration": {"evaluation_metrics": ["dbcv"]}}, "evaluation_metrics holds dbcv"),
        (
            {"constraints": {"dbcv": {"min": 0}}},
            {"evaluation_configuration": {"evaluation_metrics": []}},
            "evaluation_metrics holds nothing",
        ),
        ({"rank_by": ["inertia"], "rank_space": {"categorical": "gower"}}, {}, "rank_space.categorical is gower"),
        ({"rank_space": {"n_components": 3}}, {}, "dimensionality_reduction"),
    ],
)
def test_what_cannot_rank_or_bound_is_refused_with_the_reason(sweep: dict[str, Any], sections: dict[str, Any], said: str) -> None:
    assert said in told(refused({"grid": {K: [2, 3]}, **sweep}, **sections))


@pytest.mark.parametrize(
    ("sweep", "sections"),
    [
        ({"rank_by": ["noise_fraction", "smallest_cluster"], "constraints": {"n_clusters": {"max": 9}}}, {}),
        ({"rank_by": ["stability", "prediction_strength"], "validate": True}, {}),
        ({"rank_by": ["adjusted_rand_score"]}, {"clustering_data": {"data_source": "a.csv", "target_variable": "y"}}),
        ({"rank_by": ["silhouette_score"], "rank_space": {"categorical": "gower"}}, {}),
        ({"constraints": {"inertia": {"max": 5}}, "rank_by": ["dbcv"], "rank_space": {"categorical": "gower"}}, {}),
    ],
)
def test_what_can_rank_or_bound_is_taken(sweep: dict[str, Any], sections: dict[str, Any]) -> None:
    assert len(built({"grid": {K: [2, 3]}, **sweep}, **sections).trials) == 2


def test_metrics_that_need_means_are_refused_where_every_trial_is_gower() -> None:
    gower = {PREPROCESSING: {"categorical": "gower"}, CLUSTERING: {"algorithm": "hdbscan"}}
    sweep = {"grid": {f"{CLUSTERING}.parameters.min_cluster_size": [5, 9]}, "rank_by": ["inertia"]}
    assert "preprocessing_configuration.categorical is gower" in told(refused(sweep, **gower))
    sweep["grid"] = {f"{PREPROCESSING}.categorical": ["onehot", "gower"]}
    assert len(built(sweep, **gower).trials) == 2
