"""How many clusters? Scores of every k from 2 (or 1) up, by three rules that err in different ways, and a fourth for mixtures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.kernels.linkage import cut_into, link
from clusterctl.kernels.threads import parallel

if TYPE_CHECKING:
    from clusterctl.values.space import Points

N_REFERENCES = 20
N_SPLITS = 20
N_FEW_DIMENSIONS = 16
STRONG = 0.6
"""Prediction strength from which a number of clusters counts as found again; 0.8 is the paper's, 0.6 was right more often."""


def silhouettes(points: Points, labellings: Mapping[int, np.ndarray]) -> dict[int, float | None]:
    """Return the mean silhouette of each labelling (Rousseeuw 1987), exact, in the points' own distance; None for a single cluster.

    Memory: 8 n^2 bytes.
    """
    from scipy.spatial.distance import cdist

    distances = cdist(points.X, points.X, "euclidean" if points.metric == "euclidean" else "cityblock")
    return {k: _silhouette(distances, labels) for k, labels in labellings.items()}


def _silhouette(distances: np.ndarray, labels: np.ndarray) -> float | None:
    n_clusters = int(labels.max()) + 1
    if not 1 < n_clusters < len(labels):
        return None
    size = np.bincount(labels)
    total = distances @ np.eye(n_clusters)[labels]
    row = np.arange(len(labels))
    inside = total[row, labels] / np.maximum(size[labels] - 1, 1)
    mean = total / size
    mean[row, labels] = np.inf
    outside = mean.min(axis=1)
    widest = np.maximum(inside, outside)
    score = np.divide(outside - inside, widest, out=np.zeros(len(labels)), where=widest > 0)
    score[size[labels] == 1] = 0.0
    return float(score.mean())


@dataclass(frozen=True, slots=True)
class Gap:
    """The gap of each k from 1 up (`gap[k - 1]`) and its standard error."""

    gap: np.ndarray
    se: np.ndarray

    @property
    def best(self) -> int:
        """The k of the largest gap."""
        return int(np.argmax(self.gap)) + 1

    @property
    def first_good(self) -> int:
        """The smallest k whose gap is within one standard error of the next (the paper's own rule, which is shy of finding clusters)."""
        good = np.flatnonzero(self.gap[:-1] >= self.gap[1:] - self.se[1:])
        return int(good[0]) + 1 if len(good) else len(self.gap)


def gap_statistic(X: np.ndarray, k_max: int, seed: int, n_jobs: int) -> Gap:
    """Return the gap statistic of Ward's clusters for k = 1 … k_max (Tibshirani, Walther & Hastie 2001, J. R. Stat. Soc. B 63).

    The reference is uniform in the box along the principal components; 20 draws. Within sums of squares are read off the heights of the
    tree, so all k cost one tree a draw. Deterministic for a seed.
    """
    centred = X - X.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    turned = centred @ axes.T
    low, high = turned.min(axis=0), turned.max(axis=0)

    def reference(draw: int) -> np.ndarray:
        rng = np.random.default_rng([seed, 1, draw])
        return _log_within(rng.uniform(low, high, size=turned.shape), k_max)

    drawn = np.stack(parallel(reference, range(N_REFERENCES), n_jobs))
    return Gap(drawn.mean(axis=0) - _log_within(centred, k_max), drawn.std(axis=0) * np.sqrt(1 + 1 / N_REFERENCES))


def _log_within(X: np.ndarray, k_max: int) -> np.ndarray:
    """Return the log of the within-cluster sum of squares for k = 1 … k_max: each Ward merge at height h adds h^2 / 2."""
    growth = _ward(X)[:, 2] ** 2 / 2
    within = np.cumsum(growth)[::-1][:k_max]
    return np.log(np.maximum(within, np.finfo(np.float64).tiny))


def _ward(X: np.ndarray) -> np.ndarray:
    """Return Ward's tree (n - 1, 4): from the vectors, or from all distances in many dimensions, where that is far sooner."""
    if X.shape[1] <= N_FEW_DIMENSIONS:
        return link(X, "ward", "euclidean")
    import fastcluster
    from scipy.spatial.distance import squareform
    from sklearn.metrics import euclidean_distances

    tree: np.ndarray = fastcluster.linkage(squareform(euclidean_distances(X), checks=False), method="ward")
    return tree


def prediction_strengths(X: np.ndarray, k_max: int, seed: int, n_jobs: int) -> np.ndarray:
    """Return the prediction strength of Ward's clusters for k = 2 … k_max (Tibshirani & Walther 2005, J. Comput. Graph. Stat. 14).

    20 random halvings: each half is clustered, the second half's rows go to the nearest centre of the first's, and the strength is the
    share of pairs of the worst cluster that stay together. Deterministic for a seed.
    """

    def split(draw: int) -> np.ndarray:
        order = np.random.default_rng([seed, 2, draw]).permutation(len(X))
        half = len(X) // 2
        first, second = X[order[:half]], X[order[half:]]
        trees = _ward(first), _ward(second)
        return np.array([_strength(first, second, *(cut_into(tree, k) for tree in trees)) for k in range(2, k_max + 1)])

    return np.asarray(np.mean(parallel(split, range(N_SPLITS), n_jobs), axis=0))


def _strength(first: np.ndarray, second: np.ndarray, first_labels: np.ndarray, second_labels: np.ndarray) -> float:
    """Return the least share of pairs of a cluster of the second half that the first half's centres keep together."""
    size = np.bincount(first_labels)
    centers = np.stack([np.bincount(first_labels, weights=column) for column in first.T], axis=1) / size[:, None]
    distances = (centers**2).sum(axis=1) - 2 * second @ centers.T
    together = np.zeros((int(second_labels.max()) + 1, len(size)))
    np.add.at(together, (second_labels, distances.argmin(axis=1)), 1.0)
    n = together.sum(axis=1)
    pairs = (together * (together - 1)).sum(axis=1)
    return float(np.divide(pairs, n * (n - 1), out=np.zeros(len(n)), where=n > 1).min())
