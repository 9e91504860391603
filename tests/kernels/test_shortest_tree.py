"""The spanning tree of plain distances beside Kruskal's over all pairs and scipy's single linkage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import pdist

from clusterctl.kernels import shortest_tree
from clusterctl.kernels.shortest_tree import join_shortest

NAMES = {"euclidean": "euclidean", "manhattan": "cityblock", "chebyshev": "chebyshev"}


def tree_of_all_pairs(X: np.ndarray, metric: str) -> list[tuple[float, int, int]]:
    """Kruskal: all pairs by (distance, smaller row, larger row), each taken that joins two parts."""
    part = list(range(len(X)))
    found = []
    for length, a, b in sorted(zip(pdist(X, NAMES[metric]).tolist(), *map(np.ndarray.tolist, np.triu_indices(len(X), 1)), strict=True)):
        if part[a] != part[b]:
            found.append((length, a, b))
            part = [part[a] if one == part[b] else one for one in part]
    return found


def listed(X: np.ndarray, metric: str) -> list[tuple[float, int, int]]:
    ends, lengths = join_shortest(X, metric)
    return list(zip(lengths.tolist(), ends[:, 0].tolist(), ends[:, 1].tolist(), strict=True))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 2)), min_size=1, max_size=30), st.sampled_from(list(NAMES)))
def test_ties_and_equal_rows_go_to_the_smaller_row_then_the_smaller_other_row(rows: list[tuple[int, int]], metric: str) -> None:
    X = np.array(rows, dtype=float)
    assert listed(X, metric) == tree_of_all_pairs(X, metric)


@pytest.mark.parametrize("metric", NAMES)
@pytest.mark.parametrize("d", [1, 2, 7, 20])
def test_without_ties_it_is_the_tree_of_all_pairs(metric: str, d: int) -> None:
    X = np.random.RandomState(d).standard_normal((70, d))
    assert listed(X, metric) == tree_of_all_pairs(X, metric)


@pytest.mark.parametrize("metric", NAMES)
@pytest.mark.parametrize("d", [2, 5, 40])
def test_every_search_finds_the_same_tree(metric: str, d: int, monkeypatch: pytest.MonkeyPatch) -> None:
    X = np.random.RandomState(d).standard_normal((600, d))
    by_rows = listed(X, metric)
    monkeypatch.setattr(shortest_tree, "TIES_ROWS", 0)
    asked = []
    for name in ("search_prim", "search_boruvka"):
        search = getattr(shortest_tree, name)
        monkeypatch.setattr(shortest_tree, name, lambda *given, _s=search, _n=name, **named: asked.append(_n) or _s(*given, **named))
    for always, expected in ((0, "search_prim"), (99, "search_boruvka")):
        monkeypatch.setattr(shortest_tree, "_ALWAYS_BORUVKA", always)
        assert listed(X, metric) == by_rows
        assert asked[-1] == expected


@pytest.mark.parametrize(("n", "d"), [(3500, 2), (3500, 6)])
def test_lengths_of_large_tables_with_ties_are_those_of_single_linkage(n: int, d: int) -> None:
    X = np.random.RandomState(0).randint(0, 60 if d == 2 else 9, (n, d)).astype(float)
    ends, lengths = join_shortest(X, "euclidean")
    assert np.array_equal(lengths, linkage(X, "single")[:, 2])
    order = np.lexsort((ends[:, 1], ends[:, 0], lengths))
    assert np.array_equal(order, np.arange(n - 1))
    assert (ends[:, 0] < ends[:, 1]).all()


def test_equal_rows_hang_on_the_first_of_them_at_any_number_of_rows() -> None:
    X = np.random.RandomState(1).standard_normal((4000, 2))
    X[[70, 3999, 123]] = X[5]
    zero = [(a, b) for length, a, b in listed(X, "euclidean") if length == 0]
    assert zero == [(5, 70), (5, 123), (5, 3999)]


def test_cosine_does_not_see_the_length_of_a_row_nor_overflow() -> None:
    X = np.random.RandomState(2).standard_normal((90, 4))
    scale = np.logspace(-200, 200, 90)[:, None]
    plain, scaled = join_shortest(X, "cosine"), join_shortest(X * scale, "cosine")
    assert np.array_equal(plain[0], scaled[0])
    assert np.allclose(scaled[1], linkage(X, "single", "cosine")[:, 2], atol=1e-15)


def test_input_is_left_as_it_was() -> None:
    X = np.random.RandomState(0).rand(50, 3)
    before = X.copy()
    X.setflags(write=False)
    for metric in (*NAMES, "cosine"):
        join_shortest(X, metric)
    assert np.array_equal(X, before)
