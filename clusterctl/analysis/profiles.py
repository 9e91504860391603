"""What is in each cluster, in the data's own terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.analysis.columns import categories, numbers
from clusterctl.analysis.effects import categorical_characteristics, numeric_characteristics
from clusterctl.analysis.groups import Groups, group
from clusterctl.analysis.noted import Noted
from clusterctl.analysis.representatives import representatives
from clusterctl.analysis.telling import Characteristic, description, telling_features
from clusterctl.analysis.texts import text_characteristics
from clusterctl.analysis.withheld import numeric_characteristic
from clusterctl.kernels.threads import parallel
from clusterctl.results.characteristics import Characteristics
from clusterctl.results.models import ClusterProfile, FeatureImportance
from clusterctl.values.remarks import Note

if TYPE_CHECKING:
    from clusterctl.analysis.groups import Integers
    from clusterctl.analysis.representatives import Method
    from clusterctl.values.dataset import Dataset
    from clusterctl.values.privacy import Privacy
    from clusterctl.values.space import Space

PATH = "clustering_results.cluster_analysis.cluster_profiles"


def profiles(
    dataset: Dataset, space: Space, labels_all: Integers, importance: Sequence[FeatureImportance] = (), n_jobs: int = 1
) -> Noted[list[ClusterProfile]]:
    """Return for each cluster its features in original units beside all rows not dropped, a line in words and up to five sample ids.

    `labels_all` (n_rows,): rows below 0 are in no cluster. The shapes and the effects are those of `results.characteristics`; which
    features are named is `telling.telling_features`, which samples `representatives.representatives`. All rows are used, exactly, but
    for texts beyond 20,000. `importance` settles ties. Deterministic.
    """
    groups = group(labels_all)
    kept = ~space.dropped
    found = parallel(lambda name: _characteristics(dataset, name, groups, kept), dataset.features, n_jobs)
    features = dict(zip(dataset.features, found, strict=True))
    shares = {entry.feature: entry.importance or 0.0 for entry in importance}
    privacy = dataset.privacy
    n_kept, n_clustered = int(kept.sum()), int(groups.sizes.sum())
    samples, methods = _samples(dataset, space, labels_all)
    result = []
    for cluster in range(groups.n_clusters):
        size = int(groups.sizes[cluster])
        own = {} if privacy.hides(size) else {name: found[cluster] for name, found in features.items()}
        telling = telling_features(own, n_kept - size, shares)
        in_words = f"not described: {privacy.reason}" if privacy.hides(size) else description(telling, is_only=size == n_kept)
        characteristics = Characteristics(
            size=size,
            share=size / n_clustered,
            description=in_words,
            telling_features=telling,
            features=own,
            representative_method=methods[cluster],
        )
        result.append(ClusterProfile(cluster_id=cluster, characteristics=characteristics, representative_samples=samples[cluster]))
    return Noted(result, (*_notes(features, groups, privacy), *_withheld_notes(groups, privacy)))


def _characteristics(dataset: Dataset, name: str, groups: Groups, kept: np.ndarray) -> Sequence[Characteristic]:
    kind = dataset.kinds[name]
    if kind == "numeric":
        values = numbers(dataset, name)
        found = numeric_characteristics(values, groups, kept)
        if dataset.privacy.min_group == 1:
            return found
        n_everywhere = int(np.count_nonzero(np.isfinite(values) & kept))
        return [numeric_characteristic(entry, n_everywhere, dataset.privacy) for entry in found]
    min_group = dataset.privacy.min_group
    if kind == "text":
        return text_characteristics(dataset, name, groups, kept, min_group)
    return categorical_characteristics(categories(dataset, name), groups, kept, kind == "boolean", min_group)


def _samples(dataset: Dataset, space: Space, labels_all: Integers) -> tuple[list[list[str]], list[Method | None]]:
    """Return the ids that stand for each cluster, and how the first was found; none and None where no row is to be told of."""
    groups, privacy = group(labels_all[space.rows]), dataset.privacy
    if not privacy.include_samples:
        return [[] for _ in range(groups.n_clusters)], [None] * groups.n_clusters
    found = representatives(space.points, groups)
    told = [not privacy.hides(int(size)) for size in groups.sizes]
    samples = [
        dataset.sample_ids(space.rows[np.array(entry.rows, dtype=np.int64)]) if is_told else []
        for entry, is_told in zip(found, told, strict=True)
    ]
    return samples, [entry.method if is_told else None for entry, is_told in zip(found, told, strict=True)]


def _withheld_notes(groups: Groups, privacy: Privacy) -> list[Note]:
    """Return what is empty or null in the profiles for the sake of privacy."""
    notes = []
    small = [str(cluster) for cluster in range(groups.n_clusters) if privacy.hides(int(groups.sizes[cluster]))]
    if small:
        where = f"{PATH}[{','.join(small)}]"
        parts = ("characteristics.features", "characteristics.telling_features", "characteristics.representative_method")
        notes += [Note(f"{where}.{part}", privacy.reason) for part in (*parts, "representative_samples")]
    if privacy.min_group > 1:
        reason = f"statistics of {privacy.reason} are null, and categories and words of so few rows are not listed"
        notes.append(Note(f"{PATH}[*].characteristics.features", reason))
    if not privacy.include_samples and groups.n_clusters:
        told = "privacy.include_samples is false"
        notes += [Note(f"{PATH}[*].{part}", told) for part in ("representative_samples", "characteristics.representative_method")]
    return notes


def _notes(features: dict[str, Sequence[Characteristic]], groups: Groups, privacy: Privacy) -> list[Note]:
    small = {cluster for cluster in range(groups.n_clusters) if privacy.hides(int(groups.sizes[cluster]))}
    notes = []
    for name, found in features.items():
        empty = [cluster for cluster, entry in enumerate(found) if entry.n_used == 0 and cluster not in small]
        notes += [Note(f"{PATH}[{cluster}].characteristics.features.{name}", "no row of the cluster has a value") for cluster in empty]
        lost = [cluster for cluster, entry in enumerate(found) if entry.effect is None and entry.n_used and cluster not in small]
        if lost:
            reason = "the feature does not vary, or has no value outside the cluster"
            reason += f", or {privacy.reason}" if privacy.min_group > 1 else ""
            where = "*" if len(lost) == groups.n_clusters else ",".join(map(str, lost))
            notes.append(Note(f"{PATH}[{where}].characteristics.features.{name}.effect", reason))
    return notes
