"""From the sample to the whole table: the settings that ask of all rows what a candidate asked of the sample, and their labels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.errors import ClusterctlError
from clusterctl.kernels.threads import one_thread
from clusterctl.recommendation.candidates import Candidate, Found
from clusterctl.recommendation.ground import Ground
from clusterctl.recommendation.limits import goes_into_memory
from clusterctl.recommendation.partitions import Partitions, draw_pairs, rand_matrix
from clusterctl.values.clustering import canonical
from clusterctl.values.space import Points

N_WHOLE = 20_000
"""Above this many rows only algorithms that grow in proportion to the rows are fitted on all of them."""
LINEAR = frozenset({"kmeans", "gaussian_mixture"})
FAITHFUL = 0.8
"""Rand index on the sample's rows from which a fit on all rows tells the sample's story."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A candidate for the whole table.

    settings: what a config asks for. strategy: exact: fitted on all rows; sample: fitted on the sample alone, other rows assigned
    by the predict rule. labels: (n,) of all rows, canonical; None for `sample` above the sample's rows: the engine makes them.
    n_clusters: of `labels`, else of the sample. agreement: Rand index of the two on the sample's rows; None where there is no other fit.
    """

    settings: Settings
    strategy: Literal["exact", "sample"]
    labels: np.ndarray | None
    n_clusters: int
    agreement: float | None


def fit_whole(points: Points, ground: Ground, found: Found, n_jobs: int, max_memory: int | None = None) -> Fitted:
    """Fit a candidate on all rows where that is affordable, goes into memory and tells the same story as on the sample.

    The same at any n_jobs.
    """
    candidate = found.candidate
    if ground.n_rows == points.n_rows:
        return Fitted(candidate.settings, "exact", found.labels, found.n_clusters, None)
    spec = ALGORITHMS[candidate.algorithm]
    settings = grow(points, ground, candidate)
    # A fit on a sample takes counts of rows for those of the whole table; an eps it carries over by the distances themselves.
    sampled = Fitted(settings if spec.carry is None else candidate.settings, "sample", None, found.n_clusters, None)
    if points.n_rows > N_WHOLE and candidate.algorithm not in LINEAR:
        return sampled
    if not goes_into_memory(spec, settings, points, max_memory):
        return sampled
    try:
        with one_thread():
            clustering = spec.cut(spec.build(points, settings, n_jobs), settings)
    except ClusterctlError:
        return sampled
    agreement = _agreement(found.labels, clustering.labels[ground.rows])
    if agreement < FAITHFUL or clustering.n_clusters != found.n_clusters:
        return replace(sampled, agreement=agreement)
    return Fitted(settings, "exact", clustering.labels, clustering.n_clusters, agreement)


def _agreement(left: np.ndarray, right: np.ndarray) -> float:
    pairs = draw_pairs(len(left), 0)
    both = [Partitions.of([canonical(labels)[0]], [""]) for labels in (left, right)]
    return float(rand_matrix(both[0], pairs, both[1])[0, 0])


def grow(points: Points, ground: Ground, candidate: Candidate) -> Settings:
    """Return settings for all rows: parameters that count rows (min_cluster_size, min_samples) grow with the rows.

    eps stays: among twice as many rows twice as many are within it.
    """
    settings, ratio = candidate.settings, points.n_rows / ground.n_rows
    counted = ("min_cluster_size", "min_samples")
    asked = {name: getattr(settings.parameters, name, None) for name in counted}
    changed = {name: max(2, round(value * ratio)) for name, value in asked.items() if isinstance(value, int)}
    return replace(settings, parameters=settings.parameters.model_copy(update=changed))
