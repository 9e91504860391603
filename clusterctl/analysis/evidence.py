"""What one run knows of its own result: what advice and caveats are drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from clusterctl.results.models import NullComparison, Stability

DISSOLVED = 0.6
"""Hennig (2007): a cluster with a mean Jaccard below .6 should not be trusted."""
NULL_METRICS = ("silhouette_score", "calinski_harabasz_score", "davies_bouldin_score", "dbcv")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one run knows of its own result.

    n_rows: clustered and noise rows. n_dimensions: columns of the clustering space. sizes: rows a cluster, falling. chosen: whether
    the number of clusters was `auto`. scores: metric name -> value, None where it does not exist. stability, null: as in `validation`,
    None when not computed. parameters: the algorithm's, as used. features: names clustered on. numbers: what clusters 0, 1, … are called;
    None: that.
    """

    algorithm: str
    takes_n_clusters: bool
    n_rows: int
    n_dimensions: int
    sizes: tuple[int, ...]
    noise_fraction: float | None
    n_features: int
    chosen: bool = False
    scores: Mapping[str, float | None] = field(default_factory=dict)
    stability: Stability | None = None
    null: Mapping[str, NullComparison] | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    embedding: str = "none"
    scaling: str = "standard"
    connected: bool = False
    n_excluded: int = 0
    n_dropped: int = 0
    numbers: tuple[int, ...] | None = None

    @property
    def n_clusters(self) -> int:
        """Clusters found."""
        return len(self.sizes)

    def called(self, cluster: int) -> int:
        """Return the number that a cluster is known by."""
        return cluster if self.numbers is None else self.numbers[cluster]

    @property
    def unstable(self) -> tuple[int, ...]:
        """Numbers of the clusters that are not found again on resamples."""
        per_cluster = self.stability.per_cluster if self.stability else []
        return tuple(self.called(cluster) for cluster, value in enumerate(per_cluster) if value is not None and value < DISSOLVED)

    @property
    def null_p_value(self) -> float | None:
        """The p-value of one null comparison; None when there is none.

        One that is settled beforehand, so that nothing is picked by its result: of dbcv for clusters that hang together in any shape,
        else of the silhouette, and where it is missing of the next there is. (With 20 draws a correction for several could never be met.)
        """
        compared = self.null or {}
        order = ("dbcv", *NULL_METRICS) if self.connected or not self.takes_n_clusters else NULL_METRICS
        return next((compared[name].p_value for name in order if name in compared), None)
