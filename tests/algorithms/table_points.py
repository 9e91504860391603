"""Shared tables as points, for comparisons with the reference libraries."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clusterctl.values.space import Points

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
SAMPLES = (
    "cell_imaging", "chemical_process", "china_pixels", "developer_survey", "penguins",
    "shuttle_sensors", "tate_artworks", "telco_customers", "unix_job_log",
)  # fmt: skip
BENCH = (
    "deric/2d-20c-no0", "deric/cuboids", "deric/smile1", "elki/gauss3_2d", "fcps/atom", "g2mg/g2mg_2_30",
    "graves/parabolic", "h2mg/h2mg_16_20", "realclass/landsat", "realclass/vowel", "sipu/r15", "uci/wdbc",
)  # fmt: skip
N_ROWS = 1500


def sample_names() -> list[str]:
    """Return the open tables by name."""
    return list(SAMPLES)


def read_sample(name: str) -> Points:
    """Return the z-scored numeric columns of an open table: complete rows, the first 1,500, columns that vary."""
    return _points(_read(SHARED / "sample_data" / f"{name}.csv.gz").select_dtypes("number"))


def read_bench(name: str) -> tuple[Points, int]:
    """Return a benchmark table's z-scored features (at most 3,000 rows) and its number of clusters."""
    frame = _read(SHARED / "bench" / f"{name}.csv.gz")
    listed = json.loads((SHARED / "bench" / "manifest.json").read_text())["datasets"]
    n_clusters = next(max(table["true_ks"]) for table in listed if table["name"] == name)
    return _points(frame[[column for column in frame if column.startswith("f")]], 3000), max(2, n_clusters)


def _read(path: Path) -> pd.DataFrame:
    if not path.exists():
        pytest.skip(f"the shared table {path.name} is not beside the checkout")
    return pd.read_csv(path)


def _points(frame: pd.DataFrame, n_rows: int = N_ROWS) -> Points:
    X = frame.dropna().to_numpy(float)[:n_rows]
    X = X[:, X.std(axis=0) > 1e-9]
    X = np.ascontiguousarray((X - X.mean(axis=0)) / X.std(axis=0))
    X.flags.writeable = False
    return Points(X)
