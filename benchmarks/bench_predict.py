"""How fast predict is and how much memory it takes: `python benchmarks/bench_predict.py [ROWS] [ALGORITHM …]`.

A run on 20,000 rows of eight columns, then ROWS (2 million) new ones from a CSV and a Parquet file, to a file, by the command itself.
Printed are rows a second, all included, and the peak of resident memory of the working process, which must not grow with the rows.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

N_FITTED, N_COLUMNS, BLOCK = 20_000, 8, 250_000
CENTERS = np.random.default_rng(0).uniform(-10, 10, (6, N_COLUMNS))
CONFIG = """
clustering_data: {{data_source: fitted.csv, id_column: id}}
clustering_configuration: {{algorithm: {algorithm}{more}}}
evaluation_configuration: {{cross_validation: false, cluster_validation: false, silhouette_analysis: false, evaluation_metrics: [inertia]}}
visualization_configuration: {{generate_plots: false}}
"""
PEAK = """
import os, sys
from pathlib import Path
import clusterctl.cli.supervision as supervision
from clusterctl.cli import run_command_line
original = supervision.guarded
def guarded(body, view):
    code = original(body, view)
    status = Path("/proc/self/status").read_text()
    print("PEAK", [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")][0], file=sys.stderr)
    return code
supervision.guarded = guarded
sys.exit(run_command_line(sys.argv[1:]))
"""


def rows(first: int, n: int) -> pd.DataFrame:
    rng = np.random.default_rng(first + 1)
    X = CENTERS[rng.integers(0, len(CENTERS), n)] + rng.normal(size=(n, N_COLUMNS))
    frame = pd.DataFrame(X.round(5), columns=[f"x{j}" for j in range(N_COLUMNS)])
    frame.insert(0, "id", [f"r{row}" for row in range(first, first + n)])
    return frame


def write(folder: Path, n: int) -> None:
    rows(10**9, N_FITTED).to_csv(folder / "fitted.csv", index=False)
    schema = pa.Table.from_pandas(rows(0, 10), preserve_index=False).schema
    with pq.ParquetWriter(folder / "new.parquet", schema) as parquet, pyarrow.csv.CSVWriter(folder / "new.csv", schema) as csv:
        for first in range(0, n, BLOCK):
            table = pa.Table.from_pandas(rows(first, min(BLOCK, n - first)), schema=schema, preserve_index=False)
            parquet.write_table(table)
            csv.write_table(table)


def measure(folder: Path, name: str, n: int) -> tuple[float, float]:
    """Return rows a second and the peak in megabytes."""
    start = time.perf_counter()
    command = [sys.executable, "-c", PEAK, "predict", "run", name, "-o", "out.parquet", "--force"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, env={**os.environ})
    took = time.perf_counter() - start
    peak = next(int(line.split()[1]) for line in done.stderr.splitlines() if line.startswith("PEAK"))
    return n / took, peak / 1024


def main(arguments: list[str]) -> None:
    n = int(arguments[0]) if arguments else 2_000_000
    algorithms = arguments[1:] or ["kmeans", "gaussian_mixture", "dbscan", "hierarchical", "hdbscan"]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write(folder, n)
        for algorithm in algorithms:
            more = ", n_clusters: 6" if algorithm in ("kmeans", "gaussian_mixture", "hierarchical", "spectral") else ""
            (folder / "c.yaml").write_text(CONFIG.format(algorithm=algorithm, more=more))
            command = [sys.executable, "-m", "clusterctl", "run", "c.yaml", "-o", "run", "--force", "--quiet"]
            subprocess.run(command, cwd=folder, check=True)
            for name in ("new.csv", "new.parquet"):
                speed, peak = measure(folder, name, n)
                print(f"{algorithm:18s} {name:12s} {n:>11,} rows  {speed:>10,.0f} rows/s  peak {peak:,.0f} MB", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
