"""What speaks for and against a candidate, and how to read a recommendation, in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.analysis.words import joined, percent

if TYPE_CHECKING:
    from clusterctl.recommendation.assess import Assessment, Choice
    from clusterctl.recommendation.red_flags import RedFlag
    from clusterctl.recommendation.sensitivity import Check

MOST_SAID = 3
LEAST_LIFT = 0.05
"""Evidence that moves the score by less is not worth a sentence."""

SAID: Mapping[str, tuple[str, str]] = {
    "silhouette": ("rows are nearer to their own cluster than to others", "rows are hardly nearer to their own cluster than to others"),
    "silhouette_worst": ("even the loosest cluster is compact", "one cluster is not compact"),
    "excess": ("it is more compact than the same number of clusters in data without any", "data without clusters would be as compact"),
    "kappa": ("near rows share a cluster", "near rows are often in different clusters"),
    "purity_worst": ("in every cluster near rows belong together", "in one cluster near rows are often elsewhere"),
    "likelihood": ("a simple distribution for each cluster describes the rows well", "no simple distribution describes its clusters"),
    "agreement": ("other kinds of algorithms find nearly the same", "other kinds of algorithms find something else"),
    "agreement_most": ("the most similar other algorithms agree closely", "no other algorithm comes near it"),
    "support": ("many kinds of algorithms find it by themselves", "few kinds of algorithms find it by themselves"),
    "lasting": ("it stays the same over many settings of its algorithm", "small changes of the settings change it"),
    "stable": ("it is found again on other rows", "it is not found again on other rows"),
    "stable_mean": ("its clusters are found again on other rows", "its clusters are not found again on other rows"),
    "stable_worst": ("even its weakest cluster is found again", "its weakest cluster is not found again"),
    "between": ("between neighbouring clusters rows are sparse", "between neighbouring clusters rows are not sparser"),
    "between_least": ("every pair of neighbours is divided by a sparse stretch", "two neighbours are not divided by a sparse stretch"),
    "apart": ("neighbouring clusters are separate heaps", "neighbouring clusters run into each other"),
    "apart_least": ("every cluster is a heap of its own", "one cluster runs into its neighbour"),
    "within": ("its clusters are one heap each", "some of its clusters are several heaps"),
    "within_most": ("no cluster is several heaps", "one cluster is several heaps"),
    "parted": ("its clusters do not fall apart", "some of its clusters fall apart"),
    "trough": ("borders are sparser than the clusters beside them", "borders are as dense as the clusters beside them"),
    "valley": ("valleys of density lie between the clusters", "no valley of density lies between the clusters"),
    "lost": ("no dense rows are left out", "dense rows are left out as noise"),
    "clumped": ("rows that are left out lie alone", "rows that are left out lie together"),
    "tiny": ("there are no tiny clusters", "there are tiny clusters"),
    "smallest": ("the smallest cluster is large enough", "the smallest cluster is very small"),
    "unequal": ("cluster sizes are even", "cluster sizes are very uneven"),
    "sound": ("its borders are real, and found again", "its borders are faint, or not found again"),
    "finer": ("no finer division is as sound", "a finer division is as sound"),
}
"""Kind of evidence → what it says where it lifts a candidate above the next, and where it lowers it.

Kinds whose weight only corrects others (noise, number of clusters, spread between clusters) say nothing by themselves.
"""

SIGNS: Mapping[str, str] = {
    "low": "how far densities can be trusted: 1 in few dimensions, 0 in many",
    "border": "fall of the density at the borders of the best candidate's clusters, where densities can be trusted",
    "ringed": "share of its clusters that are denser than all that is around them",
    "sound": "whether its borders are real and it is found again",
    "sound_high": "the same, where densities cannot be trusted",
    "agreement": "how closely the most similar other algorithms agree with it",
    "support": "share of kinds of algorithms that find it by themselves",
    "stable": "how far it is found again on other rows",
    "kappa": "how far near rows share a cluster, above chance",
    "dip_axes": "dip statistic along the principal axes, of the rows as they are and bent towards symmetry the smaller",
    "dip_distances": "logarithm of the dip statistic of pairwise distances, likewise",
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
    known = [(name, lift) for name, lift in ordered if name in SAID and abs(lift) >= LEAST_LIFT]
    return [SAID[name][0] for name, lift in known if lift > 0][:MOST_SAID], [SAID[name][1] for name, lift in known if lift < 0][:MOST_SAID]


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
    lost = [check.change for check in checks or () if not check.agrees]
    if lost:
        sentences.append(f"The answer hangs on the preparation: it is another one with {joined(lost)}.")
    elif checks:
        sentences.append("The answer is the same with another scaling, without its most telling feature, and on other rows.")
    if flags:
        sentences.append("Look at the red flags first: each can make or hide clusters.")
    sentences.append(
        f"The confidence of {percent(assessment.confidence)} is of the number of clusters, as often as such answers were right on "
        "labelled benchmark tables; whether clusters mean anything only someone who knows the field can say."
    )
    return sentences
