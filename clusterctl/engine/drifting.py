"""What changed in the features from one run to the next: within the clusters that go on, and in the tables as a whole."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clusterctl.analysis.drift import Index, Values, category_index, kolmogorov_smirnov, numeric_index
from clusterctl.errors import DataLoadError
from clusterctl.results.characteristics import CategoricalCharacteristic, CategoricalStatistics, NumericCharacteristic, NumericStatistics
from clusterctl.results.comparison import ClusterMatch, FeatureChange, FeatureDrift
from clusterctl.values.plotdata import CLUSTERED, EXCLUDED, NOISE

if TYPE_CHECKING:
    from clusterctl.results.stored import StoredRun
    from clusterctl.values.plotdata import PlotData

LONGEST_NAME = 120
"""Names of features are cut to this in points.npz."""


def feature_changes(a: StoredRun, b: StoredRun, pairs: Sequence[ClusterMatch]) -> list[FeatureChange]:
    """Return for every cluster that goes on how its means (numbers) and shares (categories) changed, feature by feature."""
    profiles_a, profiles_b = _profiles(a), _profiles(b)
    statistics = a.document.metadata.data_statistics.feature_statistics
    found = []
    for pair in pairs:
        own_a, own_b = profiles_a[pair.cluster_a], profiles_b[pair.cluster_b]
        for name in own_a:
            if name in own_b:
                found += _change(pair, name, own_a[name], own_b[name], statistics.get(name))
    return found


def _profiles(run: StoredRun) -> dict[int | str, Mapping[str, Any]]:
    profiles = run.document.clustering_results.cluster_analysis.cluster_profiles
    return {profile.cluster_id: profile.characteristics.features for profile in profiles}


def _change(pair: ClusterMatch, name: str, a: Any, b: Any, whole: Any) -> list[FeatureChange]:
    """Return the change of one feature; none where a side has no value, or the kinds differ."""
    where = {"cluster_a": pair.cluster_a, "cluster_b": pair.cluster_b, "feature": name}
    if isinstance(a, NumericCharacteristic) and isinstance(b, NumericCharacteristic):
        if a.mean is None or b.mean is None:
            return []
        sd = whole.sd if isinstance(whole, NumericStatistics) else None
        effect = (b.mean - a.mean) / sd if sd else None
        return [FeatureChange(**where, kind="numeric", category=None, value_a=a.mean, value_b=b.mean, effect=effect)]
    if not (isinstance(a, CategoricalCharacteristic) and isinstance(b, CategoricalCharacteristic)) or not (a.n_used and b.n_used):
        return []
    shares = [(category, *shared) for category, shared in _shares(a, b).items()]
    if not shares:
        return []
    category, share_a, share_b = max(shares, key=lambda entry: abs(_cohens_h(entry[1], entry[2])))
    effect = _cohens_h(share_a, share_b)
    return [FeatureChange(**where, kind=a.kind, category=category, value_a=share_a, value_b=share_b, effect=effect)]


def _shares(a: CategoricalCharacteristic, b: CategoricalCharacteristic) -> dict[str, tuple[float, float]]:
    """Return the shares of the categories whose share is known on both sides: listed, or not there at all."""
    of_a, of_b = ({entry.category: entry.share for entry in side.categories} for side in (a, b))
    whole_a, whole_b = a.n_categories <= len(a.categories), b.n_categories <= len(b.categories)
    known = [name for name in {**of_a, **of_b} if (name in of_a or whole_a) and (name in of_b or whole_b)]
    return {name: (of_a.get(name, 0.0), of_b.get(name, 0.0)) for name in known}


def _cohens_h(a: float, b: float) -> float:
    return 2 * math.asin(math.sqrt(min(b, 1.0))) - 2 * math.asin(math.sqrt(min(a, 1.0)))


@dataclass(frozen=True, slots=True)
class _Stored:
    """What a run keeps of its table. points: None where points.npz cannot be read, and then `reason` says why."""

    run: StoredRun
    statistics: Mapping[str, NumericStatistics | CategoricalStatistics]
    points: PlotData | None
    weights: np.ndarray | None
    reason: str | None

    @property
    def n_rows(self) -> int:
        """Rows of the table."""
        return self.run.document.metadata.data_statistics.n_rows

    def values(self, name: str) -> Values | None:
        """Return the values of a numeric feature; None: they are not kept."""
        if self.points is None or self.weights is None or name[:LONGEST_NAME] != name or name not in self.points.feature_names:
            return None
        kept = self.weights > 0
        return Values(self.points.features[kept, self.points.feature_names.index(name)], self.weights[kept])

    def basis(self) -> str:
        """Say which rows the values are of."""
        assert self.points is not None and self.weights is not None  # noqa: PT018 - asked of values that are there
        n_kept, n_all = int(np.count_nonzero(self.weights)), self.n_rows - self.points.n_dropped
        if self.points.withheld is not None and n_kept < len(self.points.rows):
            return f"{n_kept:,} of {n_all:,} rows, without groups of fewer than {self.points.withheld.min_group} (privacy.min_group)"
        return f"all {n_kept:,} rows" if n_kept == n_all else f"{n_kept:,} of {n_all:,} rows, drawn by cluster and weighed"


def drift(a: StoredRun, b: StoredRun) -> list[FeatureDrift]:
    """Return how each feature of either run changed; numbers from points.npz, categories from the statistics of results.json."""
    first, second = _stored(a), _stored(b)
    names = dict.fromkeys((*first.statistics, *second.statistics))
    return [_feature_drift(name, first, second) for name in names]


def _stored(run: StoredRun) -> _Stored:
    statistics = run.document.metadata.data_statistics.feature_statistics
    try:
        points = run.plot_data()
    except DataLoadError as error:
        return _Stored(run, statistics, None, None, error.message)
    return _Stored(run, statistics, points, _weights(points), None)


def _weights(points: PlotData) -> np.ndarray:
    """Return how many rows of the table each kept row stands for: rows of its cluster, or noise, over those kept of it.

    0 in groups that are withheld, whose values are not there.
    """
    weights = np.ones(len(points.rows))
    sizes = dict(zip(points.cluster_ids.tolist(), points.cluster_sizes.tolist(), strict=True))
    groups = [((points.status == CLUSTERED) & (points.labels == number), size) for number, size in sizes.items()]
    groups += [(points.status == NOISE, points.n_noise), (points.status == EXCLUDED, points.n_excluded)]
    for kept, size in groups:
        if kept.any():
            weights[kept] = size / kept.sum()
    if points.withheld is not None:
        weights[~np.isfinite(points.features).any(axis=1)] = 0.0
    return weights


def _feature_drift(name: str, a: _Stored, b: _Stored) -> FeatureDrift:
    of_a, of_b = a.statistics.get(name), b.statistics.get(name)
    if of_a is None or of_b is None:
        known = of_a or of_b
        assert known is not None  # a name comes from one of them
        return _entry(name, known.kind, reason=f"{'A' if of_a is None else 'B'} was not clustered on it")
    missing: dict[str, Any] = {"missing_a": of_a.missing / a.n_rows, "missing_b": of_b.missing / b.n_rows}
    if of_a.kind != of_b.kind:
        return _entry(name, of_a.kind, None, **missing, reason=f"it is {of_a.kind} in A and {of_b.kind} in B")
    if isinstance(of_a, NumericStatistics) and isinstance(of_b, NumericStatistics):
        return _numeric_drift(name, a, b, of_a, of_b, missing)
    if not isinstance(of_a, CategoricalStatistics) or not isinstance(of_b, CategoricalStatistics):  # for the type checker
        raise TypeError(name)
    if of_a.kind not in ("categorical", "boolean"):
        return _entry(name, of_a.kind, None, **missing, reason=f"of {of_a.kind} values no distribution is kept")
    index = category_index(*_counts(of_a, of_b, a.n_rows, b.n_rows))
    reason = "categories have no order, so no distribution function and no mean"
    return _entry(name, of_a.kind, index, **missing, computed_on="all rows", reason=reason)


def _numeric_drift(
    name: str, a: _Stored, b: _Stored, of_a: NumericStatistics, of_b: NumericStatistics, missing: Mapping[str, Any]
) -> FeatureDrift:
    change = (of_b.mean - of_a.mean) / of_a.sd if of_a.mean is not None and of_b.mean is not None and of_a.sd else None
    no_mean = None if change is not None else "the feature does not vary in A, or has no value"
    values_a, values_b = a.values(name), b.values(name)
    if values_a is None or values_b is None:
        reason = a.reason or b.reason or "points.npz keeps no values of this feature (it keeps those of the 64 most telling ones)"
        return _entry(name, "numeric", None, **missing, mean_change=change, reason=reason)
    index, distance = numeric_index(values_a, values_b), kolmogorov_smirnov(values_a, values_b)
    return _entry(
        name,
        "numeric",
        index,
        **missing,
        ks=distance[0] if distance else None,
        ks_p_value=distance[1] if distance else None,
        mean_change=change,
        computed_on=a.basis() if a.basis() == b.basis() else f"A: {a.basis()}; B: {b.basis()}",
        reason=no_mean if index and distance else "a side has no value of it",
    )


def _entry(name: str, kind: Any, index: Index | None = None, **given: Any) -> FeatureDrift:
    nothing = dict.fromkeys(("ks", "ks_p_value", "mean_change", "missing_a", "missing_b", "computed_on", "reason"))
    found = {"psi": index.psi, "psi_by_chance": index.by_chance, "level": index.level} if index else {}
    return FeatureDrift(**{"psi": None, "psi_by_chance": None, "level": None, **nothing, **found, **given, "feature": name, "kind": kind})


def _counts(a: CategoricalStatistics, b: CategoricalStatistics, n_a: int, n_b: int) -> tuple[list[float], list[float]]:
    """Return rows a category on both sides: those known on both, then any other, then missing."""
    of_a, of_b = ({entry.category: entry.count for entry in side.categories} for side in (a, b))
    whole_a, whole_b = a.n_categories <= len(of_a), b.n_categories <= len(of_b)
    known = [name for name in {**of_a, **of_b} if (name in of_a or whole_a) and (name in of_b or whole_b)]
    first, second = [float(of_a.get(name, 0)) for name in known], [float(of_b.get(name, 0)) for name in known]
    return (
        [*first, n_a - a.missing - sum(first), float(a.missing)],
        [*second, n_b - b.missing - sum(second), float(b.missing)],
    )
