"""The output schema: `results.json` as models, printed by `clusterctl schema output`.

Every key is always there. A value that does not exist is null, with its reason in `metadata.notes`; no NaN, no infinity.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from clusterctl.results.base import Document
from clusterctl.results.characteristics import Characteristics
from clusterctl.results.metadata import DataStatistics, ExcludedColumn, Metadata, NoteEntry, PrivacyInfo, WarningEntry
from clusterctl.results.protected import ProtectedCategories, ProtectedNumbers
from clusterctl.results.scores import (
    EvaluationMetrics,
    GateResult,
    MethodInfo,
    NullComparison,
    PolicyScores,
    Stability,
    Validation,
)

__all__ = [
    "AlignmentInfo",
    "Assignment",
    "ClusterAnalysis",
    "ClusterCenter",
    "ClusterProfile",
    "ClusterStatistics",
    "ClusteringResults",
    "Clusters",
    "DataStatistics",
    "EvaluationMetrics",
    "ExcludedColumn",
    "FeatureImportance",
    "GateResult",
    "Metadata",
    "MethodInfo",
    "ModelInfo",
    "NoteEntry",
    "NullComparison",
    "OutlierAnalysis",
    "PolicyScores",
    "PredictInfo",
    "PrivacyInfo",
    "Recommendations",
    "ResultsDocument",
    "Stability",
    "Validation",
    "Visualizations",
    "WarningEntry",
]


class PredictInfo(Document):
    """How `predict` gives new rows the clusters, and how well that rule knows the rows fitted on."""

    rule: str
    """`neighbour_vote`, …: the README's table of algorithms says what each does."""
    agreement: float
    """Share of fitted rows that predict the label they have, none being its own neighbour."""
    n_used: int
    """Fitted rows that were predicted again: all, or a sample stratified by cluster when there are many."""
    novelty_distance: float | None
    """Rows farther than this from the nearest centre or clustered row are novel: 99 % of the fitted rows are not."""


class AlignmentInfo(Document):
    """How cluster numbers were taken over from an earlier run (`output.align_to`)."""

    matched_by: Literal["sample_id", "position", "centers"]
    """What told which cluster is which: rows in both tables, or the clusters' centres."""
    config_sha256: str
    """Of the earlier run, as is `data_sha256`."""
    data_sha256: str
    kept: list[int]
    new: list[int]
    gone: list[int]
    """Numbers that no cluster has any more; they are not given again."""


class ModelInfo(Document):
    """What was fitted."""

    algorithm: str
    parameters: dict[str, Any]
    """Every parameter of the algorithm as the config gave it or by default; `auto` stays `auto` (see `chosen`)."""
    n_clusters: int
    """Clusters found; noise is none."""
    next_cluster_id: int
    """What a new cluster of a run aligned to this one takes: no cluster had it, so that no number of the gone comes to mean another."""
    alignment: AlignmentInfo | None
    training_timestamp: datetime
    features: list[str]
    """The features clustered on."""
    numeric_features: list[str]
    """Order of every `center_coordinates`."""
    chosen: dict[str, Any]
    """What `auto` became, with the rule and its evidence."""
    fit: dict[str, Any]
    """Facts about the fit: iterations, convergence, eps, …"""
    predict: PredictInfo


class Assignment(Document):
    """The cluster of one input row."""

    sample_id: str
    cluster_id: int | None
    """-1 for noise and excluded rows, null for dropped rows."""
    confidence: float | None


class ClusterCenter(Document):
    """Where a cluster lies, in the data's original units."""

    cluster_id: int
    center_coordinates: list[float | None]
    """Mean of each of `model_info.numeric_features`; null where no row of the cluster has a value."""
    cluster_size: int


class ClusterStatistics(Document):
    """Shape of a cluster in the clustering space."""

    cluster_id: int
    size: int
    density: float | None
    compactness: float | None
    separation: float | None


class Clusters(Document):
    """Who is where."""

    cluster_assignments: list[Assignment] | None
    """Null when they are in assignments.parquet alone."""
    cluster_centers: list[ClusterCenter]
    cluster_statistics: list[ClusterStatistics]


class FeatureImportance(Document):
    """Share of one original feature in telling the clusters apart."""

    feature: str
    importance: float | None


class ClusterProfile(Document):
    """What is in a cluster."""

    cluster_id: int
    characteristics: Characteristics
    representative_samples: list[str]
    """Sample ids, the medoid first."""


class OutlierAnalysis(Document):
    """The rows outside every cluster."""

    outliers: list[str] | None
    """Null where `privacy` hides them."""
    outlier_scores: list[float | None] | None
    """In the same order; larger is more unusual."""


class ClusterAnalysis(Document):
    """The clusters explained."""

    feature_importance: list[FeatureImportance]
    cluster_profiles: list[ClusterProfile]
    outlier_analysis: OutlierAnalysis
    protected: list[ProtectedCategories | ProtectedNumbers] = Field(default_factory=list)
    """How the clusters' make-up differs in each column of `privacy.protected`."""


class Visualizations(Document):
    """Base64 PNG; null where not drawn."""

    scatter_plot: str | None
    silhouette_plot: str | None
    dendrogram: str | None
    cluster_heatmap: str | None


class Recommendations(Document):
    """Cheap evidence from this run."""

    optimal_clusters: int | None
    algorithm_recommendation: str | None
    parameter_suggestions: dict[str, Any]
    interpretation_guidance: list[str]


class ClusteringResults(Document):
    """The specification's `clustering_results`."""

    model_info: ModelInfo
    clusters: Clusters
    evaluation_metrics: EvaluationMetrics
    validation: Validation
    cluster_analysis: ClusterAnalysis
    visualizations: Visualizations
    recommendations: Recommendations


class ResultsDocument(Document):
    """`results.json`, whole."""

    model_config = ConfigDict(title="clusterctl results", json_schema_extra={"$schema": "https://json-schema.org/draft/2020-12/schema"})

    clustering_results: ClusteringResults
    metadata: Metadata = Field()
