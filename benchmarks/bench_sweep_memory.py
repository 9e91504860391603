"""Peak memory of a sweep by the number of its trials: the most that all its processes held at once (PSS, looked at every 20 ms).

python benchmarks/bench_sweep_memory.py [rows] [trials …]
"""

import os
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

MARK = "SWEEP_MEASURED"


def held(mark):
    """Return the bytes that the processes of a sweep hold now, shared pages divided among those who share them."""
    total = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes():
                    lines = (folder / "smaps_rollup").read_text().splitlines()
                    total += sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))
            except (OSError, ValueError):
                continue
    return total


def peak(config, output, executor):
    """Run a sweep as a user does and return its peak in bytes, and its seconds."""
    mark = uuid.uuid4().hex
    command = [sys.executable, "-m", "clusterctl", "sweep", config, "-o", output, "--quiet", "--executor", executor, "--n-jobs", "2"]
    start, most = time.perf_counter(), 0
    process = subprocess.Popen(command, env={**os.environ, MARK: mark})
    while process.poll() is None:
        most = max(most, held(mark))
        time.sleep(0.02)
    assert process.returncode == 0, process.returncode
    return most, time.perf_counter() - start


def study(folder, n_trials):
    """Write a config of so many trials: kmeans with as many seeds, each with labels and scores of its own."""
    config = {
        "clustering_data": {"data_source": "table.parquet"},
        "clustering_configuration": {"algorithm": "kmeans", "n_clusters": 6, "parameters": {"n_init": 1}},
        "evaluation_configuration": {"cross_validation": False, "cluster_validation": False},
        "sweep_configuration": {"grid": {"clustering_configuration.random_state": list(range(n_trials))}},
    }
    path = folder / f"study{n_trials}.yaml"
    path.write_text(yaml.safe_dump(config))
    return path


def main():
    """Print the peak for each number of trials and executor."""
    numbers = [int(text) for text in sys.argv[1:]] or [5_000]
    n_rows, wanted = numbers[0], numbers[1:] or [10, 500]
    rng = np.random.default_rng(0)
    X = rng.uniform(-9, 9, (6, 8))[rng.integers(0, 6, n_rows)] + 4 * rng.normal(size=(n_rows, 8))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pd.DataFrame(X, columns=list("abcdefgh")).to_parquet(folder / "table.parquet")
        for executor in ("processes", "threads"):
            first = None
            for n_trials in wanted:
                most, seconds = peak(str(study(folder, n_trials)), str(folder / f"{executor}{n_trials}"), executor)
                first = first or most
                ratio = most / first
                print(
                    f"{executor}: {n_trials} trials of {n_rows:,} rows: {most / 2**20:.0f} MiB ({ratio:.2f}), {seconds:.0f} s", flush=True
                )


if __name__ == "__main__":
    main()
