"""Agglomerative clustering: a tree of merges, cut at a number of clusters or at a height."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from clusterctl.algorithms.base import AlgorithmSpec, Cost, Parameters, Settings, settings_key
from clusterctl.algorithms.distance import check_finite, distance_of
from clusterctl.algorithms.neighbour_vote import WITH_CENTERS
from clusterctl.errors import ClusteringError, ConfigError
from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    import numpy as np

    from clusterctl.values.clustering import Clustering
    from clusterctl.values.space import Points

Linkage = Literal["ward", "average", "complete", "single", "weighted", "centroid", "median", "genie"]
EUCLIDEAN_ONLY = frozenset({"ward", "centroid", "median"})
_TREE = frozenset({"linkage", "metric", "gini_threshold"})


class HierarchicalParameters(Parameters):
    """scikit-learn's names and defaults (AgglomerativeClustering), the linkages that scipy has beside them, and genie."""

    linkage: Linkage = "ward"
    """The distance of groups: ward (growth of the sum of squares), average, complete, single, …; genie: single, but sizes kept alike."""
    metric: Literal["euclidean", "manhattan", "chebyshev", "cosine"] = "euclidean"
    """The distance of two rows; ward, centroid and median take euclidean alone."""
    distance_threshold: float | None = Field(default=None, gt=0)
    """Groups at this distance or more are not merged; in place of n_clusters; not for genie, which merges out of the order of distances."""
    gini_threshold: float = Field(default=0.3, ge=0, le=1)
    """How unequal sizes may be (genie alone): above this Gini index a smallest cluster must be joined; 1: never, which is single."""

    @model_validator(mode="after")
    def _check_pair(self) -> HierarchicalParameters:
        if self.linkage in EUCLIDEAN_ONLY and self.metric != "euclidean":
            raise ValueError(f"linkage {self.linkage} is defined for metric euclidean alone, not {self.metric}")
        if self.linkage == "genie" and self.distance_threshold is not None:
            raise ValueError(
                "linkage genie does not merge in the order of distances, so that no distance_threshold can stop it; "
                "give n_clusters, or take another linkage"
            )
        return self


@dataclass(frozen=True, slots=True)
class MergeTree:
    """The merges, for every cut.

    tree: (n - 1, 4) as in scipy. n_distinct: rows that differ from each other. bridged: (n - 1,) the distance of the two groups of each
    merge: its height, but for genie.
    """

    tree: np.ndarray
    n_distinct: int
    bridged: np.ndarray


def structure_key(settings: Settings) -> tuple[Hashable, ...]:
    """Return what the tree depends on: gini_threshold only where the linkage is genie."""
    names = _TREE if _own(settings).linkage == "genie" else _TREE - {"gini_threshold"}
    return settings_key(names, settings)


def build(points: Points, settings: Settings, n_jobs: int) -> MergeTree:  # noqa: ARG001
    """Merge the rows into one tree, in one thread (`n_jobs` changes nothing).

    Raises ConfigError for a linkage or metric that does not go with the space; ClusteringError for values that are not finite, a row of
    zeros with metric cosine, and more clusters than distinct rows.
    """
    import numpy as np

    from clusterctl.kernels.genie import link_guarded
    from clusterctl.kernels.linkage import link

    parameters = _own(settings)
    metric = _metric(points, parameters)
    check_finite(points)
    if metric == "cosine" and not points.X.any(axis=1).all():
        raise ClusteringError("metric cosine is not defined for a row of zeros", hint="set parameters.metric to euclidean")
    n_distinct = len(np.unique(points.X, axis=0))
    _check_n_clusters(n_distinct, settings.n_clusters)
    if parameters.linkage == "genie":
        tree, bridged = link_guarded(points.X, metric, parameters.gini_threshold)
        return MergeTree(tree, n_distinct, bridged)
    tree = link(points.X, parameters.linkage, metric)
    return MergeTree(tree, n_distinct, tree[:, 2])


def cut(structure: MergeTree, settings: Settings) -> Clustering:
    """Return exactly n_clusters clusters by undoing the last merges, or those below distance_threshold.

    arrays: linkage (n - 1, 4). facts: the heights of the last merge done and the first undone. Where both bridge one distance, which of
    the tied merges is done depends on the order of the rows: a caution says so.
    """
    from clusterctl.kernels.linkage import cut_below, cut_into
    from clusterctl.values.clustering import Clustering, canonical

    threshold, n_clusters, tree = _own(settings).distance_threshold, settings.n_clusters, structure.tree
    if (threshold is None) == (n_clusters is None):
        raise ConfigError(
            "hierarchical takes either n_clusters or parameters.distance_threshold",
            hint="set n_clusters, or set distance_threshold and leave n_clusters out",
        )
    _check_n_clusters(structure.n_distinct, n_clusters)
    labels, old = canonical(cut_below(tree, threshold) if n_clusters is None and threshold is not None else cut_into(tree, n_clusters or 1))
    cautions: tuple[Caution, ...] = ()
    done, undone = _at_cut(structure.bridged, len(old))
    if threshold is None and done is not None and done == undone:
        cautions = (Caution("tied_merges", f"merges at height {done:.6g} are tied at the cut: the order of the rows decides between them"),)
    done, undone = _at_cut(tree[:, 2], len(old))
    return Clustering(labels, len(old), None, {"linkage": tree}, {"last_height": done, "next_height": undone}, cautions)


def _at_cut(heights: np.ndarray, n_clusters: int) -> tuple[float | None, float | None]:
    """Return the heights of the last merge done and of the first undone; None where there is none."""
    n_done = len(heights) + 1 - n_clusters
    return (float(heights[n_done - 1]) if n_done > 0 else None), (float(heights[n_done]) if n_done < len(heights) else None)


def _metric(points: Points, parameters: HierarchicalParameters) -> str:
    """Return the distance to use. Raises ConfigError for one that does not go with the space or the linkage."""
    if parameters.metric == "cosine" and points.metric == "euclidean":
        return "cosine"
    metric = distance_of(points, parameters.metric, "hierarchical")
    if parameters.linkage in EUCLIDEAN_ONLY and metric != "euclidean":
        raise ConfigError(
            f"linkage {parameters.linkage} is defined for euclidean distance alone, but preprocessing_configuration.categorical is gower",
            hint="set clustering_configuration.parameters.linkage to average, complete, weighted, single or genie",
        )
    return metric


def _check_n_clusters(n_distinct: int, n_clusters: int | None) -> None:
    """Raise ClusteringError if there are fewer distinct rows than clusters asked for."""
    if n_clusters is not None and n_clusters > n_distinct:
        raise ClusteringError(
            f"{n_clusters} clusters cannot be made of {n_distinct} distinct rows",
            hint=f"set clustering_configuration.n_clusters to at most {n_distinct}",
        )


def cost(n: int, d: int, settings: Settings, mean_neighbours: float | None) -> Cost:  # noqa: ARG001
    """Return the peak of memory beside the points: O(n d) on vectors, all distances once for the other linkages."""
    linear = 8 * n * (d + 14)
    if _own(settings).linkage == "genie":
        return Cost(8 * n * (d + 30), "8 n (d + 30)")
    if _own(settings).linkage in ("ward", "single", "centroid", "median"):
        return Cost(linear, "8 n (d + 14)")
    return Cost(4 * n * (n - 1) + linear, "4 n (n - 1) for all distances + 8 n (d + 14)")


def _own(settings: Settings) -> HierarchicalParameters:
    assert isinstance(settings.parameters, HierarchicalParameters)
    return settings.parameters


def to_sample(points: Points, settings: Settings, n_rows: int) -> Settings:
    """Return the setting for `n_rows` rows drawn from these: heights of ward, which grow with the root of the group sizes, shrink so."""
    parameters = _own(settings)
    if parameters.linkage != "ward" or parameters.distance_threshold is None:
        return settings
    height = parameters.distance_threshold * (n_rows / points.n_rows) ** 0.5
    return replace(settings, parameters=parameters.model_copy(update={"distance_threshold": height}))


def seconds(n: int, d: int, settings: Settings) -> float:
    """Return the seconds of the merge tree: all pairs of rows once for ward and single, several times for the others.

    genie: those of the faster search for the spanning tree, and of the walk along it.
    """
    linkage = _own(settings).linkage
    if linkage == "genie":
        return min(n * n * (2.4e-9 + 4.5e-10 * d), 2e-7 * n * math.sqrt(n) * math.exp2(min(d, 40) / 4)) + 1e-5 * n
    return n * n * 1e-9 * d if linkage in ("ward", "single") else n * n * (1e-8 + 1e-9 * d)


SPEC = AlgorithmSpec(
    name="hierarchical",
    title="agglomerative clustering",
    parameters=HierarchicalParameters,
    takes_n_clusters=True,
    makes_noise=False,
    uses_random_state=False,
    metrics=frozenset({"euclidean", "manhattan"}),
    structure_settings=_TREE,
    build=build,
    cut=cut,
    cost=cost,
    seconds=seconds,
    predict=WITH_CENTERS,
    cut_row_seconds=2e-7,
    source="Ward 1963 (JASA 58); Müllner 2013 (J. Stat. Softw. 53, fastcluster); Gagolewski, Bartoszuk & Cena 2016 (Inf. Sci. 363, genie)",
    structure_key=structure_key,
    to_sample=to_sample,
)
