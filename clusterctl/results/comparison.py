"""The schema of what `compare` gives, as models, printed by `clusterctl schema output --compare`.

Every key is always there. A value that does not exist is null, with its reason beside it or in `metadata.notes`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict

from clusterctl.results.base import Document
from clusterctl.results.models import GateResult, NoteEntry, WarningEntry

ClusterId = int | str
"""The number of a run's cluster, or the label of a table; -1: noise and excluded rows."""


class ComparedSide(Document):
    """One of the two labellings."""

    name: str
    kind: Literal["run", "labels"]
    algorithm: str | None
    n_rows: int
    n_clusters: int
    n_outside: int
    """Rows that have a label and are in no cluster: noise and excluded ones."""
    n_unlabelled: int
    """Rows without a label: dropped for missing values, or an empty label."""
    data_sha256: str | None
    config_sha256: str | None


class ComparedRows(Document):
    """Which rows were compared."""

    matched_by: Literal["sample_id", "position"]
    n_common: int
    """Rows in both."""
    n_compared: int
    """Rows in both that have a label in both: what the scores, the matching and the fates are of."""
    n_only_a: int
    n_only_b: int
    only_a: list[str]
    """The first hundred ids, in the order of A; none where rows have none, or a run tells of no single row (privacy.include_samples)."""
    only_b: list[str]


class ClusterMatch(Document):
    """A cluster of A and the one of B that carries it on."""

    cluster_a: ClusterId
    cluster_b: ClusterId
    n_common: int
    jaccard: float
    """Rows in both over rows in either, of the rows compared."""


class Flow(Document):
    """How many of the compared rows went from one cluster to another."""

    cluster_a: ClusterId
    cluster_b: ClusterId
    n_rows: int
    share_of_a: float
    """Of the compared rows of `cluster_a`."""
    share_of_b: float


class ClusterFate(Document):
    """One thing that happened to clusters."""

    fate: Literal["kept", "grown", "shrunk", "split_into", "merged_from", "born", "gone"]
    clusters_a: list[ClusterId]
    clusters_b: list[ClusterId]
    n_rows_a: int
    """All rows of `clusters_a`, those that B does not have too."""
    n_rows_b: int
    n_common: int
    """Compared rows that are in `clusters_a` and in `clusters_b`."""
    flows: list[Flow]
    """From `clusters_a` to `clusters_b`; of one that is gone the three largest it went to, of one that is born those it came from."""


class FateRules(Document):
    """The thresholds of the fates."""

    majority: float
    """Two clusters are related when their common rows are more than this share of one,"""
    part: float
    """and at least this share of the other: one to one goes on, one to several is split, several to one are merged, to none is gone."""
    size_change: float
    """A cluster that goes on has grown or shrunk when its rows changed by more than this share of those in A."""


class FeatureChange(Document):
    """How a feature differs between a cluster of A and the one of B that carries it on."""

    cluster_a: ClusterId
    cluster_b: ClusterId
    feature: str
    kind: Literal["numeric", "categorical", "boolean"]
    category: str | None
    """The category whose share changed most; null for numbers."""
    value_a: float
    """The mean in original units, or the share of the category."""
    value_b: float
    effect: float | None
    """Numbers: the difference over the standard deviation of all rows of A; shares: Cohen's h. Null: the feature does not vary in A."""


class FeatureDrift(Document):
    """How the values of a feature differ between the two tables, whatever the clusters."""

    feature: str
    kind: Literal["numeric", "categorical", "boolean", "text", "date", "unusable"]
    psi: float | None
    """Population stability index: sum of (b - a) ln(b / a) over the shares of bins (numbers: tenths of A) or of categories."""
    psi_by_chance: float | None
    """What the index stays below in 95 of 100 pairs of tables without drift."""
    ks: float | None
    """Largest distance of the two distribution functions (Kolmogorov-Smirnov)."""
    ks_p_value: float | None
    """Of two independent tables; the same rows measured twice differ less, and then it is too large."""
    mean_change: float | None
    """Difference of the means over the standard deviation of A, of all rows."""
    missing_a: float | None
    """Share of rows without a value."""
    missing_b: float | None
    level: Literal["none", "moderate", "large"] | None
    """Of the index: large above 0.25, moderate above 0.1, and none where it is no more than chance would give."""
    computed_on: str | None
    """Which rows the index and the distance are of."""
    reason: str | None
    """Why a value is null."""


class ComparisonScores(Document):
    """How alike the two labellings are, on the rows compared; rows in no cluster count as one group."""

    adjusted_rand_score: float
    adjusted_mutual_info_score: float
    moved_fraction: float
    """Rows that are not in the cluster that carries theirs on, over the rows compared."""
    n_moved: int


class FateCounts(Document):
    """How many clusters (splits: of A; mergers: of B) had which fate."""

    n_kept: int
    n_grown: int
    n_shrunk: int
    n_split: int
    n_merged: int
    n_born: int
    n_gone: int


class Comparison(Document):
    """Two labellings side by side."""

    a: ComparedSide
    b: ComparedSide
    rows: ComparedRows
    scores: ComparisonScores
    counts: FateCounts
    rules: FateRules
    fates: list[ClusterFate]
    matches: list[ClusterMatch]
    flows: list[Flow]
    """Every pair of groups with rows in common, by rising numbers, -1 last."""
    feature_changes: list[FeatureChange] | None
    """Null where a side is no run."""
    drift: list[FeatureDrift] | None
    """Null where a side is no run."""
    gates: list[GateResult]


class ComparisonMetadata(Document):
    """How the comparison came about."""

    schema_version: Literal["1"]
    version: str
    warnings: list[WarningEntry]
    notes: list[NoteEntry]


class ComparisonDocument(Document):
    """What `compare` writes, whole."""

    model_config = ConfigDict(title="clusterctl comparison", json_schema_extra={"$schema": "https://json-schema.org/draft/2020-12/schema"})

    comparison: Comparison
    metadata: ComparisonMetadata
