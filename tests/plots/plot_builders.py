from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from clusterctl.values.dataset import Dataset
from clusterctl.values.space import Points, Space


def make_dataset(frame: pd.DataFrame, source: str = "../data/customers.csv.gz") -> Dataset:
    kinds = {name: "numeric" if pd.api.types.is_numeric_dtype(frame[name]) else "categorical" for name in frame}
    return Dataset(frame, kinds, tuple(frame.columns), None, None, None, None, (), "0", source, "csv")


def make_space(X: np.ndarray, columns: tuple[str, ...], excluded: np.ndarray | None = None, **other: Any) -> Space:
    n = len(X)
    excluded = np.zeros(n, dtype=bool) if excluded is None else excluded
    values = {"embedding": "none", "explained_variance": None} | other
    return Space(
        points=Points(np.ascontiguousarray(X[~excluded])),
        columns=columns,
        rows=np.flatnonzero(~excluded),
        n_rows=n,
        dropped=np.zeros(n, dtype=bool),
        excluded=excluded,
        outlier_scores=None,
        flagged=None,
        outlier_method=None,
        steps=(),
        **values,
    )


KINDS = {"dendrogram": "hierarchical", "k_distance": "dbscan", "condensed_tree": "hdbscan", "reachability": "optics"}
"""Plot → what must have clustered the rows for it to apply."""


def data_for(name: str, make: Any, **other: Any) -> Any:
    """Return plot data to which the plot applies."""
    return make(kind=KINDS.get(name), **other)


def density_arrays(kind: str | None, X: np.ndarray, labels: np.ndarray) -> tuple[dict[str, np.ndarray], dict[str, Any], dict[str, Any]]:
    """Return what a density algorithm would have left of finding these labels: arrays, facts and parameters."""
    n = len(labels)
    if kind == "dbscan":
        return (
            {"core": labels >= 0},
            {"eps": 2.5, "n_core": int((labels >= 0).sum())},
            {"eps": 2.5, "min_samples": min(5, n), "metric": "euclidean"},
        )
    if kind == "optics":
        ordering = np.argsort(np.where(labels < 0, n, labels), kind="stable")
        first = np.diff(labels[ordering], prepend=-2) != 0
        heights = np.empty(n)
        heights[ordering] = np.where(first, 5.0, 1.0 + np.linspace(0, 0.5, n))
        heights[ordering[0]] = np.inf
        arrays = {"ordering": ordering, "reachability": heights, "core_distances": np.linspace(0.5, 1.5, n)}
        return arrays, {"min_samples": min(5, n)}, {"cluster_method": "xi", "eps": None, "max_eps": None}
    if kind == "hdbscan":
        return condensed_arrays(labels), {"min_samples": 5}, {}
    return {}, {}, {}


def condensed_arrays(labels: np.ndarray) -> dict[str, np.ndarray]:
    """Return a condensed tree in which the clusters split off one after the other, the first at density 1."""
    n, k = len(labels), int(labels.max(initial=-1)) + 1
    edges = [(n, int(row), 0.5, 1) for row in np.flatnonzero(labels < 0)]
    nodes, above, free = {}, n, n + 1
    for number in range(k - 1):
        rest = int((labels > number).sum())
        nodes[number], last = free, free + 1
        edges += [(above, free, 1.0 + number, int((labels == number).sum())), (above, last, 1.0 + number, rest)]
        above, free = last, free + 2
    if k:
        nodes[k - 1] = above
    for number, node in nodes.items():
        rows = np.flatnonzero(labels == number)
        edges += [(node, int(row), float(level), 1) for row, level in zip(rows, np.linspace(1.0 + k, 3.0 + k, len(rows)), strict=True)]
    parent, child, level, size = (np.array(column) for column in zip(*edges, strict=True))
    found = {"condensed_parent": parent, "condensed_child": child, "condensed_lambda": level, "condensed_size": size}
    return found | {"cluster_node": np.array([nodes[number] for number in range(k)], dtype=np.int64), "linkage": np.empty((0, 4))}
