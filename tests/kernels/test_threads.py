"""One thread a fit, fits side by side: order, errors and caps."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from clusterctl.kernels.threads import one_thread, parallel


def library_threads() -> set[int]:
    np.ones((8, 8)) @ np.ones((8, 8))
    return {int(pool["num_threads"]) for pool in threadpool_info()}


@pytest.mark.parametrize("n_jobs", [0, 1, 2, 5, 99])
def test_results_come_in_the_order_of_the_items(n_jobs: int) -> None:
    def later_first(item: int) -> int:
        time.sleep(0.002 * (5 - item % 5))
        return item * item

    assert parallel(later_first, range(12), n_jobs) == [item * item for item in range(12)]


@pytest.mark.parametrize("n_jobs", [0, 1, 3])
def test_the_first_error_in_the_order_of_the_items_is_raised(n_jobs: int) -> None:
    def fails(item: int) -> int:
        time.sleep(0.02 if item == 1 else 0)
        if item in (1, 3):
            raise ValueError(item)
        return item

    with pytest.raises(ValueError, match="1"):
        parallel(fails, range(5), n_jobs)


def test_every_worker_thread_is_capped_at_one_library_thread() -> None:
    gate = threading.Barrier(2, timeout=20)

    def look(_: int) -> tuple[int, set[int]]:
        gate.wait()
        return threading.get_ident(), library_threads()

    seen = parallel(look, range(2), 2)
    assert len({thread for thread, _ in seen}) == 2
    assert all(threads == {1} for _, threads in seen)


def test_the_calling_thread_has_its_library_threads_back_afterwards() -> None:
    before = library_threads()
    with one_thread():
        assert library_threads() == {1}
    assert library_threads() == before
    parallel(lambda item: item, range(4), 2)
    assert library_threads() == before


@pytest.mark.parametrize("n_jobs", [0, 1])
def test_one_job_works_in_the_calling_thread(n_jobs: int) -> None:
    assert set(parallel(lambda _: threading.get_ident(), range(3), n_jobs)) == {threading.get_ident()}


def test_no_more_work_is_done_at_once_than_asked_for() -> None:
    lock, now, most = threading.Lock(), [0], [0]

    def work(_: int) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.005)
        with lock:
            now[0] -= 1

    parallel(work, range(20), 3)
    assert most[0] == 3


def test_nothing_to_do_is_an_empty_list() -> None:
    assert parallel(str, [], 4) == []
