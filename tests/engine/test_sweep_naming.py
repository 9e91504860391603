"""Lists are told apart in few words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clusterctl.engine.sweep.naming import list_names

LENGTH, DEPTH, FLIPPER, MASS = "bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"


def test_short_lists_are_written_whole() -> None:
    assert list_names([["x", "y"], ["x", "z"]], "feature") == ["x, y", "x, z"]


def test_long_lists_of_different_lengths_are_counted() -> None:
    assert list_names([[LENGTH], [LENGTH, DEPTH, MASS], [LENGTH, DEPTH]], "feature") == ["1 feature", "3 features", "2 features"]


def test_lists_of_one_length_are_told_by_what_they_do_not_share() -> None:
    names = list_names([[LENGTH, DEPTH], [LENGTH, FLIPPER], [LENGTH, DEPTH, MASS]], "feature")
    assert names == [f"2 features: {DEPTH}, …", f"2 features: {FLIPPER}, …", "3 features"]


def test_lists_that_differ_in_their_order_alone_are_told_by_it() -> None:
    names = list_names([[LENGTH, DEPTH], [DEPTH, LENGTH]], "feature")
    assert names == [f"2 features: {LENGTH}, …", f"2 features: {DEPTH}, …"]


@given(st.lists(st.lists(st.sampled_from([LENGTH, DEPTH, FLIPPER, MASS]), min_size=1, max_size=4, unique=True), min_size=1, max_size=6))
def test_different_lists_have_different_names(lists: list[list[str]]) -> None:
    names = list_names(lists, "feature")
    assert len(set(names)) == len({tuple(values) for values in lists})
