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
from typing import TYPE_CHECKING

from clusterctl.commands.best import run_best
from clusterctl.commands.undone import Request, Undone
from clusterctl.config.load import random_state_of, with_random_state
from clusterctl.config.trials import Trials, build_trials
from clusterctl.config.written import canonical, config_sha256
from clusterctl.engine.analysis import Session
from clusterctl.engine.environment import draw_seed, execution_facts
from clusterctl.engine.resources import count_jobs, max_memory_of
from clusterctl.engine.stage import Stages
from clusterctl.engine.supervise import UNSUPERVISED, Unfinished
from clusterctl.engine.sweep.agreement import N_TRIALS, agreement
from clusterctl.engine.sweep.document import RankedTrials, SweepOrigin, assemble_sweep, rank_rows
from clusterctl.engine.sweep.drawing import draw_sweep
from clusterctl.engine.sweep.kept import Kept, versions_of
from clusterctl.engine.sweep.loading import Tables, load_tables
from clusterctl.engine.sweep.plan import plan_sweep
from clusterctl.engine.sweep.pools import Executor, Pool, open_pool
from clusterctl.engine.sweep.preparing import prepare_spaces
from clusterctl.engine.sweep.space import forget_points
from clusterctl.errors import ClusterctlError
from clusterctl.events import Emit, Resumed
from clusterctl.kernels.filters import library_warnings_ignored
from clusterctl.preprocessing.space import space_id
from clusterctl.results.journal import Journal
from clusterctl.results.trials import trials_table

if TYPE_CHECKING:
    import pyarrow as pa

    from clusterctl.commands.run import RunResult
    from clusterctl.config.load import LoadedConfig
    from clusterctl.config.models import Config
    from clusterctl.data.table import Table
    from clusterctl.results.output import Places
    from clusterctl.results.store import RunFiles
    from clusterctl.results.sweep import Agreement, SweepDocument, SweptSpace


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
            if request.resume and places is not None and not kept.journal.n_finished:
                emit(Resumed(0, 0, f"{places.shown} holds no finished trial: the sweep starts anew"))
            kept.take(trials, _seen(tables.table), loaded.config, seed, emit)
            if kept.taken:
                unfinished.keep()
            spaces = prepare_spaces(plan, kept, work, session)
            with session.stages("trials"), library_warnings_ignored():
                work_left = Undone(request, loaded, trials, plan, tables, spaces, kept, pool, work, session, unfinished)
                work_left.do()
        facts = [space.facts for space in spaces.values() if space.facts]
        ranked = _rank(loaded, trials, kept, tables, seed, facts, work_left.rank_space())
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


def _seen(table: Table) -> str:
    """Return what tells the table that the trials see from another: its bytes, and the key that columns were hashed with."""
    return table.sha256 if table.privacy.fingerprint is None else f"{table.sha256}+{table.privacy.fingerprint}"


@contextmanager
def _folders(places: Places | None) -> Iterator[tuple[Path, Path]]:
    """Give the work folder and the journal's path; in a temporary folder when nothing is to be written."""
    try:
        if places is not None:
            yield places.make_work(), places.journal_path()
            return
        with TemporaryDirectory(prefix="clusterctl-") as folder:
            yield Path(folder), Path(folder) / "trials.jsonl"
    finally:
        forget_points()


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


def _rank(
    loaded: LoadedConfig,
    trials: Trials,
    kept: Kept,
    tables: Tables,
    seed: int,
    spaces: Sequence[SweptSpace],
    reference: SweptSpace | None,
) -> RankedTrials:
    config = loaded.config
    base: str | None = None
    with suppress(ClusterctlError):  # the config itself need not be one that can be run
        dataset = tables.of_config(config)
        base = space_id(dataset.sha256, config.preprocessing_configuration, dataset.features, seed)
    return rank_rows(trials, kept.outcomes(), config.sweep_configuration, config.evaluation_configuration, base, spaces, reference)


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
