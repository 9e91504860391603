"""The output schema: `results.json` as models, printed by `clusterctl schema output`.

Every key is always there. A value that does not exist is null, with its reason in `metadata.notes`; no NaN, no infinity.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from clusterctl.results.base import Document
from clusterctl.results.characteristics import CategoricalStatistics, Characteristics, NumericStatistics


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


class PolicyScores(Document):
    """One internal metric under the three treatments of noise."""

    ignored: float | None
    singletons: float | None
    one_cluster: float | None


class MethodInfo(Document):
    """How a metric was computed."""

    method: Literal["exact", "sampled"]
    n_used: int
    interval: tuple[float, float] | None
    """95 % interval of a sampled value."""
    coverage: float
    """Share of the scored rows that are in a cluster."""


class EvaluationMetrics(Document):
    """The scores; the headline value ignores noise."""

    silhouette_score: float | None
    calinski_harabasz_score: float | None
    davies_bouldin_score: float | None
    inertia: float | None
    dbcv: float | None
    adjusted_rand_score: float | None
    normalized_mutual_info_score: float | None
    adjusted_mutual_info_score: float | None
    v_measure_score: float | None
    fowlkes_mallows_score: float | None
    noise_fraction: float | None
    noise_policies: dict[str, PolicyScores]
    methods: dict[str, MethodInfo]


class Stability(Document):
    """How well the clusters are found again on resamples (Hennig 2007; Tibshirani and Walther 2005)."""

    per_cluster: list[float | None]
    """Mean Jaccard similarity of each cluster with its best match over the resamples."""
    minimum: float | None
    mean: float | None
    prediction_strength: float | None
    n_resamples: int
    n_used: int
    """Rows the resamples were drawn from."""


class NullComparison(Document):
    """A score beside what data without clusters would give."""

    observed: float
    """Of the rows that were looked at: all, or a sample when there are many."""
    mean: float | None
    """Over the draws of the null data; null where none of them gave a score, since no clusters were found in it."""
    sd: float | None
    p_value: float
    """(1 + draws that score as well or better) / (1 + draws)."""
    n_draws: int
    reference: str
    """Which data without clusters came nearest: `one_population` or `uniform_box`."""
    n_used: int
    """Rows of the sample and of every draw."""


class GateResult(Document):
    """One bound and whether it holds."""

    metric: str
    value: float | None
    bound: str
    """`min 0.25`, `max 0.3`."""
    level: Literal["error", "warn"]
    passed: bool


class Validation(Document):
    """What speaks for the clusters beyond the scores."""

    stability: Stability | None
    null: dict[str, NullComparison] | None
    silhouette_per_cluster: list[float | None] | None
    gates: list[GateResult]


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

    outliers: list[str]
    outlier_scores: list[float | None]
    """In the same order; larger is more unusual."""


class ClusterAnalysis(Document):
    """The clusters explained."""

    feature_importance: list[FeatureImportance]
    cluster_profiles: list[ClusterProfile]
    outlier_analysis: OutlierAnalysis


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


class NoteEntry(Document):
    """Why a value is null, or what to know about it."""

    path: str
    reason: str


class WarningEntry(Document):
    """Something to be careful of."""

    code: str
    message: str


class ExcludedColumn(Document):
    """A column that was not clustered on."""

    column: str
    reason: str


class DataStatistics(Document):
    """What was read and what became of it."""

    n_rows: int
    n_columns: int
    n_features: int
    n_clustered: int
    n_noise: int
    n_excluded: int
    n_dropped: int
    n_dimensions: int
    """Columns of the clustering space."""
    features_left_out: list[ExcludedColumn]
    feature_statistics: dict[str, NumericStatistics | CategoricalStatistics]
    """Per feature, in original units: kind, missing, and mean, standard deviation, quartiles or categories."""
    preprocessing: dict[str, Any]


class Metadata(Document):
    """How the result came about."""

    schema_version: Literal["1"]
    version: str
    processing_timestamp: datetime
    processing_duration: float
    data_statistics: DataStatistics
    config: dict[str, Any]
    """The resolved config without `output` and `execution`."""
    config_sha256: str
    data_sha256: str
    random_state: int
    libraries: dict[str, str]
    user_metadata: dict[str, Any]
    """`clustering_data.metadata`, copied."""
    warnings: list[WarningEntry]
    notes: list[NoteEntry]
    execution: dict[str, Any]
    """Host, threads, jobs, seconds a stage, peak memory, paths: differs from run to run."""


class ResultsDocument(Document):
    """`results.json`, whole."""

    model_config = ConfigDict(title="clusterctl results", json_schema_extra={"$schema": "https://json-schema.org/draft/2020-12/schema"})

    clustering_results: ClusteringResults
    metadata: Metadata = Field()
