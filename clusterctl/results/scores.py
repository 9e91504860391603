"""The part of the output schema that says how good the clusters are."""

from __future__ import annotations

from typing import Literal

from clusterctl.results.base import Document


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
