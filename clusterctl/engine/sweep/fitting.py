"""What a worker does first: build a structure and cut it for every trial that shares it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clusterctl.engine.pipeline import check_distance
from clusterctl.engine.sampling import check_fit, draw, spread, told_of_sample
from clusterctl.engine.sweep.choice import Choice, Choose, Cut
from clusterctl.engine.sweep.failures import as_trial_error, timed_out
from clusterctl.engine.sweep.labels import write_labels
from clusterctl.engine.sweep.marker import Marker
from clusterctl.errors import ClusterctlError
from clusterctl.kernels.filters import filters_kept
from clusterctl.kernels.threads import one_thread

if TYPE_CHECKING:
    from clusterctl.engine.sweep.space import StoredSpace
    from clusterctl.results.sweep import TrialError
    from clusterctl.values.clustering import Clustering, Sample
    from clusterctl.values.remarks import Caution
    from clusterctl.values.space import Points


@dataclass(frozen=True, slots=True)
class FitTask:
    """A structure and all its cuts.

    labels: the folder that labels are written into. marker: where the worker says what it is at. timeout: seconds that the build and
    one cut may take; None: no limit.
    """

    space: StoredSpace
    cuts: tuple[Cut, ...]
    labels: Path
    marker: Path
    choose: Choose
    n_jobs: int
    max_memory: int | None = None
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a trial's fit gave, but for the labels, which lie in the work folder; `error`: why there are none."""

    trial_id: int
    seconds: float
    error: TrialError | None = None
    n_clusters: int = 0
    n_noise: int = 0
    smallest: int | None = None
    chosen: dict[str, Any] | None = None
    cautions: tuple[Caution, ...] = ()


def fit(task: FitTask) -> tuple[Found, ...]:
    """Build once and cut for every trial; a trial that fails is an error of its own and the others go on.

    Where the build refuses the settings of one trial (more clusters than distinct rows), it is tried again with those of the next.
    """
    with filters_kept(), one_thread():
        return tuple(_fit(task))


def _fit(task: FitTask) -> Iterator[Found]:
    if task.timeout is not None:
        import sklearn.cluster  # noqa: F401 - seconds in a new worker, that are not to count as the first trial's

    points = task.space.points()
    marker = Marker(task.marker)
    structure: Any = None
    build = 0.0
    broken: TrialError | None = None
    for cut in task.cuts:
        if broken is not None:
            yield Found(cut.trial_id, 0.0, broken)
            continue
        started = time.monotonic()
        marker.set(cut.trial_id, is_build=structure is None, before=build)
        try:
            choice = task.choose(points, cut.clustering, cut.random_state, task.n_jobs)
            sample = draw(points, choice.spec, choice.settings, cut.strategy, choice.settle)
            if structure is None:
                structure = _build(points, choice, sample, cut.strategy, task)
                build = time.monotonic() - started
                started = time.monotonic()
                marker.set(cut.trial_id, is_build=False, before=build)
            clustering = _cut(points, structure, choice, sample, task.n_jobs)
        except Exception as problem:  # a trial's failure is its row's, whatever it is
            error = as_trial_error(problem)
            broken = error if structure is None and not isinstance(problem, ClusterctlError) else None
            yield Found(cut.trial_id, time.monotonic() - started, error)
            continue
        own = time.monotonic() - started
        if task.timeout is not None and build + own > task.timeout:
            yield Found(cut.trial_id, own, timed_out(task.timeout))
            continue
        write_labels(task.labels, cut.trial_id, clustering.labels)
        yield _found(cut.trial_id, clustering, own + build / len(task.cuts), choice)


def _build(points: Points, choice: Choice, sample: Sample | None, strategy: str, task: FitTask) -> Any:
    check_distance(choice.spec, points)
    check_fit(strategy, choice.spec, choice.settings, points.n_rows, points.n_columns, task.max_memory)
    if sample is None:
        return choice.spec.build(points, choice.settings, task.n_jobs)
    with told_of_sample(sample, points.n_rows):
        return choice.spec.build(sample.points, sample.settings, task.n_jobs)


def _cut(points: Points, structure: Any, choice: Choice, sample: Sample | None, n_jobs: int) -> Clustering:
    if sample is None:
        return choice.spec.cut(structure, choice.settings)
    with told_of_sample(sample, points.n_rows):
        found = choice.spec.cut(structure, sample.settings)
    return spread(points, choice.spec, choice.settings, replace(sample, clustering=found), n_jobs)[0]


def _found(trial_id: int, clustering: Clustering, seconds: float, choice: Choice) -> Found:
    labels = clustering.labels
    sizes = np.bincount(labels[labels >= 0])
    return Found(
        trial_id,
        seconds,
        n_clusters=clustering.n_clusters,
        n_noise=int((labels < 0).sum()),
        smallest=int(sizes.min()) if len(sizes) else None,
        chosen=choice.chosen,
        cautions=(*choice.cautions, *clustering.cautions),
    )
