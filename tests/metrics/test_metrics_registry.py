"""What every metric promises, read off the registry."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn.datasets import make_blobs

from clusterctl.errors import EvaluationError
from clusterctl.metrics.base import Truth
from clusterctl.metrics.evaluate import score
from clusterctl.metrics.registry import METRICS, default_metrics
from clusterctl.results.models import EvaluationMetrics
from clusterctl.values.space import Points

SAMPLE, TRUE = make_blobs(300, 4, centers=[[0] * 4, [7] * 4, [14] * 4], random_state=0)
TRUE = TRUE.astype(np.int64)
CHANCE = np.random.default_rng(0).integers(0, 3, 300)


def value(name, labels):
    (found,) = score(Points(SAMPLE), labels, Truth(TRUE, labels), [name], random_state=0, n_jobs=1)
    assert found.name == name
    return found


def test_importing_the_registry_loads_nothing_heavy():
    heavy = "{'numpy', 'pandas', 'scipy', 'sklearn', 'hdbscan'}"
    code = f"import clusterctl.metrics.registry, clusterctl.metrics.settings, sys; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_metric_is_a_key_of_the_results():
    assert set(METRICS) <= set(EvaluationMetrics.model_fields)


@pytest.mark.parametrize("name", METRICS)
def test_the_true_clusters_score_better_than_random_ones(name):
    spec = METRICS[name]
    assert spec.better(value(name, TRUE).value, value(name, CHANCE).value)


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize("labels", [TRUE, CHANCE, np.where(CHANCE == 2, -1, TRUE % 2)], ids=["true", "random", "noisy"])
def test_values_keep_their_bounds(name, labels):
    low, high = METRICS[name].bounds
    found = value(name, labels).value
    assert low is None or found >= low
    assert high is None or found <= high


@pytest.mark.parametrize("name", METRICS)
def test_a_score_carries_the_direction_and_facts_of_its_metric(name):
    spec, found = METRICS[name], value(name, np.where(CHANCE == 0, -1, CHANCE - 1))
    assert found.best == spec.best
    assert (found.policies is not None) == spec.policies
    assert found.coverage == pytest.approx((CHANCE > 0).mean())
    assert found.method == "exact"
    assert found.n_used > 0


@pytest.mark.parametrize("name", METRICS)
def test_renaming_clusters_changes_nothing(name):
    assert value(name, (TRUE + 1) % 3).value == pytest.approx(value(name, TRUE).value, rel=1e-12)


@pytest.mark.parametrize("name", METRICS)
def test_nothing_at_all_is_none_with_a_reason_or_a_number(name):
    (found,) = score(Points(SAMPLE), np.full(300, -1), None, [name], random_state=0, n_jobs=1)
    assert found.value is None
    assert found.reason


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_names_its_source_and_meaning(name):
    spec = METRICS[name]
    assert spec.name == name
    assert any(year.isdigit() for year in spec.source.replace(",", " ").split())
    assert spec.meaning
    assert spec.default


def test_default_metrics_are_those_that_apply():
    assert default_metrics("euclidean", True) == tuple(METRICS)
    assert default_metrics("manhattan", False) == ("silhouette_score", "dbcv")


def test_an_unknown_name_and_labels_of_another_length_are_errors():
    with pytest.raises(EvaluationError, match="no such metric: silhouete"):
        score(Points(SAMPLE), TRUE, None, ["silhouete"], random_state=0, n_jobs=1)
    with pytest.raises(EvaluationError, match="299 labels for 300 rows"):
        score(Points(SAMPLE), TRUE[1:], None, ["inertia"], random_state=0, n_jobs=1)
