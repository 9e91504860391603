"""Agglomerative clustering: a tree of merges, cut at a number of clusters or at a height."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from clusterctl.algorithms.base import AlgorithmSpec, Cost, Parameters, Settings

if TYPE_CHECKING:
    from clusterctl.values.clustering import Clustering
    from clusterctl.values.space import Points

Linkage = Literal["ward", "average", "complete", "single", "weighted", "centroid", "median"]
EUCLIDEAN_ONLY = frozenset({"ward", "centroid", "median"})


class HierarchicalParameters(Parameters):
    """scikit-learn's names and defaults (AgglomerativeClustering), and the linkages that scipy has beside them."""

    linkage: Linkage = "ward"
    """What the distance of two groups is: ward (growth of the sum of squares), average, complete, single, weighted, centroid, median."""
    metric: Literal["euclidean", "manhattan", "chebyshev", "cosine"] = "euclidean"
    """The distance of two rows; ward, centroid and median take euclidean alone."""
    distance_threshold: float | None = Field(default=None, gt=0)
    """Groups at this distance or more are not merged; in place of n_clusters."""

    @model_validator(mode="after")
    def _check_pair(self) -> HierarchicalParameters:
        if self.linkage in EUCLIDEAN_ONLY and self.metric != "euclidean":
            raise ValueError(f"linkage {self.linkage} is defined for metric euclidean alone, not {self.metric}")
        return self


def build(points: Points, settings: Settings, n_jobs: int) -> Any:
    """Fit."""
    raise NotImplementedError


def cut(structure: Any, settings: Settings) -> Clustering:
    """Label."""
    raise NotImplementedError


def cost(n: int, d: int, settings: Settings, mean_neighbours: float | None) -> Cost:
    """Return the peak of memory beside the points."""
    return Cost(8 * n * (n - 1) // 2, "8 n (n - 1) / 2")


SPEC = AlgorithmSpec(
    name="hierarchical",
    title="agglomerative clustering",
    parameters=HierarchicalParameters,
    takes_n_clusters=True,
    makes_noise=False,
    uses_random_state=False,
    metrics=frozenset({"euclidean", "manhattan"}),
    structure_settings=frozenset({"linkage", "metric"}),
    build=build,
    cut=cut,
    cost=cost,
    source="Ward 1963 (JASA 58); Müllner 2013 (J. Stat. Softw. 53, fastcluster)",
)
