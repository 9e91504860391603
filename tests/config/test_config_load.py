"""Loading: overrides, paths, defaults, what is shown, and that what is written gives the same config again."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterctl.config.load import load_config, with_random_state
from clusterctl.config.models import Config
from clusterctl.config.registries import algorithms
from clusterctl.config.scalars import dump
from clusterctl.config.written import canonical, config_sha256, written_config
from clusterctl.config.yaml import parse
from clusterctl.errors import ConfigError, UsageError

GOOD = "clustering_data: {data_source: data/a.csv}\nclustering_configuration: {algorithm: kmeans}\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    file = folder / "mine.yaml"
    file.write_text(GOOD)
    return file


def minimal(algorithm: str = "kmeans", **sections: Any) -> dict[str, Any]:
    return {"clustering_data": {"data_source": "a.csv"}, "clustering_configuration": {"algorithm": algorithm}, **sections}


def test_defaults_are_those_of_the_contract() -> None:
    shown = load_config(minimal(), environ={}).shown
    assert shown["clustering_configuration"]["n_clusters"] == "auto"
    assert shown["clustering_configuration"]["random_state"] == 0
    assert shown["clustering_configuration"]["parameters"]["n_init"] == 10
    assert shown["preprocessing_configuration"] == {
        "missing_values": "error",
        "categorical": "onehot",
        "text": "drop",
        "transform": "none",
        "scaling": "standard",
        "outlier_detection": False,
        "outlier_action": "exclude",
        "outlier_fraction": "auto",
        "feature_selection": False,
        "dimensionality_reduction": "none",
        "n_components": None,
    }
    assert shown["output"] == {"directory": None, "assignments": "auto", "table": "none", "embed_plots": True, "align_to": "none"}
    assert shown["execution"]["n_jobs"] == -1
    assert shown["execution"]["executor"] == "processes"


@pytest.mark.parametrize("name", list(algorithms()))
def test_n_clusters_is_auto_where_one_is_taken_and_null_elsewhere(name: str) -> None:
    expected = "auto" if algorithms()[name].takes_n_clusters else None
    assert load_config(minimal(name), environ={}).shown["clustering_configuration"]["n_clusters"] == expected


def test_n_clusters_is_null_where_a_distance_threshold_stands_in_for_it() -> None:
    given = minimal("hierarchical")
    given["clustering_configuration"]["parameters"] = {"distance_threshold": 2.5}
    assert load_config(given, environ={}).shown["clustering_configuration"]["n_clusters"] is None


def test_empty_sections_mean_their_defaults(path: Path) -> None:
    plain = load_config(path, environ={}).shown
    path.write_text(GOOD + "preprocessing_configuration:\n  # scaling: none\noutput:\n")
    assert load_config(path, environ={}).shown == plain


def test_recommend_needs_no_clustering_configuration() -> None:
    loaded = load_config({"clustering_data": {"data_source": "a.csv"}}, command="recommend", environ={})
    assert loaded.config.clustering_configuration is None
    assert "clustering_configuration" not in loaded.shown


def test_json_config_is_read_as_the_same_config(path: Path) -> None:
    other = path.with_suffix(".json")
    other.write_text(json.dumps(parse(GOOD, "c").value, indent="\t"))
    assert load_config(other, environ={}).shown == load_config(path, environ={}).shown


def test_config_object_gives_the_same_config() -> None:
    first = load_config(minimal(output={"directory": "a$${b}"}), environ={})
    again = load_config(first.config, environ={})
    assert again.config == first.config
    assert again.shown == first.shown


def test_model_checks_sections_against_each_other_without_the_loader() -> None:
    with pytest.raises(ValueError, match="n_components"):
        Config.model_validate(minimal(preprocessing_configuration={"n_components": 2}))


def test_loaded_config_can_be_sent_to_a_worker() -> None:
    loaded = load_config(minimal("hdbscan"), environ={})
    assert pickle.loads(pickle.dumps(loaded)).config == loaded.config  # noqa: S301


def test_name_and_folder_come_from_the_config_file(path: Path) -> None:
    loaded = load_config(str(path), environ={})
    assert (loaded.name, loaded.folder, loaded.path) == ("mine", path.parent.resolve(), path)


def test_name_comes_from_the_data_for_a_mapping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    loaded = load_config(minimal(), data="x/customers.csv.gz", environ={})
    assert (loaded.name, loaded.folder, loaded.path) == ("customers", tmp_path, None)


@pytest.mark.parametrize(
    ("override", "section", "key", "expected"),
    [
        ("preprocessing_configuration.scaling=none", "preprocessing_configuration", "scaling", "none"),
        ("clustering_configuration.parameters.tol=1e-3", "clustering_configuration", "parameters", None),
        ("evaluation_configuration.evaluation_metrics=[dbcv]", "evaluation_configuration", "evaluation_metrics", ["dbcv"]),
        ("evaluation_configuration.gates.dbcv.min=0.5", "evaluation_configuration", "gates", None),
        ("clustering_configuration.random_state=null", "clustering_configuration", "random_state", None),
        ("output={table: csv}", "output", "table", "csv"),
    ],
)
def test_override_sets_a_value(path: Path, override: str, section: str, key: str, expected: Any) -> None:
    shown = load_config(path, overrides=[override], environ={}).shown
    if expected is not None or "null" in override:
        assert shown[section][key] == expected
    assert shown != load_config(path, environ={}).shown


def test_later_override_wins(path: Path) -> None:
    overrides = ["clustering_configuration.n_clusters=3", "clustering_configuration.n_clusters=4"]
    assert load_config(path, overrides=overrides, environ={}).shown["clustering_configuration"]["n_clusters"] == 4


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("preprocessing_configuration.scalling=none", "--set: preprocessing_configuration.scalling: unknown key"),
        ("preprocesing_configuration.scaling=none", "did you mean preprocessing_configuration?"),
        ("clustering_configuration.n_clusters='3'", '--set: clustering_configuration.n_clusters: got "3"'),
        ("clustering_configuration.algorithm.x=1", "--set: clustering_configuration.algorithm: holds no keys"),
        ("clustering_data=null", "clustering_data: is required"),
        ("clustering_data.data_source=null", "clustering_data.data_source: got null"),
        ("output={table: csv, table: none}", "--set: output.table: given twice"),
    ],
)
def test_wrong_override_is_told_with_its_path(path: Path, override: str, expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(path, overrides=[override], environ={})
    assert expected in caught.value.message


def test_override_that_is_no_yaml_names_itself(path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--set output\.table: line 1"):
        load_config(path, overrides=["output.table=[a"], environ={})


@pytest.mark.parametrize("text", ["scaling", "=3", "a..b=3", ""])
def test_override_without_path_and_value_is_a_usage_error(path: Path, text: str) -> None:
    with pytest.raises(UsageError):
        load_config(path, overrides=[text], environ={})


def found(path: Path, **options: Any) -> Path:
    loaded = load_config(path, environ={"REL": "here/b.csv", "ABS": "/abs/b.csv"}, **options)
    return Path(os.path.normpath(loaded.folder / loaded.config.clustering_data.data_source))


def test_data_source_in_the_file_is_relative_to_the_file(path: Path) -> None:
    assert found(path) == path.parent.resolve() / "data/a.csv"


@pytest.mark.parametrize("option", ["data", "overrides"])
@pytest.mark.parametrize(
    ("text", "expected"), [("here/b.csv", "here/b.csv"), ("${REL}", "here/b.csv"), ("${ABS}", "/abs/b.csv"), ("/abs/b.csv", "/abs/b.csv")]
)
def test_data_source_on_the_command_line_is_relative_to_the_current_folder(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, text: str, expected: str
) -> None:
    cwd = tmp_path / "elsewhere"
    cwd.mkdir()
    monkeypatch.chdir(cwd)
    given: dict[str, Any] = {"data": text} if option == "data" else {"overrides": [f"clustering_data.data_source={text}"]}
    assert found(path, **given) == cwd.resolve() / expected


def test_written_config_runs_the_same_from_its_own_folder(path: Path, tmp_path: Path) -> None:
    (path.parent / "data").mkdir()
    (path.parent / "data/a.csv").write_text("x\n1\n")
    first = load_config(path, overrides=["output.directory=runs/x", "clustering_configuration.random_state=null"], environ={})
    out = tmp_path / "deep/er/run"
    out.mkdir(parents=True)
    (out / "config.yaml").write_text(written_config(first, out, 77))
    (out / "results.json").write_text("{}")
    again = load_config(out / "config.yaml", environ={})
    drawn = with_random_state(first, 77)
    assert (again.folder / again.config.clustering_data.data_source).is_file()
    assert canonical(again.shown) == canonical(drawn.shown)
    assert config_sha256(again.shown) == config_sha256(drawn.shown)
    assert again.config.clustering_configuration == drawn.config.clustering_configuration
    assert again.config.output.directory is None
    assert again.name == "run-again"
    assert written_config(again, out, 77) == written_config(first, out, 77)


def test_written_config_keeps_references(path: Path, tmp_path: Path) -> None:
    path.write_text(GOOD.replace("data/a.csv", "'data/${NAME}.csv'"))
    out = tmp_path / "run"
    out.mkdir()
    text = written_config(load_config(path, environ={"NAME": "a"}), out, 0)
    assert "data_source: ../project/data/${NAME}.csv\n" in text


def test_written_config_holds_no_password() -> None:
    given = minimal()
    given["clustering_data"] = {"data_source": "postgresql://me:secret@h/db", "read_options": {"query": "select 1"}}
    loaded = load_config(given, environ={})
    assert "postgresql://me:${DATA_SOURCE_PASSWORD}@h/db" in written_config(loaded, Path("out"), 0)
    assert "secret" not in json.dumps(canonical(loaded.shown))


def test_hash_depends_on_what_is_computed_alone() -> None:
    plain = config_sha256(load_config(minimal(), environ={}).shown)
    how = minimal(output={"directory": "x", "table": "csv"}, execution={"n_jobs": 2, "max_memory": "4G"})
    assert config_sha256(load_config(how, environ={}).shown) == plain
    assert config_sha256(load_config(minimal(), data="/other/place/a.csv", environ={}).shown) == plain
    assert config_sha256(load_config(minimal(), data="b.csv", environ={}).shown) != plain
    assert config_sha256(load_config(minimal("dbscan"), environ={}).shown) != plain
    assert len(plain) == 64


def test_seed_is_replaced_only_where_it_is_null() -> None:
    loaded = load_config(minimal(), environ={})
    assert with_random_state(loaded, 5) is loaded
    null = load_config(minimal(), overrides=["clustering_configuration.random_state=null"], environ={})
    assert with_random_state(null, 5).shown["clustering_configuration"]["random_state"] == 5
    assert null.shown["clustering_configuration"]["random_state"] is None


names = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=8)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SPACE = {"clustering_configuration.parameters.eps": {"uniform": [0, 1]}, "preprocessing_configuration.scaling": {"choice": [1, "c"]}}
SIZES = ["4G", "1.5GiB", 10**9]
configs = st.fixed_dictionaries(
    {
        "clustering_data": st.fixed_dictionaries(
            {"data_source": st.sampled_from(["a.csv", "../b.csv", "https://h/x?y=1", "-", "sqlite:///a.db", "/x/${Y:-z}.csv"])},
            optional={
                "features": st.lists(names.map(lambda name: name.replace("${", "$${")), min_size=1, max_size=4, unique=True),
                "metadata": st.dictionaries(names, numbers | st.booleans() | st.none()),
                "read_options": st.just({"separator": ";", "decimal": ","}),
            },
        ),
        "clustering_configuration": st.sampled_from(list(algorithms())).flatmap(
            lambda name: st.fixed_dictionaries(
                {"algorithm": st.just(name)},
                optional={
                    "random_state": st.none() | st.integers(0, 2**32 - 1),
                    "n_clusters": st.integers(1, 99) | st.just("auto") if algorithms()[name].takes_n_clusters else st.none(),
                },
            )
        ),
    },
    optional={
        "preprocessing_configuration": st.fixed_dictionaries(
            {},
            optional={
                "scaling": st.sampled_from(["standard", "minmax", "robust", "none", "${S:-none}"]),
                "outlier_fraction": st.just("auto") | st.floats(0.01, 0.49),
                "outlier_detection": st.booleans(),
            },
        ),
        "evaluation_configuration": st.fixed_dictionaries(
            {}, optional={"gates": st.just({"noise_fraction": {"max": 0.3}, "n_clusters": {"min": 2, "warn_max": 9}})}
        ),
        "execution": st.fixed_dictionaries({}, optional={"max_memory": st.sampled_from(SIZES), "n_jobs": st.integers(1, 8)}),
        "output": st.none() | st.fixed_dictionaries({"directory": names.map(lambda name: name.replace("$", "_"))}),
        "sweep_configuration": st.sampled_from(
            [
                {},
                {"grid": {"clustering_configuration.n_clusters": [1, "x"]}, "rank_by": ["dbcv"]},
                {"list": [{"clustering_data.features": None}], "validate": True},
                {
                    "random": {"n_trials": 3, "space": SPACE},
                    "constraints": {"dbcv": {"min": 0}},
                },
            ]
        ),
    },
)


@settings(max_examples=60, deadline=None)
@given(configs)
def test_what_is_shown_loads_as_the_same_config(given: dict[str, Any]) -> None:
    first = load_config(given, environ={})
    again = load_config(parse(dump(first.shown), "c.yaml").value, environ={})
    assert again.config == first.config
    assert again.shown == first.shown
    assert config_sha256(again.shown) == config_sha256(first.shown)
