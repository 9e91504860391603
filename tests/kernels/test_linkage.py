"""Merge trees and their cuts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, is_valid_linkage, linkage

from clusterctl.kernels.linkage import cut_below, cut_into, link

METHODS = ("ward", "average", "complete", "single", "weighted", "centroid", "median")


@pytest.mark.parametrize("method", METHODS)
def test_heights_are_those_of_scipy(method: str) -> None:
    X = np.random.RandomState(0).rand(120, 3)
    tree = link(X, method, "euclidean")
    assert is_valid_linkage(tree)
    assert np.allclose(tree[:, 2], linkage(X, method)[:, 2])


@pytest.mark.parametrize("method", METHODS)
def test_cut_into_gives_k_clusters_on_a_grid_of_ties(method: str) -> None:
    X = np.array([[i, j] for i in range(6) for j in range(6)], dtype=float)
    tree = link(X, method, "euclidean")
    for k in range(1, 40):
        assert len(np.unique(cut_into(tree, k))) == min(k, 36)


def test_cuts_are_nested() -> None:
    tree = link(np.random.RandomState(0).rand(60, 2), "centroid", "euclidean")
    for k in range(1, 59):
        coarse, fine = cut_into(tree, k), cut_into(tree, k + 1)
        assert len({(a, b) for a, b in zip(fine.tolist(), coarse.tolist(), strict=True)}) == k + 1


def test_merge_over_a_high_one_is_not_done_below_that_height() -> None:
    X = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 0.87]])  # the centroid of the first two is nearer to the third than they are to each other
    tree = link(X, "centroid", "euclidean")
    assert tree[1, 2] < tree[0, 2]
    assert len(np.unique(cut_below(tree, (tree[0, 2] + tree[1, 2]) / 2))) == 3


@pytest.mark.parametrize("method", ["centroid", "median"])
def test_cuts_below_a_height_are_those_of_scipy_among_inversions(method: str) -> None:
    for seed in range(20):
        tree = link(np.random.RandomState(seed).rand(40, 2), method, "euclidean")
        for height in tree[::3, 2] * 1.0001:
            expected, found = fcluster(tree, height, "distance"), cut_below(tree, height)
            assert len(set(zip(expected.tolist(), found.tolist(), strict=True))) == len(set(expected)) == len(set(found))


def test_input_is_left_as_it_was() -> None:
    X = np.random.RandomState(0).rand(50, 3)
    before = X.copy()
    X.setflags(write=False)
    for method in METHODS:
        link(X, method, "euclidean")
    assert np.array_equal(X, before)
