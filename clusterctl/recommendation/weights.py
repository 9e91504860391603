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
    "lost": Term(-11.07, 0, 0.1257),
    "unequal": Term(-6.816, 6.883e-05, 0.9873),
    "broken": Term(-4.448, 0.07586, 0.9262),
    "noise": Term(4.226, 0, 0.4371),
    "agreement_most": Term(4.051, 0.027, 0.9985),
    "peak": Term(3.863, -0.4201, 0.8064),
    "kappa": Term(2.644, 0.3058, 1),
    "support": Term(2.229, 0.1111, 1),
    "split": Term(-2.08, 0, 2.816),
    "within": Term(-1.842, 0, 0.9525),
    "stable_mean": Term(1.779, 0.1883, 1),
    "finer": Term(-1.706, 0, 1),
    "log_ratio": Term(-1.465, 0.6522, 8.915),
    "within_most": Term(-1.268, 0, 1),
    "tiny": Term(-1.014, 0, 0.9091),
    "split_most": Term(-0.9681, 0, 4.04),
    "log_k": Term(-0.9076, 0.6931, 3.584),
    "stable_worst": Term(0.6891, 0, 1),
    "likelihood": Term(0.5592, -0.6909, 2.445),
    "lasting": Term(0.2773, 0.1302, 0.9672),
    "halves_most": Term(-0.2664, -2, 4),
    "trough_least": Term(0.2245, -2, 4),
    "smallest": Term(0.05817, -6.015, -0.01575),
}
"""Which candidate: see `kinds.KINDS` for what each value is."""

TENDENCY: Mapping[str, Term] = {
    "kappa": Term(4.937, 0.4392, 1),
    "ringed": Term(4.826, 1.312e-38, 1),
    "sound_high": Term(4.007, 0, 0.9855),
    "sound": Term(3.948, 0, 1),
    "support": Term(1.323, 0, 1),
    "agreement": Term(1.01, 0, 1),
    "dip_axes": Term(0.9651, 0, 4.286),
    "border": Term(0.9606, -1.359, 1.498),
    "dip_distances": Term(0.8418, -4.114, 0.1029),
    "low": Term(-0.491, 0.0003764, 0.9988),
    "stable": Term(0.4492, 0, 1),
}
"""Are there clusters: see `tendency.signs_of`."""

TENDENCY_INTERCEPT = -4.13
WEAK_FROM = 0.36
"""Strength below which the verdict is `none`."""
CLEAR_FROM = 0.7
"""Strength from which the verdict is `clear`."""

CONFIDENCE: Mapping[str, Term] = {
    "expected": Term(0.4492, -0.7087, 3.892),
    "belief": Term(0.3787, -2.063, 3.892),
    "two": Term(-0.2851, 0, 1),
    "strength": Term(0.01005, -3.892, 3.892),
}
"""How sure the number is: see `confidence.signs_of`."""

CONFIDENCE_INTERCEPT = -0.2509

NONE_CONFIDENCE: Mapping[str, Term] = {
    "weak": Term(0.3592, 0.5767, 3.892),
}
"""How sure it is that there are no clusters: see `confidence.signs_of_none`."""

NONE_INTERCEPT = -1.121
