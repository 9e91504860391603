"""The kinds of evidence with the direction in which each may speak, and the writing of the module of weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clusterctl.recommendation.kinds import KINDS

SIGNS: Mapping[str, int] = {name: kind.direction for name, kind in KINDS.items()}
"""1: more of it can only speak for a candidate; -1: only against; 0: either."""
SPEAKING = "border ringed sound sound_high agreement support stable kappa dip_axes dip_distances"
TENDENCY_SIGNS: Mapping[str, int] = {"low": 0, "bent": -1} | dict.fromkeys(SPEAKING.split(), 1)
NONE_SIGNS: Mapping[str, int] = {"weak": 1}
CONFIDENCE_SIGNS: Mapping[str, int] = {"belief": 1, "expected": 1, "strength": 1, "two": 0}
TARGET = Path(__file__).resolve().parents[1] / "clusterctl" / "recommendation" / "weights.py"


@dataclass(frozen=True)
class Learnt:
    """Weights by name with the range that each value is clipped to, and an intercept."""

    weights: dict[str, tuple[float, float, float]]
    intercept: float = 0.0


def write_weights(ranking: Learnt, tendency: Learnt, sure: Learnt, none: Learnt, weak_from: float, clear_from: float) -> None:
    """Write the module, sorted by weight; weights of 0 are left out."""
    lines = [
        '"""The weights of `recommend`, every one of them. Written by `benchmarks/learn_recommend.py`; do not edit by hand.',
        "",
        "Learnt by a conditional logit with bound signs (ranking) and by logistic regressions (tendency, confidence), on public labelled",
        "tables and simulated heaps without clusters; the script prints what they are worth on tables not learnt from.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        "from collections.abc import Mapping",
        "from dataclasses import dataclass",
        "",
        "",
        "@dataclass(frozen=True, slots=True)",
        "class Term:",
        '    """A weight for each unit of a value, which is first clipped to [low, high], the range that most tables lie in."""',
        "",
        "    weight: float",
        "    low: float",
        "    high: float",
        "",
        "",
        *_table("RANKING", ranking, "Which candidate: see `kinds.KINDS` for what each value is."),
        "",
        *_table("TENDENCY", tendency, "Are there clusters: see `tendency.signs_of`."),
        "",
        f"TENDENCY_INTERCEPT = {tendency.intercept:.4g}",
        f"WEAK_FROM = {weak_from:.4g}",
        '"""Strength below which the verdict is `none`."""',
        f"CLEAR_FROM = {clear_from:.4g}",
        '"""Strength from which the verdict is `clear`."""',
        "",
        *_table("CONFIDENCE", sure, "How sure the number is: see `confidence.signs_of`."),
        "",
        f"CONFIDENCE_INTERCEPT = {sure.intercept:.4g}",
        "",
        *_table("NONE_CONFIDENCE", none, "How sure it is that there are no clusters: see `confidence.signs_of_none`."),
        "",
        f"NONE_INTERCEPT = {none.intercept:.4g}",
        "",
    ]
    TARGET.write_text("\n".join(lines))


def _table(name: str, learnt: Learnt, about: str) -> list[str]:
    rows = sorted(((key, value) for key, value in learnt.weights.items() if abs(value[0]) > 1e-4), key=lambda pair: -abs(pair[1][0]))
    entries = [f'    "{key}": Term({weight:.4g}, {low:.4g}, {high:.4g}),' for key, (weight, low, high) in rows]
    return [f"{name}: Mapping[str, Term] = {{", *entries, "}", f'"""{about}"""']
