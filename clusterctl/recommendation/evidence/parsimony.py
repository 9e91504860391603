"""How plain is the partition? Its number of clusters, noise, and how small and unequal the clusters are."""

from __future__ import annotations

import numpy as np

from clusterctl.recommendation.ground import Ground
from clusterctl.recommendation.partitions import Partitions


def parsimony(ground: Ground, partitions: Partitions) -> dict[str, np.ndarray]:
    """Return log_k; noise (share); smallest, log of the smallest cluster against an equal share; tiny: share of clusters below 1 % of rows.

    unequal: 1 - entropy of the sizes / log k. lost: share of rows called noise though at least as dense as three quarters of the
    clustered ones; clumped: share of rows called noise whose near rows are mostly noise too.
    """
    n = partitions.labels.shape[1]
    k = partitions.n_clusters
    share = partitions.sizes / np.maximum(partitions.sizes.sum(axis=1, keepdims=True), 1)
    present = partitions.sizes > 0
    least = np.where(present, partitions.sizes, np.inf).min(axis=1)
    entropy = -(share * np.log(np.where(present, share, 1.0))).sum(axis=1)
    lost, clumped = np.zeros(len(partitions)), np.zeros(len(partitions))
    for i in np.flatnonzero(partitions.noise > 0):
        outside = partitions.labels[i] < 0
        lost[i] = (ground.core[outside] <= np.quantile(ground.core[~outside], 0.75)).sum() / n
        clumped[i] = (outside[ground.near[outside, :8]].mean(axis=1) > 0.5).sum() / n
    return {
        "lost": lost,
        "clumped": clumped,
        "log_k": np.log(k),
        "noise": partitions.noise,
        "smallest": np.log(np.maximum(least * k / n, 1e-4)),
        "tiny": ((partitions.sizes < max(3, 0.01 * n)) & present).sum(axis=1) / k,
        "unequal": 1 - entropy / np.log(np.maximum(k, 2)),
    }
