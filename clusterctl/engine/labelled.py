"""Rows with labels and the points that they are scored in: of a finished run, or of any table with labels from anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.errors import DataLoadError, EvaluationError
from clusterctl.metrics.strata import subset
from clusterctl.results.model import AGAIN, load_model
from clusterctl.results.stored import OTHER_VERSION
from clusterctl.values.space import Points, Space

if TYPE_CHECKING:
    from clusterctl.data.labelling import Labelling
    from clusterctl.results.stored import StoredRun

CLUSTERED_OR_NOISE = ("clustered", "noise")


@dataclass(frozen=True, slots=True)
class Marks:
    """The labels of the rows of a table.

    labels: (n_rows,) int64, positions in `cluster_ids`; noise, excluded and unlabelled rows -1. has_label, excluded: (n_rows,) bool.
    cluster_ids: number of each cluster. names: its label as text.
    """

    labels: np.ndarray
    has_label: np.ndarray
    excluded: np.ndarray
    cluster_ids: tuple[int, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """The points of those rows that are scored.

    rows: (n,) positions in the table. source, scaling, embedding, features: what `metadata.space` says of them.
    """

    points: Points
    rows: np.ndarray
    source: str
    scaling: str
    embedding: str
    features: tuple[str, ...]


def marks_of_run(run: StoredRun) -> tuple[Marks, list[str]]:
    """Return a run's own labels and the ids of its rows. Raises DataLoadError if assignments.parquet is damaged."""
    table = run.assignments()
    try:
        ids, status = table["sample_id"].to_pylist(), table["status"].to_numpy()
        labels = np.asarray(table["cluster_id"].fill_null(-1).to_numpy(), dtype=np.int64)
    except (KeyError, ValueError) as error:
        path = run.folder / "assignments.parquet"
        raise DataLoadError(f"{path} is not what this version reads: {error}", hint=OTHER_VERSION) from error
    known, codes = np.unique(labels, return_inverse=True)
    clusters = tuple(known[known >= 0].tolist())
    marks = Marks(
        labels=codes - (len(known) - len(clusters)),
        has_label=status != "dropped",
        excluded=status == "excluded",
        cluster_ids=clusters,
        names=tuple(str(cluster) for cluster in clusters),
    )
    return marks, ids


def marks_of_labels(found: Labelling) -> Marks:
    """Return labels from anywhere."""
    numbers = tuple(range(len(found.names)))
    return Marks(found.labels, found.has_label, np.zeros(len(found.labels), dtype=bool), numbers, found.names)


def place_in_run(run: StoredRun, own: Marks, marks: Marks) -> Placed:
    """Return the run's clustering space as it is stored, for the rows that have a label in `marks`; own: the run's labels.

    Raises DataLoadError if the stored model is damaged, or its points and labels are not those of the run.
    """
    model = load_model(run)
    X, labels = model.arrays.get("points"), model.arrays.get("labels")
    rows = np.flatnonzero(own.has_label & ~own.excluded)
    ids = np.array([*own.cluster_ids, -1], dtype=np.int64)
    if X is None or labels is None or X.ndim != 2 or len(X) != len(rows) or not np.array_equal(labels, ids[own.labels[rows]]):
        raise DataLoadError(f"{model.path.parent} is not the model of {run.folder}: its points are those of other labels", hint=AGAIN)
    X = np.ascontiguousarray(X, dtype=np.float64)
    X.setflags(write=False)
    told = run.document.metadata.data_statistics.preprocessing
    features = tuple(run.document.clustering_results.model_info.features)
    placed = Placed(Points(X, model.facts.distance), rows, "stored", str(told["scaling"]), str(told["embedding"]), features)
    return placed if marks is own else _only_labelled(placed, marks)


def place_in_space(space: Space, marks: Marks, scaling: str, features: tuple[str, ...]) -> Placed:
    """Return the prepared points of the rows that have a label. Raises EvaluationError if there are none."""
    return _only_labelled(Placed(space.points, space.rows, "prepared", scaling, space.embedding, features), marks)


def _only_labelled(placed: Placed, marks: Marks) -> Placed:
    wanted = marks.has_label[placed.rows] & ~marks.excluded[placed.rows]
    if not wanted.any():
        raise EvaluationError(
            "no row with a label has a value in every feature, so nothing can be scored", hint="leave columns with gaps out of --features"
        )
    if wanted.all():
        return placed
    points = subset(placed.points, np.flatnonzero(wanted))
    return Placed(points, placed.rows[wanted], placed.source, placed.scaling, placed.embedding, placed.features)
