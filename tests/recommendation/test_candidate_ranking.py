"""From evidence to an order, beliefs and an interval."""

from __future__ import annotations

import numpy as np
import pytest

from clusterctl.recommendation.ranking import belief_in_k, contributions, expected_truth, interval, probabilities, score
from clusterctl.recommendation.weights import RANKING, Term


def test_the_score_is_the_weighted_sum_of_clipped_values() -> None:
    weights = {"a": Term(2.0, 0.0, 1.0), "b": Term(-1.0, -5.0, 5.0)}
    values = {"a": np.array([0.5, 3.0]), "b": np.array([1.0, -9.0]), "unused": np.array([7.0, 7.0])}
    assert score(values, weights).tolist() == [0.0, 7.0]


def test_contributions_add_up_to_the_difference_of_the_scores() -> None:
    rng = np.random.default_rng(0)
    values = {name: rng.uniform(term.low, term.high, size=2) for name, term in RANKING.items()}
    scores, found = score(values), contributions(values, 0, 1)
    assert sum(found.values()) == pytest.approx(scores[0] - scores[1])
    assert [abs(value) for value in found.values()] == sorted((abs(value) for value in found.values()), reverse=True)


def test_beliefs_add_up_to_one_and_do_not_hang_on_the_level_of_scores() -> None:
    scores = np.array([1.0, 2.0, 2.0])
    share = probabilities(scores)
    assert share.sum() == pytest.approx(1)
    assert share[1] / share[0] == pytest.approx(np.e)
    np.testing.assert_allclose(share, probabilities(scores + 1000))
    assert belief_in_k(np.array([3, 2, 3]), share)[3] == pytest.approx(share[0] + share[2])


def test_a_partition_amid_credible_ones_goes_before_a_lonely_one_that_is_a_little_more_credible() -> None:
    rand = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.9], [0.0, 0.9, 1.0]])
    expected = expected_truth(rand, np.array([5, 3, 3]), np.array([0.4, 0.31, 0.29]))
    assert expected.argmax() == 1
    assert expected[0] == pytest.approx(0.4)


def test_the_interval_holds_four_fifths_of_the_belief_around_the_chosen_number() -> None:
    belief = {2: 0.05, 3: 0.5, 4: 0.32, 6: 0.13}
    assert interval(belief, 3) == (3, 4)
    assert interval(belief, 6) == (3, 6)
    assert interval({2: 0.9, 3: 0.1}, 2) == (2, 2)
