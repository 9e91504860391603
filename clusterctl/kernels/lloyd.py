"""k-means from several starts side by side: scikit-learn's partition, sooner and at any number of jobs the same bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from clusterctl.kernels.seeding import draw_plusplus, draw_rows, plusplus_rows, seeding_table
from clusterctl.kernels.threads import parallel

N_TOGETHER = 32
"""Starts whose labels are held at once; a number of its own, so that results do not hang on the number of jobs."""

N_SMALL = 1 << 20
"""Fits of fewer numbers times clusters are over before threads have started."""


@dataclass(frozen=True, slots=True)
class KMeansFit:
    """The best start: labels (n,) of an integer type, centers (n_clusters, d), and how it went.

    inertia: sum of squared distances to the own centre. n_iter: iterations of the best start. converged: of the best start.
    inertias: of every start, in order. origin: (d,) what was taken off the rows while they were clustered,
    centred: (n_clusters, d) the centres less that, for `nearest_center`.
    """

    labels: np.ndarray
    centers: np.ndarray
    inertia: float
    n_iter: int
    converged: bool
    inertias: tuple[float, ...]
    centred: np.ndarray
    origin: np.ndarray


@dataclass(frozen=True, slots=True)
class KMeansOptions:
    """scikit-learn's names."""

    init: Literal["k-means++", "random"] = "k-means++"
    n_init: int = 10
    max_iter: int = 300
    tol: float = 1e-4
    algorithm: Literal["lloyd", "elkan"] = "lloyd"


def fit_kmeans(X: np.ndarray, n_clusters: int, options: KMeansOptions, rng: np.random.RandomState, n_jobs: int) -> KMeansFit:
    """Fit as `sklearn.cluster.KMeans(n_clusters, random_state=rng, ...)` would: same starts, same stopping, same choice among them.

    Memory beside X: 8 (d + 2) bytes a row while the starts are chosen (then 8 d, or nothing where the columns are centred already),
    and some 16 a row and job. X is not written to. Call it with library threads capped at one (`kernels.threads.one_thread`).
    """
    if X.size * n_clusters < N_SMALL:
        n_jobs = 0
    mean = X.mean(axis=0)
    starts = _starting_rows(X, mean, n_clusters, options, rng, n_jobs)
    Y, mean = _centred(X, mean)
    weight = np.ones(len(X))
    limit = options.tol * float(np.einsum("ij,ij->", Y, Y)) / Y.size

    def run(rows: np.ndarray) -> tuple[np.ndarray, float, np.ndarray, int]:
        return _iterate(Y, weight, Y[rows], limit, options)

    best: tuple[np.ndarray, float, np.ndarray, int] | None = None
    inertias: list[float] = []
    for first in range(0, len(starts), N_TOGETHER):
        for fit in parallel(run, starts[first : first + N_TOGETHER], n_jobs):
            inertias.append(fit[1])
            if best is None or (fit[1] < best[1] and not _same(fit[0], best[0], n_clusters)):
                best = fit
    assert best is not None
    labels, inertia, centers, n_iter = best
    converged = n_iter < options.max_iter or _settled(Y, weight, labels, centers, limit)
    return KMeansFit(labels, centers + mean, inertia, n_iter, converged, tuple(inertias), centers, mean)


def nearest_center(X: np.ndarray, centred: np.ndarray, origin: np.ndarray) -> np.ndarray:
    """Return (n,) which of the centres is nearest to each row, by the same compiled step that gave the fit its labels."""
    from sklearn.cluster._kmeans import _labels_inertia

    Y = np.ascontiguousarray(X if not origin.any() else X - origin)
    centers = np.ascontiguousarray(centred)
    labels = _labels_inertia(Y, np.ones(len(Y)), centers, n_threads=1, return_inertia=False)
    return np.asarray(labels, dtype=np.int64)


def _starting_rows(
    X: np.ndarray, mean: np.ndarray, n_clusters: int, options: KMeansOptions, rng: np.random.RandomState, n_jobs: int
) -> list[np.ndarray]:
    """Return the rows each start begins from, all numbers drawn before any of them is used."""
    if options.init == "random":
        return draw_rows(rng, len(X), n_clusters, options.n_init)
    draws = draw_plusplus(rng, len(X), n_clusters, options.n_init)
    if n_clusters == 1:
        return [np.array([draw.first]) for draw in draws]
    table = seeding_table(X, mean)
    return parallel(lambda draw: plusplus_rows(table, draw), draws, n_jobs)


def _centred(X: np.ndarray, mean: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return X less its mean (distances come out more exact), and what was taken off; X itself where it is centred already."""
    spread = np.abs(X).max(axis=0) if len(X) else mean
    if (np.abs(mean) <= 1e-9 * spread).all():
        return X, np.zeros_like(mean)
    return X - mean, mean


def _iterate(
    X: np.ndarray, weight: np.ndarray, centers: np.ndarray, limit: float, options: KMeansOptions
) -> tuple[np.ndarray, float, np.ndarray, int]:
    """Run one start to its end; labels come back in the smallest type that holds them."""
    from sklearn.cluster._kmeans import _kmeans_single_elkan, _kmeans_single_lloyd

    single = _kmeans_single_elkan if options.algorithm == "elkan" and len(centers) > 1 else _kmeans_single_lloyd
    labels, inertia, centers, n_iter = single(X, weight, centers, max_iter=options.max_iter, tol=limit, n_threads=1)
    return labels.astype(np.min_scalar_type(len(centers))), float(inertia), centers, int(n_iter)


def _same(one: np.ndarray, other: np.ndarray, n_clusters: int) -> bool:
    """Say whether two labellings are one partition."""
    from sklearn.cluster._k_means_common import _is_same_clustering

    return bool(_is_same_clustering(one.astype(np.int32), other.astype(np.int32), n_clusters))


def _settled(X: np.ndarray, weight: np.ndarray, labels: np.ndarray, centers: np.ndarray, limit: float) -> bool:
    """Say whether a start that used up its iterations had converged with the last of them: one more moves nothing."""
    from sklearn.cluster._kmeans import _kmeans_single_lloyd

    again, _, moved, _ = _kmeans_single_lloyd(X, weight, centers.copy(), max_iter=1, tol=limit, n_threads=1)
    return bool(((moved - centers) ** 2).sum() <= limit or np.array_equal(again, labels))
