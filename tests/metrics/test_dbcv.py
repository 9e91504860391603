"""DBCV against hdbscan's validity_index, and where that one fails."""

import numpy as np
import pytest
from hdbscan.validity import all_points_core_distance, validity_index
from scipy.spatial.distance import cdist
from sklearn.datasets import load_iris, load_wine, make_blobs, make_moons

from clusterctl.kernels import density_validity as kernel
from clusterctl.kernels.density_validity import core_distances, internal, spanning_tree
from clusterctl.metrics import dbcv
from clusterctl.metrics.dbcv import density_validity
from clusterctl.values.space import Points


def of(X, labels, metric="euclidean", **more):
    return density_validity(Points(np.asarray(X, dtype=float), metric), np.asarray(labels), **({"random_state": 0, "n_jobs": 1} | more))


def tables():
    wine = load_wine()
    yield "blobs", *make_blobs(500, 3, centers=4, random_state=1)
    yield "moons", *make_moons(400, noise=0.05, random_state=0)
    yield "iris, with duplicates", load_iris().data, load_iris().target
    yield "wine, scaled", (wine.data - wine.data.mean(axis=0)) / wine.data.std(axis=0), wine.target
    yield "blobs, 30 columns", *make_blobs(300, 30, centers=5, cluster_std=4, random_state=3)


@pytest.mark.parametrize(("name", "X", "labels"), list(tables()), ids=[name for name, *_ in tables()])
@pytest.mark.parametrize("noise", [0.0, 0.15])
def test_equal_to_hdbscan_where_both_are_defined(name, X, labels, noise):
    labels = labels.astype(np.int64)
    labels[np.random.default_rng(0).random(len(labels)) < noise] = -1
    wanted, per_cluster = validity_index(np.asarray(X, dtype=float), labels, per_cluster_scores=True)
    found = of(X, labels)
    assert found.value == pytest.approx(wanted, abs=1e-6)
    np.testing.assert_allclose(found.per_cluster, per_cluster, atol=1e-6)


def test_city_block_distance():
    X, labels = make_blobs(300, 4, centers=3, random_state=5)
    assert of(X, labels, "manhattan").value == pytest.approx(validity_index(X, labels, metric="cityblock"), abs=1e-6)


def test_core_distances_do_not_overflow_in_many_columns():
    X = np.random.default_rng(0).normal(size=(60, 400)) * 1e-3
    logs = -400 * np.log(cdist(X, X) + np.diag(np.full(60, np.inf)))
    wanted = np.exp(-(np.logaddexp.reduce(logs, axis=1) - np.log(59)) / 400)
    np.testing.assert_allclose(core_distances(X, "euclidean"), wanted, rtol=1e-9)


@pytest.mark.parametrize("d", [1, 2, 3, 6, 7])
def test_core_distances_are_those_of_the_paper(d):
    X = np.random.default_rng(d).normal(size=(1200, d))
    np.testing.assert_allclose(core_distances(X, "euclidean"), all_points_core_distance(cdist(X, X), d), rtol=1e-9)


@pytest.mark.parametrize("metric", ["euclidean", "manhattan"])
def test_both_ways_to_the_tree_give_the_same_one(monkeypatch, metric):
    X = np.random.default_rng(2).normal(size=(700, 3))
    core = core_distances(X, metric)
    dense = spanning_tree(X, core, metric)
    monkeypatch.setattr(kernel, "N_DENSE", 0)
    lean = spanning_tree(X, core, metric)
    np.testing.assert_allclose(lean.weights, dense.weights, rtol=1e-9)
    assert internal(lean, 700)[1] == pytest.approx(internal(dense, 700)[1], rel=1e-9)


def test_clusters_of_one_row_are_taken_as_noise():
    X, labels = make_blobs(200, 2, centers=3, random_state=0)
    extra = np.concatenate([X, [[50.0, 50.0], [60.0, 60.0]]])
    alone, noise = of(extra, [*labels, 3, 4]), of(extra, [*labels, -1, -1])
    assert alone.value == noise.value
    assert np.isnan(alone.per_cluster[3:]).all()


def test_noise_counts_as_zero():
    X, labels = make_blobs(200, 2, centers=2, random_state=0)
    extra = np.concatenate([X, np.full((200, 2), 99.0)])
    assert of(extra, [*labels, *[-1] * 200]).value == pytest.approx(of(X, labels).value / 2, rel=1e-12)


@pytest.mark.parametrize(
    ("labels", "reason"), [([-1] * 6, "no cluster"), ([0] * 6, "only one"), ([0, 1, 2, 3, 4, 5], "fewer than two clusters have more")]
)
def test_fewer_than_two_dense_clusters_have_no_value(labels, reason):
    found = of(np.arange(6.0)[:, None], labels)
    assert found.value is None
    assert reason in found.reason


def test_clusters_of_one_repeated_point_are_perfect_and_in_one_place_undefined():
    assert of([[0.0]] * 5 + [[1.0]] * 5, [0] * 5 + [1] * 5).value == 1.0
    assert of([[0.0]] * 10, [0] * 5 + [1] * 5).value is None


def test_the_same_bits_at_any_number_of_jobs():
    X, labels = make_blobs(600, 4, centers=5, random_state=0)
    assert of(X, labels, n_jobs=1).value == of(X, labels, n_jobs=3).value


def test_a_sampled_value_says_so(monkeypatch):
    monkeypatch.setattr(dbcv, "N_EXACT", 500)
    monkeypatch.setattr(dbcv, "N_SAMPLE", 300)
    X, labels = make_blobs(1000, 2, centers=3, cluster_std=0.5, random_state=4)
    found = of(X, labels)
    assert (found.method, found.n_used) == ("sampled", 300)
    assert found.value == pytest.approx(validity_index(X, labels), abs=0.2)
    assert found.value == of(X, labels, n_jobs=2).value


def test_shapes_that_are_found_score_better_than_shapes_that_are_cut():
    X, moons = make_moons(400, noise=0.03, random_state=0)
    assert of(X, moons).value > 0.3 > of(X, (X[:, 0] > 0.5).astype(int)).value
