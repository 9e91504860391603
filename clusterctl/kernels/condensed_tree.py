"""From a merge tree to HDBSCAN's clusters: condensed by cluster size, and clusters selected in it (hdbscan's compiled code)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clusterctl.kernels.filters import library_warnings_ignored
from clusterctl.kernels.neighbors import Floats, Integers


@dataclass(frozen=True, slots=True)
class CondensedTree:
    """Edges of the condensed tree: at density `lambda_` (1 / distance) `size` rows leave `parent` as `child` (a row, if below n)."""

    parent: Integers
    child: Integers
    lambda_: Floats
    size: Integers


@dataclass(frozen=True, slots=True)
class Selection:
    """Clusters selected in a condensed tree.

    labels: (n,), noise -1. strengths: (n,) membership in [0, 1], noise 0. persistence: how lasting each cluster is, in the order of
    the labels. nodes: the node of the tree that each label is.
    """

    labels: Integers
    strengths: Floats
    persistence: Floats
    nodes: Integers
    tree: CondensedTree


@dataclass(frozen=True, slots=True)
class SelectionRule:
    """hdbscan's settings of the cut, by its names."""

    min_cluster_size: int
    cluster_selection_method: str
    allow_single_cluster: bool
    cluster_selection_epsilon: float
    cluster_selection_epsilon_max: float
    cluster_selection_persistence: float
    max_cluster_size: int


def select(tree: Floats, rule: SelectionRule) -> Selection:
    """Condense a merge tree (n - 1, 4) and select clusters in it, as hdbscan does."""
    from hdbscan._hdbscan_tree import compute_stability, condense_tree, get_clusters, simplify_hierarchy

    with library_warnings_ignored(), np.errstate(all="ignore"):  # rows that are equal have density 1 / 0
        condensed = condense_tree(tree, rule.min_cluster_size)
        if rule.cluster_selection_persistence > 0 and len(condensed):
            condensed = simplify_hierarchy(condensed, rule.cluster_selection_persistence)
        labels, strengths, persistence = get_clusters(
            condensed,
            compute_stability(condensed),
            rule.cluster_selection_method,
            rule.allow_single_cluster,
            False,
            rule.cluster_selection_epsilon,
            rule.max_cluster_size,
            rule.cluster_selection_epsilon_max,
        )
    edges = CondensedTree(
        np.asarray(condensed["parent"], dtype=np.int64),
        np.asarray(condensed["child"], dtype=np.int64),
        np.asarray(condensed["lambda_val"], dtype=np.float64),
        np.asarray(condensed["child_size"], dtype=np.int64),
    )
    labels = np.asarray(labels, dtype=np.int64)
    return Selection(labels, np.asarray(strengths), np.asarray(persistence), find_nodes(edges, labels), edges)


def find_nodes(tree: CondensedTree, labels: Integers) -> Integers:
    """Return the node that each cluster is: the lowest one that all its rows lie under; or the root, where rows there were left out.

    A node's number is above its parent's, so the largest of a set of nodes can be replaced by its parent until one is left.
    """
    n = len(labels)
    is_row = tree.child < n
    leaves_from = np.empty(n, dtype=np.int64)
    leaves_from[tree.child[is_row]] = tree.parent[is_row]
    above = dict(zip(tree.child[~is_row].tolist(), tree.parent[~is_row].tolist(), strict=True))
    nodes = np.empty(int(labels.max(initial=-1)) + 1, dtype=np.int64)
    for label in range(len(nodes)):
        pending = set(np.unique(leaves_from[labels == label]).tolist())
        while len(pending) > 1:
            deepest = max(pending)
            pending.remove(deepest)
            pending.add(above[deepest])
        nodes[label] = pending.pop()
    if len(nodes) == 1 and nodes[0] != n:
        size = int(tree.size[tree.child == nodes[0]].sum())
        nodes[0] = nodes[0] if size == int((labels == 0).sum()) else n
    return nodes
