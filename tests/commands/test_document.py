"""results.json keeps its word: every key, no made-up number, a reason for every null, whatever the algorithm finds."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import clusterctl
from clusterctl.commands.schema import schema

CASES: dict[str, dict[str, Any]] = {
    "clusters": {"clustering_configuration": {"algorithm": "kmeans", "n_clusters": 3}},
    "noise": {"clustering_configuration": {"algorithm": "dbscan", "parameters": {"eps": 0.25, "min_samples": 5}}},
    "all noise": {"clustering_configuration": {"algorithm": "dbscan", "parameters": {"eps": 1e-9}}},
    "one cluster": {"clustering_configuration": {"algorithm": "kmeans", "n_clusters": 1}},
    "one cluster by density": {"clustering_configuration": {"algorithm": "dbscan", "parameters": {"eps": 50.0}}},
    "linkage": {"clustering_configuration": {"algorithm": "hierarchical", "n_clusters": 3}},
    "mixture": {"clustering_configuration": {"algorithm": "gaussian_mixture", "n_clusters": 3}},
    "hdbscan": {"clustering_configuration": {"algorithm": "hdbscan"}},
    "optics": {"clustering_configuration": {"algorithm": "optics"}},
    "spectral": {"clustering_configuration": {"algorithm": "spectral", "n_clusters": 3}},
    "gower": {
        "clustering_configuration": {"algorithm": "hierarchical", "n_clusters": 3, "parameters": {"linkage": "average"}},
        "preprocessing_configuration": {"missing_values": "drop", "categorical": "gower"},
    },
    "nothing extra": {
        "clustering_configuration": {"algorithm": "kmeans", "n_clusters": 3},
        "evaluation_configuration": {
            "evaluation_metrics": [],
            "cross_validation": False,
            "silhouette_analysis": False,
            "cluster_validation": False,
        },
        "visualization_configuration": {"generate_plots": False},
        "output": {"assignments": "sidecar"},
    },
    "outliers": {
        "clustering_configuration": {"algorithm": "kmeans", "n_clusters": 3},
        "preprocessing_configuration": {"missing_values": "drop", "outlier_detection": True, "outlier_fraction": 0.05},
        "output": {"embed_plots": False},
    },
    "every row a cluster": {
        "clustering_data": {"data_source": "table.csv", "features": ["x"]},
        "preprocessing_configuration": {"missing_values": "drop"},
        "clustering_configuration": {"algorithm": "hierarchical", "n_clusters": 118},
    },
}


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(1)
    which = np.repeat([0, 1, 2], 40)
    frame = pd.DataFrame({"x": which * 9 + rng.normal(size=120), "y": which * -7 + rng.normal(size=120)})
    frame["shop"] = np.array(["north", "south", "east"])[which]
    frame["truth"] = which
    frame.loc[[5, 77], "x"] = np.nan
    path = tmp_path_factory.mktemp("data") / "table.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module", params=CASES)
def run(request: pytest.FixtureRequest, table: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Any]:
    folder = tmp_path_factory.mktemp("run") / "out"
    config = {
        "clustering_data": {"data_source": str(table), "target_variable": "truth"},
        "preprocessing_configuration": {"missing_values": "drop"},
        **CASES[request.param],
    }
    config["clustering_data"] = {**config["clustering_data"], "data_source": str(table)}
    config["output"] = {**config.get("output", {}), "directory": str(folder)}
    clusterctl.run(config)
    return request.param, folder, json.loads((folder / "results.json").read_text())


def nulls(value: Any, path: str = "") -> Iterator[str]:
    if value is None:
        yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from nulls(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from nulls(inner, f"{path}[{place}]")


def numbers(value: Any) -> Iterator[float]:
    if isinstance(value, float):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from numbers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from numbers(inner)


def explains(note: str, path: str) -> bool:
    """Whether a note is for the value at a path, for a part it lies in, or for every item of its list."""
    pattern = re.escape(note).replace(re.escape("[*]"), r"\[\d+\]").replace(re.escape("*"), r"[^.]+")
    return re.match(rf"{pattern}($|[.\[])", path) is not None


def test_the_document_is_valid_against_the_schema_that_is_printed(run: tuple[str, Path, Any]) -> None:
    jsonschema.Draft202012Validator(schema("output")).validate(run[2])


def test_every_null_has_its_reason(run: tuple[str, Path, Any]) -> None:
    document = run[2]
    notes = [note["path"] for note in document["metadata"]["notes"]]
    own = ("metadata.config", "metadata.execution", "clustering_results.model_info.parameters")
    bare = [path for path in nulls(document) if not path.startswith(own) and not any(explains(note, path) for note in notes)]
    assert bare == []


def test_every_note_is_for_a_null_or_a_value_that_is_there(run: tuple[str, Path, Any]) -> None:
    for note in run[2]["metadata"]["notes"]:
        value: Any = run[2]
        for key in note["path"].split("[")[0].split("."):
            assert key in value, note
            value = value[key]


def test_no_number_is_infinite_or_undefined(run: tuple[str, Path, Any]) -> None:
    assert all(math.isfinite(number) for number in numbers(run[2]))


def test_assignments_have_a_row_an_input_row_in_input_order(run: tuple[str, Path, Any], table: Path) -> None:
    _, folder, document = run
    rows = pq.read_table(folder / "assignments.parquet").to_pylist()
    assert [row["sample_id"] for row in rows] == [str(number) for number in range(120)]
    inline = document["clustering_results"]["clusters"]["cluster_assignments"]
    if inline is not None:
        assert inline == [{name: row[name] for name in ("sample_id", "cluster_id", "confidence")} for row in rows]
    for row in rows:
        assert (row["cluster_id"] is None) == (row["status"] == "dropped") == (row["confidence"] is None)
        assert (row["cluster_id"] == -1) == (row["status"] in ("noise", "excluded"))
        if row["status"] in ("noise", "excluded"):
            assert row["confidence"] == 0


def test_clusters_are_numbered_by_falling_size_and_ties_by_first_row(run: tuple[str, Path, Any]) -> None:
    labels = [row["cluster_id"] for row in pq.read_table(run[1] / "assignments.parquet").to_pylist() if (row["cluster_id"] or 0) >= 0]
    found = [label for label in labels if label is not None]
    order = sorted(set(found), key=lambda label: (-found.count(label), found.index(label)))
    assert order == list(range(len(order)))


def test_sizes_agree_everywhere(run: tuple[str, Path, Any]) -> None:
    document = run[2]
    results, counts = document["clustering_results"], document["metadata"]["data_statistics"]
    statuses = pq.read_table(run[1] / "assignments.parquet")["status"].to_pylist()
    assert [counts[f"n_{status}"] for status in ("clustered", "noise", "excluded", "dropped")] == [
        statuses.count(status) for status in ("clustered", "noise", "excluded", "dropped")
    ]
    sizes = [center["cluster_size"] for center in results["clusters"]["cluster_centers"]]
    assert sum(sizes) == counts["n_clustered"]
    assert len(sizes) == results["model_info"]["n_clusters"] == len(results["cluster_analysis"]["cluster_profiles"])
    outliers = results["cluster_analysis"]["outlier_analysis"]
    assert len(outliers["outliers"]) == len(outliers["outlier_scores"]) == counts["n_noise"] + counts["n_excluded"]


def test_centres_are_the_means_in_original_units(run: tuple[str, Path, Any], table: Path) -> None:
    frame = pd.read_csv(table)
    rows = pq.read_table(run[1] / "assignments.parquet")["cluster_id"].to_pandas()
    results = run[2]["clustering_results"]
    for center in results["clusters"]["cluster_centers"]:
        own = frame[rows == center["cluster_id"]]
        expected = [own[name].mean() for name in results["model_info"]["numeric_features"]]
        assert center["center_coordinates"] == pytest.approx(expected)


def test_importance_adds_up_to_one_where_there_is_any(run: tuple[str, Path, Any]) -> None:
    shares = [entry["importance"] for entry in run[2]["clustering_results"]["cluster_analysis"]["feature_importance"]]
    known = [share for share in shares if share is not None]
    assert known == [] or sum(known) == pytest.approx(1) or all(share == 0 for share in known)


def test_a_single_cluster_or_none_is_a_valid_result_with_a_warning(run: tuple[str, Path, Any]) -> None:
    name, _, document = run
    if name not in ("all noise", "one cluster", "one cluster by density"):
        return
    assert document["clustering_results"]["model_info"]["n_clusters"] == (0 if name == "all noise" else 1)
    assert document["clustering_results"]["evaluation_metrics"]["silhouette_score"] is None
    codes = [warning["code"] for warning in document["metadata"]["warnings"]]
    assert ("no_clusters" if name == "all noise" else "single_cluster") in codes
