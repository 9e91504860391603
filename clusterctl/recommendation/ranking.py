"""One score from all evidence: a sum of values times weights, and what follows from it: order, probabilities, an interval for k."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from clusterctl.recommendation.weights import RANKING, Term


def score(values: Mapping[str, np.ndarray], weights: Mapping[str, Term] = RANKING) -> np.ndarray:
    """Return (C,) the score of each candidate; only differences within a table mean something."""
    return np.asarray(sum(term.weight * np.clip(values[name], term.low, term.high) for name, term in weights.items()))


def contributions(values: Mapping[str, np.ndarray], place: int, rival: int | None) -> dict[str, float]:
    """Return by how much each kind of evidence lifts one candidate's score above another's (None: the mean of all), the strongest first."""
    found = {}
    for name, term in RANKING.items():
        clipped = np.clip(values[name], term.low, term.high)
        found[name] = float(term.weight * (clipped[place] - (clipped.mean() if rival is None else clipped[rival])))
    return dict(sorted(found.items(), key=lambda pair: -abs(pair[1])))


def probabilities(scores: np.ndarray) -> np.ndarray:
    """Return (C,) the share that each candidate has of the belief: exp(score), normalised (a conditional logit, McFadden 1974)."""
    raised = np.exp(scores - scores.max())
    return np.asarray(raised / raised.sum())


def expected_truth(rand: np.ndarray, numbers: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return (C,) how right each candidate is expected to be: mean, by belief, of its likeness with the partition that is right.

    Likeness is half the Rand index and half whether the number of clusters is the same. So a partition in the middle of many credible
    ones goes before a lonely one that is a little more credible by itself (minimum Bayes risk).
    """
    same = numbers[:, None] == numbers[None, :]
    return np.asarray((0.5 * rand + 0.5 * same) @ share)


def belief_in_k(numbers: np.ndarray, share: np.ndarray) -> dict[int, float]:
    """Return the belief in each number of clusters, rising. numbers: (C,) of each candidate."""
    return {int(k): float(share[numbers == k].sum()) for k in np.unique(numbers)}


def interval(belief: Mapping[int, float], chosen: int, level: float = 0.8) -> tuple[int, int]:
    """Return the shortest stretch of numbers around the chosen one that holds `level` of the belief."""
    numbers = sorted(belief)
    low = high = numbers.index(chosen)
    held = belief[chosen]
    while held < level and (low > 0 or high < len(numbers) - 1):
        below = belief[numbers[low - 1]] if low > 0 else -1.0
        above = belief[numbers[high + 1]] if high < len(numbers) - 1 else -1.0
        if above > below:
            high += 1
        else:
            low -= 1
        held += max(above, below)
    return numbers[low], numbers[high]
