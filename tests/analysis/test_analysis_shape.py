import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.datasets import make_blobs
from sklearn.metrics import davies_bouldin_score
from sklearn.neighbors import NearestNeighbors

from clusterctl.analysis import shape
from clusterctl.analysis.shape import cluster_statistics
from clusterctl.values.space import Points


def test_compactness_and_separation_give_scikit_learns_davies_bouldin_of_two_clusters():
    X, labels = make_blobs(200, centers=2, n_features=3, random_state=1)
    first, second = cluster_statistics(Points(X), labels).value
    assert first.separation == second.separation
    assert (first.compactness + second.compactness) / first.separation == pytest.approx(davies_bouldin_score(X, labels), rel=1e-12)


def test_density_is_one_over_the_mean_distance_to_the_fifth_neighbour_in_the_cluster():
    X, labels = make_blobs(300, centers=3, n_features=4, random_state=2)
    for entry in cluster_statistics(Points(X), labels).value:
        own = X[labels == entry.cluster_id]
        distances = NearestNeighbors(n_neighbors=6).fit(own).kneighbors(own)[0][:, 5]
        assert entry.density == pytest.approx(1 / distances.mean(), rel=1e-12)


def test_manhattan_statistics_use_medians_and_the_city_block_distance():
    X = np.array([[0.0, 0], [1, 0], [5, 3], [10, 10], [11, 10], [12, 16]])
    labels = np.array([0, 0, 0, 1, 1, 1])
    first, second = cluster_statistics(Points(X, "manhattan"), labels).value
    assert first.compactness == pytest.approx(((1 + 0) + 0 + (4 + 3)) / 3)
    assert second.compactness == pytest.approx((1 + 0 + (1 + 6)) / 3)
    assert first.separation == (11 - 1) + (10 - 0)


def test_fewer_than_six_rows_use_the_last_neighbour_there_is():
    X = np.array([[0.0], [1], [3]])
    entry = cluster_statistics(Points(X), np.zeros(3, dtype=int)).value[0]
    assert entry.density == pytest.approx(1 / np.mean([3, 2, 3]))


def test_one_cluster_has_no_separation_and_says_why():
    found = cluster_statistics(Points(np.random.default_rng(0).normal(size=(20, 2))), np.zeros(20, dtype=int))
    assert found.value[0].separation is None
    assert any(note.path.endswith("[0].separation") for note in found.notes)


def test_no_cluster_has_no_statistics():
    assert cluster_statistics(Points(np.ones((3, 2))), np.full(3, -1)).value == []


def test_single_rows_and_equal_rows_have_no_density_and_say_why():
    X = np.array([[0.0, 0]] * 8 + [[5, 5]])
    found = cluster_statistics(Points(X), np.array([0] * 8 + [1]))
    assert [entry.density for entry in found.value] == [None, None]
    assert [note.reason for note in found.notes if "density" in note.path] == [
        "rows of the cluster coincide with their 5th neighbours",
        "the cluster is one row",
    ]
    assert [entry.compactness for entry in found.value] == [0.0, 0.0]


def test_noise_takes_no_part():
    X, labels = make_blobs(100, centers=2, random_state=0)
    alone = cluster_statistics(Points(X), labels).value
    noisy = cluster_statistics(Points(np.vstack([X, [[1e6, 1e6]]])), np.append(labels, -1)).value
    assert noisy == alone


def test_density_of_large_clusters_is_near_the_exact_one_and_says_that_it_is_sampled(monkeypatch):
    X, labels = make_blobs(40_000, centers=2, n_features=5, random_state=3)
    found = cluster_statistics(Points(X), labels)
    assert any(note.path.endswith("[*].density") for note in found.notes)
    own = X[labels == 0]
    exact = 1 / NearestNeighbors(n_neighbors=6).fit(own).kneighbors(own)[0][:, 5].mean()
    assert found.value[0].density == pytest.approx(exact, rel=0.1)


def test_neighbours_found_in_tiles_are_those_of_the_whole_table(monkeypatch):
    monkeypatch.setattr(shape, "BLOCK", 16)
    X = np.random.default_rng(5).integers(0, 4, size=(150, 3)).astype(float)
    rows = np.arange(150)
    found = shape._neighbour_distances(Points(X), rows, rows, 5)
    np.testing.assert_array_equal(found, np.sort(cdist(X, X), axis=1)[:, 5])


def test_statistics_are_the_same_at_any_number_of_jobs():
    X, labels = make_blobs(500, centers=4, random_state=4)
    assert cluster_statistics(Points(X), labels, 1) == cluster_statistics(Points(X), labels, 3)
