"""Calinski-Harabasz, Davies-Bouldin and inertia against scikit-learn, with and without noise."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score

from clusterctl.kernels import moments as kernel
from clusterctl.kernels.moments import moments
from clusterctl.metrics.evaluate import score
from clusterctl.values.space import Points

NAMES = ("calinski_harabasz_score", "davies_bouldin_score", "inertia")


def scores(X, labels, metric="euclidean", n_jobs=1):
    return {s.name: s for s in score(Points(X, metric), labels, None, NAMES, random_state=0, n_jobs=n_jobs)}


@pytest.fixture
def noisy():
    X, labels = make_blobs(900, 5, centers=6, cluster_std=2, random_state=1)
    labels = labels.astype(np.int64)
    labels[np.random.default_rng(1).random(900) < 0.1] = -1
    return X, labels


@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_equal_to_scikit_learn(noisy, offset):
    X, labels = noisy[0] + offset, noisy[1]
    mine, found = labels >= 0, scores(X, labels)
    assert found["calinski_harabasz_score"].value == pytest.approx(
        calinski_harabasz_score(noisy[0][mine], labels[mine]), rel=1e-8 if offset else 1e-10
    )
    assert found["davies_bouldin_score"].value == pytest.approx(
        davies_bouldin_score(noisy[0][mine], labels[mine]), rel=1e-8 if offset else 1e-10
    )


def test_inertia_is_that_of_kmeans():
    X, _ = make_blobs(500, 3, centers=5, random_state=0)
    fit = KMeans(5, n_init=3, tol=0, max_iter=1000, random_state=0).fit(X)
    assert scores(X, fit.labels_.astype(np.int64))["inertia"].value == pytest.approx(fit.inertia_, rel=1e-10)


def test_policies_equal_the_score_of_the_relabelled_noise(noisy):
    X, labels = noisy
    noise, found = labels < 0, scores(X, labels)
    merged, alone = labels.copy(), labels.copy()
    merged[noise], alone[noise] = 6, 6 + np.arange(noise.sum())
    for name, reference in (("calinski_harabasz_score", calinski_harabasz_score), ("davies_bouldin_score", davies_bouldin_score)):
        assert found[name].policies.one_cluster == pytest.approx(reference(X, merged), rel=1e-10)
        assert found[name].policies.singletons == pytest.approx(reference(X, alone), rel=1e-7)  # its own distances are less exact
    spread = ((X[noise] - X[noise].mean(axis=0)) ** 2).sum()
    inertia = found["inertia"].policies
    assert inertia.singletons == inertia.ignored
    assert inertia.one_cluster == pytest.approx(inertia.ignored + spread, rel=1e-12)


def test_without_noise_the_policies_are_all_the_headline_value():
    X, labels = make_blobs(200, 2, centers=3, random_state=0)
    for found in scores(X, labels).values():
        assert found.policies.ignored == found.policies.singletons == found.policies.one_cluster == found.value
        assert found.coverage == 1.0


def test_any_number_of_jobs_gives_the_same_bits(monkeypatch, noisy):
    monkeypatch.setattr(kernel, "N_BLOCK", 64)
    one, three = (moments(*noisy, 6, n_jobs) for n_jobs in (1, 3))
    for field in ("centres", "squares", "distances"):
        np.testing.assert_array_equal(getattr(one, field), getattr(three, field))


@pytest.mark.parametrize(
    ("X", "labels", "name", "reason"),
    [
        ([0, 0, 1, 1], [0, 0, 1, 1], "calinski_harabasz_score", "infinite"),
        ([0, 2, 1, 1], [0, 0, 1, 1], "davies_bouldin_score", "same centre"),
        ([0, 2, 1, 1], [0, 0, 0, 0], "calinski_harabasz_score", "only one cluster"),
        ([0, 2, 1, 3], [0, 1, 2, 3], "davies_bouldin_score", "single row"),
        ([0, 2, 1, 3], [0, 1, 2, 3], "calinski_harabasz_score", "single row"),
        ([0, 2, 1, 3], [-1, -1, -1, -1], "inertia", "no cluster"),
    ],
)
def test_what_does_not_exist_is_none_with_its_reason(X, labels, name, reason):
    found = scores(np.array(X, dtype=float)[:, None], np.array(labels))[name]
    assert found.value is None
    assert reason in found.reason


def test_davies_bouldin_of_clusters_without_spread_is_zero():
    assert scores(np.array([[0.0], [0], [5], [5]]), np.array([0, 0, 1, 1]))["davies_bouldin_score"].value == 0.0


def test_gower_points_have_no_means():
    for found in scores(np.random.default_rng(0).random((20, 2)), np.repeat([0, 1], 10), "manhattan").values():
        assert found.value is None
        assert "Gower" in found.reason
