"""The facts of a column, beside pandas' and scipy's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import skew

from clusterctl.data.columns import kinds_of
from clusterctl.data.facts import N_LEVELS, ColumnFacts, facts_of


def facts(**columns: object) -> dict[str, ColumnFacts]:
    frame = pd.DataFrame(columns)
    return facts_of(frame, kinds_of(frame))


@pytest.mark.parametrize("scale", [1.0, 1e-200, 1e200])
def test_range_gaps_and_skewness_are_those_of_the_known_values(scale: float) -> None:
    numbers = np.random.default_rng(0).exponential(size=500) * scale
    numbers[::10] = np.nan
    known = numbers[~np.isnan(numbers)]
    found = facts(a=numbers)["a"]
    assert (found.n_missing, found.n_known, found.n_distinct) == (50, 450, 450)
    assert (found.low, found.high) == (known.min(), known.max())
    assert found.skewness == pytest.approx(skew(known / scale))


def test_two_values_or_one_have_no_skewness() -> None:
    found = facts(two=[0, 1, 0, 0], one=[1e9, 1e9, 1e9, 1e9], near=[1.0, 1.0 + 1e-15, 1.0 + 4e-15, 1.0])
    assert [fact.skewness for fact in found.values()] == [None, None, None]


def test_infinities_are_out_of_the_range() -> None:
    found = facts(a=[1.0, np.inf, 3.0, -np.inf, 5.0])["a"]
    assert (found.low, found.high) == (1.0, 5.0)


def test_levels_are_told_of_few_values_alone() -> None:
    found = facts(few=["b", "a", "b", None] * 5, many=[f"v{row}" for row in range(20)], flag=[True, False, True, True] * 5)
    assert found["few"].levels == ("b", "a")
    assert found["flag"].levels == ("True", "False")
    assert found["many"].levels == ()
    assert found["many"].n_distinct == 20 > N_LEVELS


def test_a_column_without_values_has_no_facts() -> None:
    found = facts(a=[None, None], b=[1, 2])["a"]
    assert (found.kind, found.n_missing, found.n_known, found.n_distinct, found.low) == ("unusable", 2, 0, None, None)
