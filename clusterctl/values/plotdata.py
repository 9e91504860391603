"""What pictures are drawn from: small arrays, kept in points.npz, so that drawing again never means fitting again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

FORMAT = 2
CLUSTERED, NOISE, EXCLUDED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class TreeTop:
    """The last merges of a linkage, so that the tree of any number of rows stays small.

    merges: (p - 1, 4) float64 in scipy's form over `p` leaves (node, node, height, rows below), in their order.
    leaf_sizes: (p,) rows of the data under each leaf.
    leaf_clusters: (p,) the cluster that all rows of a leaf are in; -1: rows of several.
    cut_height: where the tree is cut into the clusters; None: not cut by height, or one cluster.
    """

    merges: np.ndarray
    leaf_sizes: np.ndarray
    leaf_clusters: np.ndarray
    cut_height: float | None


@dataclass(frozen=True, slots=True)
class SilhouetteCurves:
    """The silhouette of every row, by cluster and sorted, thinned to quantiles where a cluster is large.

    values: falling within a cluster; those of cluster number i (in the order of `cluster_ids`) are offsets[i]:offsets[i + 1].
    means: (k,) of all scored rows of a cluster, NaN where none was scored.
    mean: over all clustered rows. n_scored: rows that have a silhouette (fewer than the clustered rows: a sample).
    """

    values: np.ndarray
    offsets: np.ndarray
    means: np.ndarray
    mean: float
    n_scored: int


@dataclass(frozen=True, slots=True)
class SortedDistances:
    """How far the rows are from their min_samples-th nearest row (itself counted), sorted: the curve that eps is read from.

    ranks, values: (p,) place among the rows looked at, from 0, and distance there, rising; at most 1,000 places, both ends among them.
    n_used: rows looked at: all, or a sample; those whose distance is not known (above max_eps) have no place.
    eps: the one used; None: the clusters were not cut at a distance.
    """

    ranks: np.ndarray
    values: np.ndarray
    n_used: int
    min_samples: int
    eps: float | None


@dataclass(frozen=True, slots=True)
class CondensedTree:
    """The large branches of HDBSCAN's condensed tree, by rising number of the node; the first is the root.

    parents: (m,) place of the branch it split from, -1 for the root. births, deaths: (m,) density (1 / distance) at which it begins and
    ends; the root begins where its first rows leave it. sizes: (m,) rows at its birth. clusters: (m,) the cluster that it is, -1: none.
    levels, rows: the rows left in branch i from the density levels[j] on, for j in offsets[i]:offsets[i + 1]; at most 60 a branch.
    n_branches: how many the whole tree has.
    """

    parents: np.ndarray
    births: np.ndarray
    deaths: np.ndarray
    sizes: np.ndarray
    clusters: np.ndarray
    offsets: np.ndarray
    levels: np.ndarray
    rows: np.ndarray
    n_branches: int


@dataclass(frozen=True, slots=True)
class ReachabilityCurve:
    """The rows in OPTICS' order with their reachability, thinned to at most 4,000 runs of rows.

    starts: (b + 1,) place in the order where each run begins. heights: (b,) the highest reachability of a run, inf where a row is
    reached from none. labels: (b,) the cluster that most of its rows are in. ids: (b,) the sample id of its highest row.
    eps: where the curve is cut; None: the clusters are its valleys.
    """

    starts: np.ndarray
    heights: np.ndarray
    labels: np.ndarray
    ids: np.ndarray
    eps: float | None


@dataclass(frozen=True, slots=True)
class Withheld:
    """What `privacy` keeps out of the pictures.

    groups: (w,) the clusters, and -1 for the noise, that have fewer rows than `min_group`: of these are no profile, features, silhouettes.
    is_anonymous: no single row is told of: rows and sample ids are not known, and the rows are in no order of the input.
    """

    groups: np.ndarray
    min_group: int
    is_anonymous: bool


@dataclass(frozen=True, slots=True)
class PlotData:
    """The arrays and the few strings of one run's pictures.

    algorithm, settings, data_name: for the titles, as they are to be read.
    n_rows: rows of the input; n_points: of those clustered or noise; n_noise, n_excluded, n_dropped.
    rows: (m,) positions in the input of the rows drawn: all, or a sample stratified by cluster (at most 20,000).
    sample_ids: (m,) unicode, for display (long ones are cut). labels: (m,) int64, noise and excluded -1.
    status: (m,) uint8, CLUSTERED, NOISE or EXCLUDED.
    projection: (m, 2) where each row is drawn; axis_labels: two, an empty one: the axis has no meaning.
    projection_method: pca | columns | strip | pca_reduction | umap | tsne.
    features: (m, p) float64 numeric features in original units, NaN where missing; feature_names: (p,).
    cluster_ids, cluster_sizes: (k,) exact, of all rows, in order of the numbers.
    profile_groups: (g,) the cluster ids and, when there is noise, -1. profile_names: (q,).
    profile_means: (g, q) mean of each group in standard deviations of all clustered and noise rows from their mean; the
        column `name = value` is a category, its share taken as the mean; NaN where a group has no value; 0 for a constant.
    silhouette: None with fewer than two clusters or when it was not computed. tree: None but for a linkage.
    distances: None but for dbscan and optics; condensed: but for hdbscan; reachability: but for optics.
    stability: (k,) mean Jaccard similarity of each cluster over resamples, in the order of `cluster_ids`, NaN where it does not exist;
        None: not measured.
    withheld: what is kept out for privacy; None: nothing.
    n_fitted: rows that the algorithm was fitted on, and that tree, distances, condensed and reachability are of; None: all points.
    features_chosen: whether `features` are those that someone asked to see. It is not stored.
    """

    algorithm: str
    settings: str
    data_name: str
    n_rows: int
    n_points: int
    n_noise: int
    n_excluded: int
    n_dropped: int
    rows: np.ndarray
    sample_ids: np.ndarray
    labels: np.ndarray
    status: np.ndarray
    projection: np.ndarray
    axis_labels: tuple[str, str]
    projection_method: str
    features: np.ndarray
    feature_names: tuple[str, ...]
    cluster_ids: np.ndarray
    cluster_sizes: np.ndarray
    profile_groups: np.ndarray
    profile_names: tuple[str, ...]
    profile_means: np.ndarray
    silhouette: SilhouetteCurves | None = None
    tree: TreeTop | None = None
    distances: SortedDistances | None = None
    condensed: CondensedTree | None = None
    reachability: ReachabilityCurve | None = None
    stability: np.ndarray | None = None
    withheld: Withheld | None = None
    n_fitted: int | None = None
    features_chosen: bool = False

    @property
    def withheld_groups(self) -> list[int]:
        """The clusters, and -1 for the noise, of which nothing but their size is told."""
        return [] if self.withheld is None else [int(number) for number in self.withheld.groups.tolist()]

    @property
    def is_anonymous(self) -> bool:
        """Whether no single row is told of."""
        return self.withheld is not None and bool(self.withheld.is_anonymous)

    @property
    def n_clusters(self) -> int:
        """Number of clusters, noise not counted."""
        return len(self.cluster_ids)

    @property
    def n_of_fit(self) -> int:
        """Number of rows that the algorithm was fitted on."""
        return self.n_points if self.n_fitted is None else self.n_fitted

    @property
    def n_drawn(self) -> int:
        """Number of clustered and noise rows drawn; fewer than `n_points`: a sample."""
        return int((self.status != EXCLUDED).sum())

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return plain arrays for `np.savez`: numbers and unicode, no objects; what is None is left out."""
        import numpy as np

        arrays = {"format": np.array(FORMAT), **_flatten(self, "")}
        return {name: np.asarray(value) for name, value in arrays.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> PlotData:
        """Return what `to_arrays` took apart.

        Raises KeyError for a missing array and ValueError for another format: the caller knows the file and says so.
        """
        if int(arrays["format"]) != FORMAT:
            raise ValueError(f"plot data of format {int(arrays['format'])}, this version reads {FORMAT}")
        parts = {name: _part(kind, arrays, f"{name}.") for name, kind in _PARTS.items()}
        parts["stability"] = arrays.get("stability")
        parts["n_fitted"] = _plain("n_fitted", arrays.get("n_fitted"))
        plain = [field.name for field in fields(cls) if field.name not in (*parts, *_NOT_STORED)]
        values = {name: _plain(name, arrays[name]) for name in plain}
        return cls(**values, **parts)


_PARTS: dict[str, type] = {
    "silhouette": SilhouetteCurves,
    "tree": TreeTop,
    "distances": SortedDistances,
    "condensed": CondensedTree,
    "reachability": ReachabilityCurve,
    "withheld": Withheld,
}
_NOT_STORED = ("features_chosen",)
_STRINGS = ("algorithm", "settings", "data_name", "projection_method")
_TUPLES = ("axis_labels", "feature_names", "profile_names")


def _flatten(value: Any, prefix: str) -> dict[str, Any]:
    """Return the fields of a dataclass, those of a nested one under `outer.inner`."""
    import numpy as np

    flat: dict[str, Any] = {}
    for field in fields(value):
        item = getattr(value, field.name)
        if item is None or field.name in _NOT_STORED:
            continue
        if field.name in _PARTS:
            flat.update(_flatten(item, f"{field.name}."))
        elif field.name in _TUPLES:
            flat[prefix + field.name] = np.array(item, dtype=str)
        else:
            flat[prefix + field.name] = item
    return flat


def _part(kind: type, arrays: Mapping[str, np.ndarray], prefix: str) -> Any:
    """Return a nested value, None when none of its arrays is there."""
    if not any(name.startswith(prefix) for name in arrays):
        return None
    return kind(**{field.name: _plain(field.name, arrays.get(prefix + field.name)) for field in fields(kind)})


def _plain(name: str, array: Any) -> Any:
    """Return an array, or the Python value that a string, number or tuple of strings was."""
    if array is None:
        return None
    if name in _TUPLES:
        return tuple(str(item) for item in array)
    if name in _STRINGS:
        return str(array)
    return array.item() if array.ndim == 0 else array
