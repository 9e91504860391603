"""The schedule of a sweep: what shares a pass, what runs beside what, and what becomes of trials whose worker dies or takes too long."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.engine.sweep.choice import Cut
from clusterctl.engine.sweep.fitting import FitTask
from clusterctl.engine.sweep.jobs import FitJob, Means
from clusterctl.engine.sweep.pools import Inline, Pool, open_pool
from clusterctl.engine.sweep.progress import Finished
from clusterctl.engine.sweep.schedule import Schedule
from clusterctl.engine.sweep.scoring import ScoreTask
from clusterctl.engine.sweep.space import StoredSpace, forget_points, store_space
from clusterctl.metrics.settings import EvaluationConfiguration
from clusterctl.values.clustering import Clustering
from clusterctl.values.space import Points, Space

N_ROWS = 40


@dataclass(frozen=True)
class Order:
    """What a trial is told to do, in the place of a clustering configuration: labels `row % n`; or to misbehave at the build or the cut."""

    n: int
    build: str = "well"
    cut: str = "well"


@dataclass(frozen=True)
class Chosen:
    spec: Any
    settings: Any
    chosen: dict[str, Any]
    cautions: tuple[Any, ...] = ()
    settle: Callable[..., Any] | None = None


def behave(how: str) -> None:
    if how == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    elif how == "hang":
        time.sleep(60)
    elif how == "nap":
        time.sleep(0.3)
    elif how == "fail":
        raise ZeroDivisionError("no such number")


def choose(points: Points, order: Order, random_state: int, n_jobs: int) -> Chosen:
    def build(points: Points, settings: Settings, n_jobs: int) -> str:
        behave(order.build)
        return "structure"

    def cut(structure: str, settings: Settings) -> Clustering:
        assert structure == "structure"
        behave(order.cut)
        return Clustering(np.arange(N_ROWS) % order.n, order.n)

    spec = replace(ALGORITHMS["kmeans"], build=build, cut=cut)
    return Chosen(spec, Settings(spec.parameters(), order.n, random_state), {})


@pytest.fixture
def space(tmp_path: Path) -> StoredSpace:
    nobody = np.zeros(N_ROWS, dtype=bool)
    X = np.random.default_rng(0).normal(size=(N_ROWS, 2))
    made = Space(Points(X), ("a", "b"), np.arange(N_ROWS), N_ROWS, nobody, nobody, None, None, None, "none", None, ())
    return store_space(made, "space", None, tmp_path / "space")


class Told:
    """Listens for finished trials."""

    def __init__(self) -> None:
        self.calls: list[list[Finished]] = []

    def __call__(self, finished: Sequence[Finished]) -> None:
        self.calls.append(list(finished))

    @property
    def errors(self) -> dict[int, str | None]:
        return {
            one.trial_id: None if one.outcome.error is None else one.outcome.error.type
            for one in sorted((one for call in self.calls for one in call), key=lambda one: one.trial_id)
        }


@pytest.fixture
def workers() -> Iterator[Pool]:
    pool = open_pool("processes", 2)
    yield pool
    pool.close()


def means(work: Path, **changed: Any) -> Means:
    plain = Means(
        choose=choose,  # type: ignore[arg-type]
        work=work,
        evaluation=EvaluationConfiguration(),
        n_jobs=2,
        names={"space": ("silhouette_score",)},
    )
    return replace(plain, **changed)


def units(space: StoredSpace, *orders: Sequence[Order], n_bytes: int = 0) -> list[FitJob]:
    """Return a job for each sequence of orders; trials are numbered through."""
    made, number = [], 0
    for unit in orders:
        cuts = tuple(Cut(number + place, order, 0) for place, order in enumerate(unit))  # type: ignore[arg-type]
        made.append(FitJob(space, cuts, n_bytes, 1.0))
        number += len(cuts)
    return made


class Counting(Inline):
    """Does tasks in this thread and counts them."""

    def __init__(self) -> None:
        self.n_done: Counter[str] = Counter()
        self.sizes: list[int] = []

    def submit(self, function: Callable[[Any], Any], task: Any) -> Future[Any]:
        self.n_done[function.__name__] += 1
        if isinstance(task, ScoreTask):
            self.sizes.append(len(task.labellings))
        return super().submit(function, task)


def test_labellings_of_many_structures_share_passes_of_64(space: StoredSpace, tmp_path: Path) -> None:
    pool, told = Counting(), Told()
    Schedule(pool, means(tmp_path), units(space, *[[Order(2 + place % 5)] for place in range(130)]), told, 1 << 30).run()
    assert pool.n_done == {"fit": 130, "score_all": 3}
    assert pool.sizes == [64, 64, 2]
    assert list(told.errors.values()) == [None] * 130


def test_labellings_that_have_waited_long_are_scored_though_the_pass_is_not_full(
    space: StoredSpace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clusterctl.engine.sweep.schedule.LEAST_PATIENCE", 0.5)
    pool, told = Counting(), Told()
    Schedule(pool, means(tmp_path), units(space, *[[Order(2, cut="nap")] for _ in range(5)]), told, 1 << 30).run()
    assert sum(pool.sizes) == 5
    assert 2 <= len(pool.sizes) < 5  # some share a pass, none waits for all
    assert [len(call) for call in told.calls] == pool.sizes


def test_labels_are_gone_from_the_work_folder_once_their_trial_is_finished(space: StoredSpace, tmp_path: Path) -> None:
    Schedule(Inline(), means(tmp_path), units(space, [Order(2), Order(3)]), Told(), 1 << 30).run()
    assert list(tmp_path.glob("labels-*")) == []


def test_a_trial_that_fails_is_a_row_and_its_neighbours_go_on(space: StoredSpace, tmp_path: Path) -> None:
    told = Told()
    jobs = units(space, [Order(2), Order(3, cut="fail"), Order(4)], [Order(2, build="fail"), Order(3)])
    Schedule(Inline(), means(tmp_path), jobs, told, 1 << 30).run()
    assert told.errors == {0: None, 1: "ZeroDivisionError", 2: None, 3: "ZeroDivisionError", 4: "ZeroDivisionError"}


def test_a_trial_that_kills_its_worker_is_a_row_and_all_others_are_done(space: StoredSpace, tmp_path: Path, workers: Pool) -> None:
    told = Told()
    jobs = units(space, [Order(2), Order(3, cut="die"), Order(4)], [Order(5)], [Order(6, cut="nap")])
    Schedule(workers, means(tmp_path), jobs, told, 1 << 30).run()
    assert told.errors == {0: None, 1: "WorkerLost", 2: None, 3: None, 4: None}


def test_a_trial_that_hangs_runs_out_of_its_time_alone(space: StoredSpace, tmp_path: Path, workers: Pool) -> None:
    told = Told()
    jobs = units(space, [Order(2), Order(3, cut="hang"), Order(4)], [Order(5, cut="nap"), Order(6)])
    Schedule(workers, means(tmp_path, trial_timeout=2.0), jobs, told, 1 << 30).run()
    assert told.errors == {0: None, 1: "TrialTimeout", 2: None, 3: None, 4: None}


def test_a_structure_that_takes_too_long_is_the_end_of_all_its_trials(space: StoredSpace, tmp_path: Path, workers: Pool) -> None:
    told = Told()
    jobs = units(space, [Order(2, build="hang"), Order(3)], [Order(5)])
    Schedule(workers, means(tmp_path, trial_timeout=1.0), jobs, told, 1 << 30).run()
    assert told.errors == {0: "TrialTimeout", 1: "TrialTimeout", 2: None}


def test_the_build_counts_in_the_time_of_each_of_its_trials(space: StoredSpace, tmp_path: Path, workers: Pool) -> None:
    told = Told()
    jobs = units(space, [Order(2, build="nap"), Order(3, cut="nap")])
    Schedule(workers, means(tmp_path, trial_timeout=0.5), jobs, told, 1 << 30).run()
    assert told.errors == {0: None, 1: "TrialTimeout"}


class Beside(Inline):
    """Holds two tasks at once and does them when both are there, or nothing more comes."""

    n_workers = 2

    def __init__(self) -> None:
        self.under_way = 0
        self.most = 0

    def submit(self, function: Callable[[Any], Any], task: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.under_way += isinstance(task, FitTask)
        self.most = max(self.most, self.under_way)
        from threading import Timer

        def do() -> None:
            self.under_way -= isinstance(task, FitTask)
            future.set_result(function(task))

        Timer(0.1, do).start()
        return future


@pytest.mark.parametrize(("n_bytes", "most"), [(40, 2), (60, 1), (400, 1)])
def test_structures_that_do_not_fit_in_memory_together_are_built_one_by_one(
    space: StoredSpace, tmp_path: Path, n_bytes: int, most: int
) -> None:
    pool, told = Beside(), Told()
    jobs = units(space, *[[Order(2)] for _ in range(4)], n_bytes=n_bytes)
    Schedule(pool, means(tmp_path), jobs, told, 100).run()
    assert pool.most == most
    assert list(told.errors.values()) == [None] * 4


def test_finished_trials_are_told_once_each(space: StoredSpace, tmp_path: Path, workers: Pool) -> None:
    told = Told()
    Schedule(workers, means(tmp_path), units(space, *[[Order(2), Order(3)] for _ in range(10)]), told, 1 << 30).run()
    assert Counter(one.trial_id for call in told.calls for one in call) == dict.fromkeys(range(20), 1)


class Pairs(Inline):
    """Does two tasks before anyone looks at what they gave."""

    n_workers = 2


def test_a_trial_that_cannot_be_scored_in_either_space_is_told_once(space: StoredSpace, tmp_path: Path) -> None:
    told = Told()
    unknown = means(tmp_path, names={"space": ("none",)}, rank_space=replace(space, space_id="rank"), rank_names=("none",))
    Schedule(Pairs(), unknown, units(space, [Order(2)]), told, 1 << 30).run()
    assert [[one.trial_id for one in call] for call in told.calls] == [[0]]


def test_labels_of_a_trial_that_failed_in_its_own_space_are_not_scored_in_the_rank_space(space: StoredSpace, tmp_path: Path) -> None:
    pool, told = Counting(), Told()
    unknown = means(tmp_path, names={"space": ("none",)}, rank_space=replace(space, space_id="rank"), rank_names=("silhouette_score",))
    Schedule(pool, unknown, units(space, [Order(2)]), told, 1 << 30).run()
    assert pool.n_done == {"fit": 1, "score_all": 1}
    assert told.errors == {0: "EvaluationError"}


def test_a_task_with_nothing_beside_it_gets_all_threads(space: StoredSpace, tmp_path: Path) -> None:
    given: list[int] = []

    class Watching(Inline):
        def submit(self, function: Callable[[Any], Any], task: Any) -> Future[Any]:
            given.append(task.n_jobs)
            return super().submit(function, task)

    Schedule(Watching(), means(tmp_path), units(space, [Order(2)], [Order(3)]), Told(), 1 << 30).run()
    assert given == [2, 2, 2]


def test_points_that_are_let_go_of_are_mapped_no_more(space: StoredSpace) -> None:
    def is_mapped() -> bool:
        return str(space.folder / "points.npy") in Path("/proc/self/maps").read_text()

    assert len(space.points().X) == N_ROWS
    assert is_mapped()
    forget_points()
    assert not is_mapped()


AT_THE_FIRST_SEMAPHORE = """
import os
from pathlib import Path
from joblib.externals.loky.backend.synchronize import SemLock
from clusterctl.engine.sweep.pools import Processes

made = SemLock._make_name

def name():
    print(len(Path("/proc/self/task", str(os.getpid()), "children").read_text().split()) > 0)
    return made()

SemLock._make_name = staticmethod(name)
Processes(1).close()
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are found in /proc")
def test_what_removes_the_semaphores_of_a_killed_pool_is_there_before_the_first_of_them() -> None:
    done = subprocess.run([sys.executable, "-c", AT_THE_FIRST_SEMAPHORE], capture_output=True, text=True, timeout=60, check=True)
    assert set(done.stdout.split()) == {"True"}
