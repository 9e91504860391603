"""Do near rows share a cluster? Chance-corrected label agreement of the ten nearest, and the purity of the worst cluster."""

from __future__ import annotations

import numpy as np

from clusterctl.recommendation.ground import Ground
from clusterctl.recommendation.partitions import Partitions

N_NEIGHBOURS = 10


def neighbour_agreement(ground: Ground, partitions: Partitions) -> dict[str, np.ndarray]:
    """Return kappa = (observed - expected) / (1 - expected) of the share of near rows with the own label, and the lowest share.

    A row of noise is alike to none. Expected is the share of pairs in one cluster (Cohen 1960, as for two raters).
    """
    near = ground.near[:, :N_NEIGHBOURS]
    kappa, worst = np.empty(len(partitions)), np.empty(len(partitions))
    for i, labels in enumerate(partitions.labels):
        clustered = labels >= 0
        share = (labels[near] == labels[:, None]).mean(axis=1) * clustered
        size = partitions.sizes[i, : partitions.n_clusters[i]]
        expected = float(((size / len(labels)) ** 2).sum())
        kappa[i] = (share.mean() - expected) / max(1 - expected, 1e-9)
        worst[i] = (np.bincount(labels[clustered], weights=share[clustered], minlength=len(size)) / size).min()
    return {"kappa": kappa, "purity_worst": worst}
