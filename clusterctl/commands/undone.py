"""The trials of a sweep that its journal does not answer: made into jobs, done, and kept one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clusterctl.commands.choosing import choose
from clusterctl.engine.resources import free_memory
from clusterctl.engine.supervise import Unfinished
from clusterctl.engine.sweep.choice import Cut
from clusterctl.engine.sweep.jobs import FitJob, Means
from clusterctl.engine.sweep.kept import Kept
from clusterctl.engine.sweep.loading import Tables
from clusterctl.engine.sweep.outcome import failed
from clusterctl.engine.sweep.plan import SweepPlan
from clusterctl.engine.sweep.pools import Executor, Pool
from clusterctl.engine.sweep.preparing import Prepared, prepare_rank_space
from clusterctl.engine.sweep.progress import Finished
from clusterctl.engine.sweep.schedule import Schedule
from clusterctl.errors import ClusteringError
from clusterctl.events import Progress, TrialFinished
from clusterctl.metrics.registry import METRICS, default_metrics

if TYPE_CHECKING:
    from clusterctl.config.load import LoadedConfig
    from clusterctl.config.models import Config
    from clusterctl.config.trials import Trial, Trials
    from clusterctl.engine.analysis import Session
    from clusterctl.engine.sweep.space import StoredSpace
    from clusterctl.results.sweep import SweptSpace


@dataclass(frozen=True, slots=True)
class Request:
    """What a sweep was asked to do."""

    loaded: LoadedConfig
    executor: Executor
    offline: bool
    resume: bool
    many: bool
    trial_timeout: float | None
    fail_fast: bool


@dataclass(frozen=True, slots=True)
class Undone:
    """The trials that the journal does not answer."""

    request: Request
    loaded: LoadedConfig
    trials: Trials
    plan: SweepPlan
    tables: Tables
    spaces: Mapping[str, Prepared]
    kept: Kept
    pool: Pool
    work: Path
    session: Session
    unfinished: Unfinished

    def do(self) -> None:
        """Do them all."""
        self._tell_progress()
        for planned in self.plan.spaces:
            error = self.spaces[planned.space_id].error
            if error is not None:
                self._finish(
                    [Finished(trial.trial_id, failed(error, None), 0.0) for trial in planned.trials if self._is_missing(trial.trial_id)]
                )
        jobs = self._fit_jobs()
        if jobs:
            Schedule(self.pool, self._means(), jobs, self._finish, free_memory(self.session.max_memory).bytes).run()

    def _is_missing(self, trial_id: int) -> bool:
        return trial_id not in self.kept.taken

    def _fit_jobs(self) -> list[FitJob]:
        """Return a job a structure, those of one space together, the long ones first."""
        jobs: list[FitJob] = []
        for planned in self.plan.spaces:
            stored = self.spaces[planned.space_id].stored
            if stored is None:
                continue
            own = [
                FitJob(stored, cuts, unit.bytes, unit.seconds)
                for unit in planned.units
                if (cuts := tuple(_cut(trial) for trial in unit.trials if self._is_missing(trial.trial_id)))
            ]
            jobs += sorted(own, key=lambda job: -job.seconds)
        return jobs

    def _means(self) -> Means:
        config = self.loaded.config
        has_truth = config.clustering_data.target_variable is not None
        names = {name: _names(config, prepared.stored, has_truth) for name, prepared in self.spaces.items() if prepared.stored is not None}
        rank_space = self._rank_space()
        rank_names = () if rank_space is None else _names(config, rank_space, has_truth=False)
        return Means(
            choose=choose,
            work=self.work,
            evaluation=config.evaluation_configuration,
            n_jobs=self.session.n_jobs,
            names=names,
            rank_space=rank_space,
            rank_names=tuple(name for name in rank_names if METRICS[name].kind == "internal"),
            checks=config.sweep_configuration.validate_trials,
            max_memory=self.session.max_memory,
            trial_timeout=self.request.trial_timeout,
        )

    def _rank_space(self) -> StoredSpace | None:
        config = self._rank_config()
        return None if config is None else prepare_rank_space(self.tables.of_config(config), config, self.kept, self.work, self.session)

    def _rank_config(self) -> Config | None:
        """Return the config with the reference preprocessing for its own; None: there is none."""
        settings = self.loaded.config.sweep_configuration.rank_space
        return None if settings is None else self.loaded.config.model_copy(update={"preprocessing_configuration": settings})

    def rank_space(self) -> SweptSpace | None:
        """Return, when all are done, what the reference space is; None: there is none, or no trial had points of its own."""
        config = self._rank_config()
        if config is None or all(outcome.space_id is None for outcome in self.kept.outcomes()):
            return None
        if self.kept.rank_space(config) is None:  # nothing was left to do, and the journal's line is damaged
            self._rank_space()
        return self.kept.rank_space(config)

    def _finish(self, finished: Sequence[Finished]) -> None:
        """Keep what is finished before anyone hears of it; stop here if one failed and that is to be the end."""
        self.kept.add(finished)
        if not self.kept.taken:  # once: the line to the parent is read only at the end
            self.unfinished.keep()
        self.kept.taken.update(one.trial_id for one in finished)
        for one in finished:
            error = one.outcome.error
            self.session.stages.emit(TrialFinished(one.trial_id, None if error is None else f"{error.type}: {error.message}", one.seconds))
        self._tell_progress()
        for one in finished:
            error = one.outcome.error
            if self.request.fail_fast and error is not None:
                raise ClusteringError(
                    f"trial {one.trial_id} failed, and --fail-fast ends the sweep there: {error.type}: {error.message}",
                    hint="finished trials are kept: --resume goes on with the others",
                )

    def _tell_progress(self) -> None:
        self.session.stages.emit(Progress("trials", len(self.kept.taken), len(self.trials.trials)))


def _cut(trial: Trial) -> Cut:
    clustering = trial.config.clustering_configuration
    assert clustering is not None  # every trial is a config that `run` takes
    assert clustering.random_state is not None  # a seed of null was drawn
    return Cut(trial.trial_id, clustering, clustering.random_state, trial.config.execution.strategy)


def _names(config: Config, space: StoredSpace, has_truth: bool) -> tuple[str, ...]:
    """Return the metrics that a run in this space computes."""
    names = config.evaluation_configuration.evaluation_metrics
    return default_metrics(space.metric, has_truth) if names is None else tuple(names)
