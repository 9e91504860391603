"""Spectral clustering against scikit-learn."""

import tracemalloc
import warnings

import numpy as np
import pytest
from sklearn.cluster import SpectralClustering
from sklearn.metrics import adjusted_rand_score
from table_points import BENCH, read_bench, read_sample, sample_names

from clusterctl.algorithms import spectral
from clusterctl.algorithms.base import Settings
from clusterctl.errors import ClusteringError
from clusterctl.kernels.affinity import merge_parts
from clusterctl.kernels.threads import one_thread
from clusterctl.values.space import Points


def fit(points, n_clusters, seed=0, n_jobs=1, **parameters):
    settings = Settings(spectral.SpectralParameters(**parameters), n_clusters, seed)
    return spectral.cut(spectral.build(points, settings, n_jobs), settings)


def reference(points, n_clusters, seed=0, **parameters):
    with warnings.catch_warnings(), one_thread():
        warnings.simplefilter("ignore")
        return SpectralClustering(n_clusters, random_state=seed, **{"affinity": "nearest_neighbors", **parameters}).fit_predict(points.X)


def assert_equal_where_well_defined(points, n_clusters):
    """Compare where the library's two solvers agree and the graph has fewer parts than clusters; else ask for .6, not for nothing."""
    exact, quick = (reference(points, n_clusters, eigen_solver=solver) for solver in ("arpack", "lobpcg"))
    ours = fit(points, n_clusters)
    if adjusted_rand_score(exact, quick) == 1.0 and ours.facts["n_parts"] <= n_clusters:
        assert adjusted_rand_score(exact, ours.labels) == 1.0
    elif ours.facts["n_parts"] <= n_clusters:
        assert max(adjusted_rand_score(exact, ours.labels), adjusted_rand_score(quick, ours.labels)) >= 0.99


def moons(n=400, gap=0.3):
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, np.pi, n)
    side = np.arange(n) % 2
    X = np.column_stack((np.cos(angle) * (1 - 2 * side) + side, np.sin(angle) * (1 - 2 * side) + side * gap))
    return Points(X + rng.normal(scale=0.04, size=(n, 2))), side


def blobs(n=600, d=3, k=4, seed=1):
    rng = np.random.default_rng(seed)
    return Points(rng.normal(size=(n, d)) + rng.uniform(-3, 3, (k, d))[rng.integers(0, k, n)])


@pytest.mark.parametrize("name", BENCH)
def test_partition_equals_the_librarys_on_benchmark_tables(name):
    assert_equal_where_well_defined(*read_bench(name))


@pytest.mark.parametrize("name", sample_names())
def test_partition_equals_the_librarys_on_open_tables(name):
    assert_equal_where_well_defined(read_sample(name), 5)


@pytest.mark.parametrize("affinity", ["rbf", "laplacian"])
def test_dense_affinities_are_the_librarys(affinity):
    points = blobs()
    expected = reference(points, 4, affinity=affinity, gamma=0.5, eigen_solver="arpack")
    assert adjusted_rand_score(expected, fit(points, 4, affinity=affinity, gamma=0.5, eigen_solver="arpack").labels) == 1.0


@pytest.mark.parametrize("assign_labels", ["kmeans", "discretize", "cluster_qr"])
def test_every_assignment_is_the_librarys(assign_labels):
    points, _ = moons(gap=0.5)
    expected = reference(points, 3, assign_labels=assign_labels, eigen_solver="arpack")
    assert adjusted_rand_score(expected, fit(points, 3, assign_labels=assign_labels, eigen_solver="arpack").labels) == 1.0


def test_two_moons_are_told_apart():
    points, side = moons()
    assert adjusted_rand_score(side, fit(points, 2).labels) > 0.95


def test_every_k_of_a_block_shares_one_structure_to_the_bit():
    points = blobs(700)
    two, eight = (Settings(spectral.SpectralParameters(), k, 0) for k in (2, 8))
    assert spectral.structure_key(two) == spectral.structure_key(eight)
    one, other = spectral.build(points, two, 1), spectral.build(points, eight, 2)
    assert (one.vectors == other.vectors).all()
    assert spectral.structure_key(Settings(spectral.SpectralParameters(), 9, 0)) != spectral.structure_key(eight)


def test_more_parts_than_clusters_are_joined_whole_and_said():
    rng = np.random.default_rng(0)
    centers = np.array([[0, 0], [1, 0], [20, 0], [21, 0]]) * 10.0
    points = Points(np.repeat(centers, 50, axis=0) + rng.normal(size=(200, 2)))
    found = fit(points, 2)
    assert found.facts["n_parts"] == 4
    assert adjusted_rand_score(np.arange(200) // 100, found.labels) == 1.0
    assert [caution.code for caution in found.cautions] == ["graph_not_connected", "parts_joined"]


def test_parts_are_joined_as_a_weighted_ward_tree_would():
    centers = np.array([[0.0], [1.0], [10.0], [11.0], [30.0]])
    groups = merge_parts(centers, np.array([5, 5, 5, 5, 1]), 3)
    assert groups[0] == groups[1] != groups[2] == groups[3] != groups[4]


def test_gower_points_use_the_city_block_distance():
    points = Points(blobs().X, "manhattan")
    expected = reference(points, 4, affinity="laplacian", gamma=0.5, eigen_solver="arpack")
    assert adjusted_rand_score(expected, fit(points, 4, affinity="laplacian", gamma=0.5, eigen_solver="arpack").labels) == 1.0
    assert fit(points, 4).n_clusters == 4


@pytest.mark.parametrize("n", [2, 3, 5, 12, 45])
@pytest.mark.parametrize("solver", ["lobpcg", "arpack"])
def test_few_rows_are_no_trouble(n, solver):
    found = fit(Points(np.random.default_rng(0).normal(size=(n, 2))), 2, eigen_solver=solver)
    assert found.n_clusters == 2


def test_one_cluster_is_one_cluster():
    assert fit(blobs(), 1).n_clusters == 1


def test_more_clusters_than_distinct_rows_is_an_error():
    with pytest.raises(ClusteringError, match="2 distinct rows"):
        fit(Points(np.repeat([[0.0], [1.0]], 20, axis=0)), 3)


@pytest.mark.parametrize("n", [1000, 3000])
@pytest.mark.parametrize("parameters", [{}, {"n_neighbors": 20}, {"affinity": "rbf", "gamma": 0.3}])
@pytest.mark.parametrize("n_clusters", [3, 12])
def test_cost_is_within_a_factor_of_two_of_the_peak(n, parameters, n_clusters):
    points, settings = blobs(n), Settings(spectral.SpectralParameters(**parameters), n_clusters, 0)
    fit(blobs(), 3)
    tracemalloc.start()
    spectral.cut(spectral.build(points, settings, 1), settings)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 0.5 < spectral.cost(n, 3, settings, None).bytes / peak < 2
