"""How sure is the number of clusters? A calibrated share of tables like this on which it was right."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import expit, logit

from clusterctl.recommendation.weights import CONFIDENCE, CONFIDENCE_INTERCEPT


def confidence(belief: Mapping[int, float], n_clusters: int, expected: float, strength: float) -> float:
    """Return in [0, 1] how sure `n_clusters` is right.

    belief: of each number of clusters. expected: how right the candidate is expected to be. strength: of the tendency.
    """
    signs = signs_of(belief, n_clusters, expected, strength)
    pushes = [term.weight * float(np.clip(signs[name], term.low, term.high)) for name, term in CONFIDENCE.items()]
    return float(expit(CONFIDENCE_INTERCEPT + sum(pushes)))


def signs_of(belief: Mapping[int, float], n_clusters: int, expected: float, strength: float) -> dict[str, float]:
    """Return the signs: logits of the belief in this number, of the expected truth and of the tendency; and whether it is two.

    Two clusters are what most rules fall back to, so the belief in two is worth another amount than the same belief in seven.
    """

    def odds(share: float) -> float:
        return float(logit(min(max(share, 0.02), 0.98)))

    return {"belief": odds(belief[n_clusters]), "expected": odds(expected), "strength": odds(strength), "two": float(n_clusters == 2)}
