"""How to read this result: a handful of plain sentences, each because something in the run calls for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusterctl.analysis.words import percent

if TYPE_CHECKING:
    from clusterctl.analysis.evidence import Evidence

FEW_ROWS_A_DIMENSION = 10
MANY_DIMENSIONS = 50
FEW_ROWS = 100
TINY = 0.01
GIANT = 0.9
WEAK_SILHOUETTE = 0.25
SAID_BY_WARNING = {
    "no_better_than_chance": "Data without any clusters would score as well",
    "unstable_clusters": "Not found again when rows are resampled",
    "giant_cluster": "Cluster ",
    "tiny_clusters": "Too few rows to say much about",
}
"""Code of a warning of `metrics.cautions` → how the sentence begins that says the same: where both are shown, one is enough."""


def interpretation(evidence: Evidence, k: int | None) -> list[str]:
    """Return the sentences that apply, what matters most first; the last ones always apply."""
    sentences = [*_about_clusters(evidence, k), *_about_rows(evidence), *_about_space(evidence)]
    sentences.append(
        "Clusters describe these rows under these settings; they are no causes and no fixed types. Have someone who knows the field check "
        "the profiles and the representative samples before acting on them."
    )
    if evidence.n_clusters > 1:
        sentences.append(
            "Where rows stand for people, look at who is in each cluster before treating clusters differently: sensitive attributes "
            "can return through features that go with them."
        )
    return sentences


def _about_clusters(evidence: Evidence, k: int | None) -> list[str]:
    result = []
    if evidence.n_clusters == 0:
        return ["No cluster was found: every row is noise at these settings."]
    if k == 1 and evidence.n_clusters > 1:
        result.append(f"{SAID_BY_WARNING['no_better_than_chance']}: treat the division as a convenience, not as a finding.")
    if evidence.n_clusters == 1:
        result.append("A single cluster was found: there is nothing to compare, and internal scores do not exist.")
    if evidence.unstable:
        named = ", ".join(map(str, evidence.unstable))
        result.append(f"{SAID_BY_WARNING['unstable_clusters']} (Jaccard below 0.6), so not to be trusted: cluster {named}.")
    silhouette = evidence.scores.get("silhouette_score")
    if silhouette is not None and silhouette <= WEAK_SILHOUETTE:
        result.append(
            f"The clusters overlap or are not compact (mean silhouette {silhouette:.2f}): many rows could be in another one as well."
        )
    return result + _about_sizes(evidence)


def _about_sizes(evidence: Evidence) -> list[str]:
    result = []
    total = sum(evidence.sizes)
    tiny = [str(evidence.called(cluster)) for cluster, size in enumerate(evidence.sizes) if size < max(5, TINY * total)]
    if evidence.n_clusters > 1 and evidence.sizes[0] > GIANT * total:
        held = percent(evidence.sizes[0] / total)
        result.append(
            f"{SAID_BY_WARNING['giant_cluster']}{evidence.called(0)} holds {held} of the clustered rows: the others may be its fringe."
        )
    if tiny and evidence.n_clusters > 1:
        shown = ", ".join(tiny[:10]) + (f" and {len(tiny) - 10} more" if len(tiny) > 10 else "")
        result.append(f"{SAID_BY_WARNING['tiny_clusters']}: cluster {shown}.")
    return result


def _about_rows(evidence: Evidence) -> list[str]:
    result = []
    if evidence.noise_fraction and evidence.n_clusters:
        result.append(f"{percent(evidence.noise_fraction)} of the rows are noise and in no cluster; scores and profiles leave them out.")
    if evidence.n_excluded:
        result.append(f"{evidence.n_excluded:,} rows were excluded as outliers before clustering; the clusters say nothing about them.")
    if evidence.n_dropped:
        result.append(
            f"{evidence.n_dropped:,} rows were dropped for missing values: if those are missing for a reason, the rest is a selection."
        )
    if evidence.n_rows < max(FEW_ROWS, FEW_ROWS_A_DIMENSION * evidence.n_dimensions):
        result.append(
            f"{evidence.n_rows:,} rows in {evidence.n_dimensions} dimensions are few: other rows of the kind may divide otherwise."
        )
    return result


def _about_space(evidence: Evidence) -> list[str]:
    result = []
    if evidence.embedding in ("umap", "tsne"):
        result.append(
            f"The clusters and scores are of the {evidence.embedding} embedding, which can tear apart what is one and bends distances: "
            "cluster again without it before believing them."
        )
    elif evidence.n_dimensions > MANY_DIMENSIONS:
        result.append(f"In {evidence.n_dimensions} dimensions distances grow alike: fewer features, or pca, often give clearer clusters.")
    if evidence.scaling == "none" and evidence.n_features > 1:
        result.append("Features were not scaled: those with large numbers decide the distances.")
    return result
