"""Where the clusters lie, and the features as they came; their shape is in `shape`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clusterctl.analysis.columns import categories, numbers
from clusterctl.analysis.groups import Floats, Groups, column_sums, group, quartiles, without_dust
from clusterctl.analysis.noted import Noted
from clusterctl.analysis.withheld import numeric_statistics, too_few
from clusterctl.kernels.threads import parallel
from clusterctl.results.characteristics import CategoricalStatistics, CategoryCount, NumericStatistics
from clusterctl.results.models import ClusterCenter
from clusterctl.values.remarks import Note

if TYPE_CHECKING:
    from clusterctl.analysis.groups import Integers
    from clusterctl.values.dataset import Dataset
    from clusterctl.values.privacy import Privacy

TOP_CATEGORIES = 20


def centers(dataset: Dataset, labels_all: Integers, k: int) -> Noted[list[ClusterCenter]]:
    """Return the mean of each numeric feature a cluster, in original units, in the order of `dataset.numeric_features`.

    `labels_all` (n_rows,): rows below 0 are in no cluster. Missing values are left out of the mean; where a cluster has none but
    missing ones, or fewer than `privacy.min_group`, the coordinate is null, with a note.
    """
    groups, privacy = group(labels_all, k), dataset.privacy
    names = dataset.numeric_features
    table, counts = np.full((k, len(names)), np.nan), np.zeros((k, len(names)), dtype=np.int64)
    for j, name in enumerate(names):
        values = numbers(dataset, name)
        table[:, j] = _means(values, groups)
        if privacy.min_group > 1:
            counts[:, j] = np.bincount(groups.labels[np.isfinite(values)] + 1, minlength=k + 1)[1:]
    hidden = too_few(counts, privacy.min_group)
    table[hidden] = np.nan
    rows = [[None if np.isnan(value) else value for value in row] for row in table.tolist()]
    result = [
        ClusterCenter(cluster_id=cluster, center_coordinates=rows[cluster], cluster_size=int(groups.sizes[cluster])) for cluster in range(k)
    ]
    notes = tuple(
        Note(
            f"clustering_results.clusters.cluster_centers[{cluster}].center_coordinates[{j}]",
            f"{names[j]}: {privacy.reason}" if hidden[cluster, j] else f"no row of the cluster has {names[j]}",
        )
        for cluster, j in np.argwhere(np.isnan(table)).tolist()
    )
    return Noted(result, notes)


def _means(values: Floats, groups: Groups) -> Floats:
    """Return the mean a cluster (k,); sums are taken about the overall mean, so that a large offset costs no digits."""
    present = np.isfinite(values)
    if present.all():
        shift, counts, sums = float(values.mean()) if len(values) else 0.0, groups.sizes, None
        sums = column_sums(values - shift, groups)
    else:
        shift = float(values[present].mean()) if present.any() else 0.0
        counts = np.bincount(groups.labels[present] + 1, minlength=groups.n_clusters + 1)[1:]
        sums = column_sums(values - shift, groups, present)
    means: Floats = np.divide(sums, counts, out=np.full(groups.n_clusters, np.nan), where=counts > 0)
    return without_dust(means + shift, values)


def feature_statistics(dataset: Dataset, n_jobs: int = 1) -> dict[str, dict[str, Any]]:
    """Return per feature, over all input rows and in original units: kind, missing, and numbers or the 20 commonest categories.

    The standard deviation divides by n - 1; quartiles are exact. Values are null where no row has any, or where `privacy.min_group` hides
    them, and categories that it hides are left out.
    """
    found = parallel(lambda name: _one_feature(dataset, name).model_dump(mode="json"), dataset.features, n_jobs)
    return dict(zip(dataset.features, found, strict=True))


def _one_feature(dataset: Dataset, name: str) -> NumericStatistics | CategoricalStatistics:
    kind = dataset.kinds[name]
    if kind == "numeric":
        return _numeric_statistics(numbers(dataset, name), dataset.privacy)
    column = categories(dataset, name)
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.categories))
    n_present = int(counts.sum())
    top = np.argsort(-counts, kind="stable")[: 0 if kind == "text" else TOP_CATEGORIES]
    return CategoricalStatistics(
        kind=kind,
        missing=len(column.codes) - n_present,
        n_categories=len(column.categories),
        categories=[
            CategoryCount(category=column.categories[code], count=int(counts[code]), share=float(counts[code] / n_present))
            for code in top
            if not dataset.privacy.hides(int(counts[code]))
        ],
    )


def _numeric_statistics(values: Floats, privacy: Privacy) -> NumericStatistics:
    known = np.isfinite(values)
    present = values if known.all() else values[known]
    parts = quartiles(present)
    missing = len(values) - len(present)
    if parts is None:
        return NumericStatistics(
            missing=missing, mean=None, sd=None, min=None, lower_quartile=None, median=None, upper_quartile=None, max=None
        )
    found = NumericStatistics(
        missing=missing,
        mean=float(present.mean()),
        sd=float(present.std(ddof=1)) if len(present) > 1 else None,
        min=float(present.min()),
        lower_quartile=parts[0],
        median=parts[1],
        upper_quartile=parts[2],
        max=float(present.max()),
    )
    return numeric_statistics(found, present, privacy)
