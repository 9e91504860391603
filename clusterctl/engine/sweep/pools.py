"""Where the tasks of a sweep are done: in this thread, in threads, or in worker processes."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import Any, Literal, Protocol

from clusterctl.engine.supervise import THREAD_CAPS, die_with_parent

Executor = Literal["processes", "threads", "inline"]


class Pool(Protocol):
    """Does tasks; `n_workers` at once."""

    n_workers: int

    def submit(self, function: Callable[[Any], Any], task: Any) -> Future[Any]:
        """Begin a task."""
        ...

    def restart(self) -> None:
        """Begin anew after workers were lost; every task under way is lost with them."""
        ...

    def close(self) -> None:
        """End all workers, busy or not."""
        ...


def open_pool(executor: Executor, n_jobs: int) -> Pool:
    """Return the pool of that kind; the workers of processes begin to start at once, beside what the caller does next."""
    if executor == "inline" or (executor == "threads" and n_jobs == 1):
        return Inline()
    return Threads(n_jobs) if executor == "threads" else Processes(n_jobs)


def is_lost(problem: BaseException | None) -> bool:
    """Say whether a task ended because a worker process did."""
    return isinstance(problem, BrokenExecutor)


class Inline:
    """Each task in the calling thread, as it is submitted."""

    n_workers = 1

    def submit(self, function: Callable[[Any], Any], task: Any) -> Future[Any]:
        """Do the task."""
        future: Future[Any] = Future()
        future.set_result(function(task))
        return future

    def restart(self) -> None:
        """Do nothing: nothing can be lost."""

    def close(self) -> None:
        """Do nothing."""


class Threads:
    """Tasks in threads of this process."""

    def __init__(self, n_workers: int) -> None:
        self.n_workers = n_workers
        self._executor = ThreadPoolExecutor(n_workers, thread_name_prefix="sweep")

    def submit(self, function: Callable[[Any], Any], task: Any) -> Future[Any]:
        """Begin a task."""
        return self._executor.submit(function, task)

    def restart(self) -> None:
        """Do nothing: a thread is not lost but with the process."""

    def close(self) -> None:
        """Wait for what is under way; a thread cannot be ended from outside."""
        self._executor.shutdown(wait=True, cancel_futures=True)


class Processes:
    """Tasks in processes of loky's executor, that die with this one, whatever ends it."""

    def __init__(self, n_workers: int) -> None:
        self.n_workers = n_workers
        self._starting: list[Future[Any]] = []
        self._executor = self._start()

    def _start(self) -> Any:
        from joblib.externals.loky import ProcessPoolExecutor
        from joblib.externals.loky.backend import resource_tracker

        resource_tracker.ensure_running()  # else the first semaphore is there before the process that removes it if this one is killed
        caps = dict.fromkeys(THREAD_CAPS, "1")
        executor = ProcessPoolExecutor(self.n_workers, initializer=_be_worker, initargs=(os.getpid(),), env=caps)
        self._starting = [executor.submit(_load_libraries) for _ in range(self.n_workers)]
        return executor

    def submit(self, function: Callable[[Any], Any], task: Any) -> Future[Any]:
        """Begin a task; one that finds the workers lost already is lost too."""
        try:
            future: Future[Any] = self._executor.submit(function, task)
        except BrokenExecutor as problem:
            future = Future()
            future.set_exception(problem)
        return future

    def restart(self) -> None:
        """Start new workers in place of the lost."""
        self.close()
        self._executor = self._start()

    def close(self) -> None:
        """Kill the workers and remove their semaphores, which go when the executor is collected."""
        wait(self._starting)  # the executor's own thread stumbles over what waits in its queue when it is shut down
        self._executor.shutdown(wait=True, kill_workers=True)
        self._executor = None
        gc.collect()


def kill(pid: int) -> None:
    """End a worker at once."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _be_worker(parent: int) -> None:
    """Prepare a worker: it dies with its parent, and leaves signals from the terminal to it."""
    die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _load_libraries() -> None:
    """Import what every task needs, while the parent still loads the table."""
    import clusterctl.engine.sweep.jobs
    import clusterctl.metrics.registry  # noqa: F401
