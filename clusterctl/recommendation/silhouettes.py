"""The mean silhouette (Rousseeuw 1987) of many cuts of one tree."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def nested_silhouettes(distances: np.ndarray, cuts: Sequence[np.ndarray]) -> list[float]:
    """Return the mean silhouette of each cut of one tree into at least two clusters, coarsest first; there is no noise.

    distances: (n, n) float32. The sums of distances to a cluster are those to its parts in the next finer cut, so distances are read once.
    """
    if not cuts:
        return []
    scores: list[float] = []
    finer, total = cuts[-1], distances @ np.eye(int(cuts[-1].max()) + 1, dtype=np.float32)[cuts[-1]]
    for labels in reversed(cuts):
        part_of = np.zeros((total.shape[1], int(labels.max()) + 1), dtype=np.float32)
        part_of[finer, labels] = 1.0
        finer, total = labels, total @ part_of
        scores.append(_silhouette(total, labels))
    return scores[::-1]


def _silhouette(total: np.ndarray, labels: np.ndarray) -> float:
    size = np.bincount(labels, minlength=total.shape[1]).astype(np.float32)
    row = np.arange(len(labels))
    inside = total[row, labels] / np.maximum(size[labels] - 1, 1)
    mean = total / size
    mean[row, labels] = np.inf
    outside = mean.min(axis=1)
    widest = np.maximum(np.maximum(inside, outside), 1e-30)
    return float(np.where(size[labels] > 1, (outside - inside) / widest, 0.0).mean())
