"""A few rows that stand for a cluster: its medoid, then the variety around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from clusterctl.analysis.centroids import blocks
from clusterctl.analysis.groups import Floats, Integers

if TYPE_CHECKING:
    from clusterctl.values.space import Metric

SHOWN = 5
MOST_MEDOID_ROWS = 2_000
MOST_CANDIDATES = 5_000

Method = Literal["medoid", "nearest_to_center"]


def medoid_method(sizes: Integers, cluster: int) -> Method:
    """Return how a cluster's first representative is found: exactly in clusters of up to 2,000 rows, if there are few enough such."""
    small = sizes[sizes <= MOST_MEDOID_ROWS]
    cheap = int((small**2).sum()) <= 100 * MOST_MEDOID_ROWS**2
    return "medoid" if sizes[cluster] <= MOST_MEDOID_ROWS and cheap else "nearest_to_center"


def representatives(X: Floats, rows: Integers, center: Floats, metric: Metric, method: Method) -> list[int]:
    """Return up to five of `rows`, positions in `X`.

    First the medoid, the row with the smallest sum of distances to the others, or where `method` says so the row nearest the centre
    (ties: the first in input order). Then, to show the cluster's variety without its fringe, rows chosen each as far as can
    be from those chosen (Gonzalez 1985) among the half nearest the first; of more than 5,000 of these, 5,000 evenly spaced by distance.
    A row at distance 0 from one chosen is not added.
    """
    from scipy.spatial.distance import cdist

    name = "cityblock" if metric == "manhattan" else "euclidean"
    if method == "medoid":
        own = X[rows]
        first = int(np.argmin(np.concatenate([cdist(own[block], own, name).sum(axis=1) for block in blocks_of(len(rows))])))
    else:
        first = int(np.argmin(_distances(X, rows, center, name)))
    away = _distances(X, rows, X[rows[first]], name)
    half = np.argsort(away, kind="stable")[: max(SHOWN, (len(rows) + 1) // 2)]
    if len(half) > MOST_CANDIDATES:
        half = half[np.linspace(0, len(half) - 1, MOST_CANDIDATES).astype(np.int64)]
    candidates = X[rows[half]]
    nearest = away[half]
    chosen = [first]
    while len(chosen) < SHOWN and nearest.max() > 0:
        following = int(np.argmax(nearest))
        chosen.append(int(half[following]))
        nearest = np.minimum(nearest, cdist(candidates, candidates[following][None], name)[:, 0])
    return [int(rows[place]) for place in chosen]


def blocks_of(n_rows: int) -> list[slice]:
    """Return slices of 256 rows, so that a table of distances stays small."""
    return [slice(start, start + 256) for start in range(0, n_rows, 256)]


def _distances(X: Floats, rows: Integers, point: Floats, name: str) -> Floats:
    from scipy.spatial.distance import cdist

    parts = [cdist(X[rows[block]], point[None], name)[:, 0] for block in blocks(len(rows))]
    return np.concatenate(parts)
