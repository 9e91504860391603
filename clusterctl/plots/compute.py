"""From a finished clustering to the small arrays that pictures are drawn from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np

from clusterctl.plots.columns import numeric_column
from clusterctl.plots.densities import condensed_tree, reachability_curve, sorted_distances
from clusterctl.plots.profile import profile_means
from clusterctl.plots.projection import project, strip
from clusterctl.plots.sample import Groups, draw_rows, group
from clusterctl.plots.treetop import tree_top
from clusterctl.plots.withheld import withheld_of, withhold
from clusterctl.values.plotdata import CLUSTERED, EXCLUDED, NOISE, PlotData, SilhouetteCurves, TreeTop

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from clusterctl.values.clustering import Clustering, Sample
    from clusterctl.values.dataset import Dataset
    from clusterctl.values.space import Points, Space

_MOST_EXCLUDED = 2_000
_MOST_FEATURES = 64
_LONGEST_TEXT = 120
_CURVE_POINTS = 100_000


@dataclass(frozen=True, slots=True)
class _Fitted:
    """The points fitted on, what was found in them, their final cluster numbers, and their positions in the input."""

    points: Points
    clustering: Clustering
    labels: np.ndarray
    rows: np.ndarray


def compute_plot_data(
    dataset: Dataset,
    space: Space,
    clustering: Clustering,
    labels_all: np.ndarray,
    silhouette_samples: np.ndarray | None,
    random_state: int,
    *,
    algorithm: str = "",
    settings: str = "",
    silhouette_mean: float | None = None,
    excluded_points: np.ndarray | None = None,
    parameters: Mapping[str, Any] | None = None,
    stability: Sequence[float | None] | None = None,
    fitted_on: Sample | None = None,
) -> PlotData:
    """Return what the pictures of this clustering are drawn from; the same input and `random_state` give the same bits.

    labels_all: (n_rows,) the final cluster number of each input row, negative for noise, excluded and dropped rows.
    silhouette_samples: (n points,) NaN for noise and for rows left out of a sample. None: not computed.
    algorithm, settings: for the titles. silhouette_mean: the headline score, so that picture and results agree to the last digit;
    None: the mean of the clusters' means, weighted by their sizes. excluded_points: (n excluded, d) the excluded rows, in their
    order, prepared like the others; None: they are counted but not drawn. parameters: the algorithm's own, as it was run; `metric`,
    `min_samples` and `eps` are looked at. stability: of each cluster, in the order of the clustering's own labels; None: not measured.
    fitted_on: the sample that was, where that is not all points: trees and curves are of these rows.
    """
    labels = np.asarray(labels_all)[space.rows].astype(np.int64)
    groups = group(labels)
    sample = draw_rows(groups, random_state)
    clusters = groups.ids >= 0
    names, means = profile_means(dataset, space, groups)
    plane = project(dataset, space, sample)
    rows, points, status, drawn = _drawn_rows(space, sample, labels, excluded_points)
    projection = plane.place(points)
    if plane.method == "strip":
        projection[:, 1] = strip(projection[:, 0], random_state)
    features = _telling_features(dataset, names)
    fit = _Fitted(space.points, clustering, labels, space.rows)
    if fitted_on is not None and fitted_on.clustering is not None:
        fit = _Fitted(fitted_on.points, fitted_on.clustering, labels[fitted_on.rows], space.rows[fitted_on.rows])
    data = PlotData(
        algorithm=algorithm,
        settings=settings,
        data_name=_data_name(dataset.source),
        n_rows=dataset.n_rows,
        n_points=space.points.n_rows,
        n_noise=int((labels < 0).sum()),
        n_excluded=int(space.excluded.sum()),
        n_dropped=int(space.dropped.sum()),
        rows=rows,
        sample_ids=_ids(dataset, rows),
        labels=drawn,
        status=status,
        projection=projection,
        axis_labels=(_shorten(plane.axis_labels[0]), _shorten(plane.axis_labels[1])),
        projection_method=plane.method,
        features=np.column_stack([numeric_column(dataset, name)[rows] for name in features]) if features else np.empty((len(rows), 0)),
        feature_names=tuple(_shorten(name) for name in features),
        cluster_ids=groups.ids[clusters],
        cluster_sizes=groups.sizes[clusters],
        profile_groups=groups.ids,
        profile_names=tuple(_shorten(name) for name in names),
        profile_means=means,
        silhouette=_silhouette_curves(silhouette_samples, groups, silhouette_mean),
        tree=_tree(fit.clustering, fit.labels, int(clusters.sum())),
        distances=sorted_distances(fit.points, fit.clustering, parameters or {}, random_state),
        condensed=condensed_tree(fit.clustering, fit.labels, groups.ids[clusters], groups.sizes[clusters]),
        reachability=reachability_curve(fit.clustering, fit.labels, parameters or {}, lambda points: _ids(dataset, fit.rows[points])),
        stability=None if not stability else _stability(stability, clustering.labels, labels, groups.ids[clusters]),
        withheld=withheld_of(groups, dataset.privacy),
        n_fitted=None if fitted_on is None else fitted_on.points.n_rows,
    )
    return withhold(data, features, dataset, space, groups)


def _ids(dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    return np.array([_shorten(name) for name in dataset.sample_ids(rows)], dtype=str)


def _stability(values: Sequence[float | None], own: np.ndarray, labels: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """Return the values (k,) in the order of `ids`, NaN for None; `own`: the labels that they are in the order of."""
    found = np.full(len(ids), np.nan)
    first = {int(label): place for label, place in zip(*np.unique(own, return_index=True), strict=True)}
    for label, value in enumerate(values):
        if value is not None and label in first:
            found[np.searchsorted(ids, labels[first[label]])] = value
    return found


def _drawn_rows(
    space: Space, sample: np.ndarray, labels: np.ndarray, excluded_points: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return positions in the input, points, status and labels of what is drawn: the sample, then excluded rows that have a place."""
    drawn = labels[sample]
    status = np.where(drawn < 0, NOISE, CLUSTERED).astype(np.uint8)
    rows, points = space.rows[sample].astype(np.int64), space.points.X[sample]
    excluded = np.flatnonzero(space.excluded)
    if excluded_points is None or not len(excluded):
        return rows, points, status, drawn
    some = np.unique(np.linspace(0, len(excluded) - 1, min(len(excluded), _MOST_EXCLUDED)).astype(np.int64))
    return (
        np.concatenate((rows, excluded[some])),
        np.concatenate((points, excluded_points[some])),
        np.concatenate((status, np.full(len(some), EXCLUDED, dtype=np.uint8))),
        np.concatenate((drawn, np.full(len(some), -1))),
    )


def _telling_features(dataset: Dataset, profile_names: tuple[str, ...]) -> list[str]:
    """Return the numeric features to keep a row's values of, most telling first; 64 at most, so that wide tables stay small."""
    known = set(dataset.numeric_features)
    return [name for name in profile_names if name in known][:_MOST_FEATURES]


def _silhouette_curves(samples: np.ndarray | None, groups: Groups, mean: float | None) -> SilhouetteCurves | None:
    """Return the sorted silhouettes of each cluster; None with fewer than two clusters or where no row has one."""
    n_clusters = int((groups.ids >= 0).sum())
    if samples is None or n_clusters < 2:
        return None
    n_kept = int(np.clip(_CURVE_POINTS // n_clusters, 2, 500))
    curves, means, n_scored = [], np.full(n_clusters, np.nan), 0
    for number in range(n_clusters):
        values = samples[groups.members(number)]
        values = np.sort(values[np.isfinite(values)])[::-1]
        n_scored += len(values)
        if len(values):
            means[number] = values.mean()
        # Evenly spaced ranks keep the shape and both ends of a curve that is too long to draw.
        kept = np.arange(len(values)) if len(values) <= n_kept else np.linspace(0, len(values) - 1, n_kept).round().astype(np.int64)
        curves.append(values[kept])
    if not n_scored:
        return None
    scored = ~np.isnan(means)
    overall = float(np.average(means[scored], weights=groups.sizes[:n_clusters][scored])) if mean is None else float(mean)
    offsets = np.concatenate(([0], np.cumsum([len(curve) for curve in curves])))
    return SilhouetteCurves(np.concatenate(curves), offsets, means, overall, n_scored)


def _tree(clustering: Clustering, labels: np.ndarray, n_clusters: int) -> TreeTop | None:
    linkage = clustering.arrays.get("linkage")
    if linkage is None or len(linkage) != len(labels) - 1 or not len(linkage):
        return None
    top = tree_top(np.asarray(linkage), labels, n_clusters)
    if "condensed_parent" in clustering.arrays:  # HDBSCAN takes its clusters from many heights, also where one cut would give the same
        return replace(top, cut_height=None)
    return top


def _data_name(source: str) -> str:
    """Return the file's name without folders and endings, for titles: `customers` for `../data/customers.csv.gz`."""
    path = urlsplit(source).path if "://" in source else source
    name = PurePosixPath(path).name.split(".")[0]
    return _shorten(name if name not in ("", "-") else "the input")


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"
