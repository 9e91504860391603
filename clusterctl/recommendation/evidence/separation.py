"""Are clusters compact and apart? The silhouette, overall and of the worst cluster, and the share of the spread that lies between."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clusterctl.recommendation.ground import Ground
from clusterctl.recommendation.partitions import Partitions

N_COLUMNS = 256
"""Clusters whose distances are summed in one product, about."""


def separation(ground: Ground, partitions: Partitions) -> dict[str, np.ndarray]:
    """Return silhouette (noise left out) and of the worst cluster (Rousseeuw 1987), and log Calinski-Harabasz (1974)."""
    found = np.array(list(_all_silhouettes(ground.distances, partitions)))
    between = np.array([_log_ratio(ground.points.X, labels) for labels in partitions.labels])
    return {"silhouette": found[:, 0], "silhouette_worst": found[:, 1], "log_ratio": between}


def _all_silhouettes(distances: np.ndarray, partitions: Partitions) -> Iterator[tuple[float, float]]:
    """Yield what `_silhouettes` says of each; distances are summed for many partitions in one product, which reads them once."""
    ends = np.cumsum(partitions.n_clusters)
    for block in np.split(np.arange(len(partitions)), np.flatnonzero(np.diff(ends // N_COLUMNS)) + 1):
        first = np.concatenate(([0], np.cumsum(partitions.n_clusters[block])))
        member = np.zeros((len(distances), int(first[-1])), dtype=np.float32)
        for start, labels in zip(first[:-1].tolist(), partitions.labels[block], strict=True):
            rows = np.flatnonzero(labels >= 0)
            member[rows, start + labels[rows]] = 1.0
        total = distances @ member
        for start, stop, labels in zip(first[:-1].tolist(), first[1:].tolist(), partitions.labels[block], strict=True):
            yield _silhouettes(total[:, start:stop], labels)


def _silhouettes(total: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Return the mean silhouette of the clustered rows and that of the worst cluster of at least 1 % of the rows (or any).

    total: (n, k) sum of the distances to each cluster.
    """
    rows = np.flatnonzero(labels >= 0)
    own = labels[rows]
    k = int(own.max()) + 1
    if k < 2:
        return 0.0, 0.0
    size = np.bincount(own, minlength=k).astype(np.float32)
    total = total[rows]
    at = np.arange(len(rows))
    inside = total[at, own] / np.maximum(size[own] - 1, 1)
    total /= size
    total[at, own] = np.inf
    outside = total.min(axis=1)
    widest = np.maximum(np.maximum(inside, outside), 1e-30)
    value = np.where(size[own] > 1, (outside - inside) / widest, 0.0)
    per_cluster = np.bincount(own, weights=value, minlength=k) / size
    large = size >= 0.01 * len(labels)
    return float(value.mean()), float(per_cluster[large].min() if large.any() else per_cluster.min())


def _log_ratio(X: np.ndarray, labels: np.ndarray) -> float:
    """Return the log of the ratio of the mean squares between and within clusters, noise left out."""
    rows = labels >= 0
    own, Y = labels[rows], X[rows]
    k, n = int(own.max()) + 1, len(own)
    if k < 2 or n <= k:
        return 0.0
    size = np.bincount(own, minlength=k)
    member = np.zeros((n, k))
    member[np.arange(n), own] = 1.0
    centers = (member.T @ Y) / size[:, None]
    between = float((size * ((centers - Y.mean(axis=0)) ** 2).sum(axis=1)).sum())
    within = max(float(((Y - Y.mean(axis=0)) ** 2).sum()) - between, 1e-12 * n)
    return float(np.log(max(between, 1e-12) / (k - 1)) - np.log(within / (n - k)))
