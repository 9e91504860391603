"""Configs and a dataset for the tests of planning and evaluation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from clusterctl.config.models import Config
from clusterctl.engine.analysis import Session
from clusterctl.engine.stage import Stages
from clusterctl.events import ignore
from clusterctl.values.dataset import Dataset


def config(algorithm: str = "kmeans", **sections: Any) -> Config:
    clustering = {"algorithm": algorithm, **sections.pop("clustering_configuration", {})}
    return Config.model_validate({"clustering_data": {"data_source": "t.csv"}, "clustering_configuration": clustering, **sections})


def session(n_jobs: int = 1, max_memory: int | None = None) -> Session:
    return Session(Stages(ignore), n_jobs, 0, max_memory)


def dataset(n_rows: int = 90, target: bool = False) -> Dataset:
    """Return two numbers and a category of three values, in three groups."""
    which = np.arange(n_rows) % 3
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": 9.0 * which + rng.normal(size=n_rows), "y": -5.0 * which + rng.normal(size=n_rows)})
    frame["shop"] = np.array(["north", "south", "east"])[which]
    return Dataset(
        frame=frame,
        kinds={"x": "numeric", "y": "numeric", "shop": "categorical"},
        features=("x", "y", "shop"),
        ids=None,
        target=np.array(["a", "b", "c"], dtype=object)[which] if target else None,
        target_name="truth" if target else None,
        id_name=None,
        left_out=(),
        sha256="0" * 64,
        source="t.csv",
        data_format="csv",
    )
