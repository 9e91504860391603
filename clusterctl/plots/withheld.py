"""What `privacy` keeps out of the arrays that pictures are drawn from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.plots.columns import numeric_column
from clusterctl.plots.selection import keep_rows
from clusterctl.values.plotdata import EXCLUDED, PlotData, SilhouetteCurves, Withheld

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusterctl.plots.sample import Groups
    from clusterctl.values.dataset import Dataset
    from clusterctl.values.privacy import Privacy
    from clusterctl.values.space import Space


def withheld_of(groups: Groups, privacy: Privacy) -> Withheld | None:
    """Return what is kept out; None: nothing."""
    if privacy.min_group == 1 and privacy.include_samples:
        return None
    small = [number for number, size in zip(groups.ids.tolist(), groups.sizes.tolist(), strict=True) if privacy.hides(size)]
    return Withheld(np.array(small, dtype=np.int64), privacy.min_group, not privacy.include_samples)


def withhold(data: PlotData, names: Sequence[str], dataset: Dataset, space: Space, groups: Groups) -> PlotData:
    """Return the data as `data.withheld` lets it be seen; names: the features of `data.features` in full."""
    if data.withheld is None:
        return data
    told = ~np.isin(data.profile_groups, data.withheld.groups)
    data = replace(
        data,
        features=_features(data, names, dataset, space, groups),
        profile_groups=data.profile_groups[told],
        profile_means=data.profile_means[told],
        silhouette=None if data.silhouette is None else _silhouette(data.silhouette, data),
    )
    return _anonymous(data) if data.withheld is not None and data.withheld.is_anonymous else data


def _features(data: PlotData, names: Sequence[str], dataset: Dataset, space: Space, groups: Groups) -> np.ndarray:
    """Return the features, NaN in the rows of groups in which too few rows have a value."""
    features, is_excluded = data.features.copy(), data.status == EXCLUDED
    if dataset.privacy.hides(data.n_excluded):
        features[is_excluded] = np.nan
    for place, name in enumerate(names):
        known = np.isfinite(numeric_column(dataset, name)[space.rows])
        counts = np.bincount(groups.index[known], minlength=len(groups.ids))
        few = groups.ids[[dataset.privacy.hides(int(count)) for count in counts]]
        features[np.isin(data.labels, few) & ~is_excluded, place] = np.nan
    return features


def _silhouette(curves: SilhouetteCurves, data: PlotData) -> SilhouetteCurves | None:
    """Return the curves without those of the clusters withheld; None: none is left."""
    hidden = np.isin(data.cluster_ids, data.withheld_groups)
    if hidden.all():
        return None
    lengths = np.where(hidden, 0, np.diff(curves.offsets))
    kept = np.repeat(~hidden, np.diff(curves.offsets))
    means = np.where(hidden, np.nan, curves.means)
    return replace(curves, values=curves.values[kept], offsets=np.concatenate(([0], np.cumsum(lengths))), means=means)


def _anonymous(data: PlotData) -> PlotData:
    """Return the data without what says which row is which: ids, positions, and the order of the input."""
    data = keep_rows(data, np.lexsort((data.projection[:, 1], data.projection[:, 0])))
    reachability = data.reachability
    if reachability is not None:
        reachability = replace(reachability, ids=np.full(len(reachability.ids), ""))
    nameless = {"rows": np.full(len(data.rows), -1), "sample_ids": np.full(len(data.rows), "")}
    return replace(data, **nameless, reachability=reachability)  # type: ignore[arg-type]  # arrays
