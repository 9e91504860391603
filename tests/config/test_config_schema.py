"""The JSON Schema: valid in both drafts, accepts what the loader accepts, refuses what it can see is wrong."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from clusterctl.config.load import load_config
from clusterctl.config.models import Config
from clusterctl.config.registries import algorithms, metrics, plots
from clusterctl.config.schema import input_schema
from clusterctl.config.yaml import parse

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))
VALIDATORS = [jsonschema.Draft202012Validator(input_schema()), jsonschema.Draft7Validator(input_schema())]


def config(**sections: Any) -> dict[str, Any]:
    return {"clustering_data": {"data_source": "a.csv"}, "clustering_configuration": {"algorithm": "kmeans"}, **sections}


def test_schema_is_valid_in_both_drafts() -> None:
    for validator in VALIDATORS:
        validator.check_schema(input_schema())


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_schema_accepts_the_configs_of_the_repository(path: Path) -> None:
    tree = parse(path.read_text(encoding="utf-8"), path.name).value
    for validator in VALIDATORS:
        assert list(validator.iter_errors(tree)) == []


@pytest.mark.parametrize("name", list(algorithms()))
def test_schema_accepts_a_config_with_every_default_written_out(name: str) -> None:
    shown = load_config(config(clustering_configuration={"algorithm": name}), environ={}).shown
    for validator in VALIDATORS:
        assert list(validator.iter_errors(shown)) == []


def scalars(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else None
    if items is None:
        yield path
    else:
        for key, value in items:
            yield from scalars(value, (*path, key))


NO_SCALARS = {"features", "evaluation_metrics", "plot_types", "na_values", "algorithm"}
FULL = load_config(config(), environ={}).shown


@pytest.mark.parametrize("path", [path for path in scalars(FULL) if path[-1] not in NO_SCALARS], ids=lambda path: ".".join(map(str, path)))
def test_schema_accepts_a_reference_in_place_of_any_scalar(path: tuple[Any, ...]) -> None:
    tree = copy.deepcopy(FULL)
    inner = tree
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = "${NAME:-1}"
    for validator in VALIDATORS:
        assert list(validator.iter_errors(tree)) == []


@pytest.mark.parametrize(
    "sections",
    [
        {"preprocessing_configuration": None, "output": None},
        {"execution": {"max_memory": "4G", "timeout": 3}},
        {"execution": {"max_memory": 4096}},
        {"sweep_configuration": {"grid": {"clustering_configuration.n_clusters": [1]}}},
        {
            "sweep_configuration": {
                "grid": [{"clustering_configuration.n_clusters": [1]}],
                "list": [{"preprocessing_configuration.scaling": 2}],
                "validate": True,
            }
        },
        {
            "sweep_configuration": {
                "random": {"n_trials": 2, "space": {"clustering_configuration.parameters.eps": {"uniform": [0, 1]}}},
                "rank_space": {"scaling": "none"},
            }
        },
        {"evaluation_configuration": {"gates": {"stability": {"min": 0.6}}, "evaluation_metrics": list(metrics())}},
        {"visualization_configuration": {"plot_types": list(plots())}},
    ],
)
def test_schema_accepts_what_the_loader_accepts(sections: dict[str, Any]) -> None:
    tree = config(**sections)
    tree["clustering_data"]["target_variable"] = "t"
    load_config(tree, environ={})
    for validator in VALIDATORS:
        assert list(validator.iter_errors(tree)) == []


@pytest.mark.parametrize(
    "sections",
    [
        {"preprocesing_configuration": {}},
        {"preprocessing_configuration": {"scaling": "no"}},
        {"preprocessing_configuration": {"outlier_fraction": 0.5}},
        {"clustering_configuration": {"algorithm": "kmean"}},
        {"clustering_configuration": {"algorithm": "kmeans", "parameters": {"eps": 1}}},
        {"clustering_configuration": {"algorithm": "dbscan", "n_clusters": 3}},
        {"clustering_configuration": {"algorithm": "kmeans", "n_clusters": "3"}},
        {"evaluation_configuration": {"evaluation_metrics": ["silhouette"]}},
        {"evaluation_configuration": {"gates": {"silhouette": {"min": 1}}}},
        {"visualization_configuration": {"plot_types": ["pie"]}},
        {"execution": {"max_memory": "lots"}},
        {"sweep_configuration": {"grid": {"clustering_configuration.n_clusters": 1}}},
        {"clustering_data": {}},
    ],
)
def test_schema_refuses_what_an_editor_should_underline(sections: dict[str, Any]) -> None:
    for validator in VALIDATORS:
        assert list(validator.iter_errors(config(**sections)))


def test_every_key_is_described() -> None:
    for name, section in Config.model_fields.items():
        assert name in input_schema()["properties"]
        model: Any = section.annotation
        if hasattr(model, "model_fields"):
            assert all(field.description for field in model.model_fields.values()), name


def test_the_schema_file_for_editors_is_up_to_date() -> None:
    import json

    path = ROOT / "configs/schema/input.json"
    if not path.is_file():
        pytest.skip("configs/schema/input.json is not written yet")
    assert json.loads(path.read_text(encoding="utf-8")) == json.loads(json.dumps(input_schema()))
