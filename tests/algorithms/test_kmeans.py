"""k-means against scikit-learn."""

import tracemalloc
import warnings

import numpy as np
import pytest
from sklearn.cluster import KMeans, kmeans_plusplus
from sklearn.metrics import adjusted_rand_score
from table_points import BENCH, read_bench, read_sample, sample_names

from clusterctl.algorithms import kmeans
from clusterctl.algorithms.base import Settings
from clusterctl.errors import ClusteringError
from clusterctl.kernels.seeding import draw_plusplus, plusplus_rows, seeding_table
from clusterctl.kernels.threads import one_thread
from clusterctl.values.space import Points


def fit(points, n_clusters, seed=0, n_jobs=1, **parameters):
    settings = Settings(kmeans.KMeansParameters(**parameters), n_clusters, seed)
    return kmeans.cut(kmeans.build(points, settings, n_jobs), settings)


def reference(points, n_clusters, seed=0, **parameters):
    with warnings.catch_warnings(), one_thread():
        warnings.simplefilter("ignore")
        return KMeans(n_clusters, random_state=seed, **{"n_init": 10, **parameters}).fit(points.X)


def blobs(n=600, d=3, k=4, seed=1):
    rng = np.random.default_rng(seed)
    return Points(rng.normal(size=(n, d)) + rng.uniform(-6, 6, (k, d))[rng.integers(0, k, n)])


@pytest.mark.parametrize("name", sample_names())
def test_partition_equals_the_librarys_on_open_tables(name):
    points = read_sample(name)
    assert adjusted_rand_score(reference(points, 5).labels_, fit(points, 5).labels) == 1.0


@pytest.mark.parametrize("name", BENCH)
def test_partition_equals_the_librarys_on_benchmark_tables(name):
    points, n_clusters = read_bench(name)
    assert adjusted_rand_score(reference(points, n_clusters, 3).labels_, fit(points, n_clusters, 3).labels) == 1.0


@pytest.mark.parametrize("parameters", [{"init": "random"}, {"algorithm": "elkan"}, {"n_init": 1, "max_iter": 2}, {"n_init": "auto"}])
def test_every_setting_is_passed_on(parameters):
    points = blobs()
    ours, theirs = fit(points, 6, **parameters), reference(points, 6, **parameters)
    assert adjusted_rand_score(theirs.labels_, ours.labels) == 1.0
    assert ours.facts["inertia"] == pytest.approx(theirs.inertia_, rel=1e-9)


def test_centres_come_in_the_order_of_the_clusters_and_in_the_points_own_place():
    points = Points(blobs().X + 100.0)
    found = fit(points, 4)
    means = np.stack([points.X[found.labels == k].mean(axis=0) for k in range(4)])
    np.testing.assert_allclose(found.arrays["centers"], means, atol=1e-6)
    assert (np.diff(np.bincount(found.labels)) <= 0).all()


def test_kmeans_plusplus_picks_the_librarys_rows():
    X = blobs(30_000, 4).X
    rng, table = np.random.RandomState(7), seeding_table(X, X.mean(axis=0))
    ours = [plusplus_rows(table, draw).tolist() for draw in draw_plusplus(np.random.RandomState(7), len(X), 9, 3)]
    assert ours == [kmeans_plusplus(X, 9, random_state=rng)[1].tolist() for _ in range(3)]


def test_number_of_jobs_changes_no_bit():
    points = blobs(60_000, 5)
    one, two = fit(points, 6, n_jobs=1), fit(points, 6, n_jobs=2)
    assert (one.labels == two.labels).all()
    assert (one.arrays["centers"] == two.arrays["centers"]).all()


def test_rows_are_not_written_to():
    X = blobs().X + 1.0
    before = X.copy()
    fit(Points(X), 3)
    assert (before == X).all()


def test_stopping_early_is_said():
    found = fit(blobs(), 6, max_iter=1, n_init=1)
    assert not found.facts["converged"]
    assert [caution.code for caution in found.cautions] == ["not_converged"]


def test_one_cluster_of_equal_rows_is_a_result():
    found = fit(Points(np.ones((5, 2))), 1)
    assert found.n_clusters == 1
    assert found.facts["inertia"] == 0.0


def test_more_clusters_than_distinct_rows_is_an_error():
    with pytest.raises(ClusteringError, match="3 clusters cannot be made of 1 distinct row"):
        fit(Points(np.ones((5, 2))), 3)


@pytest.mark.parametrize("n", [2000, 8000])
@pytest.mark.parametrize("parameters", [{}, {"algorithm": "elkan"}])
def test_cost_is_within_a_factor_of_two_of_the_peak(n, parameters):
    points, settings = blobs(n, 10), Settings(kmeans.KMeansParameters(**parameters), 8, 0)
    fit(blobs(), 3)
    tracemalloc.start()
    kmeans.cut(kmeans.build(points, settings, 1), settings)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 0.5 < kmeans.cost(n, 10, settings, None).bytes / peak < 2
