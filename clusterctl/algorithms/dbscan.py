"""DBSCAN: clusters are what dense rows reach in steps of at most eps; the rest is noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from clusterctl.algorithms.base import AlgorithmSpec, Cost, Parameters, Settings
from clusterctl.algorithms.distance import Distance

if TYPE_CHECKING:
    from clusterctl.values.clustering import Clustering
    from clusterctl.values.space import Points


class DBSCANParameters(Parameters):
    """scikit-learn's names and defaults, but eps `auto`: its 0.5 means nothing for the data at hand."""

    eps: Annotated[float, Field(gt=0)] | Literal["auto"] = "auto"
    """Two rows are neighbours up to this distance, in the clustering space. auto: from the curve of nearest-neighbour distances."""
    min_samples: int = Field(default=5, ge=1)
    """A row is dense (core) with so many rows within eps, itself counted."""
    metric: Distance = "euclidean"
    """The distance."""


def build(points: Points, settings: Settings, n_jobs: int) -> Any:
    """Fit."""
    raise NotImplementedError


def cut(structure: Any, settings: Settings) -> Clustering:
    """Label."""
    raise NotImplementedError


def cost(n: int, d: int, settings: Settings, mean_neighbours: float | None) -> Cost:
    """Return the peak of memory beside the points."""
    return Cost(8 * n * (d + 16), "8 n (d + 16)")


SPEC = AlgorithmSpec(
    name="dbscan",
    title="DBSCAN",
    parameters=DBSCANParameters,
    takes_n_clusters=False,
    makes_noise=True,
    uses_random_state=False,
    metrics=frozenset({"euclidean", "manhattan"}),
    structure_settings=frozenset({"min_samples", "metric"}),
    build=build,
    cut=cut,
    cost=cost,
    source="Ester, Kriegel, Sander & Xu 1996 (KDD); Schubert et al. 2017 (ACM TODS 42)",
)
