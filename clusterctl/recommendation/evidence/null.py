"""The silhouette should be more than the same kind of algorithm gets of data without clusters."""

from __future__ import annotations

import numpy as np
from scipy.spatial.distance import cdist

from clusterctl.kernels.linkage import cut_into, link
from clusterctl.kernels.threads import parallel
from clusterctl.metrics.reference import references
from clusterctl.recommendation.ground import Ground
from clusterctl.recommendation.partitions import Partitions
from clusterctl.recommendation.silhouettes import nested_silhouettes

N_ROWS = 600
N_DRAWS = 2
"""Draws of each kind of null data."""


def null_separation(ground: Ground, partitions: Partitions, silhouette: np.ndarray, seed: int, n_jobs: int) -> dict[str, np.ndarray]:
    """Return excess: the silhouette less the mean that null data give at the same number of clusters, of the kind harder to beat.

    Null data are drawn as `metrics.reference` says, at most 600 rows; clustered by Ward's linkage, which stands for k-means and
    mixtures too, and by average linkage; a partition of another algorithm is held against the larger of both.
    """
    numbers = sorted(set(partitions.n_clusters.tolist()))
    numbers = [k for k in numbers if 2 <= k <= N_ROWS // 4]
    kinds = references(ground.points.X)
    jobs = [(kind, draw) for kind in kinds for draw in range(N_DRAWS)]
    n = min(N_ROWS, ground.n_rows)

    def measure(job: tuple[str, int]) -> np.ndarray:
        kind, draw = job
        rng = np.random.default_rng([seed, 4, draw])
        return _curves(np.ascontiguousarray(kinds[kind](rng, n)), numbers)

    found = np.stack(parallel(measure, jobs, n_jobs)).reshape(len(kinds), N_DRAWS, 2, len(numbers))
    hardest = found.mean(axis=1).max(axis=0)
    place = np.clip(np.searchsorted(numbers, partitions.n_clusters), 0, len(numbers) - 1)
    by_family = {"kmeans": hardest[0], "mixture": hardest[0], "ward": hardest[0], "average": hardest[1]}
    other = hardest.max(axis=0)
    expected = np.array([by_family.get(f.split()[0], other)[p] for f, p in zip(partitions.families, place, strict=True)])
    return {"excess": silhouette - expected}


def _curves(X: np.ndarray, numbers: list[int]) -> np.ndarray:
    """Return (2, numbers) silhouettes of Ward's and of average linkage's clusters."""
    distances = cdist(X, X).astype(np.float32)
    trees = link(X, "ward", "euclidean"), link(X, "average", "euclidean")
    return np.array([nested_silhouettes(distances, [cut_into(tree, k) for k in numbers]) for tree in trees])
