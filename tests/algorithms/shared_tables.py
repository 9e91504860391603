"""Shared tables as standardised points, and the memory a fit really takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clusterctl.values.space import Points

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
TABLES = (
    "bench/deric/2d-20c-no0",
    "bench/deric/donut2",
    "bench/elki/mouse",
    "bench/fcps/tetra",
    "bench/graves/dense",
    "bench/other/square",
    "bench/realclass/crabs",
    "bench/sipu/r15",
    "bench/uci/glass",
    "bench/wut/z1",
    "sample_data/cell_imaging",
    "sample_data/chemical_process",
    "sample_data/penguins",
)
"""Tables of at most 1,000 rows (the first ones of larger tables)."""


def read_points(name: str, n_max: int = 1000) -> Points:
    """Return the numeric columns without missing values, standardised; columns of one value are left out."""
    path = SHARED / f"{name}.csv.gz"
    if not path.exists():
        pytest.skip("the shared folder with the tables is not beside the checkout")
    frame = pd.read_csv(path, nrows=n_max)
    frame = (
        frame[[column for column in frame if not column.startswith("label")]].select_dtypes("number").dropna(axis=1, thresh=len(frame) // 2)
    )
    X = frame.dropna().to_numpy(np.float64)
    X = X[:, X.std(axis=0) > 0]
    X = np.ascontiguousarray((X - X.mean(axis=0)) / X.std(axis=0))
    X.setflags(write=False)
    return Points(X)


_PROBE = """
import importlib, json, re, sys
import numpy as np
from clusterctl.algorithms.base import Settings
from clusterctl.values.space import Points

def read(key):
    return 1024 * int(re.search(key + r":\\s+(\\d+)", open("/proc/self/status").read())[1])

name, cases = sys.argv[1], json.loads(sys.argv[2])
spec = importlib.import_module("clusterctl.algorithms." + name).SPEC
ratios = []
for n, d, parameters, n_clusters in [[300, 4, cases[0][2], cases[0][3]], *cases]:
    X = np.random.RandomState(0).randn(n, d) + 6 * np.random.RandomState(1).randint(0, 4, (n, 1))
    X *= 0.1 if n == 300 else 1.0  # the first fit loads what every fit needs
    X.setflags(write=False)
    settings = Settings(spec.parameters(**parameters), n_clusters, 0)
    open("/proc/self/clear_refs", "w").write("5")
    before = read("VmRSS")
    spec.cut(spec.build(Points(X), settings, 1), settings)
    ratios.append((read("VmHWM") - before) / spec.cost(n, d, settings, None).bytes)
print(json.dumps(ratios[1:]))
"""


def measure_cost(algorithm: str, cases: list[tuple[int, int, dict[str, object], int | None]]) -> list[float]:
    """Return measured peak memory / the algorithm's own estimate, a case (n, d, parameters, n_clusters) each, in a fresh process."""
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("peak memory of a step can be read on Linux alone")
    env = {**os.environ, "MALLOC_MMAP_THRESHOLD_": "8192", "MALLOC_TRIM_THRESHOLD_": "0", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", _PROBE, algorithm, json.dumps(cases)], capture_output=True, text=True, env=env, check=False
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))
