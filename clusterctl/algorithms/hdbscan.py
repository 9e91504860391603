"""HDBSCAN*: the clusters that last longest as the density that counts as dense rises; the rest is noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from clusterctl.algorithms.base import AlgorithmSpec, Cost, Parameters, Settings
from clusterctl.algorithms.distance import Distance

if TYPE_CHECKING:
    from clusterctl.values.clustering import Clustering
    from clusterctl.values.space import Points


class HDBSCANParameters(Parameters):
    """hdbscan's names and defaults, but the spanning tree is exact."""

    min_cluster_size: int = Field(default=5, ge=2)
    """The smallest group that is a cluster."""
    min_samples: int | None = Field(default=None, ge=1)
    """How many nearest rows, the row itself left out, set its density: more means smoother and more noise. null: min_cluster_size."""
    metric: Distance = "euclidean"
    """The distance."""
    alpha: float = Field(default=1.0, gt=0)
    """Distances are divided by this before they are compared with core distances (robust single linkage)."""
    cluster_selection_method: Literal["eom", "leaf"] = "eom"
    """eom: the clusters with the most excess of mass; leaf: the smallest ones, the leaves of the tree."""
    cluster_selection_epsilon: float = Field(default=0.0, ge=0)
    """Clusters are not split below this distance."""
    cluster_selection_epsilon_max: float | None = Field(default=None, gt=0)
    """Clusters that only form above this distance are split; null: no limit."""
    cluster_selection_persistence: float = Field(default=0.0, ge=0)
    """Clusters that last less than this (in 1 / distance) are merged."""
    max_cluster_size: int = Field(default=0, ge=0)
    """Larger clusters are split (eom); 0: no limit."""
    allow_single_cluster: bool = False
    """Whether all rows together may be the one cluster."""
    approx_min_span_tree: bool = False
    """The library's faster spanning tree, which can change the clusters; its own default is true."""

    @model_validator(mode="after")
    def _check_range(self) -> HDBSCANParameters:
        largest = self.cluster_selection_epsilon_max
        if largest is not None and largest < self.cluster_selection_epsilon:
            raise ValueError(f"cluster_selection_epsilon_max {largest} is below cluster_selection_epsilon {self.cluster_selection_epsilon}")
        return self


def build(points: Points, settings: Settings, n_jobs: int) -> Any:
    """Fit."""
    raise NotImplementedError


def cut(structure: Any, settings: Settings) -> Clustering:
    """Label."""
    raise NotImplementedError


def cost(n: int, d: int, settings: Settings, mean_neighbours: float | None) -> Cost:  # noqa: ARG001
    """Return the peak of memory beside the points."""
    return Cost(8 * n * (d + 64), "8 n (d + 64)")


SPEC = AlgorithmSpec(
    name="hdbscan",
    title="HDBSCAN",
    parameters=HDBSCANParameters,
    takes_n_clusters=False,
    makes_noise=True,
    uses_random_state=False,
    metrics=frozenset({"euclidean", "manhattan"}),
    structure_settings=frozenset({"min_samples", "min_cluster_size", "metric", "alpha", "approx_min_span_tree"}),
    build=build,
    cut=cut,
    cost=cost,
    source="Campello, Moulavi & Sander 2013 (PAKDD); McInnes & Healy 2017 (ICDMW)",
)
