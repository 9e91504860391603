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
    "lost": Term(-10.75, 0, 0.1277),
    "unequal": Term(-6.614, 1.018e-05, 0.9886),
    "broken": Term(-4.335, 0.07586, 0.9363),
    "agreement_most": Term(4.097, 0.02688, 0.9984),
    "noise": Term(3.914, 0, 0.4363),
    "kappa": Term(3.099, 0.299, 1),
    "peak": Term(3.078, -0.4359, 0.8006),
    "support": Term(2.358, 0.1111, 1),
    "within_most": Term(-1.939, 0, 1),
    "split": Term(-1.901, 0, 2.882),
    "tiny": Term(-1.653, 0, 0.9091),
    "finer": Term(-1.528, 0, 1),
    "log_ratio": Term(-1.39, 0.6449, 9.024),
    "within": Term(-1.101, 0, 0.947),
    "stable_worst": Term(1.071, 0, 1),
    "stable_mean": Term(1.003, 0.1814, 1),
    "log_k": Term(-0.7652, 0.6931, 3.588),
    "split_most": Term(-0.7375, 0, 4.348),
    "lasting": Term(0.6002, 0.1302, 0.9655),
    "halves_most": Term(-0.4081, -2, 4),
    "trough_least": Term(0.2505, -2, 4),
    "likelihood": Term(0.2336, -0.6192, 2.5),
    "smallest": Term(0.05784, -6.215, -0.01005),
}
"""Which candidate: see the modules of `recommend.evidence` for what each value is."""

TENDENCY: Mapping[str, Term] = {
    "kappa": Term(8.12, 0.4312, 1),
    "ringed": Term(4.554, 3.939e-16, 1),
    "sound": Term(3.962, 0, 0.9929),
    "sound_high": Term(2.894, 0, 0.902),
    "low": Term(-2.101, 0.0002448, 0.9985),
    "border": Term(1.437, -1.36, 1.498),
    "dip_axes": Term(0.9983, 0, 3.567),
    "stable": Term(0.7339, 0, 0.9998),
    "support": Term(0.5914, 0, 0.9986),
    "dip_distances": Term(0.2718, -4.169, -0.03067),
}
"""Are there clusters: see `tendency.signs_of`."""

TENDENCY_INTERCEPT = -6.848
WEAK_FROM = 0.4
"""Strength below which the verdict is `none`."""
CLEAR_FROM = 0.7
"""Strength from which the verdict is `clear`."""

CONFIDENCE: Mapping[str, Term] = {
    "belief": Term(0.3482, -1.814, 3.892),
    "expected": Term(0.2847, -0.5815, 3.892),
    "strength": Term(0.1848, -3.892, 3.892),
    "two": Term(-0.05679, 0, 1),
}
"""How sure the number is: see `confidence.signs_of`."""

CONFIDENCE_INTERCEPT = -0.3544

NONE_CONFIDENCE: Mapping[str, Term] = {
    "weak": Term(0.0001, -3.892, 3.892),
}
"""How sure it is that there are no clusters: see `confidence.signs_of_none`."""

NONE_INTERCEPT = 0.0
