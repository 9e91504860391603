"""How long `recommend` takes, start-up aside: python benchmarks/bench_recommend_time.py [--rows 2000] [--budget normal] [--draws 5].

Tables of 10 columns in a Parquet file, five kinds in turn: round clusters, overlapping ones, one heap, crescents with noise columns, many
clusters. Timed is `clusterctl.recommend` in this process, reading included, after one table that is not counted; printed are each time with
the answer, and the median.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
from sklearn.datasets import make_blobs, make_moons

import clusterctl

KINDS = ("round", "overlapping", "heap", "crescents", "many")
COLUMNS = 10


def draw(kind: str, n_rows: int, seed: int) -> np.ndarray:
    """Return (n_rows, 10) rows of a kind."""
    rng = np.random.default_rng(seed)
    if kind == "heap":
        return rng.normal(size=(n_rows, COLUMNS)) @ rng.normal(size=(COLUMNS, COLUMNS))
    if kind == "crescents":
        return np.hstack((make_moons(n_rows, noise=0.07, random_state=seed)[0], 0.2 * rng.normal(size=(n_rows, COLUMNS - 2))))
    centers, spread = {"round": (5, 1.0), "overlapping": (5, 4.0), "many": (25, 1.0)}[kind]
    return make_blobs(n_rows, COLUMNS, centers=centers, cluster_std=spread, random_state=seed)[0]


def main() -> None:
    """Time and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--budget", default="normal")
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.parquet"
        for place in range(-1, options.draws):
            kind = KINDS[place % len(KINDS)]
            rows = options.rows if place >= 0 else min(options.rows, 2000)
            pd.DataFrame(draw(kind, rows, place + 1), columns=[f"f{i}" for i in range(COLUMNS)]).to_parquet(path)
            config = {
                "clustering_data": {"data_source": str(path)},
                "recommend_configuration": {"budget": options.budget if place >= 0 else "fast"},
                "execution": {"n_jobs": options.jobs},
            }
            start = time.perf_counter()
            told = clusterctl.recommend(config).document.recommendations
            if place >= 0:
                seconds.append(time.perf_counter() - start)
                print(f"{kind:12s} {seconds[-1]:6.2f} s  {told.evidence}, {told.optimal_clusters} clusters", flush=True)
    print(f"{options.rows:,} x {COLUMNS}, {options.budget}: median {median(seconds):.2f} s of {len(seconds)}, most {max(seconds):.2f} s")


if __name__ == "__main__":
    main()
