"""What `clusterctl evaluate` and `clusterctl plot` take on a run of 100,000 rows.

evaluate: the whole process less the stage `evaluate`, which computes the scores. plot: the whole process, drawing the scatter, and
drawing every picture that applies.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

import clusterctl

N_ROWS, N_COLUMNS, N_TIMES = 100_000, 8, 3


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rng = np.random.default_rng(0)
        groups = rng.integers(0, 5, N_ROWS)
        X = rng.normal(size=(N_ROWS, N_COLUMNS)) + 4 * groups[:, None]
        pd.DataFrame(X, columns=[f"x{j}" for j in range(N_COLUMNS)]).assign(g=groups).to_csv(folder / "table.csv", index=False)
        clusterctl.run(
            {
                "clustering_data": {"data_source": str(folder / "table.csv"), "target_variable": "g"},
                "clustering_configuration": {"algorithm": "kmeans", "n_clusters": 5},
                "evaluation_configuration": {"evaluation_metrics": ["inertia"], "cross_validation": False, "cluster_validation": False},
                "visualization_configuration": {"generate_plots": False},
                "output": {"directory": str(folder / "run")},
            }
        )
        beside = []
        for _ in range(N_TIMES):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-m", "clusterctl", "evaluate", str(folder / "run"), "--quiet"], check=True)
            whole = time.perf_counter() - start
            seconds = json.loads((folder / "run" / "evaluation.json").read_text())["metadata"]["execution"]["seconds"]
            beside.append(whole - seconds["evaluate"])
            print(f"whole {whole:.2f} s, scores {seconds['evaluate']:.2f} s, beside them {beside[-1]:.2f} s")
        print(f"beside the scores: {min(beside):.2f} s at best (target: less than 2 s)")
        for what, named in (("the scatter", ["--type", "scatter"]), ("every picture", [])):
            print(f"plot, {what}: {min(plot_seconds(folder / 'run', named) for _ in range(N_TIMES)):.2f} s at best")


def plot_seconds(run: Path, named: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "clusterctl", "plot", str(run), *named, "--quiet"], check=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
