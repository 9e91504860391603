"""What a run would do, with estimated time and memory, before it does anything."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.engine.memory import available_bytes
from clusterctl.metrics.registry import METRICS, default_metrics

if TYPE_CHECKING:
    from clusterctl.config.models import Config
    from clusterctl.engine.analysis import Session
    from clusterctl.values.dataset import Dataset

ONE_HOT_LEVELS = 50


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

    Seconds are those of one 3 GHz core, good to a factor of about three; bytes are the algorithm's own estimate.
    """
    clustering = config.clustering_configuration
    assert clustering is not None  # load_config demands it
    spec = ALGORITHMS[clustering.algorithm]
    n_rows, n_columns = dataset.n_rows, _dimensions(dataset, config)
    n_clusters = clustering.n_clusters if isinstance(clustering.n_clusters, int) else (8 if spec.takes_n_clusters else None)
    settings = Settings(clustering.parameters, n_clusters, clustering.random_state or 0)
    cost = spec.cost(n_rows, n_columns, settings, None)
    seconds = spec.seconds(n_rows, n_columns, settings)
    free = available_bytes().bytes
    limit = free if session.max_memory is None else min(free, session.max_memory)
    evaluation = config.evaluation_configuration
    metrics = evaluation.evaluation_metrics or default_metrics("euclidean", dataset.target is not None)
    steps = [
        PlannedStep("load", f"{n_rows:,} rows, {len(dataset.features)} features"),
        PlannedStep("prepare", f"to {n_columns} columns: {_preparation(config)}"),
        PlannedStep("cluster", f"{spec.title}{_what_is_auto(config)}: about {seconds:.1f} s, {cost.formula}"),
        PlannedStep("evaluate", ", ".join(METRICS[name].title for name in metrics)),
    ]
    checks = [
        name for name, wanted in (("stability", evaluation.cross_validation), ("null comparison", evaluation.cluster_validation)) if wanted
    ]
    if checks:
        steps.append(PlannedStep("validate", f"{' and '.join(checks)}, on a sample when the rows are many"))
    if config.visualization_configuration.generate_plots:
        steps.append(PlannedStep("draw", ", ".join(config.visualization_configuration.plot_types or ("the plots that apply",))))
    return Plan(tuple(steps), seconds, cost.bytes, limit, cost.bytes <= limit, session.n_jobs)


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
