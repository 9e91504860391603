"""Gates: every bound is checked, equality passes, what does not exist fails."""

import pytest

from clusterctl.errors import ConfigError
from clusterctl.metrics.gates import GATE_NAMES, check
from clusterctl.metrics.registry import METRICS
from clusterctl.metrics.settings import Gate


def passed(gate, value):
    (result,) = check({"silhouette_score": gate}, {"silhouette_score": value})
    return result.passed


@pytest.mark.parametrize("field", ["min", "max", "warn_min", "warn_max"])
def test_equality_passes(field):
    assert passed(Gate(**{field: 0.25}), 0.25)


@pytest.mark.parametrize(("field", "value"), [("min", 0.2), ("max", 0.3), ("warn_min", 0.2), ("warn_max", 0.3)])
def test_beyond_the_bound_fails(field, value):
    assert not passed(Gate(**{field: 0.25}), value)


@pytest.mark.parametrize("field", ["min", "max"])
def test_a_value_that_does_not_exist_fails(field):
    assert not passed(Gate(**{field: 0.0}), None)
    assert not check({"dbcv": Gate(**{field: 0.0})}, {})[0].passed


def test_there_is_a_result_a_bound_in_order():
    found = check({"noise_fraction": Gate(max=0.3, warn_max=0.2), "n_clusters": Gate(min=2)}, {"noise_fraction": 0.25, "n_clusters": 3})
    assert [(r.metric, r.bound, r.level, r.passed) for r in found] == [
        ("noise_fraction", "max 0.3", "error", True),
        ("noise_fraction", "max 0.2", "warn", False),
        ("n_clusters", "min 2", "error", True),
    ]


def test_an_unknown_name_is_an_error():
    with pytest.raises(ConfigError, match="no such gate: silhouete"):
        check({"silhouete": Gate(min=0)}, {})


def test_every_metric_can_be_a_gate():
    assert set(METRICS) < set(GATE_NAMES)


@pytest.mark.parametrize(
    ("bound", "text"), [(0.25, "min 0.25"), (3, "min 3"), (1234567.0, "min 1234567"), (0.123456789, "min 0.123456789")]
)
def test_a_bound_is_told_in_full(bound, text):
    assert check({"inertia": Gate(min=bound)}, {"inertia": 1.0})[0].bound == text
