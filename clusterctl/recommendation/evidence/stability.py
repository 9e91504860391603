"""Is the partition found again on other rows? Each candidate is fitted again on halves of the sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.metrics.stability import jaccard
from clusterctl.recommendation.candidates import Candidate, Found, cluster
from clusterctl.recommendation.ground import Ground
from clusterctl.recommendation.partitions import Partitions, draw_pairs, rand_matrix
from clusterctl.values.space import Points

N_HALVES = 3
N_HALF = 600
"""Rows of a half, at most."""


def stability(ground: Ground, found: Sequence[Found], seed: int, n_jobs: int, n_halves: int = N_HALVES) -> dict[str, np.ndarray]:
    """Return how far each candidate's partition is found again on halves drawn without replacement.

    stable: mean Rand index; stable_worst: mean over halves of the least Jaccard similarity of a cluster with its best match (Hennig 2007);
    stable_mean: its mean over clusters. Parameters that count rows or measure density are carried over to a half. A candidate that cannot
    be fitted on a half has 0 there. The same at any n_jobs.
    """
    points, n = ground.points, ground.n_rows
    size = min(max(n // 2, 10), N_HALF)
    values = np.zeros((3, len(found)))
    for draw in range(n_halves):
        rows = np.sort(np.random.default_rng([seed, 3, draw]).choice(n, size, replace=False))
        X = np.ascontiguousarray(points.X[rows])
        X.flags.writeable = False
        values += _again(points, replace(points, X=X), found, rows, [seed, draw], n_jobs)
    return dict(zip(("stable", "stable_worst", "stable_mean"), values / n_halves, strict=True))


def _again(points: Points, half: Points, found: Sequence[Found], rows: np.ndarray, seeds: list[int], n_jobs: int) -> np.ndarray:
    carried = [_carry(points, half, one) for one in found]
    asked = [(place, candidate) for place, candidate in enumerate(carried) if candidate is not None]
    place_of = {id(candidate): place for place, candidate in asked}
    values = np.zeros((3, len(found)))
    again = cluster(half, [candidate for _, candidate in asked], n_jobs)
    again = [one for one in again if one.n_clusters >= 1]
    places = [place_of[id(one.candidate)] for one in again]
    if not places:
        return values
    before = Partitions.of([found[place].labels[rows] for place in places], [""] * len(places))
    after = Partitions.of([one.labels for one in again], [""] * len(places))
    pairs = draw_pairs(len(rows), seeds[0], 20_000)
    values[0, places] = np.clip(np.diag(rand_matrix(before, pairs, after)), 0.0, 1.0)
    for place, one in zip(places, again, strict=True):
        known = found[place].labels[rows]
        similar, there = jaccard(known, one.labels, found[place].n_clusters)
        values[1, place], values[2, place] = similar[there].min(initial=1.0), similar[there].mean() if there.any() else 0.0
    return values


def _carry(points: Points, half: Points, one: Found) -> Candidate | None:
    """Return the candidate that asks of the half what this one asks of all rows."""
    spec = ALGORITHMS[one.candidate.algorithm]
    settings: Settings | None = one.candidate.settings
    assert settings is not None
    if spec.carry is not None:
        settings = spec.carry(points, settings, half.n_rows)
    settings = spec.on_sample(settings, half.n_rows / points.n_rows, one.n_clusters)
    if settings is None:
        return None
    if one.candidate.algorithm in ("kmeans", "spectral"):
        settings = replace(settings, parameters=settings.parameters.model_copy(update={"n_init": 2}))
    return Candidate(one.candidate.family, one.candidate.algorithm, settings)
