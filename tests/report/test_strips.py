"""The small drawings keep order and stay within their frame, whatever the numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterctl.report.strips import numeric_strip
from clusterctl.results.characteristics import NumericCharacteristic, NumericStatistics

finite = st.floats(allow_nan=False, allow_infinity=False)


def own(low: float | None, middle: float | None, high: float | None) -> NumericCharacteristic:
    return NumericCharacteristic.model_construct(lower_quartile=low, median=middle, upper_quartile=high)


def whole(least: float | None, low: float | None, middle: float | None, high: float | None, most: float | None) -> NumericStatistics:
    return NumericStatistics.model_construct(min=least, lower_quartile=low, median=middle, upper_quartile=high, max=most)


@given(st.lists(finite, min_size=5, max_size=5).map(sorted), st.data())
def test_quartiles_keep_their_order_within_0_and_100(every: list[float], data: st.DataObject) -> None:
    inside = st.floats(every[0], every[4], allow_nan=False)
    mine = sorted(data.draw(st.lists(inside, min_size=3, max_size=3)))
    strip = numeric_strip(own(*mine), whole(*every))
    if every[0] == every[4]:
        assert strip is None
    elif strip is not None:
        for low, middle, high in (strip.own, strip.whole):
            assert 0 <= low <= middle <= high <= 100


def test_the_scale_is_that_of_the_whiskers_so_that_one_extreme_value_does_not_press_all_together() -> None:
    strip = numeric_strip(own(10, 11, 12), whole(0, 5, 10, 15, 1_000_000))
    assert strip is not None
    assert strip.whole == pytest.approx((100 * 5 / 30, 100 * 10 / 30, 100 * 15 / 30), abs=0.1)
    assert strip.own[2] - strip.own[0] == pytest.approx(100 * 2 / 30, abs=0.2)


def test_the_scale_is_widened_to_hold_the_cluster() -> None:
    strip = numeric_strip(own(90, 95, 100), whole(0, 5, 10, 15, 100))
    assert strip is not None
    assert strip.own[2] == 100


def test_a_quartile_that_does_not_exist_is_not_drawn() -> None:
    assert numeric_strip(own(None, None, None), whole(0, 5, 10, 15, 100)) is None
