"""From scores to the document that is written: `evaluation.json` as models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clusterctl import __version__
from clusterctl.engine.document import evaluation_metrics, method_notes
from clusterctl.engine.evaluation import VALIDATION_PATH, score_notes
from clusterctl.engine.nulls import standing_notes
from clusterctl.engine.withholding import withhold_silhouettes
from clusterctl.results.evaluation import EvaluationDocument, EvaluationMetadata, EvaluationResults, RowCounts, ScoredCluster, ScoredSpace
from clusterctl.results.models import NoteEntry, Validation, WarningEntry
from clusterctl.values.privacy import OPEN, Privacy
from clusterctl.values.remarks import Caution, Note

if TYPE_CHECKING:
    from datetime import datetime

    from clusterctl.engine.labelled import Marks, Placed
    from clusterctl.engine.rescoring import Rescored
    from clusterctl.results.evaluation import Evaluated
    from clusterctl.results.models import GateResult, NullComparison, ResultsDocument, Stability
    from clusterctl.values.score import Score

ROOT = "evaluation_results"
METRICS_PATH, VALIDATED = f"{ROOT}.evaluation_metrics", f"{ROOT}.validation"
FOREIGN = "the labels are not those of a run, so it is not known how to find them again"
REASONS: tuple[tuple[str, str], ...] = (
    (f"{METRICS_PATH}.noise_policies.*.*", "under this treatment of noise the metric is not defined"),
    (f"{METRICS_PATH}.noise_fraction", "no row is clustered or noise"),
    (f"{ROOT}.clusters[*].silhouette", "no row of the cluster was scored, or there are no two clusters"),
    (f"{VALIDATED}.silhouette_per_cluster[*]", "no row of the cluster was scored"),
    (f"{VALIDATED}.silhouette_per_cluster", "the silhouette needs at least two clusters"),
    (f"{VALIDATED}.stability.per_cluster[*]", "too few rows of the cluster are in the sample"),
    (f"{VALIDATED}.stability.*", "too few resamples gave a value"),
    (f"{VALIDATED}.null.*.mean", "no draw without clusters had a score"),
    (f"{VALIDATED}.null.*.sd", "fewer than two draws without clusters had a score"),
    (f"{VALIDATED}.gates[*].value", "the value does not exist for this labelling, so the gate fails"),
    ("metadata.evaluated.labels", "the labels are in the target itself"),
    ("metadata.evaluated.label_column", "the labels are the run's own"),
    ("metadata.evaluated.noise_label", "a run says itself which rows are noise"),
    ("metadata.evaluated.truth", "no column was named to compare with"),
    ("metadata.evaluated.algorithm", "the labels are not those of a run"),
    ("metadata.config_sha256", "the target is a table, which no config belongs to"),
    ("metadata.labels_sha256", "the labels are in the target itself"),
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Stability and null comparison, stored or computed anew; None where they do not exist, and then `notes` say why."""

    stability: Stability | None
    null: dict[str, NullComparison] | None
    notes: tuple[Note, ...] = ()
    recomputed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvaluationOrigin:
    """Where an evaluation comes from: all of `metadata` that the scores do not tell."""

    evaluated: Evaluated
    config_sha256: str | None
    data_sha256: str
    labels_sha256: str | None
    random_state: int
    started: datetime
    seconds: float
    libraries: Mapping[str, str]
    execution: Mapping[str, Any]
    warnings: tuple[WarningEntry, ...] = ()
    privacy: Privacy = OPEN


def foreign_evidence() -> Evidence:
    """Return the evidence about labels from elsewhere: none."""
    return Evidence(None, None, (Note(f"{VALIDATED}.stability", FOREIGN), Note(f"{VALIDATED}.null", FOREIGN)))


def stored_evidence(document: ResultsDocument) -> Evidence:
    """Return the evidence as a run has it, with its reasons for what it does not have."""
    validation = document.clustering_results.validation
    parts = tuple(f"{VALIDATION_PATH}.{name}" for name in ("stability", "null"))
    notes = [
        Note(VALIDATED + note.path.removeprefix(VALIDATION_PATH), note.reason)
        for note in document.metadata.notes
        if note.path.startswith(parts)
    ]
    return Evidence(validation.stability, validation.null, tuple(notes))


def assemble_evaluation(
    marks: Marks,
    placed: Placed,
    rescored: Rescored,
    scores: Sequence[Score],
    evidence: Evidence,
    gates: Sequence[GateResult],
    origin: EvaluationOrigin,
) -> EvaluationDocument:
    """Return evaluation.json as a document; every null in it has its reason in `metadata.notes`."""
    by_cluster: list[float | None] | None = None
    withheld: list[Note] = []
    if rescored.silhouettes is not None:
        by_cluster = [None if np.isnan(value) else float(value) for value in rescored.silhouettes]
        by_cluster, withheld = _withhold(by_cluster, rescored, origin.privacy)
    results = EvaluationResults(
        n_clusters=len(marks.cluster_ids),
        clusters=_clusters(marks, rescored, by_cluster),
        counts=_counts(marks, placed),
        evaluation_metrics=evaluation_metrics(scores, rescored.noise_fraction),
        validation=Validation(stability=evidence.stability, null=evidence.null, silhouette_per_cluster=by_cluster, gates=list(gates)),
    )
    found = (*score_notes(scores, METRICS_PATH), *method_notes(scores, METRICS_PATH), *evidence.notes, *withheld)
    metadata = _metadata(placed, evidence, origin, found)
    tree = {ROOT: results.model_dump(), "metadata": metadata.model_dump(exclude={"execution"})}
    standing = [NoteEntry(path=note.path, reason=note.reason) for note in standing_notes(tree, found, REASONS)]
    return EvaluationDocument(evaluation_results=results, metadata=metadata.model_copy(update={"notes": [*metadata.notes, *standing]}))


def _withhold(values: list[float | None], rescored: Rescored, privacy: Privacy) -> tuple[list[float | None], list[Note]]:
    """Return the silhouettes without those of clusters of too few rows, and why they are null."""
    small = [place for place, size in enumerate(rescored.sizes.tolist()) if privacy.hides(size)]
    told, notes = withhold_silhouettes(values, small, privacy.reason, f"{VALIDATED}.silhouette_per_cluster")
    return told, [*notes, *(Note(f"{ROOT}.clusters[{place}].silhouette", privacy.reason) for place in small)]


def _clusters(marks: Marks, rescored: Rescored, by_cluster: list[float | None] | None) -> list[ScoredCluster]:
    counted = int((marks.has_label & ~marks.excluded).sum())
    return [
        ScoredCluster(
            cluster_id=number,
            label=marks.names[place],
            size=int(rescored.sizes[place]),
            share=int(rescored.sizes[place]) / counted,
            silhouette=None if by_cluster is None else by_cluster[place],
        )
        for place, number in enumerate(marks.cluster_ids)
    ]


def _counts(marks: Marks, placed: Placed) -> RowCounts:
    counted = marks.has_label & ~marks.excluded
    n_counted, n_clustered = int(counted.sum()), int((counted & (marks.labels >= 0)).sum())
    return RowCounts(
        n_rows=len(marks.labels),
        n_clustered=n_clustered,
        n_noise=n_counted - n_clustered,
        n_excluded=int(marks.excluded.sum()),
        n_unlabelled=int((~marks.has_label).sum()),
        n_scored=len(placed.rows),
        n_not_in_space=n_counted - len(placed.rows),
    )


def _metadata(placed: Placed, evidence: Evidence, origin: EvaluationOrigin, notes: Sequence[Note]) -> EvaluationMetadata:
    return EvaluationMetadata(
        schema_version="1",
        version=__version__,
        processing_timestamp=origin.started,
        processing_duration=origin.seconds,
        evaluated=origin.evaluated,
        space=ScoredSpace(
            source="stored" if placed.source == "stored" else "prepared",
            scaling=placed.scaling,
            distance="gower" if placed.points.metric == "manhattan" else "euclidean",
            embedding=placed.embedding,
            features=list(placed.features),
            n_dimensions=placed.points.n_columns,
        ),
        recomputed=list(evidence.recomputed),
        config_sha256=origin.config_sha256,
        data_sha256=origin.data_sha256,
        labels_sha256=origin.labels_sha256,
        random_state=origin.random_state,
        libraries=dict(origin.libraries),
        warnings=list(dict.fromkeys(origin.warnings)),
        notes=[NoteEntry(path=note.path, reason=note.reason) for note in dict.fromkeys(notes)],
        execution=dict(origin.execution),
    )


def as_warnings(cautions: Sequence[Caution]) -> tuple[WarningEntry, ...]:
    """Return cautions as they are written."""
    return tuple(WarningEntry(code=caution.code, message=caution.message) for caution in cautions)
