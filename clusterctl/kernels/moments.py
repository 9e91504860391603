"""Size, centre and spread of every cluster, and of the noise, in row blocks: no copy of the points, the same bits at any number of jobs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from clusterctl.kernels.threads import parallel

N_BLOCK = 16_384


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over each cluster; the last group (index n_clusters, perhaps empty) is the noise.

    sizes (k + 1,). centres (k + 1, d). squares (k + 1,): sums of squared distances to the centre. distances (k + 1,): of the distances.
    """

    n_clusters: int
    sizes: np.ndarray
    centres: np.ndarray
    squares: np.ndarray
    distances: np.ndarray


def moments(X: np.ndarray, labels: np.ndarray, n_clusters: int, n_jobs: int) -> Moments:
    """Return the moments of the groups of X (n, d) under labels (n,), noise -1; float64, two readings of X."""
    n_groups = n_clusters + 1
    starts = range(0, len(X), N_BLOCK)
    origin = X[0] if len(X) else np.zeros(X.shape[1])

    def groups(start: int) -> np.ndarray:
        own = labels[start : start + N_BLOCK]
        return np.where(own < 0, n_clusters, own)

    def totals(start: int) -> tuple[np.ndarray, np.ndarray]:
        own = groups(start)
        member = csr_array((np.ones(len(own)), own, np.arange(len(own) + 1)), shape=(len(own), n_groups))
        return np.bincount(own, minlength=n_groups), member.T @ (X[start : start + N_BLOCK] - origin)

    sizes, sums = np.zeros(n_groups, dtype=np.int64), np.zeros((n_groups, X.shape[1]))
    for size, part in parallel(totals, starts, n_jobs):
        sizes += size
        sums += part
    centres = origin + sums / np.maximum(sizes, 1)[:, None]

    def spreads(start: int) -> tuple[np.ndarray, np.ndarray]:
        own = groups(start)
        rest = X[start : start + N_BLOCK] - centres[own]
        square = np.einsum("ij,ij->i", rest, rest)
        return np.bincount(own, square, n_groups), np.bincount(own, np.sqrt(square), n_groups)

    squares, distances = np.zeros(n_groups), np.zeros(n_groups)
    for square, distance in parallel(spreads, starts, n_jobs):
        squares += square
        distances += distance
    return Moments(n_clusters, sizes, centres, squares, distances)
