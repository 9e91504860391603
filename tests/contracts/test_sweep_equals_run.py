"""What a row of a sweep has equals, bit for bit, a run of that trial's config: any algorithm, executor, number of jobs and order."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import clusterctl
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.engine.sweep.agreement import decode

EXAMPLES = int(os.environ.get("EXAMPLES", "5"))
"""Random grids tried; the suite tries a few, `poe long` many."""
ALGORITHM, N_CLUSTERS = "clustering_configuration.algorithm", "clustering_configuration.n_clusters"
PARAMETER = "clustering_configuration.parameters."
PREPARED = "preprocessing_configuration."

counts = st.lists(st.integers(1, 9) | st.just("auto"), min_size=1, max_size=3, unique=True)
few = st.lists(st.integers(2, 12), min_size=1, max_size=3, unique=True)
lengths = st.lists(st.floats(0.05, 3.0).map(lambda x: round(x, 3)), min_size=1, max_size=3, unique=True)
GRIDS: dict[str, st.SearchStrategy[dict[str, list[Any]]]] = {
    "kmeans": st.fixed_dictionaries({N_CLUSTERS: counts}, optional={PARAMETER + "n_init": few}),
    "gaussian_mixture": st.fixed_dictionaries(
        {N_CLUSTERS: counts}, optional={PARAMETER + "covariance_type": st.just(["full", "diag", "tied"])}
    ),
    "hierarchical": st.fixed_dictionaries(
        {N_CLUSTERS: counts}, optional={PARAMETER + "linkage": st.just(["ward", "average", "single", "complete", "genie"])}
    ),
    "spectral": st.fixed_dictionaries({N_CLUSTERS: counts}, optional={PARAMETER + "n_neighbors": few}),
    "dbscan": st.fixed_dictionaries({PARAMETER + "eps": lengths}, optional={PARAMETER + "min_samples": few}),
    "hdbscan": st.fixed_dictionaries(
        {PARAMETER + "min_cluster_size": few},
        optional={PARAMETER + "min_samples": few, PARAMETER + "cluster_selection_method": st.just(["eom", "leaf"])},
    ),
    "optics": st.fixed_dictionaries({PARAMETER + "min_samples": few}, optional={PARAMETER + "xi": st.just([0.03, 0.1])}),
}
preparations = st.fixed_dictionaries(
    {},
    optional={
        PREPARED + "scaling": st.just(["standard", "robust"]),
        PREPARED + "dimensionality_reduction": st.just(["none", "pca"]),
        "clustering_data.features": st.just([["x", "y"], ["x", "y", "z", "shop"]]),
    },
)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(3)
    which = rng.integers(0, 4, 110)
    points = rng.uniform(-6, 6, (4, 3))[which] + rng.normal(size=(110, 3))
    points[100:] = points[99]  # equal rows
    frame = pd.DataFrame(points.round(2), columns=["x", "y", "z"])
    frame["shop"] = np.array(["north", "south", "east", "north"])[which]
    frame["truth"] = np.where(rng.random(110) < 0.1, None, which.astype(str))
    frame.loc[[5, 17], "y"] = np.nan
    path = tmp_path_factory.mktemp("table") / "table.csv"
    frame.to_csv(path, index=False)
    return path


def base_config(table: Path) -> dict[str, Any]:
    return {
        "clustering_data": {"data_source": str(table), "target_variable": "truth"},
        "clustering_configuration": {"algorithm": "kmeans", "random_state": 11},
        "preprocessing_configuration": {"missing_values": "drop", "outlier_detection": True, "outlier_fraction": 0.03},
        "evaluation_configuration": {"cross_validation": False, "cluster_validation": False},
        "visualization_configuration": {"generate_plots": False},
    }


def combinations(grid: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]


def alone(config: Mapping[str, Any], assigned: Mapping[str, Any]) -> dict[str, Any]:
    """Return the config of one trial, put together by hand."""
    made: dict[str, Any] = json.loads(json.dumps(config))
    made.pop("sweep_configuration", None)
    if ALGORITHM in assigned:
        made["clustering_configuration"] = {"random_state": made["clustering_configuration"]["random_state"]}
    for path, value in assigned.items():
        *parents, last = path.split(".")
        place = made
        for key in parents:
            place = place.setdefault(key, {})
        place[last] = value
    return made


def of_run(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a row must say, from a run; the error where it fails."""
    try:
        document = clusterctl.run(config).document.model_dump(mode="json")
    except clusterctl.ClusterctlError as error:
        return {"status": "failed", "error": type(error).__name__}
    results, counts = document["clustering_results"], document["metadata"]["data_statistics"]
    sizes = [entry["size"] for entry in results["clusters"]["cluster_statistics"]]
    return {
        "status": "done",
        "config_sha256": document["metadata"]["config_sha256"],
        "n_clusters": results["model_info"]["n_clusters"],
        "noise_fraction": counts["n_noise"] / (counts["n_clustered"] + counts["n_noise"]),
        "smallest_cluster": min(sizes) if sizes else None,
        "evaluation_metrics": results["evaluation_metrics"],
        "chosen": results["model_info"]["chosen"],
    }


def of_row(row: Any) -> dict[str, Any]:
    told = row.model_dump(mode="json")
    if told["status"] == "failed":
        return {"status": "failed", "error": told["error"]["type"]}
    return {
        name: told[name]
        for name in (
            "status",
            "config_sha256",
            "n_clusters",
            "noise_fraction",
            "smallest_cluster",
            "evaluation_metrics",
            "chosen",
        )
    }


def swept(config: Mapping[str, Any], **execution: Any) -> list[Any]:
    try:
        return clusterctl.sweep({**config, "execution": execution}).document.sweep_results.trials
    except clusterctl.ClusteringError:  # every trial failed
        return []


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_rows_of_random_grids_equal_runs_bit_for_bit(table: Path, data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(ALGORITHMS)), min_size=1, max_size=3, unique=True))
    grids = [{ALGORITHM: [name], **data.draw(GRIDS[name]), **data.draw(preparations)} for name in names]
    grids = [dict(list(grid.items())[:4]) for grid in grids]
    order = data.draw(st.permutations(range(len(grids))))
    config = {**base_config(table), "sweep_configuration": {"grid": [grids[place] for place in order]}}
    rows = swept(config, n_jobs=data.draw(st.integers(1, 3)), executor=data.draw(st.sampled_from(["threads", "inline"])))
    wanted = [assigned for place in order for assigned in combinations(grids[place])]
    for row, assigned in zip(rows, wanted, strict=False):
        assert of_row(row) == of_run(alone(config, assigned)), assigned
    if rows:
        assert len(rows) == len(wanted)


def one_of_each(table: Path) -> dict[str, Any]:
    """Return a sweep over every algorithm with shared structures."""
    grid = [
        {ALGORITHM: ["kmeans", "gaussian_mixture", "spectral", "hierarchical"], N_CLUSTERS: [2, 3, 5, 200]},
        {ALGORITHM: ["dbscan"], PARAMETER + "eps": [0.001, 0.5, 1.0, 50.0], PARAMETER + "min_samples": [4]},
        {ALGORITHM: ["hdbscan"], PARAMETER + "min_samples": [4], PARAMETER + "min_cluster_size": [4, 8, 60]},
        {ALGORITHM: ["optics"], PARAMETER + "min_samples": [5], PARAMETER + "xi": [0.03, 0.1]},
    ]
    return {**base_config(table), "sweep_configuration": {"grid": grid}}


@pytest.fixture(scope="module")
def by_runs(table: Path) -> list[dict[str, Any]]:
    config = one_of_each(table)
    return [of_run(alone(config, assigned)) for grid in config["sweep_configuration"]["grid"] for assigned in combinations(grid)]


@pytest.mark.parametrize(("executor", "n_jobs"), [("inline", 1), ("threads", 2), ("threads", 5), ("processes", 1), ("processes", 3)])
def test_every_algorithm_gives_what_runs_give_with_any_executor(
    table: Path, by_runs: list[dict[str, Any]], executor: str, n_jobs: int
) -> None:
    rows = swept(one_of_each(table), executor=executor, n_jobs=n_jobs)
    assert [of_row(row) for row in rows] == by_runs


def test_the_order_of_the_plan_changes_no_row(table: Path, by_runs: list[dict[str, Any]]) -> None:
    config = one_of_each(table)
    turned = [{path: list(reversed(values)) for path, values in grid.items()} for grid in reversed(config["sweep_configuration"]["grid"])]
    rows = swept({**config, "sweep_configuration": {"grid": turned}}, executor="threads", n_jobs=2)
    assert [of_row(row) for row in reversed(rows)] == by_runs


def test_the_labels_in_the_journal_are_those_of_the_runs(table: Path, tmp_path: Path) -> None:
    config = {**one_of_each(table), "output": {"directory": str(tmp_path / "out")}}
    clusterctl.sweep(config)
    lines = [json.loads(line) for line in (tmp_path / "out" / "trials.jsonl").read_text().splitlines()]
    texts = {line["trial_id"]: line["labels"] for line in lines if "trial_id" in line}
    wanted = [assigned for grid in config["sweep_configuration"]["grid"] for assigned in combinations(grid)]
    for trial_id, assigned in enumerate(wanted):
        if texts[trial_id] is None:
            continue
        run = clusterctl.run({**alone(config, assigned), "output": {}})
        table_of_run = run.assignments.to_pandas()
        labels = table_of_run["cluster_id"].fillna(-2).astype(int).to_numpy()
        assert decode(texts[trial_id]).tolist() == labels.tolist()
