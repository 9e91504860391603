"""What a worker does with labels: score those of one space in one pass over its distances."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clusterctl.engine.sweep.agreement import encode, sampled_rows
from clusterctl.engine.sweep.failures import as_trial_error
from clusterctl.engine.sweep.labels import read_labels
from clusterctl.engine.sweep.marker import Marker
from clusterctl.kernels.filters import filters_kept
from clusterctl.kernels.threads import one_thread, parallel
from clusterctl.metrics.evaluate import score
from clusterctl.metrics.silhouette import N_EXACT, Silhouettes, silhouettes_many

if TYPE_CHECKING:
    import numpy as np

    from clusterctl.engine.sweep.space import StoredSpace
    from clusterctl.results.sweep import TrialError
    from clusterctl.values.score import Score
    from clusterctl.values.space import Points


@dataclass(frozen=True, slots=True)
class Labelling:
    """A trial to be scored. names: the metrics. space: that its labels belong to. is_rank: the scores are those of the rank space."""

    trial_id: int
    names: tuple[str, ...]
    random_state: int
    space: StoredSpace
    is_rank: bool = False


@dataclass(frozen=True, slots=True)
class ScoreTask:
    """Labellings to be scored in `space`, in one pass over its distances."""

    space: StoredSpace
    labellings: tuple[Labelling, ...]
    labels: Path
    marker: Path
    n_jobs: int


@dataclass(frozen=True, slots=True)
class Scored:
    """The scores of a trial; `text`: its labels at the sampled rows, for the journal. `error`: why there are none."""

    trial_id: int
    seconds: float
    scores: tuple[Score, ...] = ()
    text: str | None = None
    error: TrialError | None = None
    is_rank: bool = False


def score_all(task: ScoreTask) -> tuple[Scored, ...]:
    """Score every labelling of the task: each value to the bit what it is when scored alone."""
    started = time.monotonic()
    marker = Marker(task.marker)
    marker.set(task.labellings[0].trial_id, is_build=False, before=0.0)
    try:
        with filters_kept(), one_thread():
            scores = _score(task)
            texts = [None if labelling.is_rank else _text(labelling, task.labels) for labelling in task.labellings]
    except Exception as problem:
        if len(task.labellings) > 1:  # whose fault it is, is told by scoring each alone
            return tuple(part for labelling in task.labellings for part in score_all(_alone(task, labelling)))
        return (Scored(task.labellings[0].trial_id, time.monotonic() - started, error=as_trial_error(problem)),)
    share = (time.monotonic() - started) / len(task.labellings)
    return tuple(
        Scored(labelling.trial_id, share, found, text, is_rank=labelling.is_rank)
        for labelling, found, text in zip(task.labellings, scores, texts, strict=True)
    )


def _alone(task: ScoreTask, labelling: Labelling) -> ScoreTask:
    return ScoreTask(task.space, (labelling,), task.labels, task.marker, task.n_jobs)


def _score(task: ScoreTask) -> list[tuple[Score, ...]]:
    points = task.space.points()
    labels = [_labels_in(task, labelling) for labelling in task.labellings]
    by_row = _silhouettes(task, points, labels)

    def one(place: int) -> tuple[Score, ...]:
        labelling = task.labellings[place]
        truth = task.space.truth(labels[place])
        return score(
            points, labels[place], truth, labelling.names, random_state=labelling.random_state, n_jobs=0, silhouette=by_row.get(place)
        )

    return parallel(one, range(len(labels)), task.n_jobs)


def _labels_in(task: ScoreTask, labelling: Labelling) -> np.ndarray:
    """Return the labels of the points of the task's space; rows that the trial's own space leaves out are noise there."""
    labels = read_labels(task.labels, labelling.trial_id)
    if labelling.space == task.space:
        return labels
    every: np.ndarray = labelling.space.of_every_row(labels)[task.space.rows()]
    return every


def _silhouettes(task: ScoreTask, points: Points, labels: list[np.ndarray]) -> dict[int, Silhouettes]:
    """Return the silhouettes of the labellings that ask for them, from one pass where all rows count."""
    wanted = [place for place, labelling in enumerate(task.labellings) if "silhouette_score" in labelling.names]
    if points.n_rows <= N_EXACT:
        found = silhouettes_many(points, [labels[place] for place in wanted], random_state=0, n_jobs=task.n_jobs)
        return dict(zip(wanted, found, strict=True))
    return {
        place: silhouettes_many(points, [labels[place]], random_state=task.labellings[place].random_state, n_jobs=task.n_jobs)[0]
        for place in wanted
    }


def _text(labelling: Labelling, folder: Path) -> str:
    every = labelling.space.of_every_row(read_labels(folder, labelling.trial_id), dropped=-2)
    return encode(every[sampled_rows(labelling.space.n_rows)])
