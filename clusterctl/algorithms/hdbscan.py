"""HDBSCAN*: the clusters that last longest as the density that counts as dense rises; the rest is noise."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from clusterctl.algorithms.base import AlgorithmSpec, Cost, Parameters, Settings, settings_key
from clusterctl.algorithms.distance import Distance, check_finite, distance_of
from clusterctl.values.prediction import FittedModel, Predict, Prediction, PredictRule
from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    import numpy as np

    from clusterctl.values.clustering import Clustering
    from clusterctl.values.space import Points


class HDBSCANParameters(Parameters):
    """hdbscan's names and defaults, but the spanning tree is exact."""

    min_cluster_size: int = Field(default=5, ge=2)
    """The smallest group that is a cluster."""
    min_samples: Annotated[int, Field(ge=1)] | None = None
    """How many nearest rows, the row itself left out, set its density: more means smoother and more noise. null: min_cluster_size."""
    metric: Distance = "euclidean"
    """The distance."""
    alpha: float = Field(default=1.0, gt=0)
    """Distances are divided by this before they are compared with core distances (robust single linkage)."""
    cluster_selection_method: Literal["eom", "leaf"] = "eom"
    """eom: the clusters with the most excess of mass; leaf: the smallest ones, the leaves of the tree."""
    cluster_selection_epsilon: float = Field(default=0.0, ge=0)
    """Clusters are not split below this distance."""
    cluster_selection_epsilon_max: Annotated[float, Field(gt=0)] | None = None
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


MANY = 100
_TREE = frozenset({"min_samples", "metric", "alpha", "approx_min_span_tree"})


@dataclass(frozen=True, slots=True)
class DensityTree:
    """The merge tree of mutual reachability (n - 1, 4) and the core distances (n,), for every cut."""

    tree: np.ndarray
    core: np.ndarray


def structure_key(settings: Settings) -> tuple[Hashable, ...]:
    """Return what the tree depends on: min_cluster_size only where min_samples follows it."""
    return (("min_samples", count_samples(_own(settings))), *settings_key(_TREE - {"min_samples"}, settings))


def count_samples(parameters: HDBSCANParameters) -> int:
    """Return min_samples, or what it follows."""
    return parameters.min_cluster_size if parameters.min_samples is None else parameters.min_samples


def build(points: Points, settings: Settings, n_jobs: int) -> DensityTree:  # noqa: ARG001
    """Span the rows by mutual reachability, in one thread (`n_jobs` changes nothing).

    Raises ClusteringError for values that are not finite, ConfigError for a metric that does not go with the space.
    """
    import numpy as np

    from clusterctl.kernels.spanning_tree import span

    parameters = _own(settings)
    metric = distance_of(points, parameters.metric, "hdbscan")
    check_finite(points)
    if points.n_rows < 2:
        return DensityTree(np.empty((0, 4)), np.zeros(points.n_rows))
    return DensityTree(*span(points.X, count_samples(parameters), metric, parameters.alpha, parameters.approx_min_span_tree))


def cut(structure: DensityTree, settings: Settings) -> Clustering:
    """Return the clusters selected in the condensed tree: the partition of hdbscan.HDBSCAN with an exact spanning tree.

    confidence: hdbscan's membership strength. arrays, as predict needs them: core_distances (n,); linkage (n - 1, 4); the edges of the
    condensed tree as condensed_parent, condensed_child, condensed_lambda, condensed_size; cluster_node, the node each cluster is; and
    persistence, how lasting each is. No cluster at all is a valid result.
    """
    import numpy as np

    from clusterctl.kernels.condensed_tree import SelectionRule, select
    from clusterctl.values.clustering import Clustering, canonical

    parameters = _own(settings)
    cautions = _cautions(parameters)
    if not len(structure.tree):
        n = len(structure.core)
        return Clustering(np.full(n, -1), 0, np.zeros(n), {"core_distances": structure.core}, {}, cautions)
    largest = parameters.cluster_selection_epsilon_max
    rule = SelectionRule(
        min_cluster_size=parameters.min_cluster_size,
        cluster_selection_method=parameters.cluster_selection_method,
        allow_single_cluster=parameters.allow_single_cluster,
        cluster_selection_epsilon=parameters.cluster_selection_epsilon,
        cluster_selection_epsilon_max=float("inf") if largest is None else largest,
        cluster_selection_persistence=parameters.cluster_selection_persistence,
        max_cluster_size=parameters.max_cluster_size,
    )
    found = select(structure.tree, rule)
    labels, old = canonical(found.labels)
    arrays = {
        "core_distances": structure.core,
        "linkage": structure.tree,
        "condensed_parent": found.tree.parent,
        "condensed_child": found.tree.child,
        "condensed_lambda": found.tree.lambda_,
        "condensed_size": found.tree.size,
        "cluster_node": found.nodes[old],
        "persistence": found.persistence[old],
    }
    confidence = np.where(labels >= 0, np.clip(found.strengths, 0.0, 1.0), 0.0)
    return Clustering(labels, len(old), confidence, arrays, {"min_samples": count_samples(parameters)}, cautions)


def _cautions(parameters: HDBSCANParameters) -> tuple[Caution, ...]:
    """Return what to know about these parameters."""
    cautions = []
    if parameters.min_samples is None and parameters.min_cluster_size > MANY:
        text = f"min_samples follows min_cluster_size ({parameters.min_cluster_size}): slow, and more rows become noise; 5 to 15 is usual"
        cautions.append(Caution("min_samples_follows", text))
    if parameters.approx_min_span_tree:
        cautions.append(Caution("approximate_tree", "approx_min_span_tree is on: the clusters can differ from the exact ones"))
    return tuple(cautions)


def cost(n: int, d: int, settings: Settings, mean_neighbours: float | None) -> Cost:  # noqa: ARG001
    """Return the peak of memory beside the points."""
    k = count_samples(_own(settings))
    return Cost(8 * n * (2 * d + 3 * k + 10), "8 n (2 d + 3 min_samples + 10)")


def _own(settings: Settings) -> HDBSCANParameters:
    assert isinstance(settings.parameters, HDBSCANParameters)
    return settings.parameters


def seconds(n: int, d: int, settings: Settings) -> float:  # noqa: ARG001 (the shape of every algorithm's)
    """Return the seconds of the spanning tree, which grow with the dimension until a tree no longer helps."""
    return 1e-7 * n * math.sqrt(n) * math.exp2(min(d, 16) / 4)


def prepare(model: FittedModel) -> Predict:
    """Return the rule for new rows: hdbscan's approximate prediction, by the stored condensed tree and core distances.

    A row joins the tree beside its nearest fitted row by mutual reachability, and has the cluster of the node it joins. confidence: the
    membership strength there. The clusters themselves do not change. (McInnes & Healy 2017; hdbscan.approximate_predict.)
    """
    import numpy as np

    from clusterctl.kernels.nearest_rows import ClusteredRows, FittedRows
    from clusterctl.kernels.tree_places import Reach, branches_of

    metric, X = distance_of(model.points, model.parameters.metric, "hdbscan"), model.points.X
    core = model.arrays["core_distances"]
    if not model.n_clusters:
        return lambda points, own, n_jobs: Prediction(  # noqa: ARG005
            np.full(points.n_rows, -1), np.zeros(points.n_rows), np.full(points.n_rows, np.nan)
        )
    rows = FittedRows.of(X, metric)
    clustered = ClusteredRows.of(X, model.labels, metric, rows)
    reach = Reach(rows, core, count_samples(model.parameters), model.parameters.alpha)
    branches = branches_of(model.arrays, model.labels)

    def predict(points: Points, own: np.ndarray | None, n_jobs: int) -> Prediction:
        labels, strength = branches.place(*reach.nearest(points.X, own, n_jobs))
        return Prediction(labels, strength, clustered.nearest(points.X, own, n_jobs)[1])

    return predict


SPEC = AlgorithmSpec(
    name="hdbscan",
    title="HDBSCAN",
    parameters=HDBSCANParameters,
    takes_n_clusters=False,
    makes_noise=True,
    uses_random_state=False,
    metrics=frozenset({"euclidean", "manhattan"}),
    structure_settings=_TREE | {"min_cluster_size"},
    build=build,
    cut=cut,
    cost=cost,
    seconds=seconds,
    predict=PredictRule(
        name="condensed_tree",
        about="where the row would hang in the stored condensed tree (`hdbscan.approximate_predict`)",
        prepare=prepare,
        arrays={"core_distances": "n"},
        row_seconds=1e-5,
    ),
    cut_row_seconds=4e-6,
    connected=True,
    source="Campello, Moulavi & Sander 2013 (PAKDD); McInnes & Healy 2017 (ICDMW)",
    structure_key=structure_key,
    row_counts={"min_cluster_size": 2, "min_samples": 1, "max_cluster_size": 2},
)
