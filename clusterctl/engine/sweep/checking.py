"""What a worker does for `sweep_configuration.validate`: hold a scored trial against resamples and chance."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from clusterctl.engine.evaluation import compare_with_null, resample
from clusterctl.engine.pipeline import Fit
from clusterctl.engine.sampling import draw
from clusterctl.engine.sweep.choice import Choose, Cut
from clusterctl.engine.sweep.failures import as_trial_error
from clusterctl.engine.sweep.labels import read_labels
from clusterctl.engine.sweep.marker import Marker
from clusterctl.kernels.filters import filters_kept
from clusterctl.kernels.threads import one_thread
from clusterctl.values.clustering import Clustering

if TYPE_CHECKING:
    from clusterctl.engine.sweep.space import StoredSpace
    from clusterctl.metrics.settings import EvaluationConfiguration
    from clusterctl.results.models import NullComparison, Stability
    from clusterctl.results.sweep import TrialError
    from clusterctl.values.score import Score


@dataclass(frozen=True, slots=True)
class CheckTask:
    """A scored trial to be held against resamples and chance, as a run does."""

    space: StoredSpace
    cut: Cut
    scores: tuple[Score, ...]
    settings: EvaluationConfiguration
    labels: Path
    marker: Path
    choose: Choose
    n_jobs: int


@dataclass(frozen=True, slots=True)
class Checked:
    """Stability and null comparison of a trial; a text says why there is none."""

    trial_id: int
    seconds: float
    stability: Stability | str | None = None
    null: dict[str, NullComparison] | str | None = None
    error: TrialError | None = None


def check(task: CheckTask) -> Checked:
    """Do what a run's `cross_validation` and `cluster_validation` do."""
    started = time.monotonic()
    Marker(task.marker).set(task.cut.trial_id, is_build=False, before=0.0)
    try:
        with filters_kept(), one_thread():
            points, seed = task.space.points(), task.cut.random_state
            labels = read_labels(task.labels, task.cut.trial_id)
            choice = task.choose(points, task.cut.clustering, seed, task.n_jobs)
            found = Fit(choice.spec, choice.settings, Clustering(labels, int(labels.max(initial=-1)) + 1), choice.settle)
            sample = draw(points, choice.spec, choice.settings, task.cut.strategy, choice.settle)
            found = found if sample is None else replace(found, sample=sample)
            stability = resample(points, found, seed, task.n_jobs) if task.settings.cross_validation else "cross_validation is off"
            null = (
                compare_with_null(points, found, task.scores, seed, task.n_jobs)
                if task.settings.cluster_validation
                else "cluster_validation is off"
            )
    except Exception as problem:
        return Checked(task.cut.trial_id, time.monotonic() - started, error=as_trial_error(problem))
    return Checked(task.cut.trial_id, time.monotonic() - started, stability, null)
