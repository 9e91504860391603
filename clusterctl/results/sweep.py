"""The schema of `sweep.json` as models, printed by `clusterctl schema output --sweep`; and of what a trial leaves in the journal.

Every key is always there. A value that does not exist is null, with its reason in the row's `notes` or in `metadata.notes`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict

from clusterctl.results.base import Document
from clusterctl.results.models import EvaluationMetrics, NoteEntry, NullComparison, Stability, WarningEntry


class TrialError(Document):
    """Why a trial has no result."""

    type: str
    """The error's class: ClusteringError, PreprocessingError, …; TrialTimeout and WorkerLost may pass when tried again."""
    message: str
    hint: str | None


class TrialOutcome(Document):
    """What one trial gave: the same whenever, wherever and beside whatever it was computed."""

    status: Literal["done", "failed"]
    error: TrialError | None
    space_id: str | None
    """Name of the prepared points; scores compare within one. Null where preparing failed."""
    n_clusters: int | None
    noise_fraction: float | None
    smallest_cluster: int | None
    """Rows of the smallest cluster."""
    evaluation_metrics: EvaluationMetrics | None
    """As in results.json of a run of the same config."""
    rank_space_metrics: dict[str, float | None] | None
    """The internal metrics of the same labels, in `sweep_configuration.rank_space`; null: there is none."""
    stability: Stability | None
    """With `sweep_configuration.validate`; as in results.json."""
    null: dict[str, NullComparison] | None
    """With `sweep_configuration.validate`; as in results.json."""
    chosen: dict[str, Any]
    """What `auto` became."""
    warnings: list[WarningEntry]
    notes: list[NoteEntry]
    """Why a value of this row is null; paths are within the row."""


class TrialPlace(Document):
    """Which trial a row is, and where it stands among the others."""

    trial_id: int
    settings: dict[str, Any]
    """The value that each swept path has in this trial's config; null where the config has none there."""
    config_sha256: str
    """Of the trial's config, as in results.json of a run of it."""
    rank: int | None
    """1 is best, within the space (within all, where scores compare); null: failed, a constraint is broken, or a metric does not exist."""
    on_pareto_front: bool
    """No ranked trial is at least as good in every metric of `rank_by` and better in one."""
    broken_constraints: list[str]


class TrialRow(TrialOutcome, TrialPlace):
    """A row of the sweep."""


class RankedBy(Document):
    """A metric that ranks, and which way."""

    metric: str
    best: Literal["max", "min"]


class RankSpace(Document):
    """The reference preprocessing in which all trials were scored again."""

    space_id: str
    """As a trial's own space of this preprocessing would be named."""
    features: list[str]
    """Those of the config outside the sweep."""
    preprocessing: dict[str, Any]
    n_points: int
    n_dimensions: int


class Ranking(Document):
    """How the trials were put in order."""

    rank_by: list[RankedBy]
    """First the most important: it decides between trials of equal mean rank."""
    across_spaces: bool
    """Whether ranks compare over all trials, or only within one space."""
    rank_space: RankSpace | None
    """Where the internal metrics of `rank_by` come from, as each row's `rank_space_metrics`; null: from the trial's own space."""
    constraints: dict[str, dict[str, float]]
    order: list[int]
    """Trial ids, best first; space by space where scores do not compare across them."""
    pareto_front: list[int]


class SweptSpace(Document):
    """One preprocessing that trials share."""

    space_id: str
    features: list[str]
    preprocessing: dict[str, Any]
    n_points: int
    n_dimensions: int
    n_excluded: int
    n_dropped: int
    n_trials: int
    warnings: list[WarningEntry]


class Agreement(Document):
    """How alike the labels of the best trials are."""

    trial_ids: list[int]
    """At most 50, best first."""
    adjusted_rand: list[list[float | None]]
    """Of each pair, over the rows that neither has dropped, noise being one group; null where there is no such row."""
    method: Literal["exact", "sampled"]
    n_used: int
    """Rows looked at."""


class Best(Document):
    """The trial whose complete run is in `best/`."""

    trial_id: int
    settings: dict[str, Any]
    config_sha256: str


class SweepResults(Document):
    """What the sweep found."""

    best: Best | None
    ranking: Ranking
    spaces: list[SweptSpace]
    agreement: Agreement | None
    trials: list[TrialRow]
    """In plan order."""


class SweepMetadata(Document):
    """How the sweep came about."""

    schema_version: Literal["1"]
    version: str
    processing_timestamp: datetime
    processing_duration: float
    n_trials: int
    n_failed: int
    n_merged: int
    """Combinations that were the same as an earlier one."""
    config: dict[str, Any]
    """The resolved config without `output` and `execution`."""
    config_sha256: str
    data_sha256: str
    random_state: int
    libraries: dict[str, str]
    user_metadata: dict[str, Any]
    warnings: list[WarningEntry]
    notes: list[NoteEntry]
    execution: dict[str, Any]
    """Host, jobs, executor, seconds a stage, peak memory, paths, what was resumed: differs from sweep to sweep."""


class SweepDocument(Document):
    """`sweep.json`, whole."""

    model_config = ConfigDict(title="clusterctl sweep", json_schema_extra={"$schema": "https://json-schema.org/draft/2020-12/schema"})

    sweep_results: SweepResults
    metadata: SweepMetadata
