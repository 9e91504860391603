"""Stability: planted clusters are found again, cuts through one cluster are not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import DBSCAN, KMeans
from sklearn.datasets import make_blobs, make_moons

from clusterctl.errors import ClusteringError
from clusterctl.metrics.assignment import assign, choose_rule
from clusterctl.metrics.stability import jaccard, prediction_strength, stability
from clusterctl.values.clustering import canonical
from clusterctl.values.space import Points


def kmeans(k):
    return lambda points, seed: canonical(KMeans(k, n_init=2, random_state=seed).fit_predict(points.X))[0]


def dbscan(points, seed):
    return canonical(DBSCAN(eps=0.3, min_samples=3).fit_predict(points.X))[0]


def of(X, cluster, **more):
    points = Points(np.ascontiguousarray(X))
    return stability(points, cluster(points, 0), cluster, **({"random_state": 0, "n_jobs": 1} | more))


def test_planted_clusters_are_found_again():
    found = of(make_blobs(400, 3, centers=4, cluster_std=0.5, random_state=1)[0], kmeans(4))
    assert found.minimum > 0.95
    assert found.prediction_strength > 0.95
    assert (found.n_resamples, found.n_used) == (20, 400)
    assert found.mean == pytest.approx(np.mean(found.per_cluster))


def test_cuts_through_one_cluster_are_not():
    found = of(np.random.default_rng(0).normal(size=(400, 5)), kmeans(6))
    assert found.minimum < 0.6
    assert found.prediction_strength < 0.6


def test_the_shaky_cluster_is_the_one_that_is_named():
    rng = np.random.default_rng(2)
    X = np.concatenate([rng.normal(size=(300, 2)) * 2, rng.normal(size=(300, 2)) * 0.1 + 30])
    found = of(X, kmeans(4))
    points = Points(X)
    lonely = kmeans(4)(points, 0)[-1]
    assert found.per_cluster[lonely] > 0.95
    assert found.minimum < 0.9


def test_shapes_are_carried_over_by_the_nearest_row():
    X, _ = make_moons(400, noise=0.03, random_state=0)
    assert choose_rule(Points(X), dbscan(Points(X), 0)) == "neighbour"
    assert of(X, dbscan).prediction_strength > 0.9


def test_round_clusters_are_carried_over_by_the_nearest_centre():
    X, labels = make_blobs(200, 2, centers=3, random_state=0)
    assert choose_rule(Points(X), labels) == "centre"
    np.testing.assert_array_equal(assign(Points(X), Points(X), labels, "neighbour"), labels)


def test_the_same_bits_at_any_number_of_jobs_and_other_bits_for_another_seed():
    X = np.random.default_rng(1).normal(size=(300, 2))
    assert of(X, kmeans(3), n_jobs=1) == of(X, kmeans(3), n_jobs=3)
    assert of(X, kmeans(3)) != of(X, kmeans(3), random_state=1)


def test_many_rows_are_judged_on_a_sample_of_stated_size():
    largest = []

    def counting(points, seed):
        largest.append(points.n_rows)
        return kmeans(2)(points, seed)

    X, labels = make_blobs(1000, 2, centers=2, random_state=0)
    found = stability(Points(X), labels, counting, random_state=0, n_jobs=1, n_rows=100)
    assert found.n_used == 100
    assert max(largest) == 50


def test_a_cluster_too_small_for_the_sample_has_no_stability():
    X, labels = make_blobs(100, 2, centers=2, cluster_std=0.5, random_state=0)
    found = stability(Points(X), np.concatenate([labels[:-1], [2]]), kmeans(2), random_state=0, n_jobs=1)
    assert found.per_cluster[2] is None
    assert found.minimum > 0.9


def test_what_cannot_be_said_has_a_reason():
    def impossible(points, seed):
        raise ClusteringError("too few rows for it")

    points = Points(np.random.default_rng(0).normal(size=(40, 2)))
    assert "no cluster" in stability(points, np.full(40, -1), kmeans(2), random_state=0, n_jobs=1)
    assert "too few rows for it" in stability(points, np.zeros(40, dtype=int), impossible, random_state=0, n_jobs=1)
    assert "at least" in stability(Points(np.zeros((3, 1))), np.zeros(3, dtype=int), kmeans(1), random_state=0, n_jobs=1)


def test_one_cluster_has_no_prediction_strength():
    found = stability(Points(np.random.default_rng(0).normal(size=(40, 2))), np.zeros(40, dtype=int), kmeans(1), random_state=0, n_jobs=1)
    assert found.per_cluster == [1.0]
    assert found.prediction_strength is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 3)), min_size=1, max_size=30))
def test_jaccard_equals_that_of_sets(pairs):
    known, new = (np.array(side) for side in zip(*pairs, strict=True))
    found, there = jaccard(known, new, 4)
    for c in range(4):
        own = set(np.flatnonzero(known == c))
        best = max((len(own & (other := set(np.flatnonzero(new == d)))) / max(len(own | other), 1) for d in range(4)), default=0)
        assert found[c] == pytest.approx(best)
        assert there[c] == bool(own)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-1, 2), st.integers(-1, 2)), min_size=4, max_size=30))
def test_prediction_strength_equals_the_count_of_pairs(pairs):
    own, predicted = (canonical(np.array(side))[0] for side in zip(*pairs, strict=True))
    shares = []
    for c in range(own.max() + 1):
        rows = np.flatnonzero(own == c)
        couples = [(i, j) for i in rows for j in rows if i != j]
        if couples:
            shares.append(np.mean([predicted[i] == predicted[j] >= 0 for i, j in couples]))
    wanted = min(shares, default=0.0) if min(own.max(), predicted.max()) >= 1 else 0.0
    assert prediction_strength(own, predicted) == pytest.approx(wanted)
