"""Clusters are numbered by falling size, ties by first row; what is negative is noise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterctl.values.clustering import canonical

labellings = st.lists(st.integers(-3, 6), max_size=40)


def numbered(labels: list[int]) -> list[int]:
    """Number clusters in plain Python."""
    clusters = {label for label in labels if label >= 0}
    order = sorted(clusters, key=lambda label: (-labels.count(label), labels.index(label)))
    return [order.index(label) if label >= 0 else -1 for label in labels]


@given(labellings)
def test_it_is_what_the_words_say(labels: list[int]) -> None:
    found, old = canonical(np.array(labels, dtype=np.int64))
    assert found.tolist() == numbered(labels)
    assert found.dtype == np.int64
    assert len(old) == len({label for label in labels if label >= 0})


@given(labellings)
def test_the_old_label_of_each_new_number_is_told(labels: list[int]) -> None:
    found, old = canonical(np.array(labels, dtype=np.int64))
    assert [int(old[number]) if number >= 0 else None for number in found] == [label if label >= 0 else None for label in labels]


@given(labellings)
def test_numbering_twice_changes_nothing(labels: list[int]) -> None:
    once, _ = canonical(np.array(labels, dtype=np.int64))
    again, old = canonical(once)
    assert np.array_equal(once, again)
    assert old.tolist() == list(range(len(old)))


@given(labellings, st.permutations(range(7)))
def test_the_names_of_clusters_do_not_matter(labels: list[int], names: list[int]) -> None:
    renamed = [names[label] if label >= 0 else label for label in labels]
    assert np.array_equal(canonical(np.array(labels, dtype=np.int64))[0], canonical(np.array(renamed, dtype=np.int64))[0])


@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.intp, np.float64])
def test_any_kind_of_number_will_do_and_the_input_stays(dtype: type) -> None:
    labels = np.array([5, 2, 2, -1], dtype=dtype)
    labels.setflags(write=False)
    assert canonical(labels)[0].tolist() == [1, 0, 0, -1]
