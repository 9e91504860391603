"""The values that the later steps of an analysis hand on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from clusterctl.results.models import (
    ClusterCenter,
    ClusterProfile,
    ClusterStatistics,
    FeatureImportance,
    GateResult,
    NullComparison,
    OutlierAnalysis,
    Recommendations,
    Stability,
)
from clusterctl.results.protected import ProtectedCategories, ProtectedNumbers
from clusterctl.values.remarks import Caution, Note
from clusterctl.values.score import Score

if TYPE_CHECKING:
    from clusterctl.engine.agreement import Foresight
    from clusterctl.engine.numbering import Numbering
    from clusterctl.engine.pipeline import Fit
    from clusterctl.results.assignments import Fate
    from clusterctl.values.dataset import Dataset
    from clusterctl.values.space import Space


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How good the clusters are.

    scores: one a metric that was asked for. silhouette_per_cluster: None when silhouette_analysis is off or there is none.
    stability, null: None when they are off or do not exist; `notes` say which.
    """

    scores: tuple[Score, ...]
    noise_fraction: float | None
    silhouette_per_cluster: tuple[float | None, ...] | None
    stability: Stability | None
    null: dict[str, NullComparison] | None
    gates: tuple[GateResult, ...]
    cautions: tuple[Caution, ...] = ()
    notes: tuple[Note, ...] = ()

    def value(self, name: str) -> float | None:
        """Return the headline value of a metric; None where it does not exist or was not asked for."""
        return next((score.value for score in self.scores if score.name == name), None)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the clusters are."""

    centers: list[ClusterCenter]
    statistics: list[ClusterStatistics]
    importance: list[FeatureImportance]
    profiles: list[ClusterProfile]
    outliers: OutlierAnalysis
    recommendations: Recommendations
    feature_statistics: dict[str, dict[str, Any]]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawings:
    """The pictures of a run.

    pictures: plot type → PNG. pages: plot type → HTML.
    failed: plot type → what went wrong, for those that could not be drawn though they apply.
    """

    pictures: dict[str, bytes] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    arrays: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the steps of one analysis found."""

    dataset: Dataset
    space: Space
    fit: Fit
    fate: Fate
    evaluation: Evaluation
    explanation: Explanation
    drawings: Drawings
    numbering: Numbering
    foresight: Foresight
    protected: tuple[ProtectedCategories | ProtectedNumbers, ...] = ()
