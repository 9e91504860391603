"""Which rows are drawn: all, or at most 20,000, so many of each cluster as its share, and never too few of a small one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MOST_ROWS = 20_000
FEWEST_OF_A_CLUSTER = 20


@dataclass(frozen=True, slots=True)
class Groups:
    """The points sorted by label, once, for every use.

    ids: (g,) labels that occur, noise (-1) last. index: (n,) the place in `ids` of each point's label.
    order: (n,) points sorted by `index`, stable. starts: (g + 1,) where each group begins in `order`.
    """

    ids: np.ndarray
    index: np.ndarray
    order: np.ndarray
    starts: np.ndarray

    @property
    def sizes(self) -> np.ndarray:
        """Points of each group."""
        return np.diff(self.starts)

    def members(self, group: int) -> np.ndarray:
        """Return the points of one group, ascending."""
        return self.order[self.starts[group] : self.starts[group + 1]]


def group(labels: np.ndarray) -> Groups:
    """Group points by label (n,) int64; anything negative is noise and comes last."""
    labels = np.where(labels < 0, -1, labels)
    found = np.flatnonzero(np.bincount(labels + 1, minlength=1)) - 1
    ids = np.concatenate((found[found >= 0], found[found < 0]))
    place = np.empty(int(ids.max(initial=-1)) + 2, dtype=np.int64)
    place[ids + 1] = np.arange(len(ids))
    index = place[labels + 1]
    # Sorting 16-bit keys is a radix sort, some 10 times faster than of 64-bit ones.
    order = np.argsort(index.astype(np.int16) if len(ids) < 2**15 else index, kind="stable")
    starts = np.concatenate(([0], np.cumsum(np.bincount(index, minlength=len(ids)))))
    return Groups(ids, index, order, starts)


def draw_rows(groups: Groups, random_state: int, limit: int = MOST_ROWS) -> np.ndarray:
    """Return the points to draw, ascending: all of them up to `limit`, else drawn without replacement within each group."""
    n = len(groups.index)
    if n <= limit:
        return np.arange(n)
    generator = np.random.default_rng(random_state)
    quotas = _quotas(groups.sizes, limit)
    chosen = [
        groups.members(number)[generator.choice(size, quota, replace=False, shuffle=False)]
        for number, (size, quota) in enumerate(zip(groups.sizes.tolist(), quotas.tolist(), strict=True))
    ]
    return np.sort(np.concatenate(chosen))


def _quotas(sizes: np.ndarray, limit: int) -> np.ndarray:
    """Return how many of each group are drawn: a floor, and the rest by size; their sum is `limit`."""
    floor = np.minimum(sizes, min(FEWEST_OF_A_CLUSTER, limit // len(sizes)))
    rest, left = limit - int(floor.sum()), int((sizes - floor).sum())
    quotas: np.ndarray = floor + (sizes - floor) * rest // max(left, 1)
    quotas[np.argsort(quotas - sizes, kind="stable")[: limit - int(quotas.sum())]] += 1  # what rounding down has left over
    return quotas
