"""How sure is the number of clusters? A calibrated share of tables like this on which it was right."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import expit, logit

from clusterctl.recommendation.weights import CONFIDENCE, CONFIDENCE_INTERCEPT, NONE_CONFIDENCE, NONE_INTERCEPT, Term


def confidence(belief: Mapping[int, float], n_clusters: int, expected: float, strength: float) -> float:
    """Return in [0, 1] how sure `n_clusters` is right.

    belief: of each number of clusters. expected: how right the candidate is expected to be. strength: of the tendency.
    """
    return _weigh(signs_of(belief, n_clusters, expected, strength), CONFIDENCE, CONFIDENCE_INTERCEPT)


def confidence_in_none(strength: float) -> float:
    """Return in [0, 1] how sure it is that a table whose tendency is this weak has no clusters.

    Of labelled tables, if one in ten has none: where nothing is seen, labels often name classes that no algorithm finds, so this is far
    lower than the share of tables without clusters of which that is said.
    """
    return _weigh(signs_of_none(strength), NONE_CONFIDENCE, NONE_INTERCEPT)


def _weigh(signs: Mapping[str, float], weights: Mapping[str, Term], intercept: float) -> float:
    return float(expit(intercept + sum(term.weight * float(np.clip(signs[name], term.low, term.high)) for name, term in weights.items())))


def signs_of_none(strength: float) -> dict[str, float]:
    """Return the sign that there are no clusters: the logit of the strength, turned."""
    return {"weak": -_odds(strength)}


def signs_of(belief: Mapping[int, float], n_clusters: int, expected: float, strength: float) -> dict[str, float]:
    """Return the signs: logits of the belief in this number, of the expected truth and of the tendency; and whether it is two.

    Two clusters are what most rules fall back to, so the belief in two is worth another amount than the same belief in seven.
    """
    return {"belief": _odds(belief[n_clusters]), "expected": _odds(expected), "strength": _odds(strength), "two": float(n_clusters == 2)}


def _odds(share: float) -> float:
    return float(logit(min(max(share, 0.02), 0.98)))
