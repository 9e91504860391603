"""HDBSCAN beside the hdbscan library's, exact routes."""

from __future__ import annotations

import hdbscan
import numpy as np
import pytest
from shared_tables import TABLES, measure_cost, read_points
from sklearn.metrics import adjusted_rand_score

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.hdbscan import SPEC, HDBSCANParameters
from clusterctl.errors import ClusteringError, ConfigError
from clusterctl.values.clustering import Clustering, canonical
from clusterctl.values.space import Points

LIBRARY = {"approx_min_span_tree": False, "core_dist_n_jobs": 1}


def fit(X: np.ndarray, space: str = "euclidean", **parameters: object) -> Clustering:
    chosen = Settings(HDBSCANParameters(**parameters), None, 0)
    return SPEC.cut(SPEC.build(Points(X, space), chosen, 1), chosen)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of the reference itself, on equal rows
def test_partition_is_that_of_the_library(table: str) -> None:
    X = np.array(read_points(table).X)
    for size, samples in ((5, None), (15, 10), (40, 3)):
        found = fit(X, min_cluster_size=size, min_samples=samples)
        boruvka = hdbscan.HDBSCAN(size, samples, algorithm="boruvka_kdtree", **LIBRARY).fit(X)
        prim = hdbscan.HDBSCAN(size, samples, algorithm="prims_kdtree", **LIBRARY).fit_predict(X)
        score = adjusted_rand_score(boruvka.labels_, found.labels)
        if adjusted_rand_score(boruvka.labels_, prim) == 1.0:
            assert score == 1.0
        assert score >= 0.99
        assert found.confidence is not None
        assert np.allclose(boruvka.probabilities_, found.confidence)


@pytest.mark.parametrize(
    "parameters",
    [
        {"cluster_selection_method": "leaf"},
        {"cluster_selection_epsilon": 0.3},
        {"allow_single_cluster": True},
        {"max_cluster_size": 60},
        {"cluster_selection_epsilon_max": 0.5},
        {"cluster_selection_persistence": 0.5},
        {"metric": "manhattan"},
        {"metric": "chebyshev", "min_samples": 4},
        {"approx_min_span_tree": True},
    ],
    ids=lambda parameters: next(iter(parameters)),
)
def test_each_parameter_does_what_it_does_in_the_library(parameters: dict[str, object]) -> None:
    X = np.array(read_points("bench/elki/mouse").X)
    expected = hdbscan.HDBSCAN(min_cluster_size=12, **{**LIBRARY, **parameters}).fit(X)
    assert np.array_equal(fit(X, min_cluster_size=12, **parameters).labels, canonical(expected.labels_)[0])


def test_alpha_scales_distances_as_in_the_librarys_prim() -> None:
    X = np.array(read_points("bench/elki/mouse").X)
    expected = hdbscan.HDBSCAN(min_cluster_size=12, alpha=1.4, algorithm="prims_kdtree").fit(X)
    assert np.array_equal(fit(X, min_cluster_size=12, alpha=1.4).labels, canonical(expected.labels_)[0])


def test_one_structure_serves_every_cut() -> None:
    X = read_points("bench/wut/z1").X
    chosen = [Settings(HDBSCANParameters(min_cluster_size=size, min_samples=6), None, 0) for size in (5, 10, 30)]
    assert len({SPEC.structure_key(one) for one in chosen}) == 1
    structure = SPEC.build(Points(X), chosen[0], 1)
    for one in chosen:
        assert np.array_equal(SPEC.cut(structure, one).labels, SPEC.cut(SPEC.build(Points(X), one, 1), one).labels)


def test_structure_depends_on_min_cluster_size_only_where_min_samples_follows_it() -> None:
    follow = [SPEC.structure_key(Settings(HDBSCANParameters(min_cluster_size=size), None, 0)) for size in (5, 6)]
    assert follow[0] != follow[1]
    assert follow[0] == SPEC.structure_key(Settings(HDBSCANParameters(min_cluster_size=9, min_samples=5), None, 0))


def test_arrays_hold_what_predict_needs() -> None:
    X = np.array(read_points("bench/elki/mouse").X)
    found = fit(X, min_cluster_size=12)
    expected = hdbscan.HDBSCAN(min_cluster_size=12, **LIBRARY).fit(X)
    tree = expected.condensed_tree_.to_numpy()
    assert np.array_equal(found.arrays["condensed_parent"], tree["parent"])
    assert np.array_equal(found.arrays["condensed_lambda"], tree["lambda_val"])
    _, old = canonical(expected.labels_)
    assert np.array_equal(found.arrays["cluster_node"], np.array(sorted(expected.condensed_tree_._select_clusters()))[old])
    assert np.array_equal(found.arrays["persistence"], expected.cluster_persistence_[old])
    distances = np.sort(np.sqrt(((X[:50, None] - X) ** 2).sum(axis=2)), axis=1)
    assert np.allclose(found.arrays["core_distances"][:50], distances[:, 12])


def test_min_samples_that_follow_a_large_size_are_told() -> None:
    X = np.random.RandomState(0).rand(300, 2)
    assert [caution.code for caution in fit(X, min_cluster_size=101).cautions] == ["min_samples_follows"]
    assert fit(X, min_cluster_size=101, min_samples=10).cautions == ()


@pytest.mark.parametrize(
    "X",
    [
        np.zeros((30, 2)),
        np.arange(2.0).reshape(2, 1),
        np.zeros((1, 2)),
        np.repeat(np.arange(3.0), 20).reshape(-1, 1),
        np.random.RandomState(0).rand(4, 2),
    ],
    ids=["all equal", "two rows", "one row", "duplicates", "fewer than min_cluster_size"],
)
def test_degenerate_rows_are_a_valid_result(X: np.ndarray) -> None:
    for single in (False, True):
        found = fit(X, allow_single_cluster=single)
        assert len(found.labels) == len(X)
        assert found.n_clusters == len(set(found.labels.tolist()) - {-1})


def test_duplicated_groups_are_found() -> None:
    assert fit(np.repeat(np.arange(3.0), 20).reshape(-1, 1)).n_clusters == 3


def test_many_columns_go_by_prim_with_the_librarys_labels() -> None:
    X = np.random.RandomState(0).randn(300, 64) + 3 * np.random.RandomState(1).randint(0, 3, (300, 1))
    assert np.array_equal(fit(X).labels, canonical(hdbscan.HDBSCAN(**LIBRARY).fit_predict(X))[0])


def test_gower_space_uses_city_block_distance_and_no_other() -> None:
    X = np.random.RandomState(0).rand(200, 3)
    expected = hdbscan.HDBSCAN(metric="manhattan", **LIBRARY).fit_predict(X)
    assert np.array_equal(fit(X, "manhattan").labels, canonical(expected)[0])
    chosen = Settings(HDBSCANParameters(metric="chebyshev"), None, 0)
    with pytest.raises(ConfigError, match="gower"):
        SPEC.build(Points(X, "manhattan"), chosen, 1)


def test_nan_is_refused_where_the_library_would_cluster_it() -> None:
    with pytest.raises(ClusteringError, match="not finite"):
        fit(np.array([[0.0], [np.nan], [1.0]]))


def test_estimate_of_memory_is_within_a_factor_of_two() -> None:
    cases = [(n, 4, {"min_cluster_size": 10}, None) for n in (2000, 4000, 8000)]
    ratios = measure_cost("hdbscan", cases)
    assert all(0.5 <= ratio <= 2 for ratio in ratios), ratios
