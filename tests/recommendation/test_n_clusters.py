"""The choice of n_clusters by itself."""

import json

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.metrics import silhouette_score

from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.recommendation.n_clusters import choose_n_clusters
from clusterctl.recommendation.votes import gap_statistic, prediction_strengths, silhouettes
from clusterctl.values.space import Points


def blobs(k, n=400, d=2, gap=12.0, seed=0):
    rng = np.random.default_rng(seed)
    angle = 2 * np.pi * np.arange(k) / k
    centers = np.zeros((k, d))
    centers[:, :2] = gap * np.column_stack((np.cos(angle), np.sin(angle)))
    return Points(rng.normal(size=(n, d)) + centers[np.arange(n) % k])


def choose(points, name="kmeans", seed=0, n_jobs=1):
    spec = ALGORITHMS[name]
    return choose_n_clusters(points, spec, spec.parameters(), seed, n_jobs)


@pytest.mark.parametrize("name", ["kmeans", "hierarchical", "spectral", "gaussian_mixture"])
def test_planted_clusters_are_counted(name):
    chosen = choose(blobs(4), name)
    assert (chosen.value, chosen.rule) == (4, "prediction_strength")


@pytest.mark.parametrize("seed", range(4))
def test_one_gaussian_in_five_dimensions_is_no_cluster_and_said_so(seed):
    chosen = choose(Points(np.random.default_rng(seed).normal(size=(400, 5))))
    assert (chosen.value, chosen.rule) == (1, "no_clusters")
    assert [caution.code for caution in chosen.cautions] == ["no_clusters"]


@pytest.mark.parametrize("seed", range(3))
def test_a_large_cluster_beside_a_small_one_is_not_split(seed):
    rng = np.random.default_rng(seed)
    X = np.concatenate([rng.normal(size=(500, 2)), rng.normal(size=(100, 2)) + np.array([12, 0])])
    assert choose(Points(X)).value == 2


@pytest.mark.parametrize("seed", range(4))
def test_one_gaussian_in_the_plane_is_no_cluster(seed):
    assert choose(Points(np.random.default_rng(seed).normal(size=(500, 2)))).value == 1


def test_a_few_rows_repeated_are_the_clusters():
    chosen = choose(Points(np.repeat([[1.0, 2.0], [5.0, 7.0]], [50, 30], axis=0)))
    assert (chosen.value, chosen.rule) == (2, "distinct_rows")


def test_votes_at_the_largest_number_tried_are_warned_of():
    message = choose(blobs(15, n=900, gap=60.0)).cautions[0].message
    assert "15 is the largest number tried" in message


def test_same_seed_same_evidence_at_any_number_of_jobs():
    assert choose(blobs(3), n_jobs=1) == choose(blobs(3), n_jobs=2)


def test_evidence_is_plain_json_and_says_the_sample_and_the_seed():
    evidence = choose(blobs(3, n=2500), seed=5).evidence
    assert json.loads(json.dumps(evidence, allow_nan=False)) == evidence
    assert (evidence["n_sample"], evidence["random_state"]) == (2000, 5)


@pytest.mark.parametrize("X", [np.ones((30, 2)), np.arange(3.0)[:, None], np.ones((1, 1))])
def test_hardly_any_rows_are_one_cluster(X):
    assert choose(Points(X)).rule == "too_few_rows"


def test_mixtures_are_voted_on_by_bic():
    assert set(choose(blobs(3), "gaussian_mixture").evidence["votes"]) == {"silhouette", "bic", "prediction_strength"}


def test_silhouette_is_the_librarys():
    points = blobs(3, n=90)
    labels = np.arange(90) % 3
    for metric, name in (("euclidean", "euclidean"), ("manhattan", "manhattan")):
        ours = silhouettes(Points(points.X, metric), {3: labels})[3]
        assert ours == pytest.approx(silhouette_score(points.X, labels, metric=name))


def test_gap_is_largest_at_the_planted_number():
    gap = gap_statistic(blobs(5).X, 9, 0, 1)
    assert gap.best == gap.first_good == 5


def test_within_sums_read_off_the_tree_are_those_of_its_clusters():
    from clusterctl.recommendation.votes import _log_within

    X = blobs(3, n=60).X
    for k, value in enumerate(_log_within(X, 6), start=1):
        labels = fcluster(linkage(X, "ward"), k, "maxclust")
        within = sum(((X[labels == c] - X[labels == c].mean(axis=0)) ** 2).sum() for c in np.unique(labels))
        assert value == pytest.approx(np.log(within))


def test_prediction_strength_falls_after_the_planted_number():
    strength = prediction_strengths(blobs(4).X, 7, 0, 1)
    assert strength[2] > 0.95
    assert (strength[3:] < 0.6).all()
