"""One thread a fit, fits side by side: the only place that starts threads and caps those of the libraries.

A cap set in the main thread does not hold in a worker thread (OpenMP keeps it per thread), so each worker sets its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import TypeVar

Item = TypeVar("Item")
Value = TypeVar("Value")


def one_thread() -> AbstractContextManager[object]:
    """Cap BLAS and OpenMP at one thread in the calling thread for the length of a `with` block."""
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[object] = threadpool_limits(1)
    return limits


def parallel(function: Callable[[Item], Value], items: Iterable[Item], n_jobs: int) -> list[Value]:
    """Map `function` over `items` in at most `n_jobs` threads, one library thread each, results in input order.

    The result does not depend on `n_jobs` if `function` is pure. The first exception (in input order) is raised.
    n_jobs 0: in the calling thread, which is capped already (a cap costs milliseconds, too much for many small pieces of work).
    """
    from concurrent.futures import ThreadPoolExecutor

    work = list(items)
    if n_jobs == 0:
        return [function(item) for item in work]
    with one_thread():
        if n_jobs <= 1 or len(work) <= 1:
            return [function(item) for item in work]
        with ThreadPoolExecutor(min(n_jobs, len(work)), initializer=one_thread) as pool:  # a thread of the pool keeps its cap for life
            return list(pool.map(function, work))
