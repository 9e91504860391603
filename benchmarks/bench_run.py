"""A run of a million rows beside the plain script a user would write: seconds and peak memory, each a whole process, as ratios.

usage: bench_run.py [--rows 1000000] [--repeats 3]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
COLUMNS = 10
CLUSTERS = 8


def make_table(path: Path, n_rows: int) -> None:
    """Write overlapping Gaussian clusters of different sizes and widths, as a CSV of full precision."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(0)
    centers = rng.uniform(-6, 6, (CLUSTERS, COLUMNS))
    which = rng.choice(CLUSTERS, n_rows, p=np.arange(1, CLUSTERS + 1) / np.arange(1, CLUSTERS + 1).sum())
    X = centers[which] + rng.normal(size=(n_rows, COLUMNS)) * rng.uniform(0.8, 2.0, CLUSTERS)[which, None]
    pd.DataFrame(X, columns=[f"f{i}" for i in range(COLUMNS)]).to_csv(path, index=False)


def config(table: Path, checks: bool) -> dict[str, object]:
    return {
        "clustering_data": {"data_source": str(table)},
        "clustering_configuration": {"algorithm": "kmeans", "n_clusters": CLUSTERS, "parameters": {"n_init": 10}},
        "evaluation_configuration": {
            "evaluation_metrics": ["silhouette_score", "calinski_harabasz_score", "davies_bouldin_score"],
            "cross_validation": checks,
            "cluster_validation": checks,
        },
        "visualization_configuration": {"plot_types": ["scatter"]},
    }


def measure(command: list[str]) -> tuple[float, float]:
    """Return the wall seconds and the peak MiB of a command, measured by a small process whose children alone are counted."""
    program = (
        "import json, resource, subprocess, sys, time; start = time.monotonic(); "
        "done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE); seconds = time.monotonic() - start; "
        "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024; "
        "print(json.dumps([done.returncode, seconds, peak, done.stderr.decode()[-500:]]))"
    )
    code, seconds, peak, err = json.loads(subprocess.run([sys.executable, "-c", program, *command], capture_output=True, check=True).stdout)
    if code != 0:
        sys.exit(f"exit {code}: {' '.join(command)}\n{err}")
    return seconds, peak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = folder / "table.csv"
        make_table(table, options.rows)
        for checks in (False, True):
            (folder / f"{checks}.yaml").write_text(json.dumps(config(table, checks)))
        run = [sys.executable, "-m", "clusterctl", "run", "--quiet", "--force"]
        commands = {
            "plain script": [sys.executable, str(HERE / "plain_script.py"), str(table), str(folder / "plain")],
            "clusterctl run": [*run, str(folder / "False.yaml"), "-o", str(folder / "out")],
            "clusterctl run, with stability and null": [*run, str(folder / "True.yaml"), "-o", str(folder / "out2")],
        }
        found: dict[str, list[tuple[float, float]]] = {label: [] for label in commands}
        for _ in range(options.repeats):
            for label, command in commands.items():
                found[label].append(measure(command))
        report(found, options.rows)


def report(found: dict[str, list[tuple[float, float]]], n_rows: int) -> None:
    print(f"{n_rows:,} rows x {COLUMNS} columns from CSV, scaled, k-means k = {CLUSTERS} with n_init 10, three scores, scatter, results")
    medians = {label: [statistics.median(column) for column in zip(*runs, strict=True)] for label, runs in found.items()}
    for label, (seconds, peak) in medians.items():
        print(f"{label:<42} {seconds:7.2f} s {peak:8.0f} MiB")
    plain, bare, checked = medians.values()
    print(f"time,   run / plain script:          {bare[0] / plain[0]:.2f}")
    print(f"memory, run / plain script:          {bare[1] / plain[1]:.2f}")
    print(f"time,   run with checks / run:       {checked[0] / bare[0]:.2f}")


if __name__ == "__main__":
    main()
