"""Many analyses over grids, lists or random draws of settings, sharing all work that can be shared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from clusterctl.commands.failing import would_fail
from clusterctl.commands.outputs import places_asked, places_taken, raise_if_plots_failed
from clusterctl.commands.run import reporter
from clusterctl.commands.trials import Swept, do_trials
from clusterctl.commands.undone import Request
from clusterctl.config.load import load_config, with_random_state
from clusterctl.config.trials import build_trials
from clusterctl.engine.analysis import Session
from clusterctl.engine.resources import count_jobs, max_memory_of
from clusterctl.engine.stage import Stages, until
from clusterctl.engine.supervise import UNSUPERVISED, Unfinished, limit_time
from clusterctl.engine.sweep.loading import load_tables
from clusterctl.errors import ClusteringError, ConfigError, ExitCode
from clusterctl.events import Emit, Wrote, ignore
from clusterctl.kernels.filters import filters_kept
from clusterctl.results.journal import JOURNAL, has_finished
from clusterctl.results.store import SweepFiles

if TYPE_CHECKING:
    import pyarrow as pa

    from clusterctl.commands.run import RunResult
    from clusterctl.config.load import LoadedConfig
    from clusterctl.config.models import Config
    from clusterctl.engine.sweep.plan import SweepPlan
    from clusterctl.engine.sweep.pools import Executor
    from clusterctl.results.models import GateResult
    from clusterctl.results.output import Places
    from clusterctl.results.store import RunFiles
    from clusterctl.results.sweep import SweepDocument


@dataclass(frozen=True)
class SweepResult:
    """What a sweep gives.

    document: sweep.json. trials: trials.parquet, a row a trial in plan order. pictures: plot → PNG. directory: None when nothing was
    written. failed_plots: plot → what went wrong. run_best: does the best trial whole.
    """

    document: SweepDocument
    trials: pa.Table
    pictures: Mapping[str, bytes]
    directory: Path | None
    failed_plots: Mapping[str, str]
    run_best: Callable[[], RunResult] | None = field(default=None, repr=False)

    @cached_property
    def best(self) -> RunResult | None:
        """The complete run of the best trial, done when it is first asked for unless it was written; None: no trial could be ranked."""
        return None if self.run_best is None else self.run_best()

    @property
    def gates(self) -> list[GateResult]:
        """Every bound of `gates` and whether the best trial keeps it."""
        return [] if self.best is None else self.best.gates

    @property
    def exit_code(self) -> int:
        """0, or 10 when the best trial fails a gate of level error."""
        return ExitCode.DONE if self.best is None else self.best.exit_code


def sweep(
    config: str | Path | Mapping[str, Any] | Config,
    *,
    overrides: Sequence[str] = (),
    data: str | None = None,
    force: bool = False,
    resume: bool = False,
    offline: bool = False,
    many: bool = False,
    trial_timeout: float | None = None,
    fail_fast: bool = False,
    emit: Emit = ignore,
) -> SweepResult:
    """Do all trials in the calling process, in threads of it; in others only if the config itself says `execution.executor: processes`.

    Written only if `output.directory` is set. many: more than 10,000 trials are wanted. `execution.timeout` takes effect at the next step.
    """
    loaded = load_config(config, overrides=overrides, data=data, command="sweep")
    execution = loaded.config.execution
    places = places_asked(loaded, force=force, resume=resume)
    emit = until(emit, execution.timeout, kept=lambda: places is not None and has_finished(places.folder / JOURNAL))
    executor = execution.executor if "executor" in execution.model_fields_set else "threads"
    request = _request(loaded, executor, offline, resume, many, trial_timeout, fail_fast)
    return _sweep(request, places, emit=emit, unfinished=UNSUPERVISED)


def sweep_to_folder(
    config: str | Path | Mapping[str, Any] | Config,
    *,
    overrides: Sequence[str] = (),
    data: str | None = None,
    output: Path | None = None,
    force: bool = False,
    resume: bool = False,
    offline: bool = False,
    many: bool = False,
    trial_timeout: float | None = None,
    fail_fast: bool = False,
    emit: Emit = ignore,
    unfinished: Unfinished = UNSUPERVISED,
) -> SweepResult:
    """Do all trials and write them: to `output`, else to the config's `output.directory`, else to runs/<name>-sweep."""
    loaded = load_config(config, overrides=overrides, data=data, command="sweep")
    limit_time(loaded.config.execution.timeout)
    places = places_taken(loaded, output, "-sweep", force=force, resume=resume)
    request = _request(loaded, loaded.config.execution.executor, offline, resume, many, trial_timeout, fail_fast)
    return _sweep(request, places, emit=emit, unfinished=unfinished)


def _request(
    loaded: LoadedConfig, executor: str, offline: bool, resume: bool, many: bool, trial_timeout: float | None, fail_fast: bool
) -> Request:
    if trial_timeout is not None and not trial_timeout > 0:
        raise ConfigError(f"--trial-timeout {trial_timeout:g}: no trial can be done in that time", hint="a number of seconds above 0")
    if trial_timeout is not None and executor != "processes":
        raise ConfigError(
            f"--trial-timeout needs worker processes, which can be ended; the executor is {executor}",
            hint="set execution.executor (--executor) to processes, or leave --trial-timeout out",
        )
    return Request(loaded, cast("Executor", executor), offline, resume, many, trial_timeout, fail_fast)


def _sweep(request: Request, places: Places | None, *, emit: Emit, unfinished: Unfinished) -> SweepResult:
    """Hold the output's lock for as long as the work takes; write when all trials are done."""
    if places is None:
        with filters_kept():
            swept = do_trials(request, None, emit)
        _raise_if_nothing(swept)
        return _result(swept, None, None if swept.run_best is None else partial(_first, swept.run_best))
    with filters_kept(), places.writing(reporter(unfinished)) as draft:
        swept = do_trials(request, places, emit, unfinished)
        best, best_files = (None, None) if swept.run_best is None else swept.run_best()
        with Stages(emit)("write"):
            pictures = swept.pictures if request.loaded.config.visualization_configuration.save_plots else {}
            draft.write_sweep(SweepFiles(swept.document, swept.table, pictures, best_files, swept.journal))
            draft.swap_in()
    emit(Wrote(str(places.folder)))
    _raise_if_nothing(swept)
    _raise_if_plots_failed(swept, best, places.folder)
    return _result(swept, places.shown, None if best is None else lambda: best)


def _first(run_best: Callable[[], tuple[RunResult, RunFiles]]) -> RunResult:
    with filters_kept():
        return run_best()[0]


def _result(swept: Swept, directory: Path | None, run_best: Callable[[], RunResult] | None) -> SweepResult:
    return SweepResult(swept.document, swept.table, swept.pictures, directory, swept.failed_plots, run_best)


def _raise_if_plots_failed(swept: Swept, best: RunResult | None, folder: Path) -> None:
    """Raise OutputError if a picture of the sweep or of the best run failed; all else is written."""
    failed = {**swept.failed_plots, **({} if best is None else {f"best/{name}": reason for name, reason in best.failed_plots.items()})}
    raise_if_plots_failed(failed, folder, "leave plots out with --no-plots")


def _raise_if_nothing(swept: Swept) -> None:
    """Raise ClusteringError if every trial failed."""
    rows = swept.document.sweep_results.trials
    if any(row.status == "done" for row in rows):
        return
    error = rows[0].error
    assert error is not None
    raise ClusteringError(f"every one of the {len(rows)} trials failed; the first: {error.type}: {error.message}", hint=error.hint)


def plan_trials(
    config: str | Path | Mapping[str, Any] | Config,
    *,
    overrides: Sequence[str] = (),
    data: str | None = None,
    offline: bool = False,
    many: bool = False,
    emit: Emit = ignore,
) -> SweepPlan:
    """Return what a sweep would load, prepare, build and cut, with estimated seconds and bytes; nothing is computed.

    Raises the PreprocessingError that every trial would fail of; what some would fail of is a warning of the plan.
    """
    from clusterctl.engine.sweep.plan import plan_sweep

    loaded = with_random_state(load_config(config, overrides=overrides, data=data, command="sweep"), 0)
    session = Session(Stages(emit), count_jobs(loaded.config.execution.n_jobs), 0, max_memory_of(loaded.config))
    with session.stages("plan"):
        trials = build_trials(loaded, random_state=0, many=many)
    tables = load_tables(trials, loaded, session, offline=offline)
    with session.stages("plan"):
        plan = plan_sweep(trials, tables.of, loaded.config, session)
        return replace(plan, warnings=(*would_fail(trials, tables), *plan.warnings))
