"""OPTICS: the rows in the order in which density reaches them, and the valleys of that curve as clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, model_validator

from clusterctl.algorithms.base import AlgorithmSpec, Cost, Parameters, Settings
from clusterctl.algorithms.distance import Distance

if TYPE_CHECKING:
    from clusterctl.values.clustering import Clustering
    from clusterctl.values.space import Points

Count = Annotated[int, Field(ge=2)]
Share = Annotated[float, Field(gt=0, lt=1)]


class OPTICSParameters(Parameters):
    """scikit-learn's names and defaults; max_eps null is its infinity."""

    min_samples: Count | Share = 5
    """How many rows, the row itself counted, set its core distance; a number below 1 is a share of the rows."""
    max_eps: float | None = Field(default=None, gt=0)
    """Rows further apart are never neighbours; null: no limit. A limit saves most of the time."""
    metric: Distance = "euclidean"
    """The distance."""
    cluster_method: Literal["xi", "dbscan"] = "xi"
    """xi: clusters are the steep valleys of the reachability curve; dbscan: the curve is cut at eps."""
    eps: float | None = Field(default=None, gt=0)
    """Where dbscan cuts; null: at max_eps."""
    xi: float = Field(default=0.05, gt=0, lt=1)
    """How steep the sides of a valley are: by this share from one row to the next."""
    predecessor_correction: bool = True
    """Whether a cluster's end is put right by the rows it was reached from (Schubert & Gertz 2018)."""
    min_cluster_size: Count | Share | None = None
    """The smallest cluster of xi; a number below 1 is a share of the rows; null: min_samples."""

    @model_validator(mode="after")
    def _check_eps(self) -> OPTICSParameters:
        if self.eps is not None and self.max_eps is not None and self.eps > self.max_eps:
            raise ValueError(f"eps {self.eps} is above max_eps {self.max_eps}")
        return self


def build(points: Points, settings: Settings, n_jobs: int) -> Any:
    """Fit."""
    raise NotImplementedError


def cut(structure: Any, settings: Settings) -> Clustering:
    """Label."""
    raise NotImplementedError


def cost(n: int, d: int, settings: Settings, mean_neighbours: float | None) -> Cost:  # noqa: ARG001
    """Return the peak of memory beside the points."""
    return Cost(8 * n * (d + 16), "8 n (d + 16)")


SPEC = AlgorithmSpec(
    name="optics",
    title="OPTICS",
    parameters=OPTICSParameters,
    takes_n_clusters=False,
    makes_noise=True,
    uses_random_state=False,
    metrics=frozenset({"euclidean", "manhattan"}),
    structure_settings=frozenset({"min_samples", "max_eps", "metric"}),
    build=build,
    cut=cut,
    cost=cost,
    source="Ankerst, Breunig, Kriegel & Sander 1999 (SIGMOD); Schubert & Gertz 2018 (LWDA)",
)
