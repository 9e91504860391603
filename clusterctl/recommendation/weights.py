"""The weights of `recommend`, every one of them. Written by `benchmarks/learn_recommend.py`; do not edit by hand.

Learnt by a conditional logit with bound signs (ranking) and by logistic regressions (tendency, confidence), on public labelled
tables and simulated heaps without clusters; the script prints what they are worth on tables not learnt from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A weight for each unit of a value, which is first clipped to [low, high], the range that most tables lie in."""

    weight: float
    low: float
    high: float


RANKING: Mapping[str, Term] = {
    "lost": Term(-11.01, 0, 0.1275),
    "unequal": Term(-6.809, 7.214e-05, 0.9873),
    "noise": Term(4.68, 0, 0.4375),
    "agreement_most": Term(4.166, 0.02541, 0.9984),
    "broken": Term(-4.117, 0.07586, 0.9264),
    "peak": Term(3.719, -0.4207, 0.7999),
    "kappa": Term(2.554, 0.3093, 1),
    "support": Term(2.169, 0.1111, 1),
    "stable_mean": Term(2.167, 0.1904, 1),
    "split": Term(-2.042, 0, 2.857),
    "within": Term(-1.864, 0, 0.9447),
    "finer": Term(-1.809, 0, 1),
    "log_ratio": Term(-1.495, 0.6568, 8.913),
    "log_k": Term(-0.9148, 0.6931, 3.584),
    "split_most": Term(-0.8603, 0, 4.056),
    "likelihood": Term(0.6642, -0.6971, 2.451),
    "stable_worst": Term(0.645, 0, 1),
    "within_most": Term(-0.5889, 0, 1),
    "tiny": Term(-0.5378, 0, 0.9091),
    "lasting": Term(0.3122, 0.1302, 0.9661),
    "halves_most": Term(-0.2397, -2, 4),
    "trough_least": Term(0.2154, -2, 4),
    "smallest": Term(0.1436, -6.015, -0.01613),
}
"""Which candidate: see `kinds.KINDS` for what each value is."""

TENDENCY: Mapping[str, Term] = {
    "kappa": Term(5.275, 0.4505, 1),
    "ringed": Term(4.874, 1.494e-38, 1),
    "sound_high": Term(4.488, 0, 0.9824),
    "sound": Term(3.622, 0, 1),
    "support": Term(1.572, 0, 1),
    "agreement": Term(1.143, 0, 1),
    "border": Term(1.045, -1.333, 1.498),
    "dip_axes": Term(0.9907, 0, 4.258),
    "low": Term(-0.8958, 0.0003878, 0.9988),
    "dip_distances": Term(0.7904, -4.122, 0.149),
    "stable": Term(0.2075, 0, 1),
}
"""Are there clusters: see `tendency.signs_of`."""

TENDENCY_INTERCEPT = -4.237
WEAK_FROM = 0.36
"""Strength below which the verdict is `none`."""
CLEAR_FROM = 0.7
"""Strength from which the verdict is `clear`."""

CONFIDENCE: Mapping[str, Term] = {
    "expected": Term(0.4385, -0.7326, 3.892),
    "belief": Term(0.4093, -1.998, 3.892),
    "two": Term(-0.3353, 0, 1),
}
"""How sure the number is: see `confidence.signs_of`."""

CONFIDENCE_INTERCEPT = -0.2673

NONE_CONFIDENCE: Mapping[str, Term] = {
    "weak": Term(0.3932, 0.5952, 3.892),
}
"""How sure it is that there are no clusters: see `confidence.signs_of_none`."""

NONE_INTERCEPT = -1.345
