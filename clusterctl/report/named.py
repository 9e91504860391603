"""Which clusters have a card, and which rows the page names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusterctl.plots.style import MOST_CLUSTERS

if TYPE_CHECKING:
    from clusterctl.results.models import ResultsDocument

MOST_CARDS = MOST_CLUSTERS
"""As many as have a colour of their own."""
MOST_UNUSUAL = 5


def largest(document: ResultsDocument) -> list[int]:
    """Return the numbers of the clusters, the largest first, of equal ones the lower number."""
    centers = document.clustering_results.clusters.cluster_centers
    return [center.cluster_id for center in sorted(centers, key=lambda center: (-center.cluster_size, center.cluster_id))]


def unusual_ids(document: ResultsDocument) -> list[str]:
    """Return the ids of the rows outside every cluster with the highest scores, the highest first."""
    analysis = document.clustering_results.cluster_analysis.outlier_analysis
    if analysis.outliers is None or analysis.outlier_scores is None:  # for the sake of privacy
        return []
    scored = [(score, sample_id) for sample_id, score in zip(analysis.outliers, analysis.outlier_scores, strict=True) if score is not None]
    return [sample_id for _, sample_id in sorted(scored, key=lambda entry: -entry[0])[:MOST_UNUSUAL]]


def named_rows(document: ResultsDocument) -> list[str]:
    """Return the ids of all rows that the page shows: those that stand for the clusters with a card, and the most unusual ones."""
    carded = set(largest(document)[:MOST_CARDS])
    profiles = document.clustering_results.cluster_analysis.cluster_profiles
    standing = [sample_id for profile in profiles if profile.cluster_id in carded for sample_id in profile.representative_samples]
    return [*standing, *unusual_ids(document)]
