"""What a sample of the table tells: which candidates are credible, which numbers of clusters, and whether there are clusters at all.

Nothing is fitted on all rows here: `assess` goes on to that, `n_clusters` needs no more than this.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clusterctl.recommendation import confidence as calibrated
from clusterctl.recommendation.candidates import Budget
from clusterctl.recommendation.gathering import Evidence, gather
from clusterctl.recommendation.ground import Ground, lay_ground
from clusterctl.recommendation.ranking import belief_in_k, expected_truth, probabilities, score
from clusterctl.recommendation.tendency import Tendency, judge
from clusterctl.values.space import Points

N_LEAST = 10
"""Rows below which nothing can be said."""


@dataclass(frozen=True, slots=True)
class Appraisal:
    """What is known of the C candidates.

    scores: (C,) weighted sums of their evidence. share: (C,) of the belief. numbers: (C,) of clusters. expected: (C,) how right each is
    expected to be. belief: in each number of clusters. best: place of the candidate that is expected to be right most.
    """

    ground: Ground
    evidence: Evidence
    scores: np.ndarray
    share: np.ndarray
    numbers: np.ndarray
    expected: np.ndarray
    belief: dict[int, float]
    best: int
    tendency: Tendency

    def confidence(self, n_clusters: int, expected: float) -> float:
        """Return how sure this number of clusters is right, by a partition that is `expected` to be right so much; calibrated."""
        return calibrated.confidence(self.belief, n_clusters, expected, self.tendency.strength)

    @property
    def confidence_in_none(self) -> float:
        """How sure it is that there are no clusters; calibrated."""
        return calibrated.confidence_in_none(self.tendency.strength)


def appraise(points: Points, seed: int, budget: Budget, n_jobs: int) -> Appraisal | None:
    """Compare candidates on a sample of at most 2,000 rows; the same bits at any n_jobs.

    None: nothing can be said, for there are fewer than 10 rows, fewer than three distinct ones, or no candidate. To be called within
    `one_thread`.
    """
    if points.n_rows < N_LEAST or not _three_differ(points.X):
        return None
    ground = lay_ground(points, seed)
    evidence = gather(ground, seed, budget, n_jobs)
    if not evidence.found:
        return None
    scores = score(evidence.values)
    share = probabilities(scores)
    numbers = np.array([one.n_clusters for one in evidence.found])
    expected = expected_truth(evidence.rand, numbers, share)
    best = int(np.argmax(expected))
    tendency = judge(ground, evidence.values, best, evidence.found[best].labels, seed)
    return Appraisal(ground, evidence, scores, share, numbers, expected, belief_in_k(numbers, share), best, tendency)


def _three_differ(X: np.ndarray) -> bool:
    """Return whether there are three distinct rows; a million rows are not sorted for that."""
    others = X[(X[0] != X).any(axis=1)]
    return len(others) > 0 and bool((others != others[0]).any())
