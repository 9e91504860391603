"""What speaks for and against a candidate, and how to read a recommendation, in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.analysis.words import joined, percent
from clusterctl.recommendation.kinds import KINDS

if TYPE_CHECKING:
    from clusterctl.recommendation.assess import Assessment, Choice
    from clusterctl.recommendation.red_flags import RedFlag
    from clusterctl.recommendation.sensitivity import Check

MOST_SAID = 3
LEAST_LIFT = 0.05
"""Evidence that moves the score by less is not worth a sentence."""

SIGNS: Mapping[str, str] = {
    "low": "how far densities can be trusted: 1 in few dimensions, 0 in many",
    "several": "1 where at least two clusters of the best candidate hold a hundredth of the rows each, 0 where one does",
    "border": "fall of the density at the borders of the best candidate's clusters, where densities can be trusted",
    "ringed": "share of its clusters that are denser than all that is around them",
    "sound": "whether its borders are real and it is found again",
    "sound_high": "whether its borders are real and it is found again, where densities cannot be trusted",
    "agreement": "how closely the most similar other algorithms agree with it",
    "support": "share of kinds of algorithms that find it by themselves",
    "stable": "how far it is found again on other rows",
    "kappa": "how far near rows share a cluster, above chance",
    "dip_axes": "dip statistic along the principal axes, of the rows as they are and bent towards symmetry the smaller",
    "dip_distances": "logarithm of the dip statistic of pairwise distances, of the rows as they are and bent towards symmetry the smaller",
    "skew": "mean absolute skewness of the columns",
}
"""Sign of clusters → what it is."""

SHAPES = {
    "kmeans": "k-means divides by the nearest centre: it suits round clusters of similar extent",
    "gaussian_mixture": "a mixture fits an ellipse to each cluster: it suits long and overlapping ones",
    "spectral": "spectral clustering follows the graph of near rows: it suits clusters that hang together in any shape",
    "hdbscan": "HDBSCAN follows density: it suits clusters of any shape and leaves stray rows out",
    "dbscan": "DBSCAN follows one density: it suits clusters of any shape that are about as dense, and leaves stray rows out",
    "optics": "OPTICS follows density: it suits clusters of any shape and leaves stray rows out",
    "ward": "Ward's linkage keeps clusters compact: it suits round ones of similar size",
    "average": "average linkage suits clusters that are apart, of any size",
    "single": "single linkage follows chains of near rows: it suits clusters of any shape that are clearly apart",
    "genie": "genie joins near rows but keeps sizes in hand: it suits clusters of any shape of similar size",
}


def speaks(lifts: Mapping[str, float]) -> tuple[list[str], list[str]]:
    """Return what speaks for and against a candidate, the strongest first, at most three each.

    lifts: kind of evidence → by how much it moves the score.
    """
    ordered = sorted(lifts.items(), key=lambda entry: -abs(entry[1]))
    known = [(KINDS[name], lift) for name, lift in ordered if KINDS[name].lifts and abs(lift) >= LEAST_LIFT]
    return [kind.lifts for kind, lift in known if lift > 0][:MOST_SAID], [kind.lowers for kind, lift in known if lift < 0][:MOST_SAID]


def fitness(choice: Choice) -> str:
    """Return how the algorithm's idea of a cluster suits what was found."""
    name = choice.algorithm if choice.algorithm != "hierarchical" else str(getattr(choice.settings.parameters, "linkage", "ward"))
    said = SHAPES.get(name, f"{ALGORITHMS[choice.algorithm].title} found it")
    others = choice.evidence.get("agreement")
    if others is None:
        return f"{said}."
    return f"{said}; the other kinds of algorithms agree with it by a Rand index of {others:.2f} on average."


def guidance(assessment: Assessment, flags: Sequence[RedFlag], checks: Sequence[Check] | None) -> list[str]:
    """Return how to read the answer, what matters most first."""
    verdict, low, high = assessment.tendency.verdict, *assessment.k_interval
    sentences = []
    if not assessment.choices:
        sentences.append("There are too few rows that differ: nothing can be recommended.")
    elif verdict == "none":
        sentences.append(
            "There is no evidence of clusters: the rows look like one population. A division can still be useful, to serve rows in groups, "
            "but it is a choice and not a finding; the candidates are the best of those."
        )
    elif verdict == "weak":
        sentences.append("The evidence for clusters is weak: take them as a hypothesis, and look whether they hold on other rows.")
    if verdict != "none" and low < high:
        sentences.append(f"Any number of clusters from {low} to {high} is credible; look at the candidates side by side.")
    if checks:
        sentences.append(_of_checks(checks, assessment))
    if flags:
        sentences.append("Look at the red flags first: each can make or hide clusters.")
    sentences.append(_of_confidence(assessment.confidence, none=verdict == "none"))
    return sentences


def _of_checks(checks: Sequence[Check], assessment: Assessment) -> str:
    """Return whether other looks at the table tell the same."""
    lost = [check.change for check in checks if not check.agrees]
    if lost:
        return f"The answer hangs on the preparation: it is another one with {joined(lost)}."
    every = joined([check.change for check in checks])
    if all(check.n_clusters == assessment.n_clusters for check in checks):
        return f"The answer is the same with {every}."
    numbers = sorted({check.n_clusters for check in checks} - {assessment.n_clusters})
    found = joined([f"{number:,}" for number in numbers])
    instead = f"{found} in place of {assessment.n_clusters:,} clusters"
    return f"With {every} the answer stays within what is credible, but is not the same: {instead}."


def _of_confidence(confidence: float, *, none: bool) -> str:
    """Return what the confidence is of."""
    if none:
        return (
            f"The confidence of {percent(confidence)} is that nobody who knows the field would name classes either: on many labelled "
            "benchmark tables without visible clusters there are classes that no algorithm finds. Data without clusters are rarely taken "
            "for more."
        )
    return (
        f"The confidence of {percent(confidence)} is of the number of clusters, as often as such answers were right on "
        "labelled benchmark tables; whether clusters mean anything only someone who knows the field can say."
    )
