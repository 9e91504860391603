"""Every key of sweep_configuration changes what a sweep does: a key without a row here fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from contract_tables import write_tables
from test_config_contract import KEYS

import clusterctl

K, SEED = "clustering_configuration.n_clusters", "clustering_configuration.random_state"
EPS = "clustering_configuration.parameters.eps"
SCALING = "preprocessing_configuration.scaling"
GRID = {"grid": {K: [2, 3]}}
SPACES = {"grid": {SCALING: ["none", "standard"]}}
TRIALS = "sweep_results.trials"

Found = list[Any]


@dataclass(frozen=True)
class Row:
    """With `value` the answers of the trials to `ask` satisfy `holds`, and with `other` in its place they do not."""

    value: dict[str, Any]
    other: dict[str, Any]
    ask: Callable[[Any], Found]
    holds: Callable[[Found], bool]
    clustering: dict[str, Any] | None = None


def each(name: str) -> Callable[[Any], Found]:
    return lambda document: [row[name] for row in document["sweep_results"]["trials"]]


def setting(path: str) -> Callable[[Any], Found]:
    return lambda document: [row["settings"][path] for row in document["sweep_results"]["trials"]]


def ranked(document: Any) -> Found:
    return [entry["metric"] for entry in document["sweep_results"]["ranking"]["rank_by"]]


def drawn(path: str, n_trials: int = 4, seed: int = 0, **distribution: Any) -> dict[str, Any]:
    return {"random": {"n_trials": n_trials, "seed": seed, "space": {path: distribution}}}


def broken(document: Any) -> Found:
    return [text for row in document["sweep_results"]["trials"] for text in row["broken_constraints"]]


DBSCAN = {"algorithm": "dbscan"}
RANDOM = "sweep_configuration.random"
ROWS = {
    "sweep_configuration.grid": Row(GRID, {"grid": {K: [4]}}, each("n_clusters"), lambda found: found == [2, 3]),
    "sweep_configuration.list": Row({"list": [{K: 4}, {K: 2}]}, {"list": [{K: 3}]}, each("n_clusters"), lambda found: found == [4, 2]),
    f"{RANDOM}.n_trials": Row(
        drawn(SEED, integer=[0, 2**31]), drawn(SEED, n_trials=2, integer=[0, 2**31]), each("trial_id"), lambda found: found == [0, 1, 2, 3]
    ),
    f"{RANDOM}.seed": Row(
        drawn(K, seed=3, integer=[2, 9]),
        drawn(K, seed=4, integer=[2, 9]),
        setting(K),
        lambda found: found == DRAWN_WITH_3,
    ),
    f"{RANDOM}.space.*.uniform": Row(
        drawn(EPS, uniform=[0.5, 0.6]),
        drawn(EPS, uniform=[5.0, 6.0]),
        setting(EPS),
        lambda found: len(set(found)) == 4 and all(0.5 <= eps <= 0.6 for eps in found),
        DBSCAN,
    ),
    f"{RANDOM}.space.*.loguniform": Row(
        drawn(EPS, n_trials=9, loguniform=[1e-6, 1.0]),
        drawn(EPS, n_trials=9, uniform=[1e-6, 1.0]),
        setting(EPS),
        lambda found: min(found) < 1e-3 and max(found) <= 1,
        DBSCAN,
    ),
    f"{RANDOM}.space.*.integer": Row(
        drawn(K, n_trials=20, integer=[2, 4]),
        drawn(K, integer=[5, 6]),
        setting(K),
        lambda found: sorted(found) == [2, 3, 4],
    ),
    f"{RANDOM}.space.*.choice": Row(
        drawn(SCALING, n_trials=9, choice=["none", "robust"]),
        drawn(SCALING, choice=["minmax"]),
        setting(SCALING),
        lambda found: sorted(found) == ["none", "robust"],
    ),
    "sweep_configuration.rank_by": Row(
        {**GRID, "rank_by": ["davies_bouldin_score", "inertia"]},
        GRID,
        ranked,
        lambda found: found == ["davies_bouldin_score", "inertia"],
    ),
    "sweep_configuration.constraints.*.min": Row(
        {**GRID, "constraints": {"n_clusters": {"min": 3}}}, GRID, broken, lambda found: found == ["n_clusters 2 below min 3"]
    ),
    "sweep_configuration.constraints.*.max": Row(
        {**GRID, "constraints": {"n_clusters": {"max": 2}}}, GRID, broken, lambda found: found == ["n_clusters 3 above max 2"]
    ),
    "sweep_configuration.rank_space": Row(
        {**SPACES, "rank_space": {"scaling": "robust"}}, SPACES, each("rank"), lambda found: sorted(found) == [1, 2]
    ),
    "sweep_configuration.validate": Row(
        {**GRID, "validate": True}, GRID, each("stability"), lambda found: all(stability is not None for stability in found)
    ),
}
DRAWN_WITH_3 = [3, 6, 4]
"""2 + floor(8 u) of the first four of random.Random(3).random() (0.238, 0.544, 0.370, 0.604); the fourth is the second again."""


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    write_tables(folder)
    return folder


def sweep(sweep_configuration: dict[str, Any], clustering: dict[str, Any] | None) -> Any:
    result = clusterctl.sweep(
        {
            "clustering_data": {"data_source": "table.csv"},
            "clustering_configuration": clustering or {"algorithm": "kmeans", "n_clusters": 3},
            "evaluation_configuration": {"cross_validation": True, "cluster_validation": False},
            "visualization_configuration": {"generate_plots": False},
            "sweep_configuration": sweep_configuration,
        }
    )
    return result.document.model_dump(mode="json")


def test_every_key_of_a_sweep_has_a_row_and_every_row_a_key() -> None:
    assert sorted(ROWS) == sorted(key for key in KEYS if key.startswith("sweep_configuration."))


@pytest.mark.parametrize("key", ROWS)
def test_a_key_changes_the_sweep(tables: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.chdir(tables)
    row = ROWS[key]
    assert row.holds(found := row.ask(sweep(row.value, row.clustering))), found
    assert not row.holds(found := row.ask(sweep(row.other, row.clustering))), found
