"""Datasets for the tests of preprocessing, built straight from frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clusterctl.preprocessing.settings import PreprocessingConfiguration
from clusterctl.values.dataset import ColumnKind, Dataset

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


def settings(**fields: object) -> PreprocessingConfiguration:
    return PreprocessingConfiguration(**fields)


def dataset(frame: pd.DataFrame, **kinds: ColumnKind) -> Dataset:
    """Return `frame` with all columns as features; a kind that is not given is told from the dtype."""
    told = {name: kinds.get(name) or _kind(frame[name]) for name in frame}
    return Dataset(frame, told, tuple(told), None, None, None, None, (), "0" * 64, "table.csv", "csv")


def sample_table(name: str) -> pd.DataFrame:
    path = SHARED / "sample_data" / f"{name}.csv.gz"
    if not path.exists():
        pytest.skip(f"the shared sample table {name} is not here")
    return pd.read_csv(path)


def numbers(n_rows: int, n_columns: int, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    values = rng.normal(rng.uniform(-5, 5, n_columns), rng.uniform(0.1, 9, n_columns), (n_rows, n_columns))
    return pd.DataFrame(values, columns=[f"x{j}" for j in range(n_columns)])


def _kind(column: pd.Series) -> ColumnKind:
    if column.dtype == bool:
        return "boolean"
    return "numeric" if pd.api.types.is_numeric_dtype(column) else "categorical"
