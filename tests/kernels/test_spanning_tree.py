"""Spanning trees of mutual reachability beside one over all pairs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import linkage
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import pdist, squareform

from clusterctl.kernels.density import cut_at, measure_core_distances
from clusterctl.kernels.linkage import cut_below
from clusterctl.kernels.spanning_tree import span

NAMES = {"euclidean": "euclidean", "manhattan": "cityblock", "chebyshev": "chebyshev"}


CASES = [("euclidean", 1.0, 3), ("manhattan", 1.0, 3), ("chebyshev", 1.0, 3), ("euclidean", 1.5, 3), ("euclidean", 1.0, 64)]


@pytest.mark.parametrize(("metric", "alpha", "d"), CASES)
def test_weights_are_minimal(metric: str, alpha: float, d: int) -> None:
    X = np.random.RandomState(0).rand(150, d)
    distances = squareform(pdist(X, NAMES[metric]))
    core = np.sort(distances, axis=1)[:, 6]
    weights = np.sort(minimum_spanning_tree(np.maximum(np.maximum(core, core[:, None]), distances / alpha)).data)
    tree, found = span(X, 6, metric, alpha)
    assert np.allclose(found, core)
    assert np.allclose(tree[:, 2], weights)


def test_one_neighbour_on_rows_far_apart_gives_single_linkage() -> None:
    X = np.random.RandomState(0).rand(80, 2)
    core = np.sort(squareform(pdist(X)), axis=1)[:, 1]
    tree, _ = span(X, 1, "euclidean")
    single = linkage(X, "single")[:, 2]
    high = single > core.max()
    assert np.allclose(tree[high, 2], single[high])


def test_tree_at_m_less_one_cut_at_eps_has_the_core_rows_of_dbscan_at_m() -> None:
    X = np.random.RandomState(0).rand(300, 2)
    tree, _ = span(X, 5, "euclidean")
    for eps in (0.04, 0.06, 0.1):
        labels, is_core = cut_at(measure_core_distances(X, 6, "euclidean", 1), eps)
        parts = cut_below(tree, np.nextafter(eps, 1))[is_core]
        pairs = set(zip(parts.tolist(), labels[is_core].tolist(), strict=True))
        assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})


def test_more_neighbours_than_rows_are_cut_back() -> None:
    tree, core = span(np.arange(4.0).reshape(4, 1), 50, "euclidean")
    assert core.tolist() == [3.0, 2.0, 2.0, 3.0]
    assert len(tree) == 3
