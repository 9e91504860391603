"""How many clusters? What `n_clusters: auto` rests on: the verdict, the belief in each number, and where the whole evidence is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clusterctl.analysis.words import percent, printable
from clusterctl.report.views import HowMany, Mark, NumberLine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusterctl.results.models import ResultsDocument

MOST_NUMBERS = 12
WORTH_A_LINE = 0.01
_VERDICTS: Mapping[str, tuple[Mark, str]] = {
    "clear": ("good", "clear evidence of clusters"),
    "weak": ("fair", "weak evidence of clusters"),
    "none": ("bad", "no evidence of clusters"),
}
_NOT_ASSESSED: tuple[Mark, str] = ("unknown", "not assessed")
WHOLE = "clusterctl recommend config.yaml"


def how_many(document: ResultsDocument) -> HowMany | None:
    """Return what the choice of the number rests on; None: the number was given, or the algorithm takes none."""
    choice = document.clustering_results.model_info.chosen.get("n_clusters")
    if choice is None:
        return None
    evidence: Mapping[str, Any] = choice["evidence"]
    mark, words = _VERDICTS.get(str(evidence.get("verdict")), _NOT_ASSESSED)
    value, belief = int(choice["value"]), evidence.get("belief_in_k", {})
    why = printable(str(choice["why"]))
    sentences = (f"{why[:1].upper()}{why[1:]}.", *([_compared(evidence, value)] if belief else []))
    heading = "How far each number would be believed in, were there clusters" if mark == "bad" else "How far each number is believed in"
    return HowMany(mark, words, sentences, heading, _lines(belief, value), WHOLE)


def _compared(evidence: Mapping[str, Any], value: int) -> str:
    """Say what was compared, and which numbers are credible where there are clusters."""
    compared = f"{evidence['n_candidates']} divisions of {evidence['n_sample']:,} rows by several algorithms were compared"
    if evidence["verdict"] == "none":
        return f"{compared}."
    low, high = evidence["k_interval"]
    credible = f"the numbers from {low} to {high} hold" if low < high else f"{value} alone holds"
    return f"{compared}; {credible} at least four fifths of the belief."


def _lines(belief: Mapping[str, float], value: int) -> tuple[NumberLine, ...]:
    """Return the numbers of clusters that are believed in, rising, and of the rest together how much."""
    shares = {int(number): share for number, share in belief.items()}
    ranked = sorted(shares, key=lambda number: (-shares[number], number))
    shown = {number for number in ranked[:MOST_NUMBERS] if shares[number] >= WORTH_A_LINE} | ({value} & shares.keys())
    lines = [
        NumberLine(f"{number} clusters", percent(shares[number]), round(100 * shares[number], 1), number == value)
        for number in sorted(shown)
    ]
    rest = sum(share for number, share in shares.items() if number not in shown)
    return (*lines, *[NumberLine("other numbers", percent(rest), round(100 * rest, 1), taken=False)] * (rest > 0))
