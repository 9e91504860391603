"""The part of the output schema that says how a result came about."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from clusterctl.results.base import Document
from clusterctl.results.characteristics import CategoricalStatistics, NumericStatistics


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


class PrivacyInfo(Document):
    """What of the table was withheld, by `privacy` of the config."""

    dropped: list[str] = Field(default_factory=list)
    """Columns that were taken out before anything looked at them."""
    hashed: dict[str, str] = Field(default_factory=dict)
    """Column → what tells its key from another: 16 hex digits, the same for the same key."""
    protected: list[str] = Field(default_factory=list)
    """Columns never clustered on, by which clusters are compared in `cluster_analysis.protected`."""
    min_group: int = 1
    """Statistics of fewer rows are withheld."""
    include_samples: bool = True
    """Whether single rows are told of."""


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
    privacy: PrivacyInfo = PrivacyInfo()
    warnings: list[WarningEntry]
    notes: list[NoteEntry]
    execution: dict[str, Any]
    """Host, threads, jobs, seconds a stage, peak memory, paths: differs from run to run."""
