"""What a run would do, with estimated time and memory, before it does anything."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.engine.pipeline import SAMPLE_ROWS
from clusterctl.engine.resources import free_memory
from clusterctl.metrics.registry import METRICS, default_metrics

if TYPE_CHECKING:
    from clusterctl.algorithms.base import AlgorithmSpec
    from clusterctl.config.models import Config
    from clusterctl.engine.analysis import Session
    from clusterctl.values.dataset import Dataset
    from clusterctl.values.space import Metric

ONE_HOT_LEVELS = 50
START_UP = 2.0
"""Seconds that Python and its libraries take to be there."""
EXACT_SILHOUETTE, EXACT_DBCV = 100_000, 20_000


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step, in words."""

    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a run and what they are expected to take; `fits`: whether the memory would be had now."""

    steps: tuple[PlannedStep, ...]
    seconds: float
    bytes: int
    free_bytes: int
    fits: bool
    n_jobs: int

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def plan_run(dataset: Dataset, config: Config, session: Session) -> Plan:
    """Estimate a run from the table's size and the config; nothing is computed on the rows but the number of categories.

    Seconds are those of 3 GHz cores, good to a factor of about three; bytes are the algorithm's own estimate of its fit.
    """
    clustering = config.clustering_configuration
    assert clustering is not None  # load_config demands it
    spec = ALGORITHMS[clustering.algorithm]
    n_rows, n_columns = dataset.n_rows, _dimensions(dataset, config)
    n_clusters = clustering.n_clusters if isinstance(clustering.n_clusters, int) else (8 if spec.takes_n_clusters else None)
    settings = Settings(clustering.parameters, n_clusters, clustering.random_state or 0)
    cost = spec.cost(n_rows, n_columns, settings, None)
    limit = free_memory(session.max_memory).bytes
    timed = [
        *_before(dataset, config, n_columns),
        (PlannedStep("cluster", f"{spec.title}{_what_is_auto(config)}; memory {cost.formula}"), spec.seconds(n_rows, n_columns, settings)),
        *_after(dataset, config, spec, settings, n_columns, session.n_jobs),
    ]
    steps = tuple(PlannedStep(step.name, f"{step.what} ({_as_seconds(seconds)})") for step, seconds in timed)
    return Plan(steps, START_UP + sum(seconds for _, seconds in timed), cost.bytes, limit, cost.bytes <= limit, session.n_jobs)


def _before(dataset: Dataset, config: Config, n_columns: int) -> list[tuple[PlannedStep, float]]:
    """Return what comes before the fit, with its seconds: by what a million rows of ten numbers take."""
    cells = dataset.n_rows * max(1, len(dataset.features))
    return [
        (PlannedStep("load", f"{dataset.n_rows:,} rows, {len(dataset.features)} features"), 5e-8 * cells),
        (PlannedStep("prepare", f"to {n_columns} columns: {_preparation(config)}"), 2e-8 * dataset.n_rows * n_columns),
    ]


def _after(
    dataset: Dataset, config: Config, spec: AlgorithmSpec, settings: Settings, n_columns: int, n_jobs: int
) -> list[tuple[PlannedStep, float]]:
    """Return what comes after the fit, with its seconds."""
    from clusterctl.metrics.null import N_DRAWS  # load scipy, which no other command needs so early
    from clusterctl.metrics.stability import N_RESAMPLES

    evaluation = config.evaluation_configuration
    names = evaluation.evaluation_metrics
    if names is None:
        distance: Metric = "manhattan" if config.preprocessing_configuration.categorical == "gower" else "euclidean"
        names = default_metrics(distance, dataset.target is not None)
    scoring = 2.5e-9 * min(dataset.n_rows, EXACT_SILHOUETTE) ** 2 / n_jobs if "silhouette_score" in names else 0.0
    scoring += 7e-9 * min(dataset.n_rows, EXACT_DBCV) ** 2 if "dbcv" in names else 0.0
    steps = [(PlannedStep("evaluate", ", ".join(METRICS[name].title for name in names) or "nothing"), scoring)]
    rows = min(dataset.n_rows, SAMPLE_ROWS)
    checks = {
        "stability": (evaluation.cross_validation, N_RESAMPLES * spec.seconds(rows // 2, n_columns, settings)),
        "null comparison": (evaluation.cluster_validation, 2 * N_DRAWS * (0.05 + spec.seconds(rows, n_columns, settings))),
    }
    wanted = [name for name, (on, _) in checks.items() if on]
    if wanted:
        of = "" if rows == dataset.n_rows else f" on {rows:,} rows"
        steps.append((PlannedStep("validate", " and ".join(wanted) + of), sum(took for on, took in checks.values() if on) / n_jobs))
    if config.visualization_configuration.generate_plots:
        plots = config.visualization_configuration.plot_types
        steps.append((PlannedStep("draw", "the plots that apply" if plots is None else ", ".join(plots) or "nothing"), 0.8))
    return steps


def _as_seconds(seconds: float) -> str:
    return "under 0.1 s" if seconds < 0.1 else f"about {seconds:,.1f} s"


def _dimensions(dataset: Dataset, config: Config) -> int:
    """Return the columns of the clustering space as far as they can be told without computing."""
    preprocessing = config.preprocessing_configuration
    if preprocessing.dimensionality_reduction != "none" and preprocessing.n_components:
        return preprocessing.n_components
    n_columns = 0
    for name in dataset.features:
        kind = dataset.kinds[name]
        if kind == "text":
            n_columns += 100
        elif kind == "categorical" and preprocessing.categorical != "ordinal":
            n_columns += min(ONE_HOT_LEVELS, int(dataset.frame[name].nunique()))
        else:
            n_columns += 1
    return n_columns


def _preparation(config: Config) -> str:
    preprocessing = config.preprocessing_configuration
    steps = [f"missing {preprocessing.missing_values}", f"categories {preprocessing.categorical}"]
    if preprocessing.transform != "none":
        steps.append(preprocessing.transform)
    steps.append(f"scaling {preprocessing.scaling}")
    if preprocessing.outlier_detection:
        steps.append(f"outliers {preprocessing.outlier_action}")
    if preprocessing.feature_selection:
        steps.append("feature selection")
    if preprocessing.dimensionality_reduction != "none":
        steps.append(preprocessing.dimensionality_reduction)
    return ", ".join(steps)


def _what_is_auto(config: Config) -> str:
    clustering = config.clustering_configuration
    assert clustering is not None  # load_config demands it
    auto = [
        name
        for name, value in (("n_clusters", clustering.n_clusters), ("eps", getattr(clustering.parameters, "eps", None)))
        if value == "auto"
    ]
    return f", after choosing {' and '.join(auto)}" if auto else ""
