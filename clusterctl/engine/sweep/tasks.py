"""What workers do: build a structure and cut it, score labellings that share a pass, check one by resampling.

Each is a plain function of a picklable task. Labels travel through files of the work folder, never through memory or pipes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from clusterctl.engine.evaluation import compare_with_null, resample
from clusterctl.engine.pipeline import Fit, check_distance
from clusterctl.engine.resources import check_memory
from clusterctl.engine.sweep.agreement import encode, sampled_rows
from clusterctl.engine.sweep.marker import Marker
from clusterctl.errors import ClusterctlError, ResourceLimitError
from clusterctl.kernels.filters import filters_kept
from clusterctl.kernels.threads import one_thread, parallel
from clusterctl.metrics.evaluate import score
from clusterctl.metrics.silhouette import N_EXACT, Silhouettes, silhouettes_many
from clusterctl.results.sweep import TrialError
from clusterctl.values.clustering import Clustering

if TYPE_CHECKING:
    from clusterctl.algorithms.base import AlgorithmSpec, Settings
    from clusterctl.config.clustering import ClusteringConfiguration
    from clusterctl.engine.sweep.space import StoredSpace
    from clusterctl.metrics.settings import EvaluationConfiguration
    from clusterctl.results.models import NullComparison, Stability
    from clusterctl.values.remarks import Caution
    from clusterctl.values.score import Score
    from clusterctl.values.space import Points

TIMEOUT, LOST = "TrialTimeout", "WorkerLost"
"""Types of errors that may pass when the trial is tried again."""


class Choice(Protocol):
    """An algorithm with every setting concrete; see `commands.choosing`."""

    @property
    def spec(self) -> AlgorithmSpec: ...  # noqa: D102
    @property
    def settings(self) -> Settings: ...  # noqa: D102
    @property
    def chosen(self) -> dict[str, dict[str, Any]]: ...  # noqa: D102
    @property
    def cautions(self) -> tuple[Caution, ...]: ...  # noqa: D102
    @property
    def settle(self) -> Callable[[Points], Settings] | None: ...  # noqa: D102


Choose = Callable[["Points", "ClusteringConfiguration", int, int], Choice]
"""(points, configuration, seed, n_jobs) -> every setting concrete; given by whoever knows the rules of `auto`."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One trial as a worker sees it."""

    trial_id: int
    clustering: ClusteringConfiguration
    random_state: int


@dataclass(frozen=True, slots=True)
class FitTask:
    """A structure and all its cuts.

    labels: the folder that labels are written into. marker: where the worker says what it is at. timeout: seconds that the build and
    one cut may take; None: no limit.
    """

    space: StoredSpace
    cuts: tuple[Cut, ...]
    labels: Path
    marker: Path
    choose: Choose
    n_jobs: int
    max_memory: int | None = None
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a trial's fit gave, but for the labels, which lie in the work folder; `error`: why there are none."""

    trial_id: int
    seconds: float
    error: TrialError | None = None
    n_clusters: int = 0
    n_noise: int = 0
    smallest: int | None = None
    chosen: dict[str, Any] | None = None
    cautions: tuple[Caution, ...] = ()


def fit(task: FitTask) -> tuple[Found, ...]:
    """Build once and cut for every trial; a trial that fails is an error of its own and the others go on.

    Where the build refuses the settings of one trial (more clusters than distinct rows), it is tried again with those of the next.
    """
    with filters_kept(), one_thread():
        return tuple(_fit(task))


def _fit(task: FitTask) -> Iterator[Found]:
    points = task.space.points()
    marker = Marker(task.marker)
    structure: Any = None
    build = 0.0
    broken: TrialError | None = None
    for cut in task.cuts:
        if broken is not None:
            yield Found(cut.trial_id, 0.0, broken)
            continue
        started = time.monotonic()
        marker.set(cut.trial_id, is_build=structure is None, before=build)
        try:
            choice = task.choose(points, cut.clustering, cut.random_state, task.n_jobs)
            if structure is None:
                structure = _build(points, choice, task)
                build = time.monotonic() - started
                started = time.monotonic()
                marker.set(cut.trial_id, is_build=False, before=build)
            clustering = choice.spec.cut(structure, choice.settings)
        except Exception as problem:  # a trial's failure is its row's, whatever it is
            error = as_trial_error(problem)
            broken = error if structure is None and not isinstance(problem, ClusterctlError) else None
            yield Found(cut.trial_id, time.monotonic() - started, error)
            continue
        own = time.monotonic() - started
        if task.timeout is not None and build + own > task.timeout:
            yield Found(cut.trial_id, own, timed_out(task.timeout))
            continue
        write_labels(task.labels, cut.trial_id, clustering.labels)
        yield _found(cut.trial_id, clustering, own + build / len(task.cuts), choice)


def _build(points: Points, choice: Choice, task: FitTask) -> Any:
    check_distance(choice.spec, points)
    check_memory(choice.spec, choice.settings, points.n_rows, points.n_columns, task.max_memory)
    return choice.spec.build(points, choice.settings, task.n_jobs)


def _found(trial_id: int, clustering: Clustering, seconds: float, choice: Choice) -> Found:
    labels = clustering.labels
    sizes = np.bincount(labels[labels >= 0])
    return Found(
        trial_id,
        seconds,
        n_clusters=clustering.n_clusters,
        n_noise=int((labels < 0).sum()),
        smallest=int(sizes.min()) if len(sizes) else None,
        chosen=choice.chosen,
        cautions=(*choice.cautions, *clustering.cautions),
    )


def as_trial_error(problem: BaseException) -> TrialError:
    """Return an exception as the error of a row."""
    if isinstance(problem, MemoryError):
        problem = ResourceLimitError("memory ran out", hint="use fewer rows or columns, or fewer jobs at once (--n-jobs)")
    if isinstance(problem, ClusterctlError):
        message = "\n".join((problem.message, *problem.details))
        return TrialError(type=type(problem).__name__, message=message, hint=problem.hint)
    return TrialError(type=type(problem).__name__, message=str(problem) or "no message", hint=None)


def timed_out(seconds: float) -> TrialError:
    """Return the error of a trial that took longer than it may."""
    return TrialError(
        type=TIMEOUT,
        message=f"building its structure and cutting it took longer than --trial-timeout {seconds:g}",
        hint="give it more time, or leave its settings out; --resume tries it again",
    )


def worker_lost() -> TrialError:
    """Return the error of a trial whose worker process died of it."""
    return TrialError(
        type=LOST,
        message="its worker process was killed or crashed, most likely because memory ran out",
        hint="use fewer rows or columns, fewer jobs at once (--n-jobs), or leave its settings out; --resume tries it again",
    )


def write_labels(folder: Path, trial_id: int, labels: np.ndarray) -> None:
    """Keep the labels (n_points,) of a trial in the smallest integers that hold them."""
    np.save(_labels_path(folder, trial_id), labels.astype(np.min_scalar_type(-1 - int(labels.max(initial=0)))))


def read_labels(folder: Path, trial_id: int) -> np.ndarray:
    """Return the labels (n_points,) int64 of a trial."""
    return np.asarray(np.load(_labels_path(folder, trial_id)), dtype=np.int64)


def forget_labels(folder: Path, trial_id: int) -> None:
    """Remove the labels of a trial that is finished."""
    _labels_path(folder, trial_id).unlink(missing_ok=True)


def _labels_path(folder: Path, trial_id: int) -> Path:
    return folder / f"labels-{trial_id}.npy"


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
    return labelling.space.of_every_row(labels)[task.space.rows()]


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


@dataclass(frozen=True, slots=True)
class CheckTask:
    """A scored trial to be held against resamples and chance, as a run does."""

    space: StoredSpace
    cut: Cut
    scores: tuple[Score, ...]
    settings: EvaluationConfiguration
    labels: Path
    marker: Path
    choose: Choose
    n_jobs: int


@dataclass(frozen=True, slots=True)
class Checked:
    """Stability and null comparison of a trial; a text says why there is none."""

    trial_id: int
    seconds: float
    stability: Stability | str | None = None
    null: dict[str, NullComparison] | str | None = None
    error: TrialError | None = None


def check(task: CheckTask) -> Checked:
    """Do what a run's `cross_validation` and `cluster_validation` do."""
    started = time.monotonic()
    Marker(task.marker).set(task.cut.trial_id, is_build=False, before=0.0)
    try:
        with filters_kept(), one_thread():
            points, seed = task.space.points(), task.cut.random_state
            labels = read_labels(task.labels, task.cut.trial_id)
            choice = task.choose(points, task.cut.clustering, seed, task.n_jobs)
            found = Fit(choice.spec, choice.settings, Clustering(labels, int(labels.max(initial=-1)) + 1), choice.settle)
            stability = resample(points, found, seed, task.n_jobs) if task.settings.cross_validation else "cross_validation is off"
            null = (
                compare_with_null(points, found, task.scores, seed, task.n_jobs)
                if task.settings.cluster_validation
                else "cluster_validation is off"
            )
    except Exception as problem:
        return Checked(task.cut.trial_id, time.monotonic() - started, error=as_trial_error(problem))
    return Checked(task.cut.trial_id, time.monotonic() - started, stability, null)
