"""The steps of one analysis up to the labels: each a plain function whose value the next one takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.algorithms.base import AlgorithmSpec, Settings
from clusterctl.engine.sampling import draw, fit_sample
from clusterctl.errors import ClusteringError
from clusterctl.kernels.threads import one_thread
from clusterctl.results.assignments import STATUSES, Fate
from clusterctl.values.clustering import Clustering, Sample
from clusterctl.values.space import Points, Space

if TYPE_CHECKING:
    from clusterctl.metrics.silhouette import Silhouettes

Cluster = Callable[[Points, int], np.ndarray]
SAMPLE_ROWS = 2_000
"""Rows that resamples and null draws are made from, unless parameters that count rows need more."""


@dataclass(frozen=True, slots=True)
class Fit:
    """An algorithm, its setting, and what it found in a space.

    settle: how to settle on a setting for other points where `auto` chose this one from the points themselves; None: nothing was left to
    `auto` that must be chosen anew. numbers: what clusters 0, 1, … are known by outside of the engine; None: that.
    sample: the rows fitted on and what was found in them, where `clustering` was spread from there over all points; None: all points.
    """

    spec: AlgorithmSpec
    settings: Settings
    clustering: Clustering
    settle: Callable[[Points], Settings] | None = None
    numbers: tuple[int, ...] | None = None
    sample: Sample | None = None

    @property
    def fitted(self) -> tuple[Clustering, Settings]:
        """What the algorithm itself left, of the rows fitted on, and what was asked of them."""
        if self.sample is None or self.sample.clustering is None:
            return self.clustering, self.settings
        return self.sample.clustering, self.sample.settings

    @property
    def fitted_ids(self) -> tuple[int, ...]:
        """The number that each cluster of `fitted`, by falling size there, is known by."""
        ids = self.cluster_ids
        return ids if self.sample is None else tuple(ids[number] for number in self.sample.numbers)

    @property
    def cluster_ids(self) -> tuple[int, ...]:
        """The number that each cluster, by falling size, is known by."""
        return tuple(range(self.clustering.n_clusters)) if self.numbers is None else self.numbers

    def named(self, labels: np.ndarray) -> np.ndarray:
        """Return labels by falling size as the numbers that the clusters are known by; below 0 stays as it is."""
        if self.numbers is None:
            return labels
        return np.where(labels >= 0, np.array([*self.numbers, -1], dtype=np.int64)[labels], labels)


def fit(
    space: Space,
    spec: AlgorithmSpec,
    settings: Settings,
    n_jobs: int,
    strategy: str = "exact",
    settle: Callable[[Points], Settings] | None = None,
) -> Fit:
    """Build the algorithm's structure on the points, or with the strategy `sample` on some of them, and cut it once; settle: see `Fit`.

    Raises ClusteringError where no fit is possible. Deterministic for a seed, at any `n_jobs`.
    """
    check_distance(spec, space.points)
    with one_thread():
        sample = draw(space.points, spec, settings, strategy, settle)
        if sample is not None:
            clustering, sample = fit_sample(space.points, spec, settings, sample, n_jobs)
            return Fit(spec, settings, clustering, settle, sample=sample)
        structure = spec.build(space.points, settings, n_jobs)
        return Fit(spec, settings, spec.cut(structure, settings), settle)


def check_distance(spec: AlgorithmSpec, points: Points) -> None:
    """Raise ClusteringError if the algorithm cannot work with the distance that holds in the points."""
    if points.metric not in spec.metrics:
        raise ClusteringError(
            f"{spec.name} cannot work with the mixed (Gower) distance",
            hint="set preprocessing_configuration.categorical to onehot, or take dbscan, hdbscan, optics, spectral or hierarchical",
        )


def again(fit: Fit, points: Points) -> Cluster:
    """Return how to find clusters in other points in the way of `fit`: what stability and the null comparison are given.

    The number of clusters is the one found. A parameter that `auto` chose from the points is chosen anew, since choosing is part of
    finding; others are asked of fewer rows as the algorithm says (`on_sample`, `carry`), of a fit on a sample those that it was made with.
    """
    points, asked = (points, fit.settings) if fit.sample is None else (fit.sample.points, fit.sample.settings)
    carried: dict[int, Settings] = {}
    if fit.settle is None and fit.spec.carry is not None:
        for n_rows in sizes_again(points.n_rows):
            carried[n_rows] = fit.spec.carry(points, asked, n_rows)

    def cluster(other: Points, seed: int) -> np.ndarray:
        if fit.settle is not None:
            settings: Settings | None = fit.settle(other)
        else:
            settings = carried.get(other.n_rows) or fit.spec.on_sample(asked, other.n_rows / points.n_rows, fit.clustering.n_clusters)
        if settings is None:
            names = " and ".join(fit.spec.row_counts)
            raise ClusteringError(f"{names} count rows: too few are left of them in {other.n_rows:,} of the {points.n_rows:,} rows")
        seeded = replace(settings, random_state=seed)
        return fit.spec.cut(fit.spec.build(other, seeded, 1), seeded).labels

    return cluster


def sizes_again(n_rows: int) -> tuple[int, ...]:
    """Return how many rows the points have that are clustered again: a sample, and its halves."""
    sample = min(n_rows, SAMPLE_ROWS)
    return tuple(sorted({sample, sample // 2, sample - sample // 2}))


def labels_of_rows(space: Space, clustering: Clustering) -> np.ndarray:
    """Return (n_rows,) int64 labels of every input row: -1 for noise, excluded and dropped ones."""
    labels = np.full(space.n_rows, -1, dtype=np.int64)
    labels[space.rows] = clustering.labels
    return labels


def fate_of_rows(space: Space, clustering: Clustering, confidence: np.ndarray, silhouettes: Silhouettes | None) -> Fate:
    """Return what became of every input row; `confidence` and the silhouettes are those of the points."""
    labels = labels_of_rows(space, clustering)
    status = np.full(space.n_rows, STATUSES.index("noise"), dtype=np.uint8)
    status[labels >= 0] = STATUSES.index("clustered")
    status[space.excluded] = STATUSES.index("excluded")
    status[space.dropped] = STATUSES.index("dropped")
    every_confidence = np.zeros(space.n_rows)
    every_confidence[space.rows] = np.where(clustering.labels >= 0, confidence, 0.0)
    every_silhouette = None
    if silhouettes is not None:
        every_silhouette = np.full(space.n_rows, np.nan)
        every_silhouette[space.rows] = silhouettes.samples
    return Fate(labels, status, every_confidence, space.outlier_scores, every_silhouette)
