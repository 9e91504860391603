"""DBSCAN beside scikit-learn's, on shared tables, on grids full of ties, and on degenerate rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shared_tables import TABLES, measure_cost, read_points
from sklearn.cluster import DBSCAN
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.dbscan import SPEC, DBSCANParameters
from clusterctl.errors import ClusteringError, ConfigError
from clusterctl.values.clustering import Clustering, canonical
from clusterctl.values.space import Points


def fit(X: np.ndarray, n_jobs: int = 1, space: str = "euclidean", **parameters: object) -> Clustering:
    chosen = Settings(DBSCANParameters(**parameters), None, 0)
    return SPEC.cut(SPEC.build(Points(X, space), chosen, n_jobs), chosen)


def reference(X: np.ndarray, eps: float, min_samples: int, metric: str = "euclidean") -> DBSCAN:
    with threadpool_limits(1):
        return DBSCAN(eps=eps, min_samples=min_samples, metric=metric).fit(X)


@pytest.mark.parametrize("table", TABLES)
def test_partition_is_that_of_scikit_learn(table: str) -> None:
    points = read_points(table)
    structure = SPEC.build(points, Settings(DBSCANParameters(eps=1.0, min_samples=6), None, 0), 1)
    for share in (0.4, 0.9, 0.99):
        eps = float(f"{np.quantile(np.sqrt(structure.core), share):.4g}")
        found = SPEC.cut(structure, Settings(DBSCANParameters(eps=eps, min_samples=6), None, 0))
        expected = reference(points.X, eps, 6)
        assert adjusted_rand_score(expected.labels_, found.labels) == 1.0
        assert np.array_equal(canonical(expected.labels_)[0], found.labels)
        assert np.array_equal(np.flatnonzero(found.arrays["core"]), expected.core_sample_indices_)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 3).flatmap(lambda d: st.lists(st.tuples(*[st.integers(0, 7)] * d), min_size=1, max_size=60)),
    st.integers(1, 7),
    st.sampled_from([1.0, 2**0.5, 1.5, 2.0, 5**0.5]),
    st.sampled_from(["euclidean", "manhattan", "chebyshev"]),
)
def test_ties_and_duplicates_on_a_grid_fall_as_in_scikit_learn(
    rows: list[tuple[int, ...]], min_samples: int, eps: float, metric: str
) -> None:
    X = np.array(rows, dtype=float)
    found = fit(X, eps=eps, min_samples=min_samples, metric=metric)
    expected = reference(X, eps, min_samples, metric)
    assert np.array_equal(canonical(expected.labels_)[0], found.labels)


def test_one_structure_serves_every_eps_to_the_bit() -> None:
    X = read_points("bench/wut/z1").X
    shared = SPEC.build(Points(X), Settings(DBSCANParameters(eps=9.0), None, 0), 1)
    for eps in (0.05, 0.1, 0.4):
        chosen = Settings(DBSCANParameters(eps=eps), None, 0)
        assert SPEC.structure_key(chosen) == SPEC.structure_key(Settings(DBSCANParameters(eps=9.0), None, 0))
        assert np.array_equal(SPEC.cut(shared, chosen).labels, fit(X, eps=eps).labels)


def test_labels_do_not_depend_on_n_jobs() -> None:
    for d in (3, 20):
        X = np.random.RandomState(0).randn(1500, d)
        eps = 0.3 if d == 3 else 4.0
        assert np.array_equal(fit(X, 1, eps=eps).labels, fit(X, 4, eps=eps).labels)


def test_many_columns_are_searched_by_products_with_the_same_labels() -> None:
    X = np.random.RandomState(0).randn(900, 24) + 4 * np.random.RandomState(1).randint(0, 3, (900, 1))
    assert np.array_equal(fit(X, eps=5.5).labels, canonical(reference(X, 5.5, 5).labels_)[0])


def test_estimate_of_memory_is_within_a_factor_of_two_at_any_number_of_neighbours() -> None:
    cases = [(n, 4, {"eps": eps, "min_samples": 8}, None) for n in (4000, 8000, 16000) for eps in (0.7, 30.0)]
    ratios = measure_cost("dbscan", cases)  # at eps 30 all neighbourhoods would take 2 GB
    assert all(0.5 <= ratio <= 2 for ratio in ratios), ratios


def test_confidence_tells_core_border_and_noise() -> None:
    X = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [9.0]])
    found = fit(X, eps=1.0, min_samples=3)
    assert found.confidence is not None
    assert found.confidence.tolist() == [0.5, 1.0, 1.0, 1.0, 0.5, 0.0]


def test_gower_space_uses_city_block_distance() -> None:
    X = np.random.RandomState(0).rand(200, 3)
    expected = canonical(reference(X, 0.2, 5, "manhattan").labels_)[0]
    assert np.array_equal(fit(X, space="manhattan", eps=0.2).labels, expected)


def test_other_metric_on_gower_space_is_refused() -> None:
    chosen = Settings(DBSCANParameters(eps=1.0, metric="chebyshev"), None, 0)
    with pytest.raises(ConfigError, match="gower"):
        SPEC.build(Points(np.zeros((3, 1)), "manhattan"), chosen, 1)


@pytest.mark.parametrize(
    ("X", "n_clusters"),
    [(np.zeros((20, 2)), 1), (np.arange(40.0).reshape(20, 2) * 10, 0), (np.zeros((2, 1)), 0), (np.zeros((1, 3)), 0)],
    ids=["all equal", "all noise", "two rows", "one row"],
)
def test_degenerate_rows_are_a_valid_result(X: np.ndarray, n_clusters: int) -> None:
    found = fit(X, eps=1.0)
    assert found.n_clusters == n_clusters
    assert len(found.labels) == len(X)


def test_nan_is_refused() -> None:
    with pytest.raises(ClusteringError, match="not finite"):
        fit(np.array([[0.0], [np.nan]]), eps=1.0)


def test_red_flags_are_raised_for_a_poor_eps() -> None:
    X = np.random.RandomState(0).rand(300, 2)
    assert {caution.code for caution in fit(X, eps=1e-6).cautions} == {"dbscan_few_core", "dbscan_mostly_noise"}
    assert {caution.code for caution in fit(X, eps=9.0).cautions} == {"dbscan_one_cluster"}
