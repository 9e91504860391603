"""The schema of `evaluation.json` as models, printed by `clusterctl schema output --evaluate`.

Every key is always there. A value that does not exist is null, with its reason in `metadata.notes`; no NaN, no infinity.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict

from clusterctl.results.base import Document
from clusterctl.results.models import EvaluationMetrics, NoteEntry, Validation, WarningEntry


class ScoredCluster(Document):
    """One cluster of the labelling."""

    cluster_id: int
    """Of a run its cluster's number; of other labels 0, 1, … by falling size."""
    label: str
    """The cluster as the labels name it."""
    size: int
    """Rows with this label."""
    share: float
    """Of the clustered and noise rows."""
    silhouette: float | None


class RowCounts(Document):
    """What became of the rows of the table."""

    n_rows: int
    n_clustered: int
    n_noise: int
    n_excluded: int
    """Of a run: excluded as outliers; no score looks at them but the external ones, where they are noise."""
    n_unlabelled: int
    """Rows without a label: left out (of a run the dropped rows)."""
    n_scored: int
    """Labelled rows that the internal metrics look at."""
    n_not_in_space: int
    """Labelled rows that lack a value, so that no distance can be computed: the external metrics alone look at them."""


class EvaluationResults(Document):
    """How good the labelling is."""

    n_clusters: int
    clusters: list[ScoredCluster]
    counts: RowCounts
    evaluation_metrics: EvaluationMetrics
    """As in results.json."""
    validation: Validation
    """As in results.json; stability and null are those of the run."""


class Evaluated(Document):
    """What was evaluated."""

    kind: Literal["run", "table"]
    target: str
    """The run's folder or the table, as it was named."""
    labels: str | None
    """The file that the labels come from; null: the run or the table itself."""
    label_column: str | None
    """Null for a run's own labels."""
    noise_label: str | None
    """The label that means noise; null for a run's own labels."""
    matched_by: Literal["own", "id", "position"]
    """How labels and rows were matched: they lie in one table, share ids, or stand in the same order."""
    truth: str | None
    """The column that the external metrics compare with."""
    algorithm: str | None
    """Of a run's own labels."""


class ScoredSpace(Document):
    """The space that the internal metrics are computed in."""

    source: Literal["stored", "prepared"]
    """`stored`: the run's own clustering space; `prepared`: made for this evaluation."""
    scaling: str
    distance: Literal["euclidean", "gower"]
    embedding: str
    features: list[str]
    n_dimensions: int


class EvaluationMetadata(Document):
    """How the evaluation came about."""

    schema_version: Literal["1"]
    version: str
    processing_timestamp: datetime
    processing_duration: float
    evaluated: Evaluated
    space: ScoredSpace
    recomputed: list[Literal["stability", "null"]]
    """What was computed anew by refitting the run."""
    config_sha256: str | None
    """Of the run's config; null for a table."""
    data_sha256: str
    """Of the table's bytes as fetched."""
    labels_sha256: str | None
    """Of the label file's bytes, or of labels given as values their JSON list; null where the labels are in the run or the table itself."""
    random_state: int
    """Seed of the samples that large tables are scored on."""
    libraries: dict[str, str]
    warnings: list[WarningEntry]
    notes: list[NoteEntry]
    execution: dict[str, Any]
    """Host, threads, jobs, seconds a stage, peak memory: differs from time to time."""


class EvaluationDocument(Document):
    """`evaluation.json`, whole."""

    model_config = ConfigDict(title="clusterctl evaluation", json_schema_extra={"$schema": "https://json-schema.org/draft/2020-12/schema"})

    evaluation_results: EvaluationResults
    metadata: EvaluationMetadata
