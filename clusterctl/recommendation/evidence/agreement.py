"""Other families of algorithms should find the same partition."""

from __future__ import annotations

import numpy as np

from clusterctl.recommendation.partitions import Partitions


def agreement(partitions: Partitions, rand: np.ndarray, like: np.ndarray, families: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Return how much the other families agree with each partition.

    rand: (A, A) Rand indices of all partitions, before doubles were left out. like: (A,) the partition kept that each is like.
    families: (A,) of all. agreement: mean over the other families of the index with their most similar partition; agreement_most: the
    mean of the three best; support: share of families that found it itself (index of at least 0.95); lasting: share of its own family's
    partitions that are like it (0.9), root taken.
    """
    kept = np.array([int(np.flatnonzero(like == i)[0]) for i in range(len(partitions))])
    names = sorted({group_of(family) for family in families})
    member = np.array([[group_of(family) == name for family in families] for name in names])
    best = np.stack([np.where(m[None, :], rand[kept], -1.0).max(axis=1) for m in member], axis=1)
    own = np.array([[group_of(families[i]) == name for name in names] for i in kept])
    others = np.where(own, np.nan, best)
    top = np.sort(np.where(own, -1.0, best), axis=1)[:, -3:]
    alike = rand[kept] >= 0.9
    lasting = np.array([alike[i][member[own[i].argmax()]].mean() for i in range(len(kept))])
    return {
        "agreement": np.nanmean(others, axis=1) if len(names) > 1 else np.zeros(len(kept)),
        "agreement_most": top.mean(axis=1),
        "support": (best >= 0.95).mean(axis=1),
        "lasting": np.sqrt(lasting),
    }


def group_of(family: str) -> str:
    """Return the group that a family votes in: genie of any threshold is one, mixtures of any shape, hdbscan of either selection."""
    return family.split()[0]
