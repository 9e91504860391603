"""The analysis from Python: plain functions that compute in the calling process and print nothing."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusterctl.events import Emit, Event, ignore

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from clusterctl.commands.compare import ComparisonResult
    from clusterctl.commands.evaluate import EvaluationResult
    from clusterctl.commands.plot import PlotResult
    from clusterctl.commands.predict import PredictResult
    from clusterctl.commands.recommend import RecommendResult
    from clusterctl.commands.run import RunResult
    from clusterctl.commands.sweep import SweepResult
    from clusterctl.config.models import Config
    from clusterctl.metrics.settings import Gate


def run(
    config: str | Path | Mapping[str, Any] | Config,
    *,
    overrides: Sequence[str] = (),
    data: str | None = None,
    force: bool = False,
    offline: bool = False,
    emit: Emit = ignore,
) -> RunResult:
    """Do the whole analysis and return its result.

    config: a path, a mapping of the config's sections, or a config object. overrides: `dotted.path=VALUE` as on the command line.
    data: a table to read in place of `data_source`. Nothing is written unless `output.directory` is set, and then as the command
    writes (`force` replaces an earlier run there). `emit` hears what happens. A failed gate raises nothing: see `result.gates`.
    `execution.timeout` takes effect when the next step of the analysis would begin.
    Raises the errors of `clusterctl.errors`. Deterministic for a config, its data and a seed.
    """
    from clusterctl.commands.run import run as run_analysis

    return run_analysis(config, overrides=overrides, data=data, force=force, offline=offline, emit=emit)


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
    """Do the analyses that `sweep_configuration` describes, sharing what they share, and return all their results.

    config, overrides, data, emit: as for `run`. Nothing is written unless `output.directory` is set, and then as the command writes:
    `force` replaces an earlier sweep there, `resume` goes on with one that was stopped. many: more than 10,000 trials are wanted.
    trial_timeout: seconds after which a trial is given up (with `execution.executor: processes` alone). fail_fast: the first trial that
    fails raises its error; otherwise it is a row with its error. The best trial's failed gates raise nothing: see `result.gates`.
    Raises the errors of `clusterctl.errors`. Deterministic for a config, its data and a seed, whatever the executor and n_jobs.
    """
    from clusterctl.commands.sweep import sweep as sweep_trials

    return sweep_trials(
        config,
        overrides=overrides,
        data=data,
        force=force,
        resume=resume,
        offline=offline,
        many=many,
        trial_timeout=trial_timeout,
        fail_fast=fail_fast,
        emit=emit,
    )


def recommend(
    config: str | Path | Mapping[str, Any] | Config,
    *,
    overrides: Sequence[str] = (),
    data: str | None = None,
    force: bool = False,
    offline: bool = False,
    emit: Emit = ignore,
) -> RecommendResult:
    """Say which algorithm, how many clusters, and whether there are any, with the evidence and configs that `run` takes.

    config, overrides, data, emit: as for `run`; a path to a table will do as config, and `clustering_configuration` is not needed: of one
    that is there the `random_state` is kept. Nothing is written unless `output.directory` is set, and then as the command writes.
    Raises the errors of `clusterctl.errors`. Deterministic for a config, its data and a seed, unless the budget is in seconds.
    """
    from clusterctl.commands.recommend import recommend as recommend_for

    return recommend_for(config, overrides=overrides, data=data, force=force, offline=offline, emit=emit)


def plot(
    run: str | Path,
    *,
    types: Sequence[str] | None = None,
    formats: Sequence[str] = ("png",),
    dpi: int = 150,
    style: str = "light",
    columns: Sequence[str] | None = None,
    sample: int | None = None,
    output: str | Path | None = None,
    force: bool = False,
    emit: Emit = ignore,
) -> PlotResult:
    """Draw the pictures of the folder of a run, a sweep or a recommendation again, from what is stored in it: nothing is fitted.

    types: by name; None: all that apply. formats: of png, svg, pdf and html. style: light, dark or print. columns: features to show, two
    for the scatter. sample: the most rows drawn. output: a folder that is new or empty (`force`: or holds pictures alone); None: the
    run's own plots, where files of the same names are replaced.
    Raises DataLoadError where there is no run, ConfigError for a name or number that is not allowed, OutputError, when the others are
    written, for a named type that does not apply. Deterministic.
    """
    from clusterctl.commands.plot import plot as draw_again

    return draw_again(
        run,
        types=types,
        formats=formats,
        dpi=dpi,
        style=style,
        columns=columns,
        sample=sample,
        output=output,
        force=force,
        emit=emit,
    )


def evaluate(
    target: str | Path,
    *,
    labels: str | Path | Sequence[Any] | None = None,
    label_column: str | None = None,
    id_column: str | None = None,
    label_id_column: str | None = None,
    noise_label: str | int | None = None,
    features: Sequence[str] | None = None,
    truth: str | None = None,
    space: str | None = None,
    gates: str | Path | Mapping[str, Any] | None = None,
    recompute: Sequence[str] = (),
    output: str | Path | None = None,
    junit: str | Path | None = None,
    data: str | None = None,
    overrides: Sequence[str] = (),
    force: bool = False,
    offline: bool = False,
    n_jobs: int = -1,
    emit: Emit = ignore,
) -> EvaluationResult:
    """Score labels that are there already, with every metric that applies, and check gates; nothing is fitted but by `recompute`.

    target: the folder of a run or sweep (its best run), or a table. labels: a table with labels, or the labels themselves, one a row;
    None: the run's own, or the `label_column` of the target. A missing label leaves its row out; noise is -1, or `noise_label`.
    id_column: labels and rows are matched by it (`label_id_column`: its name in the label file); None: by position.
    features: columns to score on; None: every usable one, of a run its own. space: raw, standard, minmax or robust; None: of a run its own
    stored space, of a table standard. truth: the column that the external metrics compare with; None: a run's target_variable.
    gates: as in a config, a mapping or a file, over those of the run's config, bound by bound. recompute: `stability`, `null`, by
    refitting a run on its own data. data: that table, where it lies elsewhere now. overrides: how a table is read and prepared.
    Nothing is written but `output` and `junit`. A failed gate raises nothing: see `result.gates` and `result.exit_code`.
    Raises the errors of `clusterctl.errors`. Deterministic; the same bits at any `n_jobs`.
    """
    from clusterctl.commands.evaluate import evaluate as evaluate_target

    return evaluate_target(
        target,
        labels=labels,
        label_column=label_column,
        id_column=id_column,
        label_id_column=label_id_column,
        noise_label=noise_label,
        features=features,
        truth=truth,
        space=space,
        gates=gates,
        recompute=recompute,
        output=output,
        junit=junit,
        data=data,
        overrides=overrides,
        force=force,
        offline=offline,
        n_jobs=n_jobs,
        emit=emit,
    )


def compare(
    a: str | Path,
    b: str | Path,
    *,
    id_column: str | None = None,
    label_column: str | None = None,
    gates: Mapping[str, Mapping[str, float] | Gate] | None = None,
    output: str | Path | None = None,
    plot: str | Path | None = None,
    force: bool = False,
    emit: Emit = ignore,
) -> ComparisonResult:
    """Say what became of the clusters of `a` in `b`, how many rows moved, and how the data drifted.

    a, b: folders of runs or sweeps (their best run), or tables of labels, of which id_column (default `sample_id`) and label_column
    (default `cluster_id`) name the columns. Rows are matched by id; where a side has none, by position. gates: name -> bounds, as in a
    config: `{"adjusted_rand_score": {"min": 0.9}}`. output, plot: files to write, never over others without `force`.
    Nothing else is written; a failed gate raises nothing: see `result.gates` and `result.exit_code`. Raises the errors of
    `clusterctl.errors`. Deterministic.
    """
    from clusterctl.commands.compare import compare as compare_runs

    return compare_runs(a, b, id_column=id_column, label_column=label_column, gates=gates, output=output, plot=plot, force=force, emit=emit)


def predict(
    run: str | Path,
    data: str | Path | pd.DataFrame | pa.Table,
    *,
    overrides: Sequence[str] = (),
    batch_rows: int | None = None,
    n_jobs: int = -1,
    emit: Emit = ignore,
) -> PredictResult:
    """Give the rows of a table the clusters of a finished run, and return them as `result.table`.

    run: the folder of a run, or of a sweep for its best run. data: a path or URL, or a pandas or Arrow table; it needs the columns that
    the run was fitted on, by name. overrides: `clustering_data.read_options.…=VALUE` and the like, where it is read otherwise than the
    run's own data. batch_rows: rows taken at a time. Raises DataLoadError for a model that was altered, missing columns and values of
    another kind, PreprocessingError for missing values where the run has no rule for them. Deterministic.
    """
    from clusterctl.commands.predict import predict as predict_rows

    return predict_rows(run, data, overrides=overrides, batch_rows=batch_rows, n_jobs=n_jobs, emit=emit)


async def clustering_analysis_tool(request: Mapping[str, Any]) -> dict[str, Any]:
    """Do the analysis that a request mapping describes, in a thread, and return the result document as a mapping.

    request: the specification's sections. May be called concurrently; the event loop is never blocked. Cancelling the task takes
    effect at the next step of the analysis. Raises the errors of `clusterctl.errors`.
    """
    import asyncio

    cancelled = threading.Event()

    def stop_if_cancelled(_: Event) -> None:
        if cancelled.is_set():
            raise _Cancelled

    def work() -> dict[str, Any]:
        result: dict[str, Any] = run(request, emit=stop_if_cancelled).document.model_dump(mode="json")
        return result

    try:
        return await asyncio.to_thread(work)
    except asyncio.CancelledError:
        cancelled.set()
        raise


class _Cancelled(BaseException):
    """Ends the work of a request that nobody waits for; no `except Exception` on the way may hold it up."""
