"""How good the estimates of `validate --plan` are: seconds of each algorithm's fit beside what it says, as ratios.

usage: bench_costs.py
"""

from __future__ import annotations

import time

import numpy as np

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.kernels.threads import one_thread
from clusterctl.values.space import Points

SIZES = {
    "kmeans": [(10_000, 10), (100_000, 10), (100_000, 40)],
    "dbscan": [(20_000, 10), (20_000, 3), (100_000, 3)],
    "hierarchical": [(3_000, 10), (10_000, 10), (10_000, 40)],
    "genie": [(3_000, 10), (20_000, 10), (50_000, 5), (100_000, 2)],
    "spectral": [(3_000, 10), (10_000, 10), (30_000, 10)],
    "gaussian_mixture": [(10_000, 10), (100_000, 10), (20_000, 40)],
    "hdbscan": [(5_000, 10), (20_000, 10), (100_000, 3)],
    "optics": [(2_000, 10), (5_000, 10), (10_000, 3)],
}


def blobs(n_rows: int, n_columns: int) -> Points:
    rng = np.random.default_rng(0)
    centers = rng.uniform(-5, 5, (8, n_columns))
    return Points(np.ascontiguousarray(centers[rng.integers(0, 8, n_rows)] + rng.normal(size=(n_rows, n_columns))))


GIVEN = {"dbscan": {"eps": 1.0}, "genie": {"linkage": "genie"}}


def main() -> None:
    for name in SIZES:
        spec = ALGORITHMS["hierarchical" if name == "genie" else name]
        parameters = spec.parameters(**GIVEN.get(name, {}))
        settings = Settings(parameters, 8 if spec.takes_n_clusters else None, 0)
        spec.cut(spec.build(blobs(300, 3), settings, 1), settings)  # imports are not counted
        for n_rows, n_columns in SIZES[name]:
            points = blobs(n_rows, n_columns)
            start = time.perf_counter()
            with one_thread():
                spec.cut(spec.build(points, settings, 1), settings)
            took, said = time.perf_counter() - start, spec.seconds(n_rows, n_columns, settings)
            print(f"{name:<18} {n_rows:>7,} x {n_columns:<3} took {took:7.2f} s, said {said:7.2f} s, ratio {said / took:5.2f}", flush=True)


if __name__ == "__main__":
    main()
