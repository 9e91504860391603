"""Genie beside the paper's definition, carried out over all pairs of clusters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, is_valid_linkage, linkage
from scipy.spatial.distance import pdist

from clusterctl.kernels.genie import SizeProfile, link_guarded
from clusterctl.kernels.linkage import cut_into

SCIPY = {"euclidean": "euclidean", "manhattan": "cityblock", "chebyshev": "chebyshev"}


def gini_of(sizes: list[int]) -> float:
    """The normalised Gini index as it is defined: over pairs, |c_i - c_j|, by (m - 1) times the sum."""
    m = len(sizes)
    return sum(abs(a - b) for i, a in enumerate(sizes) for b in sizes[i + 1 :]) / ((m - 1) * sum(sizes))


def merge_by_definition(X: np.ndarray, metric: str, threshold: float) -> list[tuple[float, list[int]]]:
    """Merge as the paper says, without a spanning tree: the distance of each merge and the partition after it.

    The nearest two clusters, by their two nearest rows, are merged; if the Gini index of the sizes is above the threshold, the nearest
    two of which one is of the smallest size. Ties: smaller row, larger row.
    """
    pairs = sorted(zip(pdist(X, SCIPY[metric]).tolist(), *map(np.ndarray.tolist, np.triu_indices(len(X), 1)), strict=True))
    part = list(range(len(X)))
    merges = []
    while len(set(part)) > 1:
        sizes = {one: part.count(one) for one in set(part)}
        smallest = min(sizes.values())
        forced = gini_of(list(sizes.values())) > threshold
        length, a, b = next(
            (length, part[i], part[j])
            for length, i, j in pairs
            if part[i] != part[j] and (not forced or smallest in (sizes[part[i]], sizes[part[j]]))
        )
        part = [a if one == b else one for one in part]
        merges.append((length, part))
    return merges


def first_numbers(labels: list[int]) -> list[int]:
    """Number the parts by first row."""
    seen: dict[int, int] = {}
    return [seen.setdefault(one, len(seen)) for one in labels]


def assert_as_defined(X: np.ndarray, metric: str, threshold: float) -> None:
    tree, bridged = link_guarded(X, metric, threshold)
    expected = merge_by_definition(X, metric, threshold)
    assert bridged.tolist() == [length for length, _ in expected]
    for done, (_, part) in enumerate(expected, start=1):
        assert first_numbers(cut_into(tree, len(X) - done).tolist()) == first_numbers(part), done


thresholds = st.floats(0, 1) | st.sampled_from([0.0, 0.1, 0.2, 0.25, 0.3, 1 / 3, 0.4, 0.5, 0.6, 2 / 3, 0.75, 0.9, 1.0])
"""Anything, and fractions that the index itself takes."""


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), min_size=2, max_size=28), st.sampled_from(list(SCIPY)), thresholds)
@example([(0, 0)] * 9, "euclidean", 0.3)
@example([(i, 0) for i in range(17)], "euclidean", 0.0)
def test_merges_are_those_of_the_definition_among_duplicates_and_ties(rows: list[tuple[int, int]], metric: str, threshold: float) -> None:
    assert_as_defined(np.array(rows, dtype=float), metric, threshold)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 45), st.integers(1, 6), st.sampled_from(list(SCIPY)), thresholds)
def test_merges_are_those_of_the_definition_on_random_rows(seed: int, n: int, d: int, metric: str, threshold: float) -> None:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d)) * rng.choice([0.1, 1.0, 5.0], (n, 1))
    assert_as_defined(X, metric, threshold)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=60))
def test_the_index_and_the_smallest_size_are_those_of_the_sizes_after_every_merge(draws: list[int]) -> None:
    sizes = [1] * (len(draws) + 1)
    profile = SizeProfile(len(sizes))
    for draw in draws:
        assert profile.gini() == gini_of(sizes)
        assert profile.smallest == min(sizes)
        a = sizes.pop(draw % len(sizes))
        b = sizes.pop(draw % 7 % len(sizes))
        profile.merge(a, b)
        sizes.append(a + b)
    assert profile.gini() == 0.0
    assert (profile.n_clusters, profile.smallest) == (1, len(draws) + 1)


def assert_single_linkage(X: np.ndarray, metric: str = "euclidean") -> None:
    """Merge heights are scipy's to the bit, and so are the clusters at each of them (between tied merges there is no cut at a height)."""
    tree, bridged = link_guarded(X, metric, 1.0)
    single = linkage(X, "single", SCIPY[metric])
    assert np.array_equal(tree[:, 2], single[:, 2])
    assert np.array_equal(bridged, single[:, 2])
    for height in np.unique(single[:, 2])[-40:]:
        assert first_numbers(fcluster(tree, height, "distance").tolist()) == first_numbers(fcluster(single, height, "distance").tolist())
    if len(np.unique(single[:, 2])) == len(single):
        assert np.array_equal(tree, single)


@pytest.mark.parametrize("metric", SCIPY)
@pytest.mark.parametrize("seed", range(8))
def test_a_threshold_of_one_is_single_linkage_to_the_bit(seed: int, metric: str) -> None:
    rng = np.random.default_rng(seed)
    assert_single_linkage(rng.standard_normal((40 * (seed + 1), 1 + seed)), metric)
    assert_single_linkage(rng.integers(0, 3 + seed, (150, 1 + seed)).astype(float), metric)
    assert_single_linkage(np.repeat(rng.standard_normal((30, 2)), 1 + seed, axis=0), metric)


def test_a_threshold_of_one_is_single_linkage_above_the_rows_whose_ties_are_settled() -> None:
    rng = np.random.default_rng(0)
    assert_single_linkage(rng.standard_normal((3600, 2)))
    assert_single_linkage(rng.standard_normal((3600, 6)))
    assert_single_linkage(rng.integers(0, 70, (5000, 2)).astype(float))


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.8])
def test_the_tree_is_scipys_and_no_merge_lies_below_one_that_it_holds(threshold: float) -> None:
    X = np.random.default_rng(3).standard_t(2, (400, 2))
    tree, bridged = link_guarded(X, "euclidean", threshold)
    assert is_valid_linkage(tree)
    for merge, pair in enumerate(tree[:, :2].astype(int).tolist()):
        below = [tree[node - 400, 2] for node in pair if node >= 400]
        assert tree[merge, 2] == max([bridged[merge], *below])
    assert tree[-1, 3] == 400


def test_sizes_are_kept_as_equal_as_asked_where_the_tree_allows_it() -> None:
    X = np.random.default_rng(1).standard_normal((600, 2))
    shares = []
    for threshold in (0.1, 0.3, 0.7, 1.0):
        sizes = np.bincount(cut_into(link_guarded(X, "euclidean", threshold)[0], 6))
        shares.append(gini_of(sizes.tolist()))
    assert shares == sorted(shares)
    assert shares[0] < 0.5 < 0.9 < shares[-1]


def test_no_rows_to_merge_give_an_empty_tree() -> None:
    assert link_guarded(np.zeros((1, 2)), "euclidean", 0.3)[0].shape == (0, 4)
