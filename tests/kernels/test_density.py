"""Components at an eps beside brute force over all pairs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import cdist

from clusterctl.kernels import density
from clusterctl.kernels.density import cut_at, measure_core_distances, number_by_first


def brute(X: np.ndarray, eps: float, min_samples: int) -> tuple[np.ndarray, np.ndarray]:
    near = cdist(X, X, "sqeuclidean") <= eps * eps
    core = near.sum(axis=1) >= min_samples
    labels = np.full(len(X), -1)
    if core.any():
        labels[core] = number_by_first(connected_components(near[np.ix_(core, core)])[1])
        for row in np.flatnonzero(~core):
            reached = labels[near[row] & core]
            labels[row] = reached.min() if len(reached) else -1
    return labels, core


def check(X: np.ndarray, eps: float, min_samples: int) -> None:
    labels, core = cut_at(measure_core_distances(X, min_samples, "euclidean", 1), eps)
    expected, expected_core = brute(X, eps, min_samples)
    assert np.array_equal(core, expected_core)
    assert np.array_equal(labels, expected)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 150), st.integers(1, 3), st.integers(1, 9), st.floats(0.02, 0.6))
def test_random_rows(seed: int, n: int, d: int, min_samples: int, eps: float) -> None:
    check(np.random.RandomState(seed).rand(n, d), eps, min_samples)


def test_large_components_that_touch_at_one_pair_are_joined() -> None:
    rng = np.random.RandomState(0)
    blobs = [rng.rand(200, 2) + np.array([3.0 * i, 0.0]) for i in range(9)]
    bridges = [np.column_stack([np.linspace(3 * i + 0.9, 3 * i + 3.1, 60), np.full(60, 0.5)]) for i in (0, 3, 6)]
    X = np.concatenate(blobs + bridges)
    check(X[rng.permutation(len(X))], 0.15, 4)


def test_components_of_every_size_around_the_bound_for_small_ones_are_joined() -> None:
    rows = []
    for i, size in enumerate((2, 23, 24, 25, 26, 60, 3, 24, 25, 2)):
        rows.append(np.column_stack([np.full(size, 1.0 * i), np.linspace(0, 0.01, size)]))
    for eps in (0.5, 0.9999, 1.0):
        check(np.concatenate(rows), eps, 2)


def test_many_columns_agree_with_brute_force() -> None:
    rng = np.random.RandomState(0)
    X = rng.randn(400, 20) + 5 * rng.randint(0, 3, (400, 1))
    for eps in (3.0, 4.5, 6.0):
        check(X, eps, 5)
    rows = np.zeros((120, 20))
    rows[:, 0] = np.repeat(np.arange(4.0), 30)
    rows[:, 1] = np.tile(np.linspace(0, 0.01, 30), 4)
    for eps in (0.5, 0.999, 1.0):  # balls of components that are eps apart, or a little more
        check(rows, eps, 3)


def test_rows_spread_over_many_blocks_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    X = np.random.RandomState(0).rand(3000, 2)
    whole = cut_at(measure_core_distances(X, 5, "euclidean", 1), 0.02)[0]
    monkeypatch.setattr(density, "block_length", lambda k, d: 128)
    assert np.array_equal(cut_at(measure_core_distances(X, 5, "euclidean", 1), 0.02)[0], whole)
