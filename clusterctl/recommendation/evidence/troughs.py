"""Is the border between neighbouring clusters sparser than they are, and that between the two halves of one as dense.

A row is on the border of its cluster if at least a fifth of its near rows belong to the neighbour. The density there (its upper quartile,
so that one bridge does not decide, nor an empty rim hide a wide way across) is held against the medians of both sides. Clusters that are
apart have no border; pieces of one crescent have a border as dense as they are, pieces of a round cluster a denser one.
"""

from __future__ import annotations

import numpy as np

from clusterctl.recommendation.evidence.projections import halve, reduce_columns
from clusterctl.recommendation.ground import Ground
from clusterctl.recommendation.partitions import Partitions

N_NEAR = 10
DEEPEST, SHALLOWEST = 4.0, -2.0
LEAST_ROWS = 20


def troughs(ground: Ground, partitions: Partitions) -> dict[str, np.ndarray]:
    """Return by how much the log of density falls at borders.

    trough, trough_least: mean over clusters by size, and least, of the fall towards the neighbour that shares most border.
    halves, halves_most: of the fall between a cluster's own two halves (2-means); only clusters of 20 rows or more have halves.
    """
    X = reduce_columns(ground.points.X)
    near = ground.near[:, :N_NEAR]
    last = np.maximum(ground.near_distances.astype(np.float64), ground.core[:, None] * 1e-3)[:, -1]
    density = -ground.dimension * np.log(last)
    key = np.random.default_rng(8).integers(1, 2**63, size=len(X), dtype=np.uint64)
    seen: dict[int, float] = {}
    rows = []
    for labels, k in zip(partitions.labels, partitions.n_clusters.tolist(), strict=True):
        order = np.argsort(labels, kind="stable")
        edges = np.searchsorted(labels[order], np.arange(k + 1))
        members = [order[edges[c] : edges[c + 1]] for c in range(k)]
        inside = np.array([_of_halves(X, near, density, m, key, seen) for m in members])
        around = _around(labels, k, near, density, members)
        share = np.array([len(m) for m in members]) / edges[-1] if edges[0] == 0 else np.array([len(m) for m in members], dtype=float)
        share = share / share.sum()
        rows.append((around @ share, around.min(), np.maximum(inside, 0) @ share, inside.max()))
    names = ("trough", "trough_least", "halves", "halves_most")
    return {name: np.array([row[i] for row in rows]) for i, name in enumerate(names)}


def _around(labels: np.ndarray, k: int, near: np.ndarray, density: np.ndarray, members: list[np.ndarray]) -> np.ndarray:
    """Return (k,) the fall of density from each cluster to its border with the cluster that it shares most border with."""
    there = labels[near]
    counts = np.zeros((len(labels), k), dtype=np.int16)
    for column in there.T:
        known = np.flatnonzero(column >= 0)
        counts[known, column[known]] += 1
    on_border = counts >= max(1, near.shape[1] // 5)
    touching = np.zeros((k, k))
    clustered = labels >= 0
    np.add.at(touching, labels[clustered], on_border[clustered])
    np.fill_diagonal(touching, 0)
    touching += touching.T
    median = np.array([np.median(density[m]) for m in members])
    out = np.full(k, DEEPEST)
    for c in range(k):
        partner = int(touching[c].argmax())
        if touching[c, partner] == 0:
            continue
        rows = np.concatenate((members[c][on_border[members[c], partner]], members[partner][on_border[members[partner], c]]))
        out[c] = min(median[c], median[partner]) - np.quantile(density[rows], 0.75)
    return np.asarray(np.clip(out, SHALLOWEST, DEEPEST))


def _of_halves(X: np.ndarray, near: np.ndarray, density: np.ndarray, rows: np.ndarray, key: np.ndarray, seen: dict[int, float]) -> float:
    """Return the fall of density at the border of a cluster's two halves; -2 where it has none."""
    if len(rows) < LEAST_ROWS:
        return SHALLOWEST
    code = int(np.bitwise_xor.reduce(key[rows]))
    if code not in seen:
        seen[code] = _fall(near, density, rows, halve(X[rows]))
    return seen[code]


def _fall(near: np.ndarray, density: np.ndarray, rows: np.ndarray, upper: np.ndarray) -> float:
    if not LEAST_ROWS // 4 <= upper.sum() <= len(rows) - LEAST_ROWS // 4:
        return SHALLOWEST
    side = np.zeros(len(density), dtype=np.int8)
    side[rows] = np.where(upper, 1, -1)
    crossing = (side[near[rows]] == -side[rows, None]).sum(axis=1) >= max(1, near.shape[1] // 5)
    lower = min(np.median(density[rows[upper]]), np.median(density[rows[~upper]]))
    if not crossing.any():
        return DEEPEST
    return float(np.clip(lower - np.quantile(density[rows[crossing]], 0.75), SHALLOWEST, DEEPEST))
