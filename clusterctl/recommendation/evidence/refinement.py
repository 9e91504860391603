"""All borders of the partition should be real, and no finer partition inside it should have real borders as well."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import expit

from clusterctl.recommendation.partitions import Partitions, draw_pairs

NESTED = 0.97
"""Share of the pairs of rows together in the finer partition that are together in the coarser one."""
MORE_NOISE = 0.1


def refinement(partitions: Partitions, values: Mapping[str, np.ndarray], seed: int) -> dict[str, np.ndarray]:
    """Return sound, finer and peak.

    sound: how real the least real border is, by whichever of projections, tree and trough shows it best, times the stability of the worst
    cluster. finer: the same of the soundest partition that refines this one, 0 for none.
    peak: of the soundest partition into this number of clusters, less the mean of those into one more and one fewer.
    """
    border = np.maximum(np.maximum(values["apart_least"], values["ringed_least"]), expit((values["trough_least"] - 0.5) / 0.3))
    sound = border * values["stable_worst"]
    finer = np.where(_refines(partitions, seed), sound[None, :], 0.0).max(axis=1)
    return {"sound": sound, "finer": finer, "peak": _peaks(partitions.n_clusters, sound)}


def _peaks(n_clusters: np.ndarray, sound: np.ndarray) -> np.ndarray:
    """Return by how much the soundest partition of each number of clusters stands out from those of the next numbers; 0 without any."""
    best = {int(k): float(sound[n_clusters == k].max()) for k in np.unique(n_clusters)}
    stands_out = {}
    for k, value in best.items():
        beside = [best[other] for other in (k - 1, k + 1) if other in best]
        stands_out[k] = value - float(np.mean(beside)) if beside else 0.0
    return np.array([stands_out[int(k)] for k in n_clusters])


def _refines(partitions: Partitions, seed: int) -> np.ndarray:
    """Return (C, C) bool: column has more clusters than row, hardly more noise, and lies inside it."""
    first, second = draw_pairs(partitions.labels.shape[1], seed)
    labels = partitions.labels
    together = ((labels[:, first] == labels[:, second]) & (labels[:, first] >= 0)).astype(np.float32)
    inside = (together @ together.T) / np.maximum(together.sum(axis=1), 1)[None, :]
    k, noise = partitions.n_clusters, partitions.noise
    return np.asarray((inside > NESTED) & (k[None, :] > k[:, None]) & (noise[None, :] <= noise[:, None] + MORE_NOISE))
