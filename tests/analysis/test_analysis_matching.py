from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterctl.analysis.matching import Match, match

labellings = st.integers(1, 30).flatmap(lambda n: st.tuples(*[st.lists(st.integers(-1, 3), min_size=n, max_size=n)] * 2))


def jaccard(a, b, i, j):
    return ((a == i) & (b == j)).sum() / max(1, ((a == i) | (b == j)).sum())


def test_pairs_overlaps_and_leftovers_of_a_table_worked_by_hand():
    a = np.array([0, 0, 0, 0, 1, 1, 2, -1])
    b = np.array([1, 1, 1, 0, 0, 0, -1, 1])
    found = match(a, b)
    assert found.pairs == (Match(0, 1, 3, 3 / 5), Match(1, 0, 2, 2 / 3))
    assert (found.only_a, found.only_b) == ((2,), ())
    assert found.overlaps.tolist() == [[0, 0, 1], [0, 1, 3], [1, 0, 2]]


@given(labellings)
@settings(max_examples=80, deadline=None)
def test_the_sum_of_jaccard_indices_is_the_largest_there_is(both):
    a, b = map(np.array, both)
    table = np.array([[jaccard(a, b, i, j) for j in range(4)] for i in range(4)])
    best = max(sum(table[i, order[i]] for i in range(4)) for order in permutations(range(4)))
    assert sum(pair.jaccard for pair in match(a, b).pairs) == pytest.approx(best)


@given(labellings)
@settings(max_examples=40, deadline=None)
def test_matching_the_other_way_round_gives_as_much(both):
    a, b = map(np.array, both)
    there, back = match(a, b), match(b, a)
    assert sum(p.jaccard for p in there.pairs) == pytest.approx(sum(p.jaccard for p in back.pairs))


def test_a_renumbered_labelling_is_matched_whole():
    labels = np.random.default_rng(0).integers(-1, 12, 400)
    order = np.random.default_rng(1).permutation(12)
    found = match(np.where(labels < 0, -1, order[labels]), labels)
    assert all(pair.a == order[pair.b] and pair.jaccard == 1 for pair in found.pairs)
    assert len(found.pairs) == 12


def test_renumbered_keeps_the_partners_number_and_gives_new_clusters_the_next():
    found = match(np.array([0, 0, 1, 1, -1, -1]), np.array([2, 2, -1, -1, 0, 1]))
    assert found.renumbered() == {2: 0, 0: 2, 1: 3}
    assert found.renumbered(next_number=9) == {2: 0, 0: 9, 1: 10}


def test_labellings_without_clusters_have_no_pairs():
    found = match(np.array([-1, -1]), np.array([0, 1]))
    assert (found.pairs, found.only_a, found.only_b) == ((), (), (0, 1))


def test_labellings_of_different_length_are_refused():
    with pytest.raises(ValueError, match="2 and 3 rows"):
        match(np.zeros(2, dtype=int), np.zeros(3, dtype=int))
