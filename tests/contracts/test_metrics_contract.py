"""What every metric and every plot promises of the results, over the registries; and bounds that no labelling leaves."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from contract_tables import write_tables
from degenerate_points import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

import clusterctl
from clusterctl.metrics.base import Truth
from clusterctl.metrics.evaluate import score
from clusterctl.metrics.gates import GATE_NAMES
from clusterctl.metrics.registry import METRICS
from clusterctl.plots.registry import PLOTS
from clusterctl.values.clustering import canonical

N_ROWS = 12


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    folder = tmp_path_factory.mktemp("metrics")
    write_tables(folder)
    clusterctl.run(
        {
            "clustering_data": {"data_source": str(folder / "table.csv"), "target_variable": "truth", "id_column": "id"},
            "clustering_configuration": {"algorithm": "hierarchical", "n_clusters": 3},
            "evaluation_configuration": {
                "evaluation_metrics": list(METRICS),
                "cross_validation": True,
                "cluster_validation": False,
                "gates": {name: {"min": -1e9, "max": 1e9} for name in GATE_NAMES},
            },
            "visualization_configuration": {"plot_types": list(PLOTS)},
            "output": {"directory": str(folder / "out")},
        }
    )
    return json.loads((folder / "out" / "results.json").read_text()), folder / "out"


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_reaches_the_results_with_how_it_was_computed(run: tuple[Any, Path], name: str) -> None:
    scores = run[0]["clustering_results"]["evaluation_metrics"]
    low, high = METRICS[name].bounds
    assert isinstance(scores[name], float)
    assert (low is None or scores[name] >= low) and (high is None or scores[name] <= high)  # noqa: PT018 (one range)
    assert scores["methods"][name] == {"method": "exact", "n_used": 60, "interval": None, "coverage": 1.0}


@pytest.mark.parametrize("name", GATE_NAMES)
def test_every_value_that_a_gate_may_bound_is_there_to_be_bounded(run: tuple[Any, Path], name: str) -> None:
    gates = [gate for gate in run[0]["clustering_results"]["validation"]["gates"] if gate["metric"] == name]
    assert [gate["bound"].split()[0] for gate in gates] == ["min", "max"]
    assert all(gate["passed"] and isinstance(gate["value"], float) for gate in gates)


def test_every_metric_may_be_bounded() -> None:
    assert set(METRICS) < set(GATE_NAMES)


OF_ONE_ALGORITHM = {"k_distance": "dbscan", "condensed_tree": "hdbscan", "reachability": "optics"}
"""Plots that show what only this algorithm has, and so cannot be of the one run."""


@pytest.mark.parametrize("name", OF_ONE_ALGORITHM)
def test_a_plot_of_one_algorithm_reaches_its_file(tmp_path: Path, name: str) -> None:
    write_tables(tmp_path)
    clusterctl.run(
        {
            "clustering_data": {"data_source": str(tmp_path / "table.csv"), "id_column": "id"},
            "clustering_configuration": {"algorithm": OF_ONE_ALGORITHM[name]},
            "evaluation_configuration": {"cross_validation": False, "cluster_validation": False},
            "visualization_configuration": {"plot_types": [name]},
            "output": {"directory": str(tmp_path / "out")},
        }
    )
    assert (tmp_path / "out" / "plots" / f"{name}.png").read_bytes().startswith(b"\x89PNG\r\n")


@pytest.mark.parametrize("name", [name for name in PLOTS if name not in OF_ONE_ALGORITHM])
def test_a_plot_reaches_its_file_and_its_place_in_the_results(run: tuple[Any, Path], name: str) -> None:
    document, folder = run
    picture = (folder / "plots" / f"{name}.png").read_bytes()
    assert picture.startswith(b"\x89PNG\r\n")
    key = PLOTS[name].result_key
    if key is not None:
        assert base64.b64decode(document["clustering_results"]["visualizations"][key]) == picture


def test_every_place_for_a_picture_belongs_to_a_plot(run: tuple[Any, Path]) -> None:
    places = run[0]["clustering_results"]["visualizations"]
    assert sorted(places) == sorted(spec.result_key for spec in PLOTS.values() if spec.result_key)


rows = st.lists(st.tuples(*[st.integers(-3, 3)] * 2), min_size=N_ROWS, max_size=N_ROWS)
labelling = st.lists(st.integers(-1, 3), min_size=N_ROWS, max_size=N_ROWS)


@settings(max_examples=60, deadline=None)
@given(rows, labelling, st.lists(st.integers(0, 3), min_size=N_ROWS, max_size=N_ROWS), st.sampled_from(["euclidean", "manhattan"]))
def test_no_labelling_of_any_points_leaves_the_bounds_of_a_metric(
    X: list[tuple[int, int]], given_labels: list[int], groups: list[int], metric: str
) -> None:
    labels, _ = canonical(np.array(given_labels))
    names = [name for name, spec in METRICS.items() if spec.applies(metric, True)]
    truth = Truth(np.unique(np.array(groups), return_inverse=True)[1].astype(np.int64), labels)
    for found in score(frozen(np.array(X, dtype=float), metric), labels, truth, names, random_state=0, n_jobs=1):
        spec = METRICS[found.name]
        low, high = spec.bounds
        assert (found.value is None) == (found.reason is not None)
        policies = found.policies
        for value in (found.value, *((policies.ignored, policies.singletons, policies.one_cluster) if policies else ())):
            if value is not None:
                assert np.isfinite(value)
                assert low is None or value >= low
                assert high is None or value <= high
        if policies is not None:
            assert policies.ignored == found.value
        assert found.coverage == pytest.approx((labels >= 0).mean())
