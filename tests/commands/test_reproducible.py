"""The same config, data, versions and seed give the same results.json, at any number of jobs, for every algorithm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from finished_files import without_exempt

import clusterctl
from clusterctl.algorithms.registry import ALGORITHMS

PARAMETERS: dict[str, dict[str, Any]] = {
    "kmeans": {"n_init": 4},
    "dbscan": {"min_samples": 6},
    "hierarchical": {"linkage": "average"},
    "spectral": {"n_neighbors": 12},
    "gaussian_mixture": {"n_init": 2},
    "hdbscan": {"min_cluster_size": 12},
    "optics": {"min_samples": 8},
}


def a_table(path: Path) -> Path:
    rng = np.random.default_rng(4)
    centers = rng.uniform(-7, 7, (4, 3))
    which = rng.integers(0, 4, 300)
    frame = pd.DataFrame(centers[which] + rng.normal(size=(300, 3)), columns=["height", "weight", "age"])
    frame["colour"] = np.array(["red", "green", "blue", "red"])[which]
    frame["kind"] = np.array(["a", "b", "c", "d"])[which]
    frame.loc[[3, 40], "weight"] = np.nan
    frame.insert(0, "id", [f"row-{number}" for number in range(300)])
    frame.to_csv(path, index=False)
    return path


def a_config(folder: Path, algorithm: str, **sections: Any) -> Path:
    a_table(folder / "table.csv")
    config = {
        "clustering_data": {"data_source": "table.csv", "id_column": "id", "target_variable": "kind"},
        "clustering_configuration": {"algorithm": algorithm, "parameters": PARAMETERS[algorithm], "random_state": 7},
        "preprocessing_configuration": {"missing_values": "median", "outlier_detection": True, "outlier_fraction": 0.02},
        **sections,
    }
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(config))
    return path


def results_of(folder: Path) -> Any:
    return without_exempt(json.loads((folder / "results.json").read_text()))


def test_every_algorithm_is_tried() -> None:
    assert set(PARAMETERS) == set(ALGORITHMS)


@pytest.mark.parametrize("algorithm", PARAMETERS)
def test_running_the_written_config_again_gives_the_same_results_at_any_number_of_jobs(tmp_path: Path, algorithm: str) -> None:
    config = a_config(tmp_path, algorithm)
    first, second = tmp_path / "deep" / "down" / "first", tmp_path / "second"
    clusterctl.run(config, overrides=[f"output.directory={first}", "execution.n_jobs=1"])
    clusterctl.run(first / "config.yaml", overrides=[f"output.directory={second}", "execution.n_jobs=3"])
    assert results_of(first) == results_of(second)
    for name in ("assignments.parquet", "points.npz", "model/model.npz"):
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def test_a_seed_of_null_is_replaced_by_the_one_drawn_and_running_again_repeats_it(tmp_path: Path) -> None:
    config = a_config(tmp_path, "kmeans")
    seed = ["clustering_configuration.random_state=null"]
    first = clusterctl.run(config, overrides=[*seed, f"output.directory={tmp_path / 'first'}"])
    clusterctl.run(tmp_path / "first" / "config.yaml", overrides=[f"output.directory={tmp_path / 'second'}"])
    assert results_of(tmp_path / "first") == results_of(tmp_path / "second")
    other = clusterctl.run(config, overrides=seed)
    assert first.document.metadata.random_state != other.document.metadata.random_state


def test_the_config_s_hash_knows_what_changes_a_result_and_nothing_else(tmp_path: Path) -> None:
    config = a_config(tmp_path, "kmeans")

    def sha(*overrides: str) -> str:
        return clusterctl.run(
            config, overrides=["visualization_configuration.generate_plots=false", *overrides]
        ).document.metadata.config_sha256

    assert sha() == sha("execution.n_jobs=1", "output.embed_plots=false")
    assert sha() != sha("clustering_configuration.random_state=8")
