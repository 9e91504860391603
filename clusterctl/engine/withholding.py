"""What `privacy` keeps out of a result beyond what its parts see to themselves: silhouettes, and names of prepared columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.analysis.withheld import too_few
from clusterctl.engine.evaluation import VALIDATION_PATH
from clusterctl.values.remarks import Note

if TYPE_CHECKING:
    from clusterctl.engine.findings import Evaluation
    from clusterctl.results.assignments import Fate
    from clusterctl.values.dataset import Dataset
    from clusterctl.values.privacy import Privacy


def small_clusters(labels: np.ndarray, privacy: Privacy) -> np.ndarray:
    """Return the clusters of fewer rows than are told of, rising."""
    return np.flatnonzero(too_few(np.bincount(labels[labels >= 0]), privacy.min_group))


def withhold_silhouettes(
    values: Sequence[float | None], small: Iterable[int], reason: str, path: str
) -> tuple[list[float | None], list[Note]]:
    """Return the silhouettes a cluster without those of the places `small`, and a note for each; path: where they stand."""
    hidden = set(small)
    told = [None if place in hidden else value for place, value in enumerate(values)]
    return told, [Note(f"{path}[{place}]", reason) for place in sorted(hidden)]


def withhold_evaluation(evaluation: Evaluation, small: np.ndarray, privacy: Privacy) -> Evaluation:
    """Return an evaluation without the silhouettes of the clusters `small`. How well they are found again tells nothing of their rows."""
    values = evaluation.silhouette_per_cluster
    if values is None or not len(small):
        return evaluation
    path = f"{VALIDATION_PATH}.silhouette_per_cluster"
    told, notes = withhold_silhouettes(values, small.tolist(), privacy.reason, path)
    return replace(evaluation, silhouette_per_cluster=tuple(told), notes=(*evaluation.notes, *notes))


def withhold_fate(fate: Fate, small: np.ndarray) -> Fate:
    """Return what became of the rows without the silhouettes of those in the clusters `small`; labels are the clusters' own."""
    if fate.silhouette is None or not len(small):
        return fate
    return replace(fate, silhouette=np.where(np.isin(fate.labels, small), np.nan, fate.silhouette))


def told_columns(columns: Iterable[str], dataset: Dataset) -> list[str]:
    """Return names of prepared columns; those that tell of a category that too few rows have, as `feature=(withheld)`."""
    if dataset.privacy.min_group == 1:
        return list(columns)
    rare: dict[str, str] = {}
    for feature in dataset.features:
        if dataset.kinds[feature] == "categorical":
            counts = dataset.frame[feature].value_counts()
            few = counts.index[(counts < dataset.privacy.min_group).to_numpy()]
            rare.update((f"{feature}={value}", f"{feature}=(withheld)") for value in few)
    return [rare.get(name, name) for name in columns]
