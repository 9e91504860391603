"""The tiled silhouette against scikit-learn and against a full distance matrix."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.datasets import make_blobs
from sklearn.metrics import silhouette_samples

from clusterctl.kernels import silhouette as kernel
from clusterctl.kernels.distance_tiles import Distances, Tiles
from clusterctl.kernels.silhouette import Groups, coefficients


def exact(X, labels, metric="euclidean", n_jobs=1):
    groups = Groups(labels, labels, np.bincount(labels), np.ones(len(X), dtype=bool), False)
    return coefficients(X, X, metric, [groups], n_jobs)[0].ignored


def by_matrix(X, labels, metric="euclidean"):
    D, k = cdist(X, X, metric), labels.max() + 1
    s = np.zeros(len(X))
    for i, own in enumerate(labels):
        mine = labels == own
        if mine.sum() > 1:
            a = D[i, mine].sum() / (mine.sum() - 1)
            b = min(D[i, labels == c].mean() for c in range(k) if c != own)
            s[i] = (b - a) / max(a, b) if max(a, b) else 0.0
    return s


@pytest.mark.parametrize("n", [50, 511, 513, 2500])
@pytest.mark.parametrize("k", [2, 8, 70])
def test_equals_scikit_learn_whatever_the_tiles(n, k):
    rng = np.random.default_rng(n + k)
    X, labels = rng.normal(size=(n, 6)), np.concatenate([np.arange(min(k, n - 1)), rng.integers(0, min(k, n - 1), n - min(k, n - 1))])
    np.testing.assert_allclose(exact(X, labels), silhouette_samples(X, labels), atol=1e-9, rtol=0)


def test_city_block_equals_scikit_learn():
    rng = np.random.default_rng(0)
    X, labels = rng.random((700, 4)), rng.integers(0, 5, 700)
    np.testing.assert_allclose(exact(X, labels, "manhattan"), silhouette_samples(X, labels, metric="manhattan"), atol=1e-12, rtol=0)


def test_an_offset_of_a_million_changes_nothing_but_rounding():
    X, labels = make_blobs(800, 3, centers=4, random_state=2)
    X = np.round(X, 6)
    np.testing.assert_allclose(exact(X + 1e6, labels), by_matrix(X, labels), atol=1e-8, rtol=0)


def test_tight_clusters_far_apart_keep_their_inner_distances():
    rng = np.random.default_rng(1)
    labels = np.repeat([0, 1, 2, 3], 150)
    centres = np.array([[0, 0], [1e-2, 0], [1e6, 0], [1e6 + 1e-2, 1e6]])
    X = centres[labels] + rng.normal(scale=1e-3, size=(600, 2))
    np.testing.assert_allclose(exact(X, labels), by_matrix(X, labels), atol=1e-7, rtol=0)


def test_duplicates_are_at_distance_zero():
    X = np.repeat(np.random.default_rng(3).normal(size=(3, 5)) + 7, 200, axis=0)
    assert (exact(X, np.repeat([0, 1, 2], 200)) == 1.0).all()
    assert (exact(X, np.tile([0, 1], 300)) <= 0.0).all()


def test_all_rows_equal_gives_zero():
    assert (exact(np.full((20, 2), 3.3), np.repeat([0, 1], 10)) == 0.0).all()


def test_a_row_alone_in_its_cluster_has_zero():
    assert exact(np.array([[0.0], [1.0], [9.0]]), np.array([0, 0, 1]))[2] == 0.0


def test_sums_of_a_labelling_have_the_same_bits_alone_and_among_sixty_four():
    rng = np.random.default_rng(4)
    X = rng.normal(size=(1500, 7))
    everyone = np.ones(len(X), dtype=bool)
    labellings = [rng.integers(0, k, len(X)) for k in (2, 3, 5, 8, 13, 40, 80, 200) * 8]
    groups = [Groups(own, own, np.bincount(own), everyone, i % 2 == 1) for i, own in enumerate(labellings)]
    together = coefficients(X, X, "euclidean", groups, 2)
    for i in (0, 7, 30, 63):
        alone = coefficients(X, X, "euclidean", [groups[i]], 1)[0]
        for field in ("ignored", "singletons", "one_cluster"):
            np.testing.assert_array_equal(getattr(alone, field), getattr(together[i], field))


def test_any_number_of_threads_gives_the_same_bits(monkeypatch):
    monkeypatch.setattr(kernel, "N_STRIPE", 256)
    rng = np.random.default_rng(5)
    X, labels = rng.normal(size=(2000, 5)), rng.integers(0, 6, 2000)
    np.testing.assert_array_equal(exact(X, labels, n_jobs=1), exact(X, labels, n_jobs=3))


def test_tiles_and_single_rows_are_right_to_a_billionth_of_the_distance():
    rng = np.random.default_rng(6)
    X = np.concatenate([rng.normal(size=(400, 4)), 1e-7 * rng.normal(size=(400, 4)), np.zeros((5, 4))]) + 1e3
    wanted = cdist(X, X, "sqeuclidean")
    tiles, one = Tiles(X, X), Distances(X, "euclidean")
    block = tiles.row_block(300, 420)
    for start in tiles.column_starts():
        tile = block.squared(start)
        np.testing.assert_allclose(tile, wanted[start : start + len(tile), 300:420], rtol=2e-9)
    np.testing.assert_allclose(one.to_row(500), wanted[500], rtol=2e-9)
