"""Which node of the condensed tree a cluster is."""

from __future__ import annotations

import numpy as np

from clusterctl.kernels.condensed_tree import CondensedTree, find_nodes


def make_tree() -> CondensedTree:
    """Six rows; the root 6 splits into 7 (rows 0 to 3) and 8 (rows 4, 5); 7 splits into 9 (0, 1) and 10 (2, 3)."""
    edges = [(6, 7, 1.0, 4), (6, 8, 1.0, 2), (7, 9, 2.0, 2), (7, 10, 2.0, 2)]
    edges += [(9, 0, 3.0, 1), (9, 1, 3.0, 1), (10, 2, 3.0, 1), (10, 3, 3.0, 1), (8, 4, 3.0, 1), (8, 5, 3.0, 1)]
    parent, child, density, size = zip(*edges, strict=True)
    return CondensedTree(np.array(parent), np.array(child), np.array(density), np.array(size))


def test_cluster_is_the_lowest_node_over_its_rows() -> None:
    assert find_nodes(make_tree(), np.array([0, 0, 0, 0, 1, 1])).tolist() == [7, 8]
    assert find_nodes(make_tree(), np.array([0, 0, 2, 2, 1, 1])).tolist() == [9, 8, 10]


def test_single_cluster_that_leaves_rows_out_is_the_root() -> None:
    assert find_nodes(make_tree(), np.array([0, 0, 0, -1, -1, -1])).tolist() == [6]
    assert find_nodes(make_tree(), np.array([0, 0, 0, 0, -1, -1])).tolist() == [7]


def test_no_cluster_has_no_node() -> None:
    assert find_nodes(make_tree(), np.full(6, -1)).tolist() == []
