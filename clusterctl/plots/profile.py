"""Standardised means of every group: what the heatmap shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.plots.columns import category_codes, numeric_column

if TYPE_CHECKING:
    from clusterctl.plots.sample import Groups
    from clusterctl.values.dataset import Dataset
    from clusterctl.values.space import Space

MOST_PROFILE_COLUMNS = 200
_MOST_CATEGORIES = 12


def profile_means(dataset: Dataset, space: Space, groups: Groups) -> tuple[tuple[str, ...], np.ndarray]:
    """Return names (q,) and means (g, q) of the features in standard deviations from the mean of all points.

    Numeric and boolean features by themselves, a categorical one as a column `name = value` for each of its 12 most frequent
    values (of two values one: they mirror each other). Text alone has neither: then the columns of the space. NaN: no value in
    that group. The columns that differ most between groups come first (share of the variance that lies between them); at most 200.
    """
    found = list(_feature_columns(dataset, space, groups)) or [
        (name, _standardise(space.points.X[:, column], groups)) for column, name in enumerate(space.columns)
    ]
    weights = groups.sizes / max(len(groups.index), 1)
    between = [float(np.nansum(weights * means**2)) for _, means in found]
    order = sorted(range(len(found)), key=lambda place: -between[place])[:MOST_PROFILE_COLUMNS]
    means = np.array([found[place][1] for place in order]).reshape(len(order), len(groups.ids)).T
    return tuple(found[place][0] for place in order), np.ascontiguousarray(means)


def _feature_columns(dataset: Dataset, space: Space, groups: Groups) -> Iterator[tuple[str, np.ndarray]]:
    for name in dataset.features:
        if dataset.kinds[name] in ("numeric", "boolean"):
            yield name, _standardise(numeric_column(dataset, name)[space.rows], groups, dataset.privacy.min_group)
        elif dataset.kinds[name] == "categorical":
            yield from _category_columns(dataset, space, groups, name)


def _standardise(values: np.ndarray, groups: Groups, min_group: int = 1) -> np.ndarray:
    """Return (g,) means of the groups in standard deviations from the whole; zeros for a constant column.

    NaN for a group in which fewer than `min_group` rows have a value.
    """
    known = np.isfinite(values)
    index = groups.index if known.all() else groups.index[known]
    values = values if known.all() else values[known]
    if not len(values):
        return np.full(len(groups.ids), np.nan)
    largest = float(np.abs(values).max()) or 1.0
    values = values / largest  # sums of squares of values near the largest double would overflow
    centre = float(values.mean())
    values = values - centre
    deviation = float(np.sqrt(np.mean(values * values)))
    counts = np.bincount(index, minlength=len(groups.ids))
    sums = np.bincount(index, weights=values, minlength=len(groups.ids))
    with np.errstate(invalid="ignore", divide="ignore"):
        means = sums / np.where(counts < min_group, 0, counts)
        means[counts < min_group] = np.nan
    if deviation <= 1e-12 * max(abs(centre), 1e-300):
        return np.where(np.isnan(means), np.nan, 0.0)
    return means / deviation


def _category_columns(dataset: Dataset, space: Space, groups: Groups, name: str) -> Iterator[tuple[str, np.ndarray]]:
    codes, values = category_codes(dataset, name)
    codes = codes[space.rows]
    known = codes >= 0
    n_values = len(values)
    table = np.bincount(groups.index[known] * n_values + codes[known], minlength=len(groups.ids) * n_values)
    table = table.reshape(len(groups.ids), n_values)
    totals, share = table.sum(axis=1), table.sum(axis=0) / max(int(known.sum()), 1)
    often = np.argsort(-share, kind="stable")[:_MOST_CATEGORIES]
    min_group = dataset.privacy.min_group
    kept = often[table.sum(axis=0)[often] >= min_group]
    hidden = ((table > 0) & (table < min_group)) | (totals < min_group)[:, None]
    for value in kept[1:] if len(kept) == 2 else kept:
        deviation = float(np.sqrt(share[value] * (1 - share[value])))
        with np.errstate(invalid="ignore", divide="ignore"):
            means = np.where(hidden[:, value], np.nan, (table[:, value] / totals - share[value]) / (deviation or np.inf))
        yield f"{name} = {values[value]}", means
