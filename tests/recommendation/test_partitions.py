"""Partitions side by side."""

from __future__ import annotations

import numpy as np
import pytest
from shapes import stacked
from sklearn.metrics import adjusted_rand_score

from clusterctl.recommendation.partitions import distinct, draw_pairs, rand_matrix


def random_labels(n: int, seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    found = [np.unique(rng.integers(k, size=n), return_inverse=True)[1] for k in (2, 3, 7)]
    return [*found, np.where(rng.random(n) < 0.2, -1, found[1])]


def test_the_rand_index_over_all_pairs_is_scikit_learns_with_noise_as_a_cluster() -> None:
    labels = random_labels(120, 0)
    matrix = rand_matrix(stacked(*labels), draw_pairs(120, 0))
    expected = [[adjusted_rand_score(a, b) for b in labels] for a in labels]
    np.testing.assert_allclose(matrix, expected, atol=1e-5)


def test_a_sample_of_pairs_comes_close_and_equals_are_exactly_1() -> None:
    labels = random_labels(2_000, 1)
    labels.append(np.where(np.random.default_rng(3).random(2_000) < 0.1, 0, labels[2]))
    matrix = rand_matrix(stacked(*labels), draw_pairs(2_000, 0))
    assert np.diag(matrix) == pytest.approx(1.0)
    assert matrix[2, 4] == pytest.approx(adjusted_rand_score(labels[2], labels[4]), abs=0.05)


def test_no_pair_is_of_a_row_with_itself() -> None:
    pairs = draw_pairs(500, 4)
    assert (pairs[0] != pairs[1]).all()
    assert pairs.max() < 500


def test_of_partitions_that_are_alike_the_first_is_kept() -> None:
    a, b, c, _ = random_labels(300, 2)
    partitions = stacked(a, b, a, c, b)
    kept, like = distinct(partitions, rand_matrix(partitions, draw_pairs(300, 0)))
    assert kept.tolist() == [0, 1, 3]
    assert like.tolist() == [0, 1, 0, 2, 1]
