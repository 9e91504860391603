from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from clusterctl.values.dataset import Dataset
from clusterctl.values.space import Points, Space


def make_dataset(frame: pd.DataFrame, source: str = "../data/customers.csv.gz") -> Dataset:
    kinds = {name: "numeric" if pd.api.types.is_numeric_dtype(frame[name]) else "categorical" for name in frame}
    return Dataset(frame, kinds, tuple(frame.columns), None, None, None, None, (), "0", source, "csv")


def make_space(X: np.ndarray, columns: tuple[str, ...], excluded: np.ndarray | None = None, **other: Any) -> Space:
    n = len(X)
    excluded = np.zeros(n, dtype=bool) if excluded is None else excluded
    values = {"embedding": "none", "explained_variance": None} | other
    return Space(
        points=Points(np.ascontiguousarray(X[~excluded])),
        columns=columns,
        rows=np.flatnonzero(~excluded),
        n_rows=n,
        dropped=np.zeros(n, dtype=bool),
        excluded=excluded,
        outlier_scores=None,
        flagged=None,
        outlier_method=None,
        steps=(),
        **values,
    )
