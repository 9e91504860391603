"""What a run would do, with estimated time and memory, before it does anything."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from clusterctl.engine.estimates import (
    DRAWING,
    START_UP,
    as_seconds,
    check_seconds,
    count_columns,
    describe_preparation,
    load_seconds,
    metrics_of,
    prepare_seconds,
    score_seconds,
    settings_of,
    what_is_auto,
)
from clusterctl.engine.pipeline import SAMPLE_ROWS
from clusterctl.engine.resources import free_memory
from clusterctl.engine.sampling import estimate, first_that_fits
from clusterctl.metrics.registry import METRICS

if TYPE_CHECKING:
    from clusterctl.algorithms.base import AlgorithmSpec, Settings
    from clusterctl.config.models import Config
    from clusterctl.engine.analysis import Session
    from clusterctl.values.dataset import Dataset


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step, in words."""

    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a run and what they are expected to take; `fits`: whether the memory would be had now.

    strategy: the one that would be used; n_fitted: rows that the algorithm is fitted on.
    """

    steps: tuple[PlannedStep, ...]
    seconds: float
    bytes: int
    free_bytes: int
    fits: bool
    n_jobs: int
    strategy: str
    n_fitted: int

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def plan_run(dataset: Dataset, config: Config, session: Session) -> Plan:
    """Estimate a run from the table's size and the config; nothing is computed on the rows but the number of categories.

    Seconds are those of 3 GHz cores, good to a factor of about three; bytes are the algorithm's own estimate of its fit.
    """
    clustering = config.clustering_configuration
    assert clustering is not None  # load_config demands it
    spec, settings = settings_of(clustering)
    n_rows, n_columns = dataset.n_rows, count_columns(dataset, config.preprocessing_configuration)
    strategy, by = str(config.execution.strategy), ""
    if strategy == "auto":
        strategy = first_that_fits(spec, settings, n_rows, n_columns, session.max_memory)
        by = f", strategy auto is {strategy}"
    fit = estimate(strategy, spec, settings, n_rows, n_columns)
    limit = free_memory(session.max_memory).bytes
    of = f" on a sample of {fit.n_fitted:,} rows, {n_rows - fit.n_fitted:,} assigned" if fit.n_fitted < n_rows else ""
    timed = [
        *_before(dataset, config, n_columns),
        (PlannedStep("cluster", f"{spec.title}{of}{by}{_choosing(config)}; memory {fit.formula}"), fit.seconds),
        *_after(dataset, config, spec, settings, n_columns, session.n_jobs),
    ]
    steps = tuple(PlannedStep(step.name, f"{step.what} ({as_seconds(seconds)})") for step, seconds in timed)
    return Plan(
        steps, START_UP + sum(seconds for _, seconds in timed), fit.bytes, limit, fit.bytes <= limit, session.n_jobs, strategy, fit.n_fitted
    )


def _before(dataset: Dataset, config: Config, n_columns: int) -> list[tuple[PlannedStep, float]]:
    """Return what comes before the fit, with its seconds."""
    words = describe_preparation(config.preprocessing_configuration)
    return [
        (PlannedStep("load", f"{dataset.n_rows:,} rows, {len(dataset.features)} features"), load_seconds(dataset)),
        (PlannedStep("prepare", f"to {n_columns} columns: {words}"), prepare_seconds(dataset.n_rows, n_columns)),
    ]


def _after(
    dataset: Dataset, config: Config, spec: AlgorithmSpec, settings: Settings, n_columns: int, n_jobs: int
) -> list[tuple[PlannedStep, float]]:
    """Return what comes after the fit, with its seconds."""
    names = metrics_of(config, dataset)
    scoring = score_seconds(names, dataset.n_rows, 1, 1, n_jobs)
    steps = [(PlannedStep("evaluate", ", ".join(METRICS[name].title for name in names) or "nothing"), scoring)]
    evaluation = config.evaluation_configuration
    checks = {"stability": evaluation.cross_validation, "null comparison": evaluation.cluster_validation}
    wanted = [name for name, on in checks.items() if on]
    if wanted:
        of = "" if dataset.n_rows <= SAMPLE_ROWS else f" on {SAMPLE_ROWS:,} rows"
        seconds = check_seconds(evaluation, spec, settings, dataset.n_rows, n_columns) / n_jobs
        steps.append((PlannedStep("validate", " and ".join(wanted) + of), seconds))
    if config.visualization_configuration.generate_plots:
        plots = config.visualization_configuration.plot_types
        steps.append((PlannedStep("draw", "the plots that apply" if plots is None else ", ".join(plots) or "nothing"), DRAWING))
    return steps


def _choosing(config: Config) -> str:
    clustering = config.clustering_configuration
    assert clustering is not None  # load_config demands it
    auto = what_is_auto(clustering)
    return f", after choosing {' and '.join(auto)}" if auto else ""
