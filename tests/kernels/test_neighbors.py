"""Nearest rows beside all distances."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from clusterctl.kernels.neighbors import ProductIndex, TreeIndex, expand, index_rows, leaf_order, nearest_within, reduce_limit, reduced

NAMES = {"euclidean": "euclidean", "manhattan": "cityblock", "chebyshev": "chebyshev"}


@pytest.mark.parametrize("metric", NAMES)
def test_reduced_distances_expand_to_scipys(metric: str) -> None:
    A, B = np.random.RandomState(0).rand(2, 30, 4)
    expected = np.diag(cdist(A, B, NAMES[metric]))
    assert np.allclose(expand(reduced(A, B, metric), metric), expected)
    assert np.isclose(reduce_limit(float(expected[0]), metric), reduced(A, B, metric)[0])


@pytest.mark.parametrize(("metric", "d"), [("euclidean", 3), ("manhattan", 3), ("chebyshev", 3), ("euclidean", 20)])
def test_nearest_rows_are_those_of_all_distances(metric: str, d: int) -> None:
    rng = np.random.RandomState(0)
    X, Y = rng.rand(200, d), rng.rand(50, d)
    rows = index_rows(X, metric).nearest(Y, 4, np.inf, 2)
    assert np.array_equal(rows, np.argsort(cdist(Y, X, NAMES[metric]), axis=1)[:, :4])


def test_fewer_rows_than_asked_for_are_filled_up() -> None:
    X = np.arange(3.0).reshape(3, 1)
    for index in (TreeIndex(X, "euclidean"), ProductIndex(X)):
        assert index.nearest(X[:1], 5, np.inf, 1).tolist() == [[0, 1, 2, 3, 3]]


def test_rows_at_the_limit_are_within_it() -> None:
    X, Y = np.array([[0.0, 0.0]]), np.array([[1.0, 1.0], [1.0, 2.0]])
    i, j = nearest_within(index_rows(X, "euclidean"), X, Y, 2**0.5, "euclidean", 1)
    assert (i.tolist(), j.tolist()) == ([0], [0])


def test_index_is_a_tree_in_few_columns_and_products_in_many() -> None:
    assert isinstance(index_rows(np.zeros((5, 15)), "euclidean"), TreeIndex)
    assert isinstance(index_rows(np.zeros((5, 16)), "euclidean"), ProductIndex)
    assert isinstance(index_rows(np.zeros((5, 16)), "manhattan"), TreeIndex)


def test_leaf_order_is_a_permutation() -> None:
    X = np.random.RandomState(0).rand(500, 2)
    assert np.array_equal(np.sort(leaf_order(X, "euclidean")), np.arange(500))
