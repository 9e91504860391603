"""Many partitions of the same rows as one table, and how alike they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

N_PAIRS = 30_000
"""Pairs of rows that agreement is counted on, at most."""


@dataclass(frozen=True, slots=True)
class Partitions:
    """Labels of C partitions of n rows.

    labels: (C, n), noise -1. n_clusters: (C,). sizes: (C, K) rows of each cluster, 0 beyond. noise: (C,) share of noise.
    families: what each counts as where families vote.
    """

    labels: np.ndarray
    n_clusters: np.ndarray
    sizes: np.ndarray
    noise: np.ndarray
    families: tuple[str, ...]

    @classmethod
    def of(cls, labels: Sequence[np.ndarray], families: Sequence[str]) -> Partitions:
        """Stack labels (n,) numbered from 0."""
        stacked = np.stack(labels).astype(np.int64)
        n_clusters = stacked.max(axis=1) + 1
        sizes = np.zeros((len(stacked), max(1, int(n_clusters.max()))))
        for row, own in enumerate(stacked):
            sizes[row, : n_clusters[row]] = np.bincount(own[own >= 0], minlength=n_clusters[row])
        return cls(stacked, n_clusters, sizes, (stacked < 0).mean(axis=1), tuple(families))

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, which: np.ndarray) -> Partitions:
        """Return some of the partitions."""
        return Partitions(
            self.labels[which], self.n_clusters[which], self.sizes[which], self.noise[which], tuple(self.families[i] for i in which)
        )


def draw_pairs(n_rows: int, seed: int, n_pairs: int = N_PAIRS) -> np.ndarray:
    """Return (2, n_pairs) rows, of a pair never the same; all pairs where there are no more."""
    if n_rows * (n_rows - 1) // 2 <= n_pairs:
        return np.stack(np.triu_indices(n_rows, 1))
    rng = np.random.default_rng([seed, 7])
    first = rng.integers(n_rows, size=n_pairs)
    return np.stack((first, (first + rng.integers(1, n_rows, size=n_pairs)) % n_rows))


def rand_matrix(partitions: Partitions, pairs: np.ndarray, others: Partitions | None = None) -> np.ndarray:
    """Return (C, D) adjusted Rand indices (Hubert & Arabie 1985) estimated from pairs of rows; noise counts as one cluster.

    Exact where the pairs are all pairs; partitions that are the same have exactly 1.
    """
    left = _together(partitions, pairs)
    right = left if others is None else _together(others, pairs)
    n = pairs.shape[1]
    both = (left @ right.T).astype(np.float64) / n
    a, b = left.sum(axis=1, dtype=np.float64)[:, None] / n, right.sum(axis=1, dtype=np.float64)[None, :] / n
    expected, most = a * b, (a + b) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(most - expected < 1e-12, 1.0, (both - expected) / (most - expected)))


def _together(partitions: Partitions, pairs: np.ndarray) -> np.ndarray:
    """Return (C, n_pairs) float32: 1 where the two rows are in one cluster."""
    return np.asarray(partitions.labels[:, pairs[0]] == partitions.labels[:, pairs[1]], dtype=np.float32)


def distinct(partitions: Partitions, matrix: np.ndarray, alike: float = 0.995) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of the partitions kept, and (C,) which of these each is like.

    Of partitions with equal numbers of clusters whose Rand index is at least `alike` the first is kept.
    """
    same = (matrix >= alike) & (partitions.n_clusters[:, None] == partitions.n_clusters[None, :])
    kept: list[int] = []
    like = np.empty(len(partitions), dtype=np.int64)
    for place in range(len(partitions)):
        match = np.flatnonzero(same[place, kept]) if kept else np.empty(0, dtype=np.int64)
        if len(match):
            like[place] = match[0]
        else:
            like[place] = len(kept)
            kept.append(place)
    return np.array(kept, dtype=np.int64), like
