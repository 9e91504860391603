"""The kinds of evidence by name: what each measures, in which direction it may speak, and its words. One line a kind; see `evidence`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of evidence.

    about: what it measures, a noun. direction: 1: more of it can only speak for a candidate; -1: only against; 0: either, it corrects the
    others. lifts, lowers: what it says where it lifts a candidate above another, and where it lowers it; empty: it says nothing by itself.
    """

    about: str
    direction: Literal[1, -1, 0]
    lifts: str = ""
    lowers: str = ""


KINDS: Mapping[str, Kind] = {
    # compact and apart
    "silhouette": Kind(
        "silhouette, noise left out",
        1,
        "rows are nearer to their own cluster than to others",
        "rows are hardly nearer to their own cluster",
    ),
    "silhouette_worst": Kind("silhouette of the worst cluster", 1, "even the loosest cluster is compact", "one cluster is not compact"),
    "excess": Kind(
        "silhouette less that of data without clusters, at the same number",
        1,
        "it is more compact than the same number of clusters in data without any",
        "data without clusters would be as compact",
    ),
    "log_ratio": Kind("logarithm of Calinski and Harabasz' ratio", 0),
    # near rows
    "kappa": Kind(
        "share of near rows in the same cluster, above chance", 1, "near rows share a cluster", "near rows are often in different clusters"
    ),
    "purity_worst": Kind(
        "share of near rows in the same cluster, of the worst cluster",
        1,
        "in every cluster near rows belong together",
        "in one cluster near rows are often elsewhere",
    ),
    # valleys of density, in the spanning tree
    "valley": Kind(
        "fall of density on the densest way out of a cluster, mean",
        1,
        "valleys of density lie between the clusters",
        "no valley of density lies between the clusters",
    ),
    "valley_least": Kind(
        "fall of density on the densest way out of the worst cluster",
        1,
        "a valley of density lies around every cluster",
        "no valley lies around one",
    ),
    "ringed": Kind(
        "fall of density on the ways out of clusters as a share from 0 to 1, mean",
        1,
        "clusters are denser than all around them",
        "clusters are not denser than what is around",
    ),
    "ringed_least": Kind(
        "fall of density on the way out of the worst cluster as a share from 0 to 1",
        1,
        "every cluster is denser than all around it",
        "one cluster is not denser than what is around it",
    ),
    "crossings": Kind(
        "tree edges between clusters beyond those needed", -1, "clusters touch in few places", "clusters touch in many places"
    ),
    "split": Kind(
        "fall of density on the way between two parts of a cluster, mean",
        -1,
        "no valley of density runs through its clusters",
        "valleys of density run through its clusters",
    ),
    "split_most": Kind(
        "fall of density on the way between two parts of the worst cluster",
        -1,
        "no valley runs through any cluster",
        "a valley of density runs through one cluster",
    ),
    "broken": Kind(
        "fall of density between two parts of a cluster as a share from 0 to 1, mean",
        -1,
        "its clusters hang together",
        "some of its clusters fall in two",
    ),
    # projections
    "between": Kind(
        "valley between neighbouring clusters, seen along the line that parts them best",
        1,
        "between neighbouring clusters rows are sparse",
        "between neighbouring clusters rows are not sparser",
    ),
    "between_least": Kind(
        "valley between the worst pair of neighbours, seen along the line that parts them best",
        1,
        "every pair of neighbours is divided by a sparse stretch",
        "two neighbours are not divided by a sparse stretch",
    ),
    "between_z": Kind(
        "significance of the valleys between neighbouring clusters, mean",
        1,
        "the gaps between clusters are no chance",
        "the gaps may be chance",
    ),
    "apart": Kind(
        "significance of the valleys between neighbouring clusters as a share from 0 to 1, mean",
        1,
        "neighbouring clusters are separate heaps",
        "neighbouring clusters run into each other",
    ),
    "apart_least": Kind(
        "significance of the valley between the worst pair of neighbours as a share from 0 to 1",
        1,
        "every cluster is a heap of its own",
        "one cluster runs into its neighbour",
    ),
    "within": Kind(
        "valley inside a cluster, seen along the line that parts its halves best",
        -1,
        "its clusters are one heap each",
        "some of its clusters are several heaps",
    ),
    "within_most": Kind(
        "valley inside the worst cluster, seen along the line that parts its halves best",
        -1,
        "no cluster is several heaps",
        "one cluster is several heaps",
    ),
    "within_z": Kind(
        "significance of the worst valley inside", -1, "no gap inside a cluster is more than chance", "a gap inside a cluster is no chance"
    ),
    "parted": Kind(
        "significance of the valleys inside clusters as a share from 0 to 1, mean",
        -1,
        "its clusters do not fall apart",
        "some of its clusters fall apart",
    ),
    # borders
    "trough": Kind(
        "fall of density at the borders between neighbouring clusters, mean",
        1,
        "borders are sparser than the clusters beside them",
        "borders are as dense as the clusters beside them",
    ),
    "trough_least": Kind(
        "fall of density at the worst border between neighbouring clusters",
        1,
        "every border is sparser than the clusters beside it",
        "one border is as dense as the clusters beside it",
    ),
    "halves": Kind(
        "fall of density at the border between the halves of a cluster, mean",
        -1,
        "no border runs through its clusters",
        "borders run through its clusters",
    ),
    "halves_most": Kind(
        "fall of density at the border between the halves of the worst cluster",
        -1,
        "no border runs through any cluster",
        "a border runs through one cluster",
    ),
    # one distribution a cluster
    "likelihood": Kind(
        "BIC of one Gaussian a cluster, a row",
        1,
        "a simple distribution for each cluster describes the rows well",
        "no simple distribution describes its clusters",
    ),
    # other algorithms, other settings, other rows
    "agreement": Kind(
        "Rand index with what other kinds of algorithms find, mean",
        1,
        "other kinds of algorithms find nearly the same",
        "other kinds of algorithms find something else",
    ),
    "agreement_most": Kind(
        "Rand index with the three most similar of what other kinds of algorithms find",
        1,
        "the most similar other algorithms agree closely",
        "no other algorithm comes near it",
    ),
    "support": Kind(
        "share of kinds of algorithms that find it",
        1,
        "many kinds of algorithms find it by themselves",
        "few kinds of algorithms find it by themselves",
    ),
    "lasting": Kind(
        "share of its algorithm's settings that give it",
        1,
        "it stays the same over many settings of its algorithm",
        "small changes of the settings change it",
    ),
    "stable": Kind("Rand index with the fit on half the rows", 1, "it is found again on other rows", "it is not found again on other rows"),
    "stable_mean": Kind(
        "Jaccard index of its clusters with those of half the rows, mean",
        1,
        "its clusters are found again on other rows",
        "its clusters are not found again on other rows",
    ),
    "stable_worst": Kind(
        "Jaccard index of the worst cluster with those of half the rows",
        1,
        "even its weakest cluster is found again",
        "its weakest cluster is not found again",
    ),
    # real borders all round, and none left inside
    "sound": Kind(
        "how real the least real border is, times the stability of the worst cluster",
        1,
        "its borders are real, and found again",
        "its borders are faint, or not found again",
    ),
    "finer": Kind("the soundest division that is finer than this one", -1, "no finer division is as sound", "a finer division is as sound"),
    "peak": Kind(
        "by how much the soundest division into so many clusters stands out from those into one more or fewer",
        1,
        "this number of clusters stands out from the next",
        "one cluster more or fewer is as sound",
    ),
    # parsimony
    "log_k": Kind("logarithm of the number of clusters", 0),
    "noise": Kind("share of rows that are noise", 0),
    "smallest": Kind(
        "size of the smallest cluster, against an equal share",
        1,
        "the smallest cluster is large enough",
        "the smallest cluster is very small",
    ),
    "tiny": Kind("share of clusters below 1 % of the rows", -1, "there are no tiny clusters", "there are tiny clusters"),
    "unequal": Kind("how unequal the sizes are", -1, "cluster sizes are even", "cluster sizes are very uneven"),
    "lost": Kind("rows called noise though dense", -1, "no dense rows are left out", "dense rows are left out as noise"),
    "clumped": Kind("rows called noise that lie together", -1, "rows that are left out lie alone", "rows that are left out lie together"),
}
"""Name of `evidence` → what it is. Which of them have a weight, and how large it is, is learnt: `weights.RANKING`."""
