"""One thread a fit, fits side by side: the only place that starts threads and caps those of the libraries.

OpenMP keeps its cap a thread, so each worker sets its own: one set in the main thread does not hold in a worker. A BLAS keeps one cap for
the process, so analyses that run at the same time share it: the first sets it, the last gives back what was there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import Lock, Thread, local
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from threadpoolctl import LibController

Item = TypeVar("Item")
Value = TypeVar("Value")

_lock = Lock()
_mine = local()
"""n_modules: how many modules were loaded when this thread was last capped, and still is; None: it is not."""
_capped: dict[str, tuple[int, int]] = {}
"""File of a BLAS → how many blocks cap it now, and the threads it had before the first of them."""


@contextmanager
def one_thread() -> Iterator[None]:
    """Cap BLAS and OpenMP at one thread in the calling thread for the length of a `with` block.

    Inside another such block of this thread nothing is left to do, unless a library was imported since. Finding the libraries takes
    milliseconds: they are looked for again only when a module was imported.
    """
    before_block = getattr(_mine, "n_modules", None)
    if before_block == len(sys.modules):
        yield
        return
    own, common = _libraries(len(sys.modules))
    before = [library.num_threads for library in own]
    for library in own:
        library.set_num_threads(1)
    _cap(common)
    _mine.n_modules = len(sys.modules)
    try:
        yield
    finally:
        _mine.n_modules = before_block
        _uncap(common)
        for library, n_threads in zip(own, before, strict=True):
            library.set_num_threads(n_threads)


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
        with ThreadPoolExecutor(min(n_jobs, len(work)), initializer=_cap_own) as pool:
            return list(pool.map(function, work))


def _cap_own() -> None:
    """Cap what each thread caps for itself: a thread of a pool keeps it for life."""
    for library in _libraries(len(sys.modules))[0]:
        library.set_num_threads(1)
    _mine.n_modules = len(sys.modules)


@lru_cache(maxsize=1)
def _libraries(n_modules: int) -> tuple[list[LibController], list[LibController]]:  # noqa: ARG001
    """Return the loaded libraries that keep a cap for each thread, and those that keep one for the process.

    n_modules: how many modules are loaded; while none is added, the libraries are those that were found before.
    """
    from threadpoolctl import ThreadpoolController

    own: list[LibController] = []
    common: list[LibController] = []
    for library in ThreadpoolController().lib_controllers:
        by_openmp = library.user_api == "openmp" or getattr(library, "threading_layer", None) == "openmp"
        (own if by_openmp else common).append(library)
    return own, common


def _cap(libraries: list[LibController]) -> None:
    with _lock:
        for library in libraries:
            n_blocks, before = _capped.get(library.filepath, (0, 0))
            if n_blocks == 0:
                before = library.num_threads
                _set(library, before, 1)
            _capped[library.filepath] = (n_blocks + 1, before)


def _uncap(libraries: list[LibController]) -> None:
    with _lock:
        for library in libraries:
            n_blocks, before = _capped.pop(library.filepath)
            if n_blocks > 1:
                _capped[library.filepath] = (n_blocks - 1, before)
            else:
                _set(library, 1, before)


def _set(library: LibController, now: int, n_threads: int) -> None:
    """Set a cap of the process in a thread that ends: threadpoolctl (from 3.7 on) lets nobody but the thread that set it change it."""
    if now != n_threads:
        setting = Thread(target=library.set_num_threads, args=(n_threads,))
        setting.start()
        setting.join()
