"""The rows that evidence is gathered on, and what all evidence shares: distances, near rows, densities, one spanning tree."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial.distance import cdist

from clusterctl.values.space import Points

N_SAMPLE = 2_000
"""Rows that evidence is gathered on, at most; evidence takes n^2 numbers."""
N_NEAR = 20
"""Near rows kept of each row, itself left out."""
N_CORE = 8
"""A row's core distance is that to its so-manieth nearest row."""


@dataclass(frozen=True, slots=True)
class Tree:
    """The minimum spanning tree of mutual reachability, from the first row outwards.

    order: (n,) rows in the order in which they joined. parent: (n,) the row that each joined by (the first: itself). weight: (n,) of that
    edge (the first: 0).
    """

    order: np.ndarray
    parent: np.ndarray
    weight: np.ndarray


@dataclass(frozen=True, slots=True)
class Ground:
    """A sample of the points with what is computed once of it.

    points: (n, d) the sample. rows: (n,) their places in the points given. distances: (n, n) float32. near: (n, m) nearest rows, nearest
    first, itself left out. core: (n,) distance to the 8th nearest row. dimension: intrinsic dimension (Levina & Bickel 2004).
    """

    points: Points
    rows: np.ndarray
    distances: np.ndarray
    near: np.ndarray
    near_distances: np.ndarray
    core: np.ndarray
    dimension: float
    tree: Tree

    @property
    def n_rows(self) -> int:
        """Number of rows of the sample."""
        return len(self.rows)


def draw_sample(points: Points, n_rows: int, seed: int) -> tuple[Points, np.ndarray]:
    """Return at most `n_rows` rows drawn without replacement, in input order, and their places; all rows where there are no more."""
    if points.n_rows <= n_rows:
        return points, np.arange(points.n_rows)
    rows = np.sort(np.random.default_rng(seed).choice(points.n_rows, n_rows, replace=False))
    X = np.ascontiguousarray(points.X[rows])
    X.flags.writeable = False
    return replace(points, X=X), rows


def lay_ground(points: Points, seed: int, n_rows: int = N_SAMPLE) -> Ground:
    """Draw the sample and compute what evidence shares; 12 n^2 bytes. Needs 3 rows; deterministic for a seed."""
    sample, rows = draw_sample(points, n_rows, seed)
    distances = cdist(sample.X, sample.X, "euclidean" if sample.metric == "euclidean" else "cityblock").astype(np.float32)
    n = len(rows)
    m = min(N_NEAR, n - 1)
    np.fill_diagonal(distances, -1.0)
    near = _nearest(distances, m + 1)[:, 1:]
    np.fill_diagonal(distances, 0.0)
    near_distances = np.take_along_axis(distances, near, axis=1)
    core = near_distances[:, min(N_CORE, m) - 1].astype(np.float64)
    core = np.maximum(core, _smallest(core))
    tree = span(distances, core)
    return Ground(sample, rows, distances, near, near_distances, core, intrinsic_dimension(near_distances), tree)


def _nearest(distances: np.ndarray, m: int) -> np.ndarray:
    """Return (n, m) the places of the m smallest of each row, smallest first, of equals the first: a stable sort of less."""
    if m >= distances.shape[1]:
        return np.argsort(distances, axis=1, kind="stable")
    places = np.sort(np.argpartition(distances, m - 1, axis=1)[:, :m], axis=1)
    values = np.take_along_axis(distances, places, axis=1)
    found = np.take_along_axis(places, np.argsort(values, axis=1, kind="stable"), axis=1)
    tied = np.flatnonzero((distances <= values.max(axis=1)[:, None]).sum(axis=1) > m)  # which of the equals were taken is not known
    found[tied] = np.argsort(distances[tied], axis=1, kind="stable")[:, :m]
    return found


def _smallest(core: np.ndarray) -> float:
    """Return a stand-in for distances of 0, which have no logarithm: a hundredth of the smallest above 0."""
    above = core[core > 0]
    return float(above.min()) / 100 if len(above) else 1.0


def intrinsic_dimension(near_distances: np.ndarray) -> float:
    """Return the maximum-likelihood dimension from distances to near rows (n, m), averaged as MacKay & Ghahramani 2005 say; 1 at least."""
    last = near_distances[:, -1].astype(np.float64)
    known = (near_distances[:, 0] > 0) & (last > near_distances[:, 0])
    if not known.any() or near_distances.shape[1] < 3:
        return 1.0
    ratio = np.log(last[known, None] / near_distances[known, :-1].astype(np.float64))
    return float(max(1.0, 1.0 / max(ratio.mean(), 1e-3)))


def span(distances: np.ndarray, core: np.ndarray) -> Tree:
    """Return the minimum spanning tree under max(core_i, core_j, distance), by Prim; of equal edges the first row."""
    n = len(core)
    order, parent, weight = np.empty(n, dtype=np.int64), np.zeros(n, dtype=np.int64), np.zeros(n)
    best = np.full(n, np.inf)
    outside = np.ones(n, dtype=bool)
    now = 0
    for step in range(n):
        order[step], outside[now] = now, False
        weight[now] = 0.0 if step == 0 else best[now]
        reach = np.maximum(np.maximum(distances[now], core), core[now])
        closer = outside & (reach < best)
        best[closer], parent[closer] = reach[closer], now
        best[now] = np.inf
        if step < n - 1:
            now = int(best.argmin())
    return Tree(order, parent, weight)
