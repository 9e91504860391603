"""Are there clusters at all? A calibrated verdict from the best candidate's borders and from tests that know no candidate.

Every algorithm finds something in anything, and scores of compactness, stability and agreement are high on one skewed or curved heap too.
What one heap does not have is a border that is sparser than what it parts. In many dimensions near rows tell little of density, and
projections take over, but for the two ends of a curve. The weights are learnt on tables with clusters and on simulated heaps of many
kinds (`benchmarks/learn_recommend.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from scipy.special import expit

from clusterctl.recommendation.evidence.bending import bending
from clusterctl.recommendation.evidence.modality import modality
from clusterctl.recommendation.ground import Ground
from clusterctl.recommendation.weights import CLEAR_FROM, TENDENCY, TENDENCY_INTERCEPT, WEAK_FROM

Verdict = Literal["none", "weak", "clear"]
FEW_DIMENSIONS = 6.0
"""Intrinsic dimension at which densities from near rows count half."""
BENT = 0.2
"""Share of s squared explained (`evidence.bending`) at which projections count for nothing."""


@dataclass(frozen=True, slots=True)
class Tendency:
    """Whether there are clusters.

    strength: in [0, 1], larger is clearer; verdict: none below `weights.WEAK_FROM`, clear from `weights.CLEAR_FROM`. signs: what it rests
    on, by name (see `signs_of`); pushes: weight times value of each, which with the intercept add up to the logit of the strength.
    """

    verdict: Verdict
    strength: float
    signs: Mapping[str, float] = field(default_factory=dict)
    pushes: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def unknown(cls) -> Tendency:
        """Return the verdict on a table that is too small for one."""
        return cls("none", 0.0)


def judge(ground: Ground, values: Mapping[str, np.ndarray], best: int, labels: np.ndarray, seed: int) -> Tendency:
    """Judge a table by its best candidate, at place `best` with these labels, and by its own modes; deterministic for a seed."""
    modes, bend = modality(ground, seed), bending(ground, labels)
    return weigh(signs_of(values, best, ground.dimension, modes, bend) | {"skew": modes["skew"], "bend": bend})


def weigh(signs: Mapping[str, float]) -> Tendency:
    """Return the verdict on signs."""
    pushes = {name: term.weight * float(np.clip(signs[name], term.low, term.high)) for name, term in TENDENCY.items()}
    strength = float(expit(TENDENCY_INTERCEPT + sum(pushes.values())))
    verdict: Verdict = "none" if strength < WEAK_FROM else "weak" if strength < CLEAR_FROM else "clear"
    return Tendency(verdict, strength, dict(signs), pushes)


def signs_of(values: Mapping[str, np.ndarray], best: int, dimension: float, modes: Mapping[str, float], bend: float) -> dict[str, float]:
    """Return the signs of clusters: larger speaks for them (but `low`, which only says how far densities can be trusted).

    border: fall of density at the best candidate's borders, times low; ringed, kappa: the candidate's evidence. sound, agreement, support,
    stable: that too, and dip_axes of the table, all the less the more the candidate's clusters look like the ends of one curve
    (`evidence.bending`), which are found again and agreed on as well; bent: how much they do. sound_high: sound times 1 - low.
    dip_distances: its log. several: 1 where at least two of the candidate's clusters hold a hundredth of the rows each, 0 where one
    does; what the candidate says counts in that proportion.
    """
    low = 1.0 / (1.0 + (dimension / FEW_DIMENSIONS) ** 4)
    straight = 1.0 - min(1.0, bend / BENT)
    # A heap with clumps of less than a hundredth of the rows beside it is one heap still.
    several = float(np.clip((1.0 - values["tiny"][best]) * np.exp(values["log_k"][best]) - 1.0, 0.0, 1.0))
    trusted = straight * several
    sound = float(values["sound"][best]) * trusted
    return {
        "low": low,
        "bent": 1.0 - straight,
        "several": several,
        "border": low * several * float(np.clip(values["trough"][best], -1.5, 1.5)),
        "ringed": float(values["ringed"][best]) * several,
        "sound": sound,
        "sound_high": sound * (1.0 - low),
        "agreement": float(values["agreement_most"][best]) * trusted,
        "support": float(values["support"][best]) * trusted,
        "stable": float(values["stable"][best]) * trusted,
        "kappa": float(values["kappa"][best]),
        "dip_axes": modes["dip_axes"] * straight,
        "dip_distances": float(np.log(max(modes["dip_distances"], 0.01))),
    }
