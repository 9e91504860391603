"""Which scores are computed, what gates may bound, and on how many rows clusters are found again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from plan_tables import dataset

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.engine.evaluation import Scored, evaluate, gate_values, sample_rows, score_labels
from clusterctl.engine.pipeline import Fit, fit
from clusterctl.metrics.registry import METRICS
from clusterctl.metrics.settings import EvaluationConfiguration
from clusterctl.preprocessing.prepare import prepare
from clusterctl.preprocessing.settings import PreprocessingConfiguration
from clusterctl.results.models import Stability
from clusterctl.values.clustering import Clustering
from clusterctl.values.score import Score
from clusterctl.values.space import Space

OFF = {"cross_validation": False, "cluster_validation": False, "silhouette_analysis": False}
SCORES = "clustering_results.evaluation_metrics"


def space_of(**preprocessing: Any) -> Space:
    return prepare(dataset(), PreprocessingConfiguration(**preprocessing), random_state=0, n_jobs=1)


def fitted(space: Space, name: str = "hierarchical", n_clusters: int = 3, **parameters: Any) -> Fit:
    spec = ALGORITHMS[name]
    given = {"linkage": "average", **parameters} if name == "hierarchical" else parameters
    return fit(space, spec, Settings(spec.parameters(**given), n_clusters if spec.takes_n_clusters else None, 0), 1)


def scored(space: Space, found: Fit, target: bool = False, **settings: Any) -> Scored:
    return score_labels(dataset(target=target), space, found, EvaluationConfiguration(**{**OFF, **settings}), 0, 1)


def names(found: Scored) -> list[str]:
    return [score.name for score in found.scores]


def labelled(labels: list[int], name: str = "kmeans", **parameters: Any) -> Fit:
    spec = ALGORITHMS[name]
    array = np.array(labels)
    return Fit(spec, Settings(spec.parameters(**parameters), 3, 0), Clustering(array, int(array.max()) + 1))


def test_all_metrics_that_apply_are_computed_unless_some_are_named() -> None:
    space = space_of()
    assert names(scored(space, fitted(space), target=True)) == list(METRICS)
    assert names(scored(space, fitted(space))) == [name for name, spec in METRICS.items() if spec.kind == "internal"]
    assert names(scored(space, fitted(space), evaluation_metrics=("dbcv", "inertia"))) == ["dbcv", "inertia"]
    mixed = space_of(categorical="gower")
    assert names(scored(mixed, fitted(mixed))) == ["silhouette_score", "dbcv"]


def test_silhouettes_of_rows_are_computed_if_the_score_or_the_analysis_needs_them() -> None:
    space = space_of()
    assert scored(space, fitted(space), evaluation_metrics=("inertia",)).silhouettes is None
    assert scored(space, fitted(space), evaluation_metrics=("silhouette_score",)).silhouettes is not None
    assert scored(space, fitted(space), evaluation_metrics=(), silhouette_analysis=True).silhouettes is not None


def test_what_was_not_asked_for_is_null_with_that_reason() -> None:
    space = space_of()
    found = fitted(space)
    settings = EvaluationConfiguration(**OFF, evaluation_metrics=("inertia",))
    given = evaluate(space, found, settings, scored(space, found, evaluation_metrics=("inertia",)), 0, 1)
    reasons = {note.path: note.reason for note in given.notes}
    assert reasons[f"{SCORES}.dbcv"] == "not among evaluation_metrics"
    assert f"{SCORES}.inertia" not in reasons
    assert (given.stability, given.null, given.silhouette_per_cluster) == (None, None, None)
    validation = "clustering_results.validation"
    assert reasons[f"{validation}.stability"] == "cross_validation is off"
    assert reasons[f"{validation}.null"] == "cluster_validation is off"
    assert reasons[f"{validation}.silhouette_per_cluster"] == "silhouette_analysis is off"


@pytest.mark.parametrize(("eps", "code"), [(1e-9, "no_clusters"), (1e9, "single_cluster")])
def test_a_result_that_divides_nothing_is_warned_of_even_with_validation_off(eps: float, code: str) -> None:
    space = space_of()
    found = fitted(space, "dbscan", eps=eps)
    given = evaluate(space, found, EvaluationConfiguration(**OFF), scored(space, found), 0, 1)
    assert [caution.code for caution in given.cautions] == [code]
    assert given.value("silhouette_score") is None
    assert given.noise_fraction == (1.0 if code == "no_clusters" else 0.0)


def test_gates_see_every_value_and_none_where_there_is_none() -> None:
    scores = (Score("silhouette_score", "max", 0.4), Score("dbcv", "max", None, "why"))
    stability = Stability(per_cluster=[0.9, 0.7], minimum=0.7, mean=0.8, prediction_strength=0.6, n_resamples=9, n_used=50)
    assert gate_values(labelled([0, 0, 0, 1, 1, -1]), scores, 1 / 6, stability) == {
        "silhouette_score": 0.4,
        "dbcv": None,
        "n_clusters": 2.0,
        "noise_fraction": 1 / 6,
        "smallest_cluster": 2.0,
        "stability": 0.7,
        "prediction_strength": 0.6,
    }
    nothing = gate_values(labelled([-1, -1]), (), 1.0, None)
    assert (nothing["n_clusters"], nothing["smallest_cluster"], nothing["stability"]) == (0.0, None, None)


def test_gates_are_checked_on_what_was_found() -> None:
    space = space_of()
    found = fitted(space)
    settings = EvaluationConfiguration.model_validate({**OFF, "gates": {"n_clusters": {"min": 3, "max": 2}, "stability": {"min": 0}}})
    gates = evaluate(space, found, settings, scored(space, found), 0, 1).gates
    assert [(gate.metric, gate.value, gate.passed) for gate in gates] == [
        ("n_clusters", 3.0, True),
        ("n_clusters", 3.0, False),
        ("stability", None, False),
    ]


def big(name: str, n_rows: int, **parameters: Any) -> int:
    return sample_rows(labelled([0, 1], name, **parameters), n_rows)


@pytest.mark.parametrize(
    ("name", "parameters", "n_rows", "expected"),
    [
        ("kmeans", {}, 1_000_000, 2_000),
        ("dbscan", {"min_samples": 5}, 100_000, 2_000),
        ("hdbscan", {"min_cluster_size": 5, "min_samples": 5}, 100_000, 8_000),
        ("hdbscan", {"min_cluster_size": 5}, 1_000, 2_000),
        ("hdbscan", {"min_cluster_size": 100, "min_samples": 40}, 100_000, 5_000),
        ("hdbscan", {"min_cluster_size": 500}, 100_000, 2_000),
        ("optics", {"min_samples": 0.01, "min_cluster_size": 0.05}, 100_000, 2_000),
    ],
)
def test_so_many_rows_are_drawn_that_half_of_them_can_still_be_asked(name: str, parameters: Any, n_rows: int, expected: int) -> None:
    assert big(name, n_rows, **parameters) == expected
    spec = ALGORITHMS[name]
    if expected < 8_000:
        half = spec.on_sample(Settings(spec.parameters(**parameters), None, 0), expected / 2 / n_rows, 2)
        assert half is not None
