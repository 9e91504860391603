"""Which candidates tell the same story, and which of those is put forward: the plainest that is about as likely to be right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clusterctl.kernels.contingency import contingency
from clusterctl.metrics.agreement import adjusted_rand_score

ALIKE = 0.9
"""Two labellings into one number of clusters whose Rand index is at least this tell the same story."""
EXCHANGEABLE = 0.95
"""A candidate whose Rand index with the best is at least this can stand for it."""
MARGIN = 0.05
"""It may be expected to be right by so much less."""


def likeness(left: np.ndarray, right: np.ndarray) -> float:
    """Return the adjusted Rand index of two labellings on the rows that both cluster; 0 where these are fewer than half.

    What one calls noise and the other does not is a matter of degree and no other story.
    """
    both = (left >= 0) & (right >= 0)
    if 2 * both.sum() < len(left):
        return 0.0
    value = adjusted_rand_score(contingency(left[both], right[both]))
    return 1.0 if value is None else value


def same_story(left: np.ndarray, right: np.ndarray) -> bool:
    """Return whether two labellings have as many clusters and are alike."""
    return int(left.max(initial=-1)) == int(right.max(initial=-1)) and likeness(left, right) >= ALIKE


def pick_stories(labels: Sequence[np.ndarray], expected: np.ndarray, most: int) -> list[int]:
    """Return the places of at most `most` candidates that tell different stories, best first, of equals the first.

    labels: (n,) of each candidate, in the order of plainness. expected: how right each is expected to be. For each story its best stands,
    or the first before it that is exchangeable with it: k-means rather than DBSCAN where they find the same round clusters.
    """
    best: list[int] = []
    for place in np.argsort(-expected, kind="stable").tolist():
        if not any(same_story(labels[place], labels[other]) for other in best):
            best.append(place)
        if len(best) == most:
            break
    return [_plainest(labels, expected, place) for place in best]


def _plainest(labels: Sequence[np.ndarray], expected: np.ndarray, best: int) -> int:
    number = int(labels[best].max(initial=-1))
    for place in range(best):
        as_right = expected[place] >= expected[best] - MARGIN
        if as_right and int(labels[place].max(initial=-1)) == number and likeness(labels[place], labels[best]) >= EXCHANGEABLE:
            return place
    return best
