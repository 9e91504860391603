"""Which job is done when: structures side by side within the memory there is, scores in shared passes, lost work once more and alone.

Order, executor and number of workers decide when a trial is finished, never what it gives.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from clusterctl.engine.estimates import score_seconds
from clusterctl.engine.sweep.failures import timed_out, worker_lost
from clusterctl.engine.sweep.jobs import CheckJob, FitJob, Job, Means, ScoreJob
from clusterctl.engine.sweep.labels import forget_labels
from clusterctl.engine.sweep.marker import Mark, Marker
from clusterctl.engine.sweep.pools import Pool, is_lost, kill
from clusterctl.engine.sweep.progress import Finished, Progress
from clusterctl.engine.sweep.scoring import Labelling
from clusterctl.metrics.silhouette import N_SHARED

if TYPE_CHECKING:
    from clusterctl.engine.sweep.checking import Checked
    from clusterctl.engine.sweep.fitting import Found
    from clusterctl.engine.sweep.scoring import Scored
    from clusterctl.engine.sweep.space import StoredSpace
    from clusterctl.results.sweep import TrialError

SHARED_BYTES = 256 << 20
"""Of the labels that share a pass."""
LEAST_PATIENCE = 2.0
LOOK = 0.05
"""Seconds between looks at the clock of trials whose time is limited."""


@dataclass(frozen=True, slots=True)
class _Running:
    job: Job
    marker: Marker


class Schedule:
    """The jobs of a sweep and the state of its trials; `run` does them all.

    finish: is told of every trial as it is finished, several that finish together in one call.
    free: bytes that structures built at the same time may take; a larger one is built alone.
    """

    def __init__(self, pool: Pool, means: Means, fits: Iterable[FitJob], finish: Callable[[Sequence[Finished]], None], free: int) -> None:
        self._pool, self._means, self._finish, self._free = pool, means, finish, free
        self._fits: deque[FitJob] = deque(fits)
        self._careful: deque[Job] = deque()
        self._checks: deque[CheckJob] = deque()
        self._waiting: dict[StoredSpace, list[Labelling]] = {}
        self._since: dict[StoredSpace, float] = {}
        self._running: dict[Future[Any], _Running] = {}
        self._overdue: dict[Future[Any], Mark] = {}
        self._trials = {cut.trial_id: Progress(cut, job.space, self._parts()) for job in self._fits for cut in job.cuts}
        self._n_started = 0

    def _parts(self) -> set[str]:
        return {"scores", *(["rank_scores"] if self._means.rank_space else []), *(["checks"] if self._means.checks else [])}

    def run(self) -> None:
        """Do all jobs; every trial is finished when this returns."""
        while True:
            while len(self._running) < self._pool.n_workers and (job := self._next()) is not None:
                self._start(job)
            if not self._running:
                return
            pause = LOOK if self._means.trial_timeout is not None else None
            ended, _ = wait(self._running, timeout=pause, return_when=FIRST_COMPLETED)
            if any(is_lost(future.exception()) for future in ended):
                self._recover()
                continue
            done: list[Finished] = []
            for future in ended:
                done += self._take(self._running.pop(future).job, future.result())
            self._tell(done)
            self._end_overdue()

    def _tell(self, done: list[Finished]) -> None:
        if done:
            self._finish(done)
            for finished in done:
                forget_labels(self._means.work, finished.trial_id)

    def _next(self) -> Job | None:
        """Return the job to begin now; None: wait for one that is running."""
        if self._careful:
            return None if self._running else self._careful.popleft()
        if any(running.job.alone for running in self._running.values()):
            return None
        if job := self._due_pass():
            return job
        if self._checks:
            return self._checks.popleft()
        if self._fits:
            taken = sum(running.job.bytes for running in self._running.values())
            fits = not self._running or taken + self._fits[0].bytes <= self._free
            return self._fits.popleft() if fits else None
        return self._any_pass()

    def _due_pass(self) -> ScoreJob | None:
        """Return labellings that fill a pass, or that have waited long: no kill may take more work than that, and no bar stand still."""
        now = time.monotonic()
        for space, waiting in self._waiting.items():
            if len(waiting) >= _shared(space) or now - self._since[space] > _patience(space):
                return self._pass(space)
        return None

    def _any_pass(self) -> ScoreJob | None:
        """Return what waits to be scored, now that a worker has nothing else to do."""
        return self._pass(next(iter(self._waiting))) if self._waiting else None

    def _wait(self, space: StoredSpace, labelling: Labelling) -> None:
        """Let a labelling wait for others to share a pass with."""
        self._since.setdefault(space, time.monotonic())
        self._waiting.setdefault(space, []).append(labelling)

    def _pass(self, space: StoredSpace) -> ScoreJob:
        waiting, since = self._waiting.pop(space), self._since.pop(space)
        n_shared = _shared(space)
        if waiting[n_shared:]:
            self._waiting[space], self._since[space] = waiting[n_shared:], since
        return ScoreJob(space, tuple(waiting[:n_shared]))

    def _start(self, job: Job) -> None:
        self._n_started += 1
        marker = Marker(self._means.work / f"task-{self._n_started}")
        beside = min(self._pool.n_workers, len(self._running) + len(self._fits) + len(self._checks) + 1)
        n_threads = max(1, self._means.n_jobs // beside)
        future = self._pool.submit(job.function, job.task(self._means, marker.path, n_threads))
        self._running[future] = _Running(job, marker)

    def _take(self, job: Job, result: Any) -> list[Finished]:
        """Note what a job gave and return the trials that it finished."""
        if isinstance(job, FitJob):
            return [finished for found in result if (finished := self._fitted(found))]
        if isinstance(job, ScoreJob):
            return [finished for scored in result if (finished := self._scored(scored))]
        return [finished] if (finished := self._checked(result)) else []

    def _fitted(self, found: Found) -> Finished | None:
        trial = self._trials[found.trial_id]
        if found.error is not None:
            return self._failed(found.trial_id, found.error, found.seconds)
        trial.found, trial.seconds = found, trial.seconds + found.seconds
        means = self._means
        own = Labelling(found.trial_id, means.names[trial.space.space_id], trial.cut.random_state, trial.space)
        self._wait(trial.space, own)
        if means.rank_space is not None:
            self._wait(means.rank_space, replace(own, names=means.rank_names, is_rank=True))
        return None

    def _scored(self, scored: Scored) -> Finished | None:
        trial = self._trials.get(scored.trial_id)
        if trial is None:  # its other scores failed meanwhile
            return None
        if scored.error is not None:
            return self._failed(scored.trial_id, scored.error, scored.seconds)
        trial.seconds += scored.seconds
        if scored.is_rank:
            trial.rank_scored = scored
            return self._part(trial, "rank_scores")
        trial.scored = scored
        if self._means.checks:
            self._checks.append(CheckJob(trial.space, trial.cut, scored.scores))
        return self._part(trial, "scores")

    def _checked(self, checked: Checked) -> Finished | None:
        trial = self._trials.get(checked.trial_id)
        if trial is None:
            return None
        if checked.error is not None:
            return self._failed(checked.trial_id, checked.error, checked.seconds)
        trial.checked, trial.seconds = checked, trial.seconds + checked.seconds
        return self._part(trial, "checks")

    def _part(self, trial: Progress, part: str) -> Finished | None:
        trial.missing.discard(part)
        if trial.missing:
            return None
        del self._trials[trial.cut.trial_id]
        return trial.finished(validated=self._means.checks)

    def _failed(self, trial_id: int, error: TrialError, seconds: float = 0.0) -> Finished:
        """Return a trial as one that failed; from now on it is done, whatever else of it is under way, and nothing of it waits."""
        left = {space: [one for one in waiting if one.trial_id != trial_id] for space, waiting in self._waiting.items()}
        self._waiting = {space: waiting for space, waiting in left.items() if waiting}
        return self._trials.pop(trial_id).failed(error, seconds)

    def _end_overdue(self) -> None:
        """Kill the worker of a trial that has had its time; what it was at is lost, and dealt with when that is seen."""
        if self._means.trial_timeout is None:
            return
        for future, running in self._running.items():
            mark = running.marker.read() if isinstance(running.job, FitJob) else None
            if mark is not None and mark.spent > self._means.trial_timeout and future not in self._overdue and not future.done():
                self._overdue[future] = mark
                kill(mark.pid)

    def _recover(self) -> None:
        """Start new workers; take what was done, blame who ran out of time, and do the others again, suspects alone."""
        wait(self._running)
        done: list[Finished] = []
        lost: list[tuple[Job, Mark | None]] = []
        for future, running in self._running.items():
            if is_lost(future.exception()):
                lost.append((running.job, self._overdue.get(future)))
            else:
                done += self._take(running.job, future.result())
        is_blamed = any(mark is not None for _, mark in lost)
        self._running.clear()
        self._overdue.clear()
        self._pool.restart()
        for job, mark in lost:
            if mark is not None and isinstance(job, FitJob):
                done += self._out_of_time(job, mark)
            elif is_blamed:
                self._again(job)
            else:
                done += self._suspect(job)
        self._tell(done)

    def _out_of_time(self, job: FitJob, mark: Mark) -> list[Finished]:
        """End the trial that ran out of its time, and all others if it was on the structure that they share."""
        ids = job.trial_ids
        guilty = set(ids[ids.index(mark.trial_id) :]) if mark.is_build else {mark.trial_id}
        if rest := job.without(guilty).cuts:
            self._fits.appendleft(replace(job, cuts=rest))
        assert self._means.trial_timeout is not None
        error = timed_out(self._means.trial_timeout)
        return [self._failed(trial_id, error) for trial_id in ids if trial_id in guilty]

    def _again(self, job: Job) -> None:
        if isinstance(job, FitJob) and not job.alone:
            self._fits.appendleft(job)
        else:
            self._careful.append(job)

    def _suspect(self, job: Job) -> list[Finished]:
        """Do a job again that was lost for no known reason: as it was but alone, then trial by trial; a trial lost alone has failed."""
        if not job.alone:
            self._careful.append(replace(job, alone=True))
            return []
        if len(job.trial_ids) > 1:
            self._careful.extend(job.singly())
            return []
        return [self._failed(trial_id, worker_lost()) for trial_id in job.trial_ids if trial_id in self._trials]


def _patience(space: StoredSpace) -> float:
    """Return the seconds that labellings wait for others: a few times what sharing the distances of a pass saves."""
    return max(LEAST_PATIENCE, 5 * score_seconds(("silhouette_score",), space.n_points, 1, 1, 1))


def _shared(space: StoredSpace) -> int:
    """Return how many labellings of a space share a pass."""
    return max(1, min(N_SHARED, SHARED_BYTES // (8 * max(1, space.n_points))))
