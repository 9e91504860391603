"""Silhouettes of labellings: noise, sampling, and what does not exist."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_blobs
from sklearn.metrics import silhouette_samples, silhouette_score

from clusterctl.metrics import silhouette
from clusterctl.metrics.silhouette import silhouettes, silhouettes_many
from clusterctl.values.space import Points


def blobs(n=600, k=4, noise=0.0, seed=0):
    X, labels = make_blobs(n, 3, centers=k, cluster_std=2.0, random_state=seed)
    labels = labels.astype(np.int64)
    labels[np.random.default_rng(seed).random(n) < noise] = -1
    return Points(X), labels


def of(points, labels, **more):
    return silhouettes(points, labels, **({"random_state": 0, "n_jobs": 1} | more))


def test_mean_clusters_and_rows_agree_with_scikit_learn():
    points, labels = blobs()
    found, wanted = of(points, labels), silhouette_samples(points.X, labels)
    np.testing.assert_allclose(found.samples, wanted, atol=1e-9)
    np.testing.assert_allclose(found.per_cluster, [wanted[labels == c].mean() for c in range(4)], atol=1e-9)
    assert found.mean == pytest.approx(wanted.mean(), abs=1e-12)
    assert (found.method, found.n_used, found.interval) == ("exact", 600, None)


def test_noise_rows_have_no_silhouette_and_do_not_count():
    points, labels = blobs(noise=0.2)
    found, mine = of(points, labels), labels >= 0
    assert np.isnan(found.samples[~mine]).all()
    assert found.mean == pytest.approx(silhouette_score(points.X[mine], labels[mine]), abs=1e-12)
    assert found.n_used == mine.sum()


@pytest.mark.parametrize("k", [1, 3])
def test_policies_equal_the_score_of_the_relabelled_noise(k):
    points, labels = blobs(300, k, noise=0.15)
    noise = labels < 0
    merged, alone = labels.copy(), labels.copy()
    merged[noise], alone[noise] = k, k + np.arange(noise.sum())
    policies = of(points, labels).policies
    assert policies.one_cluster == pytest.approx(silhouette_score(points.X, merged), abs=1e-12)
    assert policies.singletons == pytest.approx(silhouette_score(points.X, alone), abs=1e-12)


def test_without_noise_the_policies_are_all_the_headline_value():
    policies = of(*blobs()).policies
    assert policies.ignored == policies.singletons == policies.one_cluster


@pytest.mark.parametrize(
    ("labels", "reason"), [([0] * 6, "only one cluster"), ([-1] * 6, "no cluster"), ([-1, 0, 0, 0, 0, 0], "only one cluster")]
)
def test_fewer_than_two_clusters_have_no_silhouette_but_a_reason(labels, reason):
    found = of(Points(np.arange(12.0).reshape(6, 2)), np.array(labels))
    assert found.mean is None
    assert reason in found.reason
    assert np.isnan(found.samples).all()


def test_many_labellings_share_the_pass_and_keep_their_bits():
    points, labels = blobs(500, noise=0.1)
    others = [np.random.default_rng(s).integers(-1, 5, 500) for s in range(6)] + [np.zeros(500, dtype=np.int64)]
    for alone, together in zip(
        [of(points, one) for one in (labels, *others)], silhouettes_many(points, [labels, *others], random_state=0, n_jobs=2), strict=True
    ):
        np.testing.assert_array_equal(alone.samples, together.samples)
        assert (alone.mean, alone.policies) == (together.mean, together.policies)


def small_samples(monkeypatch, n_exact=1000, n_sample=400, n_against=1500):
    monkeypatch.setattr(silhouette, "N_EXACT", n_exact)
    monkeypatch.setattr(silhouette, "N_SAMPLE", n_sample)
    monkeypatch.setattr(silhouette, "N_AGAINST", n_against)


def test_a_sampled_value_says_so_and_its_interval_covers_the_exact_value(monkeypatch):
    points, labels = blobs(3000, noise=0.05)
    wanted = of(points, labels).mean
    small_samples(monkeypatch)
    inside = 0
    for seed in range(20):
        found = of(points, labels, random_state=seed)
        assert found.method == "sampled"
        assert found.n_used == np.isfinite(found.samples).sum()
        inside += found.interval[0] <= wanted <= found.interval[1]
    assert inside >= 17


def test_the_sample_is_unbiased_where_clusters_are_very_unequal(monkeypatch):
    rng = np.random.default_rng(0)
    sizes = [2500, 400, 80, 20]
    X = np.concatenate([rng.normal(loc=4 * c, size=(m, 2)) for c, m in enumerate(sizes)])
    labels = np.repeat(np.arange(4), sizes)
    wanted = of(Points(X), labels)
    small_samples(monkeypatch)
    found = [of(Points(X), labels, random_state=seed) for seed in range(30)]
    assert np.mean([f.mean for f in found]) == pytest.approx(wanted.mean, abs=0.01)
    np.testing.assert_allclose(np.mean([f.per_cluster for f in found], axis=0), wanted.per_cluster, atol=0.03)


def test_every_small_cluster_is_sampled_whole(monkeypatch):
    points, labels = blobs(3000)
    labels[:7] = 4
    small_samples(monkeypatch)
    assert np.isfinite(of(points, labels).samples[:7]).all()


def test_a_sample_depends_on_the_seed_alone(monkeypatch):
    points, labels = blobs(3000)
    small_samples(monkeypatch)
    np.testing.assert_array_equal(of(points, labels, n_jobs=1).samples, of(points, labels, n_jobs=2).samples)
    assert of(points, labels, random_state=1).mean != of(points, labels, random_state=2).mean


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(4, 60), k=st.integers(2, 6), noise=st.floats(0, 0.5))
def test_order_of_rows_and_numbers_of_clusters_do_not_matter(seed, n, k, noise):
    rng = np.random.default_rng(seed)
    X, labels = rng.normal(size=(n, 2)).round(1), rng.integers(0, k, n)
    labels[rng.random(n) < noise] = -1
    known = np.unique(labels[labels >= 0])
    labels = np.where(labels < 0, -1, np.searchsorted(known, labels))
    order, rename = rng.permutation(n), rng.permutation(max(len(known), 1))
    first = of(Points(X), labels)
    second = of(Points(X[order]), np.where(labels < 0, -1, rename[np.maximum(labels, 0)])[order])
    np.testing.assert_allclose(first.samples[order], second.samples, atol=1e-9)
