import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from clusterctl.analysis import centroids
from clusterctl.analysis.confidence import centre_confidence
from clusterctl.values.space import Points


def brute_force(X, labels, metric="euclidean"):
    k = labels.max() + 1
    middle = np.median if metric == "manhattan" else np.mean
    table = cdist(X, [middle(X[labels == c], axis=0) for c in range(k)], "cityblock" if metric == "manhattan" else "euclidean")
    result = np.zeros(len(X))
    for row, label in enumerate(labels):
        if label >= 0:
            a, b = table[row, label], np.delete(table[row], label).min()
            result[row] = max(0.0, (b - a) / max(a, b)) if max(a, b) > 0 else 0.0
    return result


@pytest.mark.parametrize("metric", ["euclidean", "manhattan"])
def test_confidence_is_the_formula_row_by_row(metric, monkeypatch):
    monkeypatch.setattr(centroids, "BLOCK", 37)
    rng = np.random.default_rng(0)
    X, labels = rng.normal(size=(300, 4)) + 1e6, np.append(np.arange(7), rng.integers(-1, 7, 293))
    np.testing.assert_allclose(centre_confidence(Points(X, metric), labels), brute_force(X, labels, metric), atol=1e-7)


def test_one_cluster_is_sure_and_noise_is_not():
    assert centre_confidence(Points(np.arange(6.0).reshape(3, 2)), np.array([0, -1, 0])).tolist() == [1, 0, 1]


def test_all_noise_has_no_confidence():
    assert centre_confidence(Points(np.ones((3, 2))), np.full(3, -1)).tolist() == [0, 0, 0]


def test_a_row_nearer_to_another_center_has_confidence_0():
    X = np.array([[0.0], [0], [10], [10], [10], [9]])
    assert centre_confidence(Points(X), np.array([0, 0, 1, 1, 1, 0]))[5] == 0


def test_clusters_that_coincide_give_0_and_no_warning():
    assert centre_confidence(Points(np.zeros((4, 2))), np.array([0, 0, 1, 1])).tolist() == [0, 0, 0, 0]


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 100), st.floats(-100, 100))
@settings(max_examples=30, deadline=None)
def test_confidence_ignores_shift_and_scale(seed, scale, shift):
    rng = np.random.default_rng(seed)
    X, labels = rng.normal(size=(40, 3)), np.append([0, 1, 2], rng.integers(-1, 3, 37))
    one, other = (centre_confidence(Points(points), labels) for points in (X, X * scale + shift))
    np.testing.assert_allclose(one, other, atol=1e-9)
    assert ((one >= 0) & (one <= 1)).all()
