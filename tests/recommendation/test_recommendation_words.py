"""How a recommendation is read to a person."""

from __future__ import annotations

import numpy as np
import pytest

from clusterctl.recommendation.assess import Assessment, assess
from clusterctl.recommendation.sensitivity import Check
from clusterctl.recommendation.words import guidance
from clusterctl.values.space import Points


@pytest.fixture(scope="module")
def three() -> Assessment:
    X = np.repeat([[0.0, 0.0], [9.0, 0.0], [4.0, 8.0]], 40, axis=0) + np.random.default_rng(0).normal(size=(120, 2))
    return assess(Points(X), 0, "fast")


def check(n_clusters: int, *, agrees: bool = True) -> Check:
    return Check(f"look {n_clusters}", n_clusters, "clear", 0.9, agrees)


def told(assessment: Assessment, *checks: Check) -> str:
    return " ".join(guidance(assessment, (), checks))


def test_looks_that_find_as_many_clusters_are_said_to_give_the_same_answer(three: Assessment) -> None:
    assert three.n_clusters == 3
    assert "The answer is the same with look 3 and look 3." in told(three, check(3), check(3))


def test_looks_that_find_another_credible_number_are_not_said_to_give_the_same_answer(three: Assessment) -> None:
    words = told(three, check(3), check(5), check(2))
    assert "the same with" not in words
    assert "stays within what is credible, but is not the same: 2 and 5 in place of 3 clusters" in words


def test_looks_that_tell_another_story_are_named_and_no_others(three: Assessment) -> None:
    assert "it is another one with look 7." in told(three, check(3), check(7, agrees=False))
