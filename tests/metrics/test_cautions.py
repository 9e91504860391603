"""Cautions: each comes at its threshold, with its numbers."""

import numpy as np
import pytest

from clusterctl.metrics.cautions import cautions, deciding
from clusterctl.results.models import NullComparison, Stability
from clusterctl.values.space import Points, Space


def found(labels, X=None, stability=None, null=None, embedding="none", deviations=None, by_density=False):
    labels = np.asarray(labels)
    n = len(labels)
    X = np.random.default_rng(0).normal(size=(n, 2)) if X is None else np.asarray(X, dtype=float)
    nothing = np.zeros(n, dtype=bool)
    space = Space(
        Points(X),
        ("a", "b"),
        np.arange(n),
        n,
        nothing,
        nothing,
        None,
        None,
        None,
        embedding,
        None,
        (),
        standard_deviations=deviations or {},
    )
    return {caution.code: caution.message for caution in cautions(space, labels, stability, null, by_density=by_density)}


def stable(*values):
    return Stability(per_cluster=list(values), minimum=None, mean=None, prediction_strength=None, n_resamples=20, n_used=100)


def compared(p_value, mean=0.3):
    return {
        "silhouette_score": NullComparison(
            observed=0.32, mean=mean, sd=0.01, p_value=p_value, n_draws=20, reference="uniform_box", n_used=9
        )
    }


def test_good_clusters_give_none():
    assert (
        found(np.repeat([0, 1], 100), stability=stable(0.9, 0.6), null=compared(0.05), deviations={"a": 1, "b": 100}, embedding="pca") == {}
    )


@pytest.mark.parametrize(("sizes", "warned"), [([50, 5], False), ([50, 4], True), ([990, 10], False), ([991, 9], True)])
def test_tiny_clusters(sizes, warned):
    messages = found(np.repeat([0, 1], sizes))
    assert ("tiny_clusters" in messages) == warned
    if warned:
        assert f"1 ({sizes[1]} rows)" in messages["tiny_clusters"]


@pytest.mark.parametrize(("sizes", "warned"), [([90, 10], False), ([91, 9], True), ([100], False)])
def test_giant_cluster(sizes, warned):
    assert ("giant_cluster" in found(np.repeat(np.arange(len(sizes)), sizes))) == warned


@pytest.mark.parametrize(("n_noise", "warned"), [(50, False), (51, True), (100, True)])
def test_mostly_noise(n_noise, warned):
    assert ("mostly_noise" in found(np.repeat([-1, 0], [n_noise, 100 - n_noise]))) == warned


def test_unscaled_features_are_named_with_their_ratio():
    message = found(np.repeat([0, 1], 50), deviations={"age": 10.0, "income": 20000.0, "constant": 0.0})["unscaled_features"]
    assert "income" in message
    assert "age" in message
    assert "2,000 times" in message


@pytest.mark.parametrize(("n_double", "warned"), [(50, False), (52, True)])
def test_ties(n_double, warned):
    X = np.column_stack([np.concatenate([np.repeat(np.arange(n_double // 2), 2), np.arange(1000, 1100 - n_double)]), np.full(100, 0.1)])
    assert ("ties" in found(np.repeat([0, 1], 50), X)) == warned


def test_unstable_clusters_are_named():
    message = found(np.repeat([0, 1], 50), stability=stable(0.9, 0.59))["unstable_clusters"]
    assert "1 (0.59)" in message
    assert "0 (0.9" not in message


def test_no_better_than_chance():
    message = found(np.repeat([0, 1], 50), null=compared(0.0501))["no_better_than_chance"]
    assert "silhouette_score 0.32" in message
    assert "p = 0.05" in message


def test_the_one_comparison_that_counts_is_settled_beforehand_by_the_kind_of_algorithm():
    by_silhouette, by_dbcv = compared(0.5), {"dbcv": compared(0.04)["silhouette_score"]}
    labels = np.repeat([0, 1], 50)
    assert deciding(by_silhouette | by_dbcv, by_density=False) == "silhouette_score"
    assert deciding(by_silhouette | by_dbcv, by_density=True) == "dbcv"
    assert deciding({}, by_density=True) is None
    assert "no_better_than_chance" in found(labels, null=by_silhouette | by_dbcv)
    assert "no_better_than_chance" not in found(labels, null=by_silhouette | by_dbcv, by_density=True)


@pytest.mark.parametrize("embedding", ["umap", "tsne"])
def test_embedding_space(embedding):
    assert "embedding_space" in found(np.repeat([0, 1], 50), embedding=embedding)


def test_no_rows_in_clusters_is_no_error():
    assert "mostly_noise" in found(np.full(5, -1))
