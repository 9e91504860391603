"""OPTICS beside scikit-learn's."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from pydantic import ValidationError
from shared_tables import TABLES, measure_cost, read_points
from sklearn.cluster import OPTICS
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.optics import SPEC, OPTICSParameters
from clusterctl.errors import ClusteringError, ConfigError
from clusterctl.values.clustering import Clustering, canonical
from clusterctl.values.space import Points


def fit(X: np.ndarray, space: str = "euclidean", n_jobs: int = 1, **parameters: object) -> Clustering:
    chosen = Settings(OPTICSParameters(**parameters), None, 0)
    return SPEC.cut(SPEC.build(Points(X, space), chosen, n_jobs), chosen)


def reference(X: np.ndarray, **parameters: object) -> OPTICS:
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return OPTICS(**parameters).fit(X)


@pytest.mark.parametrize("table", TABLES)
def test_partition_is_that_of_scikit_learn(table: str) -> None:
    X = read_points(table, 200).X
    eps = float(np.median(np.sqrt(((X[:60, None] - X) ** 2).sum(axis=2)))) / 4
    for parameters in ({"min_samples": 8}, {"max_eps": 2 * eps, "cluster_method": "dbscan", "eps": eps}):
        found, expected = fit(X, **parameters), reference(X, **parameters)
        assert adjusted_rand_score(expected.labels_, found.labels) == 1.0
        assert np.array_equal(found.arrays["ordering"], expected.ordering_)
        assert np.array_equal(found.arrays["reachability"], expected.reachability_)
        assert np.array_equal(found.arrays["predecessor"], expected.predecessor_)


@pytest.mark.parametrize(
    "parameters",
    [
        {"xi": 0.2},
        {"predecessor_correction": False},
        {"min_cluster_size": 0.1},
        {"min_samples": 0.05},
        {"metric": "manhattan"},
        {"metric": "chebyshev"},
        {"max_eps": 0.3},
    ],
    ids=lambda parameters: next(iter(parameters)),
)
def test_each_parameter_does_what_it_does_in_scikit_learn(parameters: dict[str, object]) -> None:
    X = read_points("bench/elki/mouse", 400).X
    assert np.array_equal(fit(X, **parameters).labels, canonical(reference(X, **parameters).labels_)[0])


def test_few_neighbours_are_searched_in_a_tree_with_the_same_order() -> None:
    X = np.random.RandomState(0).rand(1000, 2)
    found, expected = fit(X, max_eps=0.05), reference(X, max_eps=0.05)
    assert np.array_equal(found.arrays["ordering"], expected.ordering_)
    assert np.array_equal(found.arrays["reachability"], expected.reachability_)


def test_ties_on_a_grid_fall_as_in_scikit_learn() -> None:
    X = np.random.RandomState(0).randint(0, 8, (250, 2)).astype(float)
    for parameters in ({}, {"max_eps": 1.5}):
        found, expected = fit(X, **parameters), reference(X, **parameters)
        assert np.array_equal(found.arrays["ordering"], expected.ordering_)
        assert np.array_equal(found.labels, canonical(expected.labels_)[0])


def test_one_ordering_serves_every_cut() -> None:
    X = read_points("bench/elki/mouse", 300).X
    cuts = [{"xi": 0.05}, {"xi": 0.2}, {"cluster_method": "dbscan", "eps": 0.3}]
    chosen = [Settings(OPTICSParameters(**cut), None, 0) for cut in cuts]
    assert len({SPEC.structure_key(one) for one in chosen}) == 1
    structure = SPEC.build(Points(X), chosen[0], 1)
    for cut, one in zip(cuts, chosen, strict=True):
        assert np.array_equal(SPEC.cut(structure, one).labels, fit(X, **cut).labels)


def test_ordering_does_not_depend_on_n_jobs() -> None:
    X = np.random.RandomState(0).randn(400, 18)
    assert np.array_equal(fit(X).arrays["reachability"], fit(X, n_jobs=4).arrays["reachability"])


def test_confidence_is_core_border_noise() -> None:
    X = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [9.0]])
    found = fit(X, min_samples=3, cluster_method="dbscan", eps=1.0)
    assert found.confidence is not None
    assert found.confidence.tolist() == [0.5 if row in (0, 4) and found.labels[row] == 0 else float(row in (1, 2, 3)) for row in range(6)]


def test_core_rows_of_a_valley_are_dense_at_its_own_level() -> None:
    X = read_points("bench/elki/mouse", 400).X
    found = fit(X, min_samples=8)
    assert found.confidence is not None
    assert set(found.confidence[found.labels >= 0].tolist()) <= {0.5, 1.0}
    assert (found.confidence[found.labels < 0] == 0).all()
    for label in range(found.n_clusters):
        inside = found.arrays["ordering"][found.labels[found.arrays["ordering"]] == label]
        level = found.arrays["reachability"][inside[1:]].max()
        assert np.array_equal(found.confidence[inside] == 1, found.arrays["core_distances"][inside] <= level)


@pytest.mark.parametrize(
    "X",
    [np.zeros((20, 2)), np.arange(2.0).reshape(2, 1), np.zeros((1, 2)), np.arange(12.0).reshape(-1, 1) ** 3],
    ids=["all equal", "two rows", "one row", "spread"],
)
def test_degenerate_rows_are_a_valid_result(X: np.ndarray) -> None:
    for parameters in ({}, {"cluster_method": "dbscan", "eps": 0.5}, {"max_eps": 0.1}, {"min_cluster_size": 15}):
        found = fit(X, **parameters)
        assert found.n_clusters == len(set(found.labels.tolist()) - {-1})


def test_limits_between_parameters_are_checked() -> None:
    with pytest.raises(ValidationError, match="above max_eps"):
        OPTICSParameters(eps=2.0, max_eps=1.0)
    with pytest.raises(ValidationError, match="needs eps"):
        OPTICSParameters(cluster_method="dbscan")
    with pytest.raises(ValidationError):
        OPTICSParameters(min_samples=1)


def test_gower_space_uses_city_block_distance_and_no_other() -> None:
    X = np.random.RandomState(0).rand(150, 3)
    assert np.array_equal(fit(X, "manhattan").labels, canonical(reference(X, metric="manhattan").labels_)[0])
    with pytest.raises(ConfigError, match="gower"):
        fit(X, "manhattan", metric="chebyshev")


def test_nan_is_refused() -> None:
    with pytest.raises(ClusteringError, match="not finite"):
        fit(np.array([[0.0], [np.nan], [1.0]]))


def test_estimate_of_memory_is_within_a_factor_of_two() -> None:
    ratios = measure_cost("optics", [(n, 4, {}, None) for n in (2000, 4000)])
    assert all(0.5 <= ratio <= 2 for ratio in ratios), ratios
