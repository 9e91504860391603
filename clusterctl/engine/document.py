"""From the findings to the document that is written: `results.json` as models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from clusterctl import __version__
from clusterctl.analysis.protected_words import protected_cautions
from clusterctl.engine.evaluation import METRICS_PATH
from clusterctl.engine.findings import Drawings, Evaluation, Parts
from clusterctl.engine.nulls import standing_notes
from clusterctl.engine.withholding import told_columns
from clusterctl.metrics.registry import METRICS
from clusterctl.plots.registry import PLOTS
from clusterctl.results.models import (
    Assignment,
    ClusterAnalysis,
    ClusteringResults,
    Clusters,
    DataStatistics,
    EvaluationMetrics,
    ExcludedColumn,
    Metadata,
    MethodInfo,
    ModelInfo,
    NoteEntry,
    PolicyScores,
    PrivacyInfo,
    ResultsDocument,
    Validation,
    Visualizations,
    WarningEntry,
)
from clusterctl.values.remarks import Caution, Note

if TYPE_CHECKING:
    from clusterctl.values.privacy import Privacy
    from clusterctl.values.score import Score

INLINE_UP_TO = 200_000


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a result comes from: all of `metadata` that is not found out by the analysis."""

    config: Mapping[str, Any]
    config_sha256: str
    random_state: int
    started: datetime
    trained: datetime
    seconds: float
    execution: Mapping[str, Any]
    chosen: Mapping[str, Any]
    assignments: str
    embed_plots: bool
    libraries: Mapping[str, str]
    user_metadata: Mapping[str, Any]
    cautions: tuple[Caution, ...] = ()


def assemble(parts: Parts, origin: Origin) -> ResultsDocument:
    """Return results.json as a document; every null in it has its reason in `metadata.notes`."""
    assignments, notes = _assignments(parts, origin.assignments)
    embedded, embedded_notes = _visualizations(parts.drawings, origin.embed_plots)
    explanation = parts.explanation
    results = ClusteringResults(
        model_info=_model_info(parts, origin),
        clusters=Clusters(cluster_assignments=assignments, cluster_centers=explanation.centers, cluster_statistics=explanation.statistics),
        evaluation_metrics=evaluation_metrics(parts.evaluation.scores, parts.evaluation.noise_fraction),
        validation=_validation(parts.evaluation),
        cluster_analysis=ClusterAnalysis(
            feature_importance=explanation.importance,
            cluster_profiles=explanation.profiles,
            outlier_analysis=explanation.outliers,
            protected=list(parts.protected),
        ),
        visualizations=embedded,
        recommendations=explanation.recommendations,
    )
    found = (*notes, *embedded_notes, *_all_notes(parts))
    metadata = _metadata(parts, origin, found)
    tree = {
        "clustering_results": results.model_dump(exclude={"clusters": {"cluster_assignments"}}),
        "metadata": metadata.model_dump(include={"data_statistics"}),
    }
    standing = [NoteEntry(path=note.path, reason=note.reason) for note in standing_notes(tree, found)]
    return ResultsDocument(clustering_results=results, metadata=metadata.model_copy(update={"notes": [*metadata.notes, *standing]}))


def _assignments(parts: Parts, where: str) -> tuple[list[Assignment] | None, list[Note]]:
    path = "clustering_results.clusters.cluster_assignments"
    fate, dataset = parts.fate, parts.dataset
    if not dataset.privacy.include_samples:
        return None, [Note(path, "privacy.include_samples is false: the assignments are in assignments.parquet alone")]
    if where == "sidecar" or (where == "auto" and dataset.n_rows > INLINE_UP_TO):
        return None, [Note(path, "the assignments are in assignments.parquet")]
    dropped = fate.dropped
    found = [
        Assignment.model_construct(
            sample_id=sample_id, cluster_id=None if is_dropped else label, confidence=None if is_dropped else confidence
        )
        for sample_id, label, confidence, is_dropped in zip(
            dataset.sample_ids(np.arange(dataset.n_rows)),
            fate.labels.tolist(),
            fate.confidence.tolist(),
            dropped.tolist(),
            strict=True,
        )
    ]
    if not dropped.any():
        return found, []
    reason = "the row was dropped for missing values"
    return found, [Note(f"{path}[*].cluster_id", reason), Note(f"{path}[*].confidence", reason)]


def _model_info(parts: Parts, origin: Origin) -> ModelInfo:
    return ModelInfo(
        algorithm=parts.fit.spec.name,
        parameters=dict(origin.config["clustering_configuration"]["parameters"]),
        n_clusters=parts.fit.clustering.n_clusters,
        next_cluster_id=parts.numbering.next_number,
        alignment=parts.numbering.info,
        training_timestamp=origin.trained,
        features=list(parts.dataset.features),
        numeric_features=list(parts.dataset.numeric_features),
        chosen=dict(origin.chosen),
        fit=dict(parts.fit.clustering.facts),
        predict=parts.foresight.info,
    )


def evaluation_metrics(scores: Sequence[Score], noise_fraction: float | None) -> EvaluationMetrics:
    """Return `evaluation_metrics` as it is written; a metric that was not asked for is null."""
    by_name = {score.name: score for score in scores}
    values: dict[str, Any] = {name: by_name[name].value if name in by_name else None for name in METRICS}
    return EvaluationMetrics(
        **values,
        noise_fraction=noise_fraction,
        noise_policies={score.name: _policies(score) for score in scores if score.policies},
        methods={score.name: _method(score) for score in scores if score.value is not None},
    )


def _policies(score: Score) -> PolicyScores:
    policies = score.policies
    assert policies is not None  # asked for by the caller alone where there are some
    return PolicyScores(ignored=policies.ignored, singletons=policies.singletons, one_cluster=policies.one_cluster)


def _method(score: Score) -> MethodInfo:
    return MethodInfo(method=score.method, n_used=score.n_used, interval=score.interval, coverage=score.coverage)


def _validation(evaluation: Evaluation) -> Validation:
    by_cluster = evaluation.silhouette_per_cluster
    return Validation(
        stability=evaluation.stability,
        null=evaluation.null,
        silhouette_per_cluster=None if by_cluster is None else list(by_cluster),
        gates=list(evaluation.gates),
    )


def _visualizations(drawings: Drawings, embed: bool) -> tuple[Visualizations, list[Note]]:
    import base64

    embedded: dict[str, str | None] = {}
    notes = []
    for spec in PLOTS.values():
        if spec.result_key is None:
            continue
        picture = drawings.pictures.get(spec.name)
        embedded[spec.result_key] = base64.b64encode(picture).decode() if picture is not None and embed else None
        if picture is not None and not embed:
            notes.append(
                Note(f"clustering_results.visualizations.{spec.result_key}", "output.embed_plots is off: the picture is in plots/")
            )
    return Visualizations(**embedded), notes


def _all_notes(parts: Parts) -> tuple[Note, ...]:
    methods = method_notes(parts.evaluation.scores, METRICS_PATH)
    model = (*parts.numbering.notes, *parts.foresight.notes)
    return (*parts.space.notes, *model, *parts.evaluation.notes, *parts.explanation.notes, *parts.drawings.notes, *methods)


def method_notes(scores: Sequence[Score], path: str) -> list[Note]:
    """Return why intervals are null in the `methods` of the evaluation metrics at `path`."""
    exact = "an exact value has no interval"
    return [Note(f"{path}.methods.{score.name}.interval", exact) for score in scores if score.value is not None and not score.interval]


def _cautions(parts: Parts, origin: Origin) -> list[WarningEntry]:
    every = (
        *parts.dataset.cautions,
        *parts.space.cautions,
        *origin.cautions,
        *parts.fit.clustering.cautions,
        *parts.numbering.cautions,
        *parts.evaluation.cautions,
        *parts.foresight.cautions,
        *protected_cautions(parts.protected),
    )
    return [WarningEntry(code=caution.code, message=caution.message) for caution in dict.fromkeys(every)]


def _metadata(parts: Parts, origin: Origin, notes: tuple[Note, ...]) -> Metadata:
    return Metadata(
        schema_version="1",
        version=__version__,
        processing_timestamp=origin.started,
        processing_duration=origin.seconds,
        data_statistics=_data_statistics(parts, origin.config["preprocessing_configuration"]),
        config=dict(origin.config),
        config_sha256=origin.config_sha256,
        data_sha256=parts.dataset.sha256,
        random_state=origin.random_state,
        libraries=dict(origin.libraries),
        user_metadata=dict(origin.user_metadata),
        privacy=_privacy(parts.dataset.privacy),
        warnings=_cautions(parts, origin),
        notes=[NoteEntry(path=note.path, reason=note.reason) for note in dict.fromkeys(notes)],
        execution=dict(origin.execution),
    )


def _privacy(privacy: Privacy) -> PrivacyInfo:
    return PrivacyInfo(
        dropped=list(privacy.dropped),
        hashed=dict.fromkeys(privacy.hashed, privacy.fingerprint or ""),
        protected=list(privacy.protected),
        min_group=privacy.min_group,
        include_samples=privacy.include_samples,
    )


def _data_statistics(parts: Parts, preprocessing: Mapping[str, Any]) -> DataStatistics:
    dataset, space, fate = parts.dataset, parts.space, parts.fate
    counts = np.bincount(fate.status, minlength=4).tolist()
    return DataStatistics(
        n_rows=dataset.n_rows,
        n_columns=len(dataset.frame.columns),
        n_features=len(dataset.features),
        n_clustered=counts[0],
        n_noise=counts[1],
        n_excluded=counts[2],
        n_dropped=counts[3],
        n_dimensions=space.points.n_columns,
        features_left_out=[ExcludedColumn(column=entry.column, reason=entry.reason) for entry in (*dataset.left_out, *space.left_out)],
        feature_statistics=parts.explanation.feature_statistics,
        preprocessing={
            "columns": told_columns(space.columns, dataset),
            "distance": "gower" if space.points.metric == "manhattan" else "euclidean",
            "embedding": space.embedding,
            "explained_variance": None if space.explained_variance is None else list(space.explained_variance),
            "outlier_method": space.outlier_method,
            "steps": [step.name for step in space.steps],
            **{name: preprocessing[name] for name in ("missing_values", "categorical", "text", "transform", "scaling")},
        },
    )
