"""Small tables and spaces, made by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clusterctl.values.dataset import Dataset
from clusterctl.values.space import Points, Space


@pytest.fixture
def table() -> Callable[..., Dataset]:
    def make(columns: Mapping[str, Any], kinds: Mapping[str, str] | None = None, ids: Sequence[str] | None = None) -> Dataset:
        frame = pd.DataFrame(dict(columns))
        return Dataset(
            frame=frame,
            kinds={name: (kinds or {}).get(name, "numeric") for name in frame},
            features=tuple(frame),
            ids=None if ids is None else np.array(ids, dtype=object),
            target=None,
            target_name=None,
            id_name=None,
            left_out=(),
            sha256="",
            source="table.csv",
            data_format="csv",
        )

    return make


@pytest.fixture
def space() -> Callable[..., Space]:
    def make(X: Any, n_rows: int | None = None, metric: str = "euclidean", **parts: Any) -> Space:
        X = np.ascontiguousarray(X, dtype=np.float64)
        X.setflags(write=False)
        n = len(X) if n_rows is None else n_rows
        no = np.zeros(n, dtype=bool)
        given: dict[str, Any] = {
            "points": Points(X, metric),
            "columns": tuple(f"c{j}" for j in range(X.shape[1])),
            "rows": np.arange(n),
            "n_rows": n,
            "dropped": no,
            "excluded": no,
            "outlier_scores": None,
            "flagged": None,
            "outlier_method": None,
            "embedding": "none",
            "explained_variance": None,
            "steps": (),
        }
        return Space(**{**given, **parts})

    return make
