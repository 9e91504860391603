"""Carrying a clustering over to other rows without knowing its algorithm: by the nearest centre, or by the nearest row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.spatial.distance import cdist

from clusterctl.metrics.strata import grouped

if TYPE_CHECKING:
    from clusterctl.values.space import Points

Rule = Literal["centre", "neighbour"]
FAITHFUL = 0.9
"""Share of the clustered rows that the nearest centre must give their own cluster for centres to stand for the clusters."""
N_BLOCK = 1_024


def choose_rule(points: Points, labels: np.ndarray) -> Rule:
    """Return `centre` where clusters are round enough for centres to stand for them, else `neighbour`."""
    mine = labels >= 0
    if not mine.any():
        return "centre"
    by_centre = assign(points, points, labels, "centre")
    return "centre" if float((by_centre[mine] == labels[mine]).mean()) >= FAITHFUL and mine.mean() >= FAITHFUL else "neighbour"


def assign(rows: Points, known: Points, labels: np.ndarray, rule: str) -> np.ndarray:
    """Return (m,) the clusters of `rows` as the clustering `labels` (n,) of `known` has them.

    centre: of the nearest mean; never noise. neighbour: of the nearest known row, -1 if that is noise. Ties: the lower cluster or row.
    """
    distance = "euclidean" if known.metric == "euclidean" else "cityblock"
    groups, sizes, has_noise = grouped(labels)
    if rule == "centre":
        n_clusters = len(sizes) - has_noise
        if not n_clusters:
            return np.full(rows.n_rows, -1, dtype=np.int64)
        sums = np.zeros((len(sizes), known.n_columns))
        np.add.at(sums, groups, known.X)
        targets, answer = (sums / np.maximum(sizes, 1)[:, None])[:n_clusters], np.arange(n_clusters)
    else:
        targets, answer = known.X, labels
    blocks = [cdist(rows.X[i : i + N_BLOCK], targets, distance).argmin(axis=1) for i in range(0, rows.n_rows, N_BLOCK)]
    return np.asarray(answer[np.concatenate(blocks)])
