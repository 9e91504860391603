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
from clusterctl.kernels.threads import parallel
from clusterctl.results.characteristics import Characteristics
from clusterctl.results.models import ClusterProfile, FeatureImportance
from clusterctl.values.remarks import Note

if TYPE_CHECKING:
    from clusterctl.analysis.groups import Integers
    from clusterctl.analysis.representatives import Method
    from clusterctl.values.dataset import Dataset
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
    n_kept, n_clustered = int(kept.sum()), int(groups.sizes.sum())
    samples, methods = _samples(dataset, space, labels_all)
    result = []
    for cluster in range(groups.n_clusters):
        size = int(groups.sizes[cluster])
        own = {name: found[cluster] for name, found in features.items()}
        telling = telling_features(own, n_kept - size, shares)
        characteristics = Characteristics(
            size=size,
            share=size / n_clustered,
            description=description(telling, is_only=size == n_kept),
            telling_features=telling,
            features=own,
            representative_method=methods[cluster],
        )
        result.append(ClusterProfile(cluster_id=cluster, characteristics=characteristics, representative_samples=samples[cluster]))
    return Noted(result, tuple(_notes(features, groups)))


def _characteristics(dataset: Dataset, name: str, groups: Groups, kept: np.ndarray) -> Sequence[Characteristic]:
    kind = dataset.kinds[name]
    if kind == "numeric":
        return numeric_characteristics(numbers(dataset, name), groups, kept)
    if kind == "text":
        return text_characteristics(dataset, name, groups, kept)
    return categorical_characteristics(categories(dataset, name), groups, kept, boolean=kind == "boolean")


def _samples(dataset: Dataset, space: Space, labels_all: Integers) -> tuple[list[list[str]], list[Method]]:
    """Return the ids that stand for each cluster, and how the first was found."""
    found = representatives(space.points, group(labels_all[space.rows]))
    samples = [dataset.sample_ids(space.rows[np.array(entry.rows, dtype=np.int64)]) for entry in found]
    return samples, [entry.method for entry in found]


def _notes(features: dict[str, Sequence[Characteristic]], groups: Groups) -> list[Note]:
    notes = []
    for name, found in features.items():
        empty = [cluster for cluster, entry in enumerate(found) if entry.n_used == 0]
        notes += [Note(f"{PATH}[{cluster}].characteristics.features.{name}", "no row of the cluster has a value") for cluster in empty]
        lost = [cluster for cluster, entry in enumerate(found) if entry.effect is None and entry.n_used]
        if lost:
            reason = "the feature does not vary, or has no value outside the cluster"
            where = "*" if len(lost) == groups.n_clusters else ",".join(map(str, lost))
            notes.append(Note(f"{PATH}[{where}].characteristics.features.{name}.effect", reason))
    return notes
