"""Gates from a file: the two forms it may have, every mistake told at its place, and layers that add up bound by bound."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clusterctl.config.gates import merged, read_gates
from clusterctl.errors import ConfigError
from clusterctl.metrics.gates import GATE_NAMES
from clusterctl.metrics.settings import Gate

GATES = {"silhouette_score": {"min": 0.25}, "noise_fraction": {"max": 0.3, "warn_max": 0.2}}
EXPECTED = {"silhouette_score": Gate(min=0.25), "noise_fraction": Gate(max=0.3, warn_max=0.2)}


@pytest.mark.parametrize(
    "tree",
    [
        {"gates": GATES},
        {"clustering_data": {"data_source": "x.csv"}, "evaluation_configuration": {"gates": GATES, "cross_validation": False}},
    ],
)
def test_a_file_holds_gates_or_is_a_config_that_has_some(tmp_path: Path, tree: dict) -> None:
    path = tmp_path / "gates.json"
    path.write_text(json.dumps(tree))
    assert read_gates(path) == EXPECTED
    assert read_gates(tree) == EXPECTED


def test_from_python_the_gates_may_stand_alone() -> None:
    assert read_gates(GATES) == EXPECTED


def test_every_name_may_be_bounded(tmp_path: Path) -> None:
    assert list(read_gates({"gates": {name: {"min": 0} for name in GATE_NAMES}})) == list(GATE_NAMES)


def test_a_bound_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAST", "0.4")
    (tmp_path / "gates.yaml").write_text('gates: {dbcv: {min: "${LEAST}"}}\n')
    assert read_gates(tmp_path / "gates.yaml") == {"dbcv": Gate(min=0.4)}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("gates: {silhouete_score: {min: 0.3}}", "line 1: gates.silhouete_score: .*did you mean silhouette_score"),
        ("gates:\n  dbcv: {minimum: 3}", "line 2: gates.dbcv.minimum: unknown key; allowed: min, max, warn_min, warn_max"),
        ("gates:\n  dbcv: {min: '3'}", 'line 2: gates.dbcv.min: got "3"'),
        ("gates:\n  dbcv: {min: 3, max: 1}", "no value can pass"),
        ("gates:\n  dbcv: {}", "a gate needs one of"),
        ("gates: {dbcv: {min: 1, min: 2}}", "given twice"),
        ("evaluation_configuration: {gates: {dbvc: {min: 3}}}", "evaluation_configuration.gates.dbvc"),
        ("gates: {dbcv: {min: 0}}\nbounds: 1", "line 2: bounds: unknown key"),
        ("clustering_data: {data_source: x.csv}", "there are no gates in it"),
        ("- dbcv", "is a list"),
    ],
)
def test_a_mistake_is_told_where_it_stands(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "gates.yaml"
    path.write_text(text + "\n")
    with pytest.raises(ConfigError, match=told):
        read_gates(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        read_gates(tmp_path / "none.yaml")


def test_the_last_word_on_each_bound_wins() -> None:
    found = merged({"dbcv": Gate(min=0, warn_min=0.5)}, {"dbcv": Gate(min=0.2)}, {"n_clusters": Gate(max=9)})
    assert found == {"dbcv": Gate(min=0.2, warn_min=0.5), "n_clusters": Gate(max=9)}


def test_layers_that_leave_nothing_are_told() -> None:
    with pytest.raises(ConfigError, match=r"gates, taken together: .*no value can pass"):
        merged({"dbcv": Gate(min=0.5)}, {"dbcv": Gate(max=0.2)})
