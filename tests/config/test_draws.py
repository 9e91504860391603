"""Random draws of settings: the same for ever, inside their bounds, and spread as said."""

from __future__ import annotations

import math
import statistics
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterctl.config.draws import draw, value_at
from clusterctl.config.sections.sweep import Distribution

FLOATS = st.floats(allow_nan=False, allow_infinity=False)
ABOVE_0 = st.floats(min_value=1e-300, max_value=1e300)
UNITS = st.floats(min_value=0, max_value=1, exclude_max=True)
SPACE = {
    "eps": Distribution(uniform=(0.5, 2.5)),
    "tol": Distribution(loguniform=(1e-6, 1e-2)),
    "k": Distribution(integer=(2, 9)),
    "linkage": Distribution(choice=("ward", "average", "single")),
}


def test_these_draws_never_change() -> None:
    found = list(draw(SPACE, 3, seed=7))
    assert [(one["eps"], one["k"], one["linkage"]) for one in found] == [
        (1.1476655296663247, 7, "ward"),
        (1.5717640086133784, 2, "average"),
        (0.5749913168839698, 2, "ward"),
    ]
    assert [one["tol"] for one in found] == pytest.approx(
        [4.012330468314136e-06, 2.9023893223556243e-05, 5.4272863322394935e-05], rel=1e-12
    )


def test_one_number_is_drawn_a_setting_in_the_order_of_the_space() -> None:
    source = Random(11)
    assert [list(one.values()) for one in draw(SPACE, 4, seed=11)] == [
        [value_at(source.random(), distribution) for distribution in SPACE.values()] for _ in range(4)
    ]


@given(st.integers(0, 2**32 - 1), st.integers(1, 20), st.integers(0, 20))
def test_more_draws_begin_with_the_same(seed: int, n_draws: int, n_more: int) -> None:
    assert list(draw(SPACE, n_draws + n_more, seed))[:n_draws] == list(draw(SPACE, n_draws, seed))


@given(UNITS, FLOATS, FLOATS)
def test_uniform_draws_keep_their_bounds(u: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    value = value_at(u, Distribution(uniform=(low, high)))
    assert low <= value <= high
    assert math.isfinite(value)


@given(UNITS, ABOVE_0, ABOVE_0)
def test_loguniform_draws_keep_their_bounds(u: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert low <= value_at(u, Distribution(loguniform=(low, high))) <= high


@given(UNITS, st.integers(-(2**70), 2**70), st.integers(0, 2**70))
def test_integer_draws_are_integers_within_their_bounds(u: float, first: int, width: int) -> None:
    value = value_at(u, Distribution(integer=(first, first + width)))
    assert type(value) is int
    assert first <= value <= first + width


def test_every_integer_and_choice_is_drawn_equally_often() -> None:
    u = [(place + 0.5) / 1200 for place in range(1200)]
    integers = [value_at(one, Distribution(integer=(3, 6))) for one in u]
    assert {value: integers.count(value) for value in integers} == {3: 300, 4: 300, 5: 300, 6: 300}
    choices = [value_at(one, Distribution(choice=("a", None, 3))) for one in u]
    assert {value: choices.count(value) for value in choices} == {"a": 400, None: 400, 3: 400}


def test_the_middle_of_uniform_is_the_mean_and_of_loguniform_the_geometric_mean() -> None:
    assert value_at(0.5, Distribution(uniform=(1, 9))) == 5
    assert value_at(0.5, Distribution(loguniform=(1, 9))) == pytest.approx(3)


def test_draws_are_spread_over_the_whole_interval() -> None:
    values: list[Any] = [one["eps"] for one in draw(SPACE, 2000, seed=0)]
    assert statistics.fmean(values) == pytest.approx(1.5, abs=0.05)
    assert statistics.pstdev(values) == pytest.approx(2 / math.sqrt(12), abs=0.05)


def test_a_choice_is_the_very_object_given() -> None:
    distribution = Distribution(choice=({"algorithm": "kmeans"}, {"algorithm": "hdbscan"}))
    assert distribution.choice is not None
    assert value_at(0.9, distribution) is distribution.choice[1]
