"""What is left to do in a sweep, as jobs: tasks that know how to be made, divided and blamed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusterctl.engine.sweep.checking import CheckTask, check
from clusterctl.engine.sweep.choice import Choose, Cut
from clusterctl.engine.sweep.fitting import FitTask, fit
from clusterctl.engine.sweep.scoring import Labelling, ScoreTask, score_all

if TYPE_CHECKING:
    from clusterctl.engine.sweep.space import StoredSpace
    from clusterctl.metrics.settings import EvaluationConfiguration
    from clusterctl.values.score import Score


@dataclass(frozen=True, slots=True)
class Means:
    """What every job of a sweep is done with.

    work: the work folder. names: the metrics of the trials in a space, by its id. rank_space: where all are scored again, and
    `rank_names` by which metrics; None: nowhere. checks: whether every trial is held against resamples and chance.
    """

    choose: Choose
    work: Path
    evaluation: EvaluationConfiguration
    n_jobs: int
    names: dict[str, tuple[str, ...]]
    rank_space: StoredSpace | None = None
    rank_names: tuple[str, ...] = ()
    checks: bool = False
    max_memory: int | None = None
    trial_timeout: float | None = None


@dataclass(frozen=True)
class FitJob:
    """A structure and its cuts. bytes: what building it takes. alone: it is done with nothing beside it, so that it can be blamed."""

    space: StoredSpace
    cuts: tuple[Cut, ...]
    bytes: int
    seconds: float
    alone: bool = False

    function: Callable[[Any], Any] = field(default=fit, repr=False)

    @property
    def trial_ids(self) -> tuple[int, ...]:
        """The trials that it serves."""
        return tuple(cut.trial_id for cut in self.cuts)

    def task(self, means: Means, marker: Path, n_jobs: int) -> FitTask:
        """Return what a worker is given."""
        return FitTask(
            self.space, self.cuts, means.work, marker, means.choose, n_jobs, max_memory=means.max_memory, timeout=means.trial_timeout
        )

    def without(self, trial_ids: set[int]) -> FitJob:
        """Return the job for the other trials."""
        return replace(self, cuts=tuple(cut for cut in self.cuts if cut.trial_id not in trial_ids))

    def singly(self) -> list[FitJob]:
        """Return a job a trial, each to be done alone."""
        return [replace(self, cuts=(cut,), alone=True) for cut in self.cuts]


@dataclass(frozen=True)
class ScoreJob:
    """Labellings that share a pass in `space`."""

    space: StoredSpace
    labellings: tuple[Labelling, ...]
    bytes: int = 0
    alone: bool = False
    function: Callable[[Any], Any] = field(default=score_all, repr=False)

    @property
    def trial_ids(self) -> tuple[int, ...]:
        """The trials that it serves."""
        return tuple(labelling.trial_id for labelling in self.labellings)

    def task(self, means: Means, marker: Path, n_jobs: int) -> ScoreTask:
        """Return what a worker is given."""
        return ScoreTask(self.space, self.labellings, means.work, marker, n_jobs)

    def singly(self) -> list[ScoreJob]:
        """Return a job a trial, each to be done alone."""
        return [replace(self, labellings=(labelling,), alone=True) for labelling in self.labellings]


@dataclass(frozen=True)
class CheckJob:
    """A scored trial to be held against resamples and chance."""

    space: StoredSpace
    cut: Cut
    scores: tuple[Score, ...]
    bytes: int = 0
    alone: bool = False
    function: Callable[[Any], Any] = field(default=check, repr=False)

    @property
    def trial_ids(self) -> tuple[int, ...]:
        """The trial that it serves."""
        return (self.cut.trial_id,)

    def task(self, means: Means, marker: Path, n_jobs: int) -> CheckTask:
        """Return what a worker is given."""
        return CheckTask(self.space, self.cut, self.scores, means.evaluation, means.work, marker, means.choose, n_jobs)

    def singly(self) -> list[CheckJob]:
        """Return the job, to be done alone."""
        return [replace(self, alone=True)]


Job = FitJob | ScoreJob | CheckJob
