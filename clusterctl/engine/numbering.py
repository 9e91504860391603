"""The numbers that clusters are known by: by size, or those of an earlier run's clusters that they carry on.

Inside the engine clusters are 0, 1, … by falling size whatever they are called; names are given at its end, from here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np

from clusterctl.engine.labellings import UNLABELLED, Labelling, run_labelling
from clusterctl.results.models import AlignmentInfo, ClusterCenter, ClusterProfile, ClusterStatistics
from clusterctl.values.remarks import Caution, Note

if TYPE_CHECKING:
    from clusterctl.engine.findings import Evaluation, Explanation
    from clusterctl.results.stored import StoredRun
    from clusterctl.values.dataset import Dataset

ROWS_A_CLUSTER = 5
"""Labelled rows in both that matching by rows needs for each cluster of the run that has more."""
NEAR = 0.5
"""A centre is that of an earlier cluster when it has moved less than this share of the way to the nearest other one."""
PATH = "clustering_results.model_info.alignment"
_PLACES = re.compile(r"\b(cluster_centers|cluster_statistics|cluster_profiles|silhouette_per_cluster|per_cluster)\[([0-9,]+)\]")
Named = TypeVar("Named", ClusterCenter, ClusterStatistics, ClusterProfile)


@dataclass(frozen=True, slots=True)
class Numbering:
    """The numbers of clusters 0, 1, … (by falling size), and the first that no cluster ever had. info: None: not aligned."""

    numbers: tuple[int, ...]
    next_number: int
    info: AlignmentInfo | None = None
    cautions: tuple[Caution, ...] = ()
    notes: tuple[Note, ...] = ()


Number = Callable[["Dataset", np.ndarray, np.ndarray, int], Numbering]
"""From the table, (n_rows,) labels, (n_rows,) which rows were dropped, and how many clusters there are."""


def by_size(dataset: Dataset, labels: np.ndarray, dropped: np.ndarray, n_clusters: int) -> Numbering:  # noqa: ARG001 - a Number
    """Number the clusters by falling size."""
    return Numbering(tuple(range(n_clusters)), n_clusters, notes=(Note(PATH, "output.align_to is none"),))


def aligned_to(earlier: StoredRun) -> Number:
    """Return how to number the clusters so that those which carry on one of the earlier run's keep its number.

    Matched are rows in both, by id, or by position where neither table has ids and both have as many rows; where too few are (fewer than
    five for each cluster), centres. New clusters take the next numbers that no cluster had in any run aligned so far. The earlier run is
    read at once, since its folder may be the one that is about to be replaced.
    """
    before = run_labelling(earlier)

    def number(dataset: Dataset, labels: np.ndarray, dropped: np.ndarray, n_clusters: int) -> Numbering:
        is_same_key = _id_key(dataset) == earlier.id_key
        pairs = _by_rows(before, dataset, labels, dropped, n_clusters) if is_same_key else None
        how: Literal["sample_id", "position", "centers"] = "position" if dataset.ids is None else "sample_id"
        if pairs is None:
            how, pairs = "centers", _by_centers(earlier, dataset, labels, n_clusters)
        if pairs is None:
            reason = "the tables have too few rows in common, and the runs no numeric feature whose means could be compared"
            text = f"Clusters could not be matched with those of {earlier.name} and are numbered by size: {reason}."
            notes = (Note(PATH, f"not aligned: {reason}"),)
            found = Numbering(tuple(range(n_clusters)), n_clusters, None, (Caution("not_aligned", text),), notes)
        else:
            found = _numbered(earlier, before, how, pairs, n_clusters)
        return found if is_same_key else replace(found, cautions=(_other_key(earlier), *found.cautions))

    return number


def _id_key(dataset: Dataset) -> str | None:
    """Return what tells the key of the ids' hashes from another; None: they are as they came, or there are none."""
    return dataset.privacy.fingerprint if dataset.id_name in dataset.privacy.hashed else None


def _other_key(earlier: StoredRun) -> Caution:
    text = f"The ids of {earlier.name} are not hashed with the key of this run's, so no row could be found again by its id."
    return Caution("other_hash_key", text)


def _numbered(
    earlier: StoredRun, before: Labelling, how: Literal["sample_id", "position", "centers"], pairs: Mapping[int, int], n_clusters: int
) -> Numbering:
    """Give the numbers: `pairs` is new cluster -> place of the earlier one."""
    fresh = earlier.document.clustering_results.model_info.next_cluster_id
    numbers = []
    for cluster in range(n_clusters):
        if cluster in pairs:
            numbers.append(int(before.cluster_ids[pairs[cluster]]))
        else:
            numbers.append(fresh)
            fresh += 1
    kept = sorted(int(before.cluster_ids[place]) for place in pairs.values())
    info = AlignmentInfo(
        matched_by=how,
        config_sha256=earlier.document.metadata.config_sha256,
        data_sha256=earlier.document.metadata.data_sha256,
        kept=kept,
        new=sorted(set(numbers) - set(kept)),
        gone=sorted({int(number) for number in before.cluster_ids} - set(kept)),
    )
    return Numbering(tuple(numbers), fresh, info, _cautions(earlier, how, before, n_clusters, len(kept)))


def _cautions(earlier: StoredRun, how: str, before: Labelling, n_clusters: int, n_kept: int) -> tuple[Caution, ...]:
    found = []
    if how == "position":
        found.append(
            Caution("aligned_by_position", f"There is no id_column: row n was taken for row n of {earlier.name} to keep cluster numbers.")
        )
    if how == "centers":
        text = f"Too few rows are also in {earlier.name}: clusters were matched with its clusters by their centres to keep the numbers."
        found.append(Caution("aligned_by_centers", text))
    if n_clusters and before.cluster_ids and not n_kept:
        found.append(Caution("nothing_aligned", f"No cluster carries on one of {earlier.name}: all numbers are new."))
    return tuple(found)


def _by_rows(before: Labelling, dataset: Dataset, labels: np.ndarray, dropped: np.ndarray, n_clusters: int) -> dict[int, int] | None:
    """Return new cluster -> place of the earlier one it carries on, from rows in both; None: there are too few of these."""
    from clusterctl.analysis.matching import match
    from clusterctl.engine.comparing import common_rows
    from clusterctl.results.assignments import id_array

    if (before.ids is None) != (dataset.ids is None) or (before.ids is None and before.n_rows != dataset.n_rows):
        return None
    ids = None if dataset.ids is None else id_array(dataset.ids, dataset.n_rows)
    after = Labelling("", ids, np.where(dropped, UNLABELLED, labels), tuple(range(n_clusters)))
    rows_a, rows_b = common_rows(before, after)
    a, b = before.codes[rows_a], after.codes[rows_b]
    both = (a != UNLABELLED) & (b != UNLABELLED)
    if both.sum() < ROWS_A_CLUSTER * max(n_clusters, len(before.cluster_ids), 1):
        return None
    return {pair.b: pair.a for pair in match(a[both], b[both], related_only=True).pairs}


def _by_centers(earlier: StoredRun, dataset: Dataset, labels: np.ndarray, n_clusters: int) -> dict[int, int] | None:
    """Return new cluster -> place of the earlier one whose centre is nearest, both ways, and near; None: no feature can be compared.

    Distances are of means in original units over the standard deviations of the earlier table.
    """
    from scipy.spatial.distance import cdist

    from clusterctl.analysis.statistics import centers

    results, statistics = earlier.document.clustering_results, earlier.document.metadata.data_statistics.feature_statistics
    deviations = {name: getattr(statistics.get(name), "sd", None) for name in results.model_info.numeric_features}
    names = [name for name in dataset.numeric_features if deviations.get(name)]
    if not names:
        return None
    scale = np.array([deviations[name] for name in names], dtype=np.float64)
    before = _table([center.center_coordinates for center in _by_number(results.clusters.cluster_centers)], deviations, names) / scale
    found = centers(dataset, labels, n_clusters).value
    after = _table([center.center_coordinates for center in found], dataset.numeric_features, names) / scale
    if not len(before) or not len(after):
        return {}
    apart = np.nan_to_num(cdist(before, before), nan=np.inf)
    np.fill_diagonal(apart, np.inf)
    reach = NEAR * apart.min(axis=1) if len(before) > 1 else np.full(1, np.sqrt(len(names)))
    distance = np.nan_to_num(cdist(before, after), nan=np.inf)
    nearest_new, nearest_old = distance.argmin(axis=1), distance.argmin(axis=0)
    return {int(new): place for place, new in enumerate(nearest_new) if nearest_old[new] == place and distance[place, new] < reach[place]}


def _by_number(centers: Sequence[ClusterCenter]) -> list[ClusterCenter]:
    return sorted(centers, key=lambda center: center.cluster_id)


def _table(rows: Sequence[Sequence[float | None]], columns: Sequence[str] | Mapping[str, object], names: Sequence[str]) -> np.ndarray:
    """Return the columns `names` of rows of means, NaN where there is none."""
    places = {name: place for place, name in enumerate(columns)}
    table = [[np.nan if (value := row[places[name]]) is None else value for name in names] for row in rows]
    return np.array(table, dtype=np.float64).reshape(len(rows), len(names))


def name_evaluation(evaluation: Evaluation, numbers: Sequence[int]) -> Evaluation:
    """Put the lists that have an entry a cluster in the order of the numbers."""
    if _is_in_order(numbers):
        return evaluation
    order = np.argsort(numbers).tolist()
    by_cluster, stability = evaluation.silhouette_per_cluster, evaluation.stability
    return replace(
        evaluation,
        silhouette_per_cluster=None if by_cluster is None else tuple(by_cluster[cluster] for cluster in order),
        stability=stability and stability.model_copy(update={"per_cluster": [stability.per_cluster[cluster] for cluster in order]}),
        notes=_moved(evaluation.notes, order),
    )


def name_explanation(explanation: Explanation, numbers: Sequence[int]) -> Explanation:
    """Give the clusters their numbers, and put the lists in the order of these."""
    if _is_in_order(numbers) and tuple(numbers) == tuple(range(len(numbers))):
        return explanation
    return replace(
        explanation,
        centers=_named(explanation.centers, numbers),
        statistics=_named(explanation.statistics, numbers),
        profiles=_named(explanation.profiles, numbers),
        notes=_moved(explanation.notes, np.argsort(numbers).tolist()),
    )


def _is_in_order(numbers: Sequence[int]) -> bool:
    return list(numbers) == sorted(numbers)


def _named(entries: list[Named], numbers: Sequence[int]) -> list[Named]:
    named = [entry.model_copy(update={"cluster_id": numbers[entry.cluster_id]}) for entry in entries]
    return sorted(named, key=lambda entry: entry.cluster_id)


def _moved(notes: Sequence[Note], order: Sequence[int]) -> tuple[Note, ...]:
    """Let the paths of notes point to where the entries of clusters have gone."""
    place = {cluster: at for at, cluster in enumerate(order)}

    def move(found: re.Match[str]) -> str:
        return f"{found[1]}[{','.join(map(str, sorted(place[int(number)] for number in found[2].split(','))))}]"

    return tuple(replace(note, path=_PLACES.sub(move, note.path)) for note in notes)
