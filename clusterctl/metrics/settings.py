"""The config section `evaluation_configuration`."""

from __future__ import annotations

from pydantic import Field, model_validator

from clusterctl.strict import StrictModel


class Gate(StrictModel):
    """Bounds of one value; equality passes."""

    min: float | None = None
    max: float | None = None
    warn_min: float | None = None
    warn_max: float | None = None

    @model_validator(mode="after")
    def _has_a_bound(self) -> Gate:
        if self.min is None and self.max is None and self.warn_min is None and self.warn_max is None:
            raise ValueError("a gate needs one of min, max, warn_min, warn_max")
        return self


class EvaluationConfiguration(StrictModel):
    """What is computed about the clusters that were found."""

    evaluation_metrics: tuple[str, ...] | None = Field(default=None, strict=False)
    """Metrics by name; default: all that apply."""
    cross_validation: bool = True
    """Resampling stability: are the clusters found again?"""
    silhouette_analysis: bool = True
    """Silhouette a row and a cluster."""
    cluster_validation: bool = True
    """Scores beside a null reference without clusters, and warnings."""
    gates: dict[str, Gate] = Field(default_factory=dict)
    """Bounds that the result must keep: metric, n_clusters, noise_fraction, smallest_cluster, stability or prediction_strength → bounds."""
