"""The schema of `recommendation.json` as models, printed by `clusterctl schema output --recommend`.

Every key is always there. A value that does not exist is null, with its reason in `metadata.notes`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict

from clusterctl.results.base import Document
from clusterctl.results.metadata import NoteEntry, WarningEntry


class RedFlagEntry(Document):
    """Something in the table itself that makes any recommendation doubtful."""

    code: str
    message: str
    columns: list[str]
    remedy: str | None
    """The config key to set, `preprocessing_configuration.scaling: standard`; null: nothing to set would help."""


class TendencySign(Document):
    """One sign of whether there are clusters at all."""

    name: str
    value: float
    push: float | None
    """By how much it moves the logit of the strength: above 0 towards clusters; null: it only weighs others."""
    meaning: str


class Tendency(Document):
    """Whether there are clusters at all."""

    verdict: Literal["none", "weak", "clear"]
    strength: float
    """In [0, 1], by the calibrated rule: the larger, the clearer."""
    signs: list[TendencySign]
    n_used: int
    """Rows of the sample that was looked at."""


class CandidateRow(Document):
    """A way of clustering that is worth a look, as a config that `run` takes as it is."""

    rank: int
    config: str
    """Its file in the folder, `candidates/1.yaml`."""
    algorithm: str
    parameters: dict[str, Any]
    """Those that differ from the defaults."""
    n_clusters: int
    """Clusters found on all rows."""
    cluster_sizes: list[int]
    noise_fraction: float
    strategy: Literal["exact", "sample"]
    """How it is fitted on all rows: `sample` where all at once would not go into memory or take long."""
    score: float
    """The weighted sum of all evidence; only differences within one recommendation mean something."""
    belief: float
    """Its share of the belief among all candidates."""
    confidence: float
    """Calibrated chance that this is the right number of clusters."""
    evidence: dict[str, float | None]
    """Each kind of evidence, on the sample."""
    lifts: dict[str, float]
    """By how much each kind lifts the score above the first candidate's (of the first: the second's; of the only one: the mean of all)."""
    speaks_for: list[str]
    speaks_against: list[str]
    fitness: str
    """How the algorithm's idea of a cluster suits the shape of these."""
    agreement_with_first: float
    """Adjusted Rand index with the labels of the first candidate, on all rows."""


class ConsideredCandidate(Document):
    """One of all partitions that were compared."""

    family: str
    n_clusters: int
    score: float
    belief: float
    silhouette: float
    excess: float
    """The silhouette less what data without clusters give at this number."""


class SensitivityCheck(Document):
    """Whether another preparation of the same table tells another story."""

    change: str
    """`scaling: robust`, `without feature x`, `another 80 % of the rows`."""
    optimal_clusters: int
    evidence: Literal["none", "weak", "clear"]
    adjusted_rand: float | None
    """Of its best labels with the first candidate's, on the rows of both; null where one finds no clusters."""
    agrees: bool
    """The number of clusters lies in `k_interval`, or the labels agree by an adjusted Rand index of at least 0.8."""


class Budget(Document):
    """How much work went into it."""

    name: Literal["fast", "normal", "thorough"]
    """Of a budget in seconds the one that its fixed marks give; it may take longer."""
    seconds: float | None
    """Asked for; null: a named budget, which is a fixed amount of work and gives the same answer every time."""
    reproducible: bool
    n_candidates: int
    """Partitions that were made, nearly equal ones counted once."""
    n_used: int
    """Rows of the sample on which they were compared."""


class Recommendations(Document):
    """What is recommended, and on what evidence."""

    optimal_clusters: int
    """1: no clusters."""
    algorithm_recommendation: str | None
    """Null where there are no clusters."""
    parameter_suggestions: dict[str, Any]
    """Dotted config path → value, of the first candidate."""
    interpretation_guidance: list[str]
    evidence: Literal["none", "weak", "clear"]
    confidence: float
    """Calibrated chance that `optimal_clusters` is right: of the answers said to be 80 % sure about 80 % are."""
    k_interval: tuple[int, int]
    """The numbers of clusters that together have at least 80 % of the confidence."""
    red_flags: list[RedFlagEntry]
    tendency: Tendency
    belief_in_k: dict[str, float]
    """Number of clusters → share of the belief of all candidates with so many."""
    candidates: list[CandidateRow]
    """At most three that differ, the best first; those of the second-best story too where there are no clusters."""
    considered: list[ConsideredCandidate]
    sensitivity: list[SensitivityCheck] | None
    """Null with the fast budget."""
    agreement: list[list[float]]
    """Adjusted Rand index between the candidates, on all rows."""
    budget: Budget


class RecommendationMetadata(Document):
    """How the recommendation came about."""

    schema_version: Literal["1"]
    version: str
    processing_timestamp: datetime
    processing_duration: float
    n_rows: int
    n_features: int
    n_dimensions: int
    features: list[str]
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
    """Host, jobs, seconds a stage, peak memory, paths: differs from time to time."""


class RecommendationDocument(Document):
    """`recommendation.json`, whole."""

    model_config = ConfigDict(
        title="clusterctl recommendation", json_schema_extra={"$schema": "https://json-schema.org/draft/2020-12/schema"}
    )

    recommendations: Recommendations
    metadata: RecommendationMetadata
