"""What the names of columns say."""

from __future__ import annotations

import pytest

from clusterctl.starter.names import colours, groupings, says_id, says_place


@pytest.mark.parametrize("name", ["churn", "Class", "SPECIES", "is_fraud", "class_label", "targetVariable", "y", "yield"])
def test_a_name_made_of_such_words_says_that_it_is_a_known_grouping(name: str) -> None:
    assert groupings(["a", name]) == [name]


@pytest.mark.parametrize("name", ["class_size", "target_price", "y_position", "labelled", "yields", "money", "species_count"])
def test_a_measure_named_after_a_grouping_is_none(name: str) -> None:
    assert groupings([name]) == []


def test_y_beside_x_is_a_place() -> None:
    assert groupings(["x", "y"]) == []
    assert groupings(["x1", "y"]) == ["y"]
    assert says_place("X")


def test_the_plainest_name_comes_first() -> None:
    assert groupings(["class_code", "class", "target"]) == ["target", "class", "class_code"]


@pytest.mark.parametrize(
    ("name", "says"), [("id", True), ("customerID", True), ("sample_id", True), ("customerid", True), ("idea", False), ("size", False)]
)
def test_a_name_says_that_it_is_an_id(name: str, says: bool) -> None:
    assert says_id(name) is says


def test_colours_are_told_only_where_every_channel_is_there() -> None:
    assert colours(["x", "Blue", "red", "GREEN"]) == ["red", "GREEN", "Blue"]
    assert colours(["red", "green"]) == []
