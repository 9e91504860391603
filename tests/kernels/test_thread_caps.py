"""The caps of analyses that run side by side in one process: none lifts another's, and all give back what was there."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np  # noqa: F401 - brings the BLAS that is capped
import pytest
import scipy.linalg  # noqa: F401 - brings one of its own
import threadpoolctl
from threadpoolctl import threadpool_info, threadpool_limits

from clusterctl.kernels.threads import one_thread, parallel


def blas_threads() -> set[int]:
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


@pytest.fixture
def two_threads() -> Iterator[None]:
    """Let BLAS have two threads, whatever the machine has."""
    before = threadpool_info()
    setting = threading.Thread(target=threadpool_limits, args=(2,), kwargs={"user_api": "blas"})
    setting.start()
    setting.join()
    yield
    for library in before:
        back = threading.Thread(target=threadpool_limits, args=({library["prefix"]: library["num_threads"]},))
        back.start()
        back.join()


@pytest.mark.usefixtures("two_threads")
def test_the_cap_holds_in_a_block_and_is_taken_back_after_it() -> None:
    with one_thread():
        assert blas_threads() == {1}
    assert blas_threads() == {2}


@pytest.mark.usefixtures("two_threads")
def test_a_block_that_ends_does_not_lift_the_cap_of_another_thread_s_block() -> None:
    entered, leave = threading.Event(), threading.Event()

    def first() -> None:
        with one_thread():
            entered.set()
            leave.wait(10)

    other = threading.Thread(target=first)
    other.start()
    entered.wait(10)
    with one_thread():
        leave.set()
        other.join()
        assert blas_threads() == {1}
    assert blas_threads() == {2}


@pytest.mark.usefixtures("two_threads")
def test_workers_of_analyses_side_by_side_leave_the_process_as_it_was() -> None:
    def work() -> None:
        for _ in range(10):
            parallel(time.sleep, [0.001] * 4, 2)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert blas_threads() == {2}


def test_the_libraries_are_looked_for_again_only_when_a_module_was_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    real = threadpoolctl.ThreadpoolController
    monkeypatch.setattr(threadpoolctl, "ThreadpoolController", lambda: looked.append(len(sys.modules)) or real())
    for name in ("one", "another"):
        monkeypatch.setitem(sys.modules, f"imported_{name}", ModuleType(name))
        for _ in range(3):
            with one_thread():
                pass
    assert len(looked) == 2


PROGRAM = """
from dataclasses import replace
import numpy as np, pandas as pd, sys
from threadpoolctl import threadpool_info
import clusterctl
from clusterctl.commands import choosing
def build(points, settings, n_jobs):
    import scipy.linalg
    print(max(library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"))
    sys.exit()
choosing.ALGORITHMS = {"spectral": replace(choosing.ALGORITHMS["spectral"], build=build)}
pd.DataFrame(np.random.RandomState(0).rand(20, 2), columns=["a", "b"]).to_csv(sys.argv[1], index=False)
clusterctl.run({"clustering_data": {"data_source": sys.argv[1]}, "clustering_configuration": {"algorithm": "spectral", "n_clusters": 2}})
"""


def test_the_first_fit_from_python_is_capped_though_it_loads_scipy(tmp_path: Path) -> None:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "2"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "t.csv")], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == "1"
