"""Silhouettes of many cuts of a tree are scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from shapes import blobs, ground_of
from sklearn.metrics import silhouette_samples, silhouette_score

from clusterctl.kernels.linkage import cut_into, link
from clusterctl.recommendation.evidence.separation import separation
from clusterctl.recommendation.partitions import Partitions
from clusterctl.recommendation.silhouettes import nested_silhouettes


@pytest.mark.parametrize("linkage", ["ward", "single"])
def test_the_silhouettes_of_nested_cuts_are_those_of_scikit_learn(linkage: str) -> None:
    X = blobs(60)[0]
    tree = link(X, linkage, "euclidean")
    cuts = [cut_into(tree, k) for k in (2, 3, 5, 11, 40)]
    found = nested_silhouettes(cdist(X, X).astype(np.float32), cuts)
    np.testing.assert_allclose(found, [silhouette_score(X, labels) for labels in cuts], atol=1e-5)
    assert nested_silhouettes(np.zeros((3, 3), dtype=np.float32), []) == []


def test_silhouettes_of_partitions_that_share_a_product_are_those_of_each_alone_noise_left_out() -> None:
    X = blobs(60)[0]
    rng = np.random.default_rng(3)
    labels = [rng.permutation(np.arange(len(X)) % k) for k in (2, 90, 7, 120, 60, 3)]
    labels[2][rng.choice(len(X), 10, replace=False)] = -1
    found = separation(ground_of(X), Partitions.of(labels, ["x"] * len(labels)))
    for place, own in enumerate(labels):
        kept = own >= 0
        samples = silhouette_samples(X[kept], own[kept])
        assert found["silhouette"][place] == pytest.approx(samples.mean(), abs=1e-5)
