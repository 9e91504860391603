"""The ordering is the same by one pass a step, by a tree, and with rows moved up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import compute_optics_graph
from threadpoolctl import threadpool_limits

from clusterctl.kernels import reachability
from clusterctl.kernels.reachability import order_rows


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(20, 120), st.sampled_from([np.inf, 0.2]), st.booleans())
@pytest.mark.filterwarnings("ignore:All reachability values are inf")
def test_ordering_is_that_of_scikit_learn(seed: int, n: int, max_eps: float, rounded: bool) -> None:
    X = np.random.RandomState(seed).rand(n, 2)
    X = np.round(X, 1) if rounded else X
    found = order_rows(X, 4, max_eps, "euclidean", 1)
    fixed = {"metric": "minkowski", "p": 2, "metric_params": None, "algorithm": "auto", "leaf_size": 30, "n_jobs": None}
    with threadpool_limits(1):
        ordering, core, reach, before = compute_optics_graph(X, min_samples=4, max_eps=max_eps, **fixed)
    assert np.array_equal(found.ordering, ordering)
    assert np.array_equal(found.core_distances, core)
    assert np.array_equal(found.reachability, reach)
    assert np.array_equal(found.predecessor, before)


def test_tree_and_passes_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    X = np.random.RandomState(0).rand(2000, 3)
    by_tree = order_rows(X, 5, 0.1, "manhattan", 1)
    monkeypatch.setattr(reachability, "DENSE_SHARE", 0.0)
    by_passes = order_rows(X, 5, 0.1, "manhattan", 1)
    assert np.array_equal(by_tree.ordering, by_passes.ordering)
    assert np.array_equal(by_tree.reachability, by_passes.reachability)
    assert np.array_equal(by_tree.predecessor, by_passes.predecessor)


def test_fewer_rows_than_min_samples_keep_their_order() -> None:
    found = order_rows(np.arange(3.0).reshape(3, 1), 5, np.inf, "euclidean", 1)
    assert found.ordering.tolist() == [0, 1, 2]
    assert np.isinf(found.reachability).all()
