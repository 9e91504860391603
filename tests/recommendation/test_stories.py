"""Candidates that are put forward tell different stories, each told by the plainest algorithm that finds it."""

from __future__ import annotations

import numpy as np
import pytest

from clusterctl.recommendation.stories import likeness, pick_stories, same_story

THREE = np.repeat([0, 1, 2], 40)
TWO = np.repeat([0, 1], [40, 80])


def with_noise(labels: np.ndarray, n_noise: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).choice(len(labels), n_noise, replace=False)
    found = labels.copy()
    found[rows] = -1
    return found


def moved(labels: np.ndarray, n_rows: int) -> np.ndarray:
    found = labels.copy()
    found[:n_rows] = (found[:n_rows] + 1) % 3
    return found


def test_the_same_clusters_with_more_noise_are_the_same_story() -> None:
    assert likeness(THREE, with_noise(THREE, 30)) == 1
    assert same_story(THREE, with_noise(THREE, 30))


def test_labellings_that_mostly_call_noise_what_the_other_clusters_are_not_compared() -> None:
    assert likeness(THREE, with_noise(THREE, 70)) == 0


def test_another_number_of_clusters_or_another_division_is_another_story() -> None:
    assert not same_story(THREE, TWO)
    assert not same_story(THREE, moved(THREE, 10))


def test_a_story_told_already_is_not_told_again() -> None:
    labels = [THREE, with_noise(THREE, 5), TWO, with_noise(THREE, 20)]
    assert pick_stories(labels, np.array([0.9, 0.85, 0.3, 0.8]), 3) == [0, 2]


def test_the_first_in_order_of_plainness_stands_for_a_story_where_it_is_about_as_likely_right() -> None:
    labels = [TWO, THREE, with_noise(THREE, 3)]
    assert pick_stories(labels, np.array([0.2, 0.86, 0.9]), 1) == [1]
    assert pick_stories(labels, np.array([0.2, 0.80, 0.9]), 1) == [2]


@pytest.mark.parametrize(("n_moved", "stands"), [(1, 0), (4, 1)])
def test_only_one_that_finds_nearly_the_same_stands_for_the_best(n_moved: int, stands: int) -> None:
    assert pick_stories([moved(THREE, n_moved), THREE], np.array([0.89, 0.9]), 1) == [stands]


def test_the_best_story_goes_first_and_of_equals_the_plainer() -> None:
    assert pick_stories([THREE, TWO], np.array([0.2, 0.6]), 3) == [1, 0]
    assert pick_stories([THREE, TWO], np.array([0.6, 0.6]), 3) == [0, 1]
