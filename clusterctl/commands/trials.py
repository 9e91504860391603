"""The trials of a sweep from the config to the document: planned, taken from the journal or done, ranked, the best run whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from clusterctl.commands.best import run_best
from clusterctl.commands.choosing import choose
from clusterctl.config.load import random_state_of, with_random_state
from clusterctl.config.trials import Trials, build_trials
from clusterctl.config.written import canonical, config_sha256
from clusterctl.engine.analysis import Session
from clusterctl.engine.environment import draw_seed, execution_facts
from clusterctl.engine.resources import count_jobs, free_memory, max_memory_of
from clusterctl.engine.stage import Stages
from clusterctl.engine.supervise import UNSUPERVISED, Unfinished
from clusterctl.engine.sweep.agreement import N_TRIALS, agreement
from clusterctl.engine.sweep.choice import Cut
from clusterctl.engine.sweep.document import RankedTrials, SweepOrigin, assemble_sweep, rank_rows
from clusterctl.engine.sweep.drawing import draw_sweep
from clusterctl.engine.sweep.jobs import FitJob, Means
from clusterctl.engine.sweep.kept import Kept, versions_of
from clusterctl.engine.sweep.loading import Tables, load_tables
from clusterctl.engine.sweep.outcome import failed
from clusterctl.engine.sweep.plan import SweepPlan, plan_sweep
from clusterctl.engine.sweep.pools import Executor, Pool, open_pool
from clusterctl.engine.sweep.preparing import Prepared, prepare_rank_space, prepare_spaces
from clusterctl.engine.sweep.progress import Finished
from clusterctl.engine.sweep.schedule import Schedule
from clusterctl.errors import ClusterctlError, ClusteringError
from clusterctl.events import Emit, Progress, TrialFinished
from clusterctl.kernels.filters import library_warnings_ignored
from clusterctl.metrics.registry import METRICS, default_metrics
from clusterctl.preprocessing.space import space_id
from clusterctl.results.journal import Journal
from clusterctl.results.trials import trials_table

if TYPE_CHECKING:
    import pyarrow as pa

    from clusterctl.commands.run import RunResult
    from clusterctl.config.load import LoadedConfig
    from clusterctl.config.models import Config
    from clusterctl.engine.sweep.space import StoredSpace
    from clusterctl.results.output import Places
    from clusterctl.results.store import RunFiles
    from clusterctl.results.sweep import Agreement, SweepDocument, SweptSpace


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
class Swept:
    """All that a sweep found and has to write. run_best: does the best trial whole; None: none is ranked. journal: where it lies."""

    document: SweepDocument
    table: pa.Table
    pictures: Mapping[str, bytes]
    failed_plots: Mapping[str, str]
    run_best: Callable[[], tuple[RunResult, RunFiles]] | None
    journal: Path


def do_trials(request: Request, places: Places | None, emit: Emit, unfinished: Unfinished = UNSUPERVISED) -> Swept:
    """Take the steps of a sweep, one after the other; the journal is written as trials finish, everything else by the caller."""
    started, clock = datetime.now(UTC), time.monotonic()
    with _folders(places) as (work, journal_path):
        journal = Journal.resume(journal_path) if request.resume else None
        seed = _seed(request.loaded, journal)
        loaded = with_random_state(request.loaded, seed)
        session = _session(loaded.config, seed, emit)
        with session.stages("plan"):
            trials = build_trials(loaded, random_state=seed, many=request.many)
        with _pool(request.executor, session.n_jobs) as pool:
            tables = load_tables(trials, loaded, session, offline=request.offline)
            plan = plan_sweep(trials, tables.of, loaded.config, session)
            kept = Kept(journal or Journal.start(journal_path, seed), is_resumed=journal is not None)
            kept.take(trials, tables.table.sha256, loaded.config, seed, emit)
            if kept.taken:
                unfinished.keep()
            spaces = prepare_spaces(plan, kept, work, session)
            with session.stages("trials"), library_warnings_ignored():
                work_left = _Work(request, loaded, trials, plan, tables, spaces, kept, pool, work, session, unfinished)
                work_left.do()
        facts = [space.facts for space in spaces.values() if space.facts]
        ranked = _rank(loaded, trials, kept, tables, seed, facts)
        best = None if ranked.best is None else partial(run_best, loaded, ranked.best, tables, seed, places, session)
        alike = _agreement(ranked, kept, len(tables.table.parsed.frame))
        seconds = time.monotonic() - clock
        origin = _origin(request, loaded, trials, tables, kept, session, places, started, seconds)
        document = assemble_sweep(ranked, facts, alike, origin)
        with session.stages("draw"):
            pictures, failed_plots = draw_sweep(document, loaded.config.visualization_configuration)
        settings = loaded.config.sweep_configuration
        table = trials_table(ranked.rows, trials.paths, rank_space=settings.rank_space is not None, validated=settings.validate_trials)
        kept.journal.close()
        return Swept(document, table, pictures, failed_plots, best, journal_path)


@contextmanager
def _folders(places: Places | None) -> Iterator[tuple[Path, Path]]:
    """Give the work folder and the journal's path; in a temporary folder when nothing is to be written."""
    if places is not None:
        yield places.make_work(), places.journal_path()
        return
    with TemporaryDirectory(prefix="clusterctl-") as folder:
        yield Path(folder), Path(folder) / "trials.jsonl"


def _seed(loaded: LoadedConfig, journal: Journal | None) -> int:
    """Return the seed of the config; one of null is drawn once, and then that of the journal."""
    given = random_state_of(loaded)
    if given is not None:
        return given
    return draw_seed() if journal is None else journal.random_state


def _session(config: Config, random_state: int, emit: Emit) -> Session:
    return Session(Stages(emit), count_jobs(config.execution.n_jobs), random_state, max_memory_of(config))


@contextmanager
def _pool(executor: Executor, n_jobs: int) -> Iterator[Pool]:
    pool = open_pool(executor, n_jobs)
    try:
        yield pool
    finally:
        pool.close()


@dataclass(frozen=True, slots=True)
class _Work:
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
        settings = self.loaded.config.sweep_configuration.rank_space
        if settings is None:
            return None
        config = self.loaded.config.model_copy(update={"preprocessing_configuration": settings})
        return prepare_rank_space(self.tables.of_config(config), settings, self.session.random_state, self.work, self.session)

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


def _cut(trial: Any) -> Cut:
    clustering = trial.config.clustering_configuration
    return Cut(trial.trial_id, clustering, clustering.random_state)


def _names(config: Config, space: StoredSpace, has_truth: bool) -> tuple[str, ...]:
    """Return the metrics that a run in this space computes."""
    names = config.evaluation_configuration.evaluation_metrics
    return default_metrics(space.metric, has_truth) if names is None else tuple(names)


def _rank(loaded: LoadedConfig, trials: Trials, kept: Kept, tables: Tables, seed: int, spaces: Sequence[SweptSpace]) -> RankedTrials:
    config = loaded.config
    base: str | None = None
    with suppress(ClusterctlError):  # the config itself need not be one that can be run
        dataset = tables.of_config(config)
        base = space_id(dataset.sha256, config.preprocessing_configuration, dataset.features, seed)
    return rank_rows(trials, kept.outcomes(), config.sweep_configuration, config.evaluation_configuration, base, spaces)


def _agreement(ranked: RankedTrials, kept: Kept, n_rows: int) -> Agreement | None:
    best = ranked.ranking.order[:N_TRIALS]
    return agreement(best, [kept.labels(trial_id) for trial_id in best], n_rows)


def _origin(
    request: Request,
    loaded: LoadedConfig,
    trials: Trials,
    tables: Tables,
    kept: Kept,
    session: Session,
    places: Places | None,
    started: datetime,
    seconds: float,
) -> SweepOrigin:
    datasets = {id(dataset): dataset for dataset in (tables.of(trial) for trial in trials.trials)}
    execution = {**execution_facts(session, places.as_sweep_paths() if places else {}), "executor": request.executor}
    return SweepOrigin(
        config=canonical(loaded.shown),
        config_sha256=config_sha256(loaded.shown),
        data_sha256=tables.table.sha256,
        random_state=session.random_state,
        started=started,
        seconds=seconds,
        execution={**execution, "resumed": kept.is_resumed},
        libraries=versions_of(trials),
        user_metadata=loaded.config.clustering_data.metadata,
        n_merged=trials.n_merged,
        cautions=tuple(dict.fromkeys(caution for dataset in datasets.values() for caution in dataset.cautions)),
    )
