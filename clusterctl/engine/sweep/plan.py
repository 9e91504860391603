"""What a sweep would do: the table loaded once, each space prepared once, each structure built once and cut for all its trials."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clusterctl.engine.estimates import (
    DRAWING,
    START_UP,
    check_seconds,
    count_columns,
    load_seconds,
    metrics_of,
    prepare_seconds,
    score_seconds,
    settings_of,
    what_is_auto,
)
from clusterctl.engine.resources import free_memory
from clusterctl.engine.sampling import estimate
from clusterctl.engine.sweep.schedule import SHARED_BYTES
from clusterctl.engine.sweep.standing import ranked_by
from clusterctl.engine.sweep.tree import plan_lines, plan_tree
from clusterctl.metrics.ranking import compares_across_spaces
from clusterctl.metrics.registry import METRICS
from clusterctl.metrics.silhouette import N_SHARED
from clusterctl.preprocessing.space import space_id

if TYPE_CHECKING:
    from clusterctl.algorithms.base import AlgorithmSpec, Settings
    from clusterctl.config.clustering import ClusteringConfiguration
    from clusterctl.config.models import Config
    from clusterctl.config.trials import Trial, Trials
    from clusterctl.engine.analysis import Session
    from clusterctl.preprocessing.settings import PreprocessingConfiguration
    from clusterctl.values.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Unit:
    """A structure with its cuts: what one worker does in one go.

    auto: something is left to `auto`, settled from the points, so that the unit holds one trial. seconds: of the build and all cuts.
    bytes: the algorithm's own estimate of its peak beside the points.
    """

    spec: AlgorithmSpec
    trials: tuple[Trial, ...]
    auto: bool
    seconds: float
    bytes: int


@dataclass(frozen=True, slots=True)
class PlannedSpace:
    """One preprocessing that trials share, with its structures in the order in which trials first want them.

    n_columns: as far as they can be told. metrics: computed for every trial. n_passes: over the distances, each shared by labellings.
    prepare_seconds, score_seconds, check_seconds: what these steps take; the last on one job.
    """

    space_id: str
    dataset: Dataset
    preprocessing: PreprocessingConfiguration
    random_state: int
    trials: tuple[Trial, ...]
    units: tuple[Unit, ...]
    n_columns: int = 0
    metrics: tuple[str, ...] = ()
    n_passes: int = 0
    prepare_seconds: float = 0.0
    score_seconds: float = 0.0
    check_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """A sweep, whole, and what it is expected to take.

    paths: swept. rank_metrics: computed again in the reference preprocessing; None: there is none. load_seconds, best_seconds: of reading
    the table and of what the complete run of the best trial does beyond the trial (at most). bytes: the largest unit and the points it
    works on. disk_bytes: the points of all spaces, in the work folder. free_bytes: what there is now. fits: whether every unit
    would. warnings: of what the sweep would come to.
    """

    spaces: tuple[PlannedSpace, ...]
    paths: tuple[str, ...]
    n_trials: int
    n_merged: int
    rank_metrics: tuple[str, ...] | None
    checks: bool
    load_seconds: float
    rank_seconds: float
    best_seconds: float
    seconds: float
    bytes: int
    disk_bytes: int
    free_bytes: int
    fits: bool
    n_jobs: int
    warnings: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data, every unit with its trials."""
        return plan_tree(self)

    def lines(self) -> list[str]:
        """Return it as an indented tree for people; structures are counted by algorithm where there are many."""
        return plan_lines(self)


def plan_sweep(trials: Trials, dataset_of: Callable[[Trial], Dataset], config: Config, session: Session) -> SweepPlan:
    """Arrange the trials by what they share; nothing is computed on the rows but the number of categories.

    dataset_of: a trial's columns of the one table. Seconds are those of 3 GHz cores, good to a factor of about three. Deterministic but
    for free_bytes.
    """
    spaces = tuple(_space(name, own, dataset_of(own[0]), session.n_jobs) for name, own in _by_space(trials, dataset_of).items())
    sweep = config.sweep_configuration
    rank_metrics, rank_seconds = _rank(config, spaces[0].dataset, len(trials.trials), session.n_jobs)
    loading, best = load_seconds(spaces[0].dataset), _best_seconds(spaces, session.n_jobs)
    units = [(space, unit) for space in spaces for unit in space.units]
    free = free_memory(session.max_memory).bytes
    each = [unit.seconds for _, unit in units]
    in_parallel = max(*each, sum(each) / session.n_jobs)
    if sweep.validate_trials:
        in_parallel += sum(space.check_seconds for space in spaces) / session.n_jobs
    one_by_one = sum(space.prepare_seconds + space.score_seconds for space in spaces)
    return SweepPlan(
        spaces=spaces,
        paths=trials.paths,
        n_trials=len(trials.trials),
        n_merged=trials.n_merged,
        rank_metrics=rank_metrics,
        checks=sweep.validate_trials,
        load_seconds=loading,
        rank_seconds=rank_seconds,
        best_seconds=best,
        seconds=START_UP + loading + one_by_one + in_parallel + rank_seconds + best,
        bytes=max(unit.bytes + _point_bytes(space) for space, unit in units),
        disk_bytes=sum(_point_bytes(space) for space in spaces),
        free_bytes=free,
        fits=all(unit.bytes <= free for _, unit in units),
        n_jobs=session.n_jobs,
        warnings=_not_comparable(len(spaces), config),
    )


def _not_comparable(n_spaces: int, config: Config) -> tuple[str, ...]:
    """Warn of scores that will not compare."""
    settings = config.sweep_configuration
    by = [name for name in ranked_by(settings, config.evaluation_configuration) if not compares_across_spaces(name)]
    if n_spaces < 2 or settings.rank_space is not None or not by:
        return ()
    message = (
        f"the trials lie in {n_spaces} spaces, and {' and '.join(by)} of different spaces cannot be compared: "
        "ranks will hold within a space; with sweep_configuration.rank_space all are scored in one reference preprocessing"
    )
    return (message,)


def _rank(config: Config, dataset: Dataset, n_trials: int, n_jobs: int) -> tuple[tuple[str, ...] | None, float]:
    """Return the metrics that are computed again in the reference preprocessing and what that takes; None: there is none."""
    settings = config.sweep_configuration.rank_space
    if settings is None:
        return None, 0.0
    names = metrics_of(config.model_copy(update={"preprocessing_configuration": settings}), dataset)
    internal = tuple(name for name in names if METRICS[name].kind == "internal")
    return internal, score_seconds(internal, dataset.n_rows, n_trials, _count_passes(n_trials, dataset.n_rows), n_jobs)


def _by_space(trials: Trials, dataset_of: Callable[[Trial], Dataset]) -> dict[str, list[Trial]]:
    """Return the trials of each space, by its id, in plan order."""
    found: dict[str, list[Trial]] = {}
    known: dict[tuple[Hashable, ...], str] = {}
    for trial in trials.trials:
        settings, dataset = trial.config.preprocessing_configuration, dataset_of(trial)
        key = (settings, dataset.features, _seed(trial))
        if key not in known:
            known[key] = space_id(dataset.sha256, settings, dataset.features, _seed(trial))
        found.setdefault(known[key], []).append(trial)
    return found


def _space(name: str, trials: Sequence[Trial], dataset: Dataset, n_jobs: int) -> PlannedSpace:
    config = trials[0].config
    n_columns = count_columns(dataset, config.preprocessing_configuration)
    metrics = tuple(metrics_of(config, dataset))
    n_passes = _count_passes(len(trials), dataset.n_rows)
    choices = [settings_of(_clustering(trial)) for trial in trials]
    return PlannedSpace(
        space_id=name,
        dataset=dataset,
        preprocessing=config.preprocessing_configuration,
        random_state=_seed(trials[0]),
        trials=tuple(trials),
        units=tuple(_units(trials, dataset.n_rows, n_columns)),
        n_columns=n_columns,
        metrics=metrics,
        n_passes=n_passes,
        prepare_seconds=prepare_seconds(dataset.n_rows, n_columns),
        score_seconds=score_seconds(metrics, dataset.n_rows, len(trials), n_passes, n_jobs),
        check_seconds=sum(check_seconds(config.evaluation_configuration, *choice, dataset.n_rows, n_columns) for choice in choices),
    )


def _units(trials: Sequence[Trial], n_rows: int, n_columns: int) -> list[Unit]:
    """Group the trials of a space by the structure they cut; one that leaves something to `auto` stands alone."""
    groups: dict[Hashable, list[tuple[Trial, AlgorithmSpec, Settings]]] = {}
    for trial in trials:
        spec, settings = settings_of(_clustering(trial))
        alone = trial.trial_id if what_is_auto(_clustering(trial)) else None
        key = (spec.name, alone, None if alone is not None else spec.structure_key(settings))
        groups.setdefault(key, []).append((trial, spec, settings))
    return [_unit(group, n_rows, n_columns) for group in groups.values()]


def _unit(group: Sequence[tuple[Trial, AlgorithmSpec, Settings]], n_rows: int, n_columns: int) -> Unit:
    spec, strategy = group[0][1], group[0][0].config.execution.strategy
    each = [estimate(strategy, spec, settings, n_rows, n_columns) for _, _, settings in group]
    return Unit(
        spec=spec,
        trials=tuple(trial for trial, _, _ in group),
        auto=bool(what_is_auto(_clustering(group[0][0]))),
        seconds=max(fit.seconds for fit in each)
        + len(group) * each[0].n_fitted * spec.cut_row_seconds
        + (len(group) - 1) * each[0].assigning,
        bytes=max(fit.bytes for fit in each),
    )


def _count_passes(n_labellings: int, n_rows: int) -> int:
    """Return how many passes over the distances so many labellings take."""
    shared = max(1, min(N_SHARED, SHARED_BYTES // (8 * max(1, n_rows))))
    return -(-n_labellings // shared)


def _best_seconds(spaces: Sequence[PlannedSpace], n_jobs: int) -> float:
    """Return what the complete run of the costliest trial takes: prepared, built, scored, held against chance, drawn."""
    each = []
    for space in spaces:
        scoring = score_seconds(space.metrics, space.dataset.n_rows, 1, 1, n_jobs)
        for unit in space.units:
            first = unit.trials[0]
            checks = check_seconds(
                first.config.evaluation_configuration, *settings_of(_clustering(first)), space.dataset.n_rows, space.n_columns
            )
            each.append(space.prepare_seconds + unit.seconds + scoring + checks / n_jobs)
    return DRAWING + max(each)


def _point_bytes(space: PlannedSpace) -> int:
    return 8 * space.dataset.n_rows * space.n_columns


def _clustering(trial: Trial) -> ClusteringConfiguration:
    clustering = trial.config.clustering_configuration
    assert clustering is not None  # every trial is a config that `run` takes
    return clustering


def _seed(trial: Trial) -> int:
    return _clustering(trial).random_state or 0
