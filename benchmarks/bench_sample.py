"""`execution.strategy: sample` beside `exact`: how alike the labels are, and what the time is, in one run.

    python benchmarks/bench_sample.py [ROWS] [ALGORITHM …]

Tables of 100,000 x 5: eight Gaussian groups of falling size (the smallest 1 % of the rows), far apart (clear) and near each other
(close). ARI: of the labels of all rows, sample against exact, and of each against the planted groups. Time: the fit, and with `sample`
drawing, fitting and assigning, on the same points; the ratio is sample over exact.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sklearn.metrics import adjusted_rand_score

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.engine.sampling import draw, fit_sample
from clusterctl.kernels.threads import one_thread
from clusterctl.values.space import Points

N_ROWS, N_COLUMNS = 100_000, 5
SHARES = (0.3, 0.22, 0.16, 0.12, 0.09, 0.06, 0.04, 0.01)
TABLES = {"clear": 9.0, "close": 4.5}
DEFAULT = ("hierarchical", "hdbscan", "spectral")


def table(n_rows: int, apart: float) -> tuple[Points, np.ndarray]:
    """Groups of unit variance whose centres are at least `apart` from each other, rows in random order."""
    rng = np.random.default_rng(7)
    centers: list[np.ndarray] = []
    while len(centers) < len(SHARES):
        center = rng.uniform(-apart, apart, N_COLUMNS)
        if all(np.linalg.norm(center - other) >= apart for other in centers):
            centers.append(center)
    sizes = (np.array(SHARES) * n_rows).astype(int)
    truth = rng.permutation(np.repeat(np.arange(len(SHARES)), sizes))
    X = np.ascontiguousarray(np.array(centers)[truth] + rng.normal(size=(len(truth), N_COLUMNS)))
    return Points(X), truth


def settings_of(name: str, n_rows: int) -> Settings:
    spec = ALGORITHMS[name]
    parameters: dict[str, Any] = {
        "hdbscan": {"min_cluster_size": n_rows // 200, "min_samples": 50},
        "dbscan": {"eps": 1.0, "min_samples": 20},
        "optics": {"min_samples": 50, "cluster_method": "dbscan", "max_eps": 1.5, "eps": 1.0},
    }.get(name, {})
    return Settings(spec.parameters(**parameters), len(SHARES) if spec.takes_n_clusters else None, 0)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    return work(), time.perf_counter() - start


def compare(name: str, points: Points, truth: np.ndarray, n_jobs: int) -> str:
    spec, settings = ALGORITHMS[name], settings_of(name, points.n_rows)

    def exact() -> np.ndarray:
        return spec.cut(spec.build(points, settings, n_jobs), settings).labels

    def sample() -> tuple[np.ndarray, int]:
        drawn = draw(points, spec, settings, "sample")
        assert drawn is not None
        return fit_sample(points, spec, settings, drawn, n_jobs)[0].labels, len(drawn.rows)

    with one_thread():
        (some, m), fast = timed(sample)
        whole, slow = timed(exact)
    aris = adjusted_rand_score(whole, some), adjusted_rand_score(truth, whole), adjusted_rand_score(truth, some)
    told = " ".join(f"{value:13.4f}" for value in aris)
    return f"{name:16s} {m:7,} {told} {slow:9.1f} {fast:9.1f} {fast / slow:7.3f}"


def main(arguments: Sequence[str]) -> None:
    n_rows = int(arguments[0]) if arguments else N_ROWS
    n_jobs = len(os.sched_getaffinity(0))
    for kind, apart in TABLES.items():
        points, truth = table(n_rows, apart)
        print(f"{kind}: {points.n_rows:,} x {N_COLUMNS}, {n_jobs} jobs")
        heads = ("fitted", "ARI of both", "exact, truth", "sample, truth", "exact s", "sample s", "ratio")
        print(" " * 16, *(f"{head:>{width}}" for head, width in zip(heads, (7, 13, 13, 13, 9, 9, 7), strict=True)))
        for name in arguments[1:] or DEFAULT:
            print(compare(name, points, truth, n_jobs), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
