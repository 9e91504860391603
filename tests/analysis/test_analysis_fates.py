"""What became of clusters: cases worked by hand, and properties that hold for any two labellings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterctl.analysis.fates import Transition, fates
from clusterctl.analysis.matching import match

labellings = st.integers(1, 40).flatmap(lambda n: st.tuples(*[st.lists(st.integers(-1, 4), min_size=n, max_size=n)] * 2))


def told(a, b, sizes_a=None, sizes_b=None):
    """Return the fates of clusters given as lists of rows per cell, and all rows of each where some are in one table alone."""
    a, b = np.asarray(a), np.asarray(b)
    counts = [np.bincount(side[side >= 0], minlength=0).tolist() for side in (a, b)]
    return fates(match(a, b, related_only=True), sizes_a or counts[0], sizes_b or counts[1])


def rows(*cells):
    """Return two labellings with `n` rows for each (a, b, n)."""
    return np.repeat([cell[0] for cell in cells], [cell[2] for cell in cells]), np.repeat(
        [cell[1] for cell in cells], [cell[2] for cell in cells]
    )


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([(0, 0, 50), (0, 1, 4), (1, 1, 40)], [Transition("kept", (0,), (0,)), Transition("kept", (1,), (1,))]),
        ([(0, 0, 50), (0, 1, 40)], [Transition("split_into", (0,), (0, 1))]),
        ([(0, 0, 50), (1, 0, 40)], [Transition("merged_from", (0, 1), (0,))]),
        ([(0, 0, 50), (-1, 0, 30)], [Transition("grown", (0,), (0,))]),
        ([(0, 0, 50), (0, -1, 30)], [Transition("shrunk", (0,), (0,))]),
        ([(0, -1, 50), (1, 0, 9)], [Transition("gone", (0,), ()), Transition("kept", (1,), (0,))]),
        ([(-1, 1, 50), (0, 0, 9)], [Transition("kept", (0,), (0,)), Transition("born", (), (1,))]),
        # a piece of less than a tenth is no part of a split, and a cluster of less than a tenth none of a merger
        ([(0, 0, 91), (0, 1, 9)], [Transition("kept", (0,), (0,)), Transition("born", (), (1,))]),
        ([(0, 0, 91), (1, 0, 9)], [Transition("kept", (0,), (0,)), Transition("gone", (1,), ())]),
        ([(0, 0, 90), (0, 1, 10)], [Transition("split_into", (0,), (0, 1))]),
        # half is no majority: two halves that cross over are two clusters that end and two that begin
        (
            [(0, 0, 20), (0, 1, 20), (1, 0, 20), (1, 1, 20)],
            [Transition("gone", (0,), ()), Transition("gone", (1,), ()), Transition("born", (), (0,)), Transition("born", (), (1,))],
        ),
        # one that splits while one of its parts swallows another cluster is in both
        (
            [(0, 0, 40), (0, 1, 30), (1, 1, 25)],
            [Transition("split_into", (0,), (0, 1)), Transition("merged_from", (0, 1), (1,))],
        ),
    ],
)
def test_fates_worked_by_hand(cells, expected):
    assert told(*rows(*cells)) == expected


def test_rows_in_one_table_alone_count_for_size_and_for_nothing_else():
    a, b = rows((0, 0, 20))
    assert told(a, b, [20], [23]) == [Transition("grown", (0,), (0,))]
    assert told(a, b, [20], [22]) == [Transition("kept", (0,), (0,))]
    assert told(a, b, [23], [20]) == [Transition("shrunk", (0,), (0,))]
    assert told(a, b, [20, 7], [20, 5]) == [Transition("kept", (0,), (0,)), Transition("gone", (1,), ()), Transition("born", (), (1,))]


@given(labellings)
@settings(max_examples=150, deadline=None)
def test_every_cluster_has_a_fate_and_no_cluster_two_ends(both):
    a, b = map(np.array, both)
    sizes_a, sizes_b = (np.bincount(side[side >= 0], minlength=5).tolist() for side in (a, b))
    found = fates(match(a, b, related_only=True), sizes_a, sizes_b)
    for place, which in ((1, "a"), (2, "b")):
        named = [cluster for entry in found for cluster in getattr(entry, which)]
        assert set(named) == set(range(5)), place
        ends = [entry for entry in found if entry.fate in ("gone", "born", "kept", "grown", "shrunk")]
        in_ends = [cluster for entry in ends for cluster in getattr(entry, which)]
        others = {cluster for entry in found if entry not in ends for cluster in getattr(entry, which)}
        assert len(in_ends) == len(set(in_ends))
        assert others.isdisjoint(in_ends)


@given(labellings)
@settings(max_examples=100, deadline=None)
def test_the_other_way_round_splits_are_mergers_and_births_are_deaths(both):
    a, b = map(np.array, both)
    mirror = {"split_into": "merged_from", "merged_from": "split_into", "born": "gone", "gone": "born"}
    sizes = [np.bincount(side[side >= 0], minlength=5).tolist() for side in (a, b)]
    there = fates(match(a, b, related_only=True), *sizes)
    back = fates(match(b, a, related_only=True), *reversed(sizes))

    def kinds(found, *, mirrored):
        named = {(mirror.get(t.fate, "goes on") if mirrored else t.fate, (t.b, t.a) if mirrored else (t.a, t.b)) for t in found}
        return {("goes on" if fate in ("kept", "grown", "shrunk") else fate, *ends) for fate, ends in named}

    assert kinds(there, mirrored=False) == kinds(back, mirrored=True)


@given(labellings)
@settings(max_examples=100, deadline=None)
def test_a_cluster_that_goes_on_is_matched_with_what_it_becomes(both):
    a, b = map(np.array, both)
    found = match(a, b, related_only=True)
    pairs = {(pair.a, pair.b) for pair in found.pairs}
    sizes = [np.bincount(side[side >= 0], minlength=5).tolist() for side in (a, b)]
    for entry in fates(found, *sizes):
        if entry.fate in ("kept", "grown", "shrunk"):
            assert (entry.a[0], entry.b[0]) in pairs
        if entry.fate in ("gone", "born"):
            assert not any(entry.a == (i,) or entry.b == (j,) for i, j in pairs)
