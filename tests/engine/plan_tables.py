"""Configs and a dataset for the tests of planning and evaluation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.config.models import Config
from clusterctl.engine.analysis import Session, analyse
from clusterctl.engine.stage import Stages
from clusterctl.events import ignore
from clusterctl.preprocessing.prepare import prepare
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


def parts_of(preprocessing: dict[str, Any], algorithm: str = "hierarchical", plots: bool = False) -> Any:
    """Return what an analysis of the dataset into three clusters found."""
    off = {"cross_validation": False, "cluster_validation": False, "silhouette_analysis": False, "evaluation_metrics": []}
    parameters = {"linkage": "average"} if algorithm == "hierarchical" else {"eps": 2.0} if algorithm == "dbscan" else {}
    made = config(
        algorithm,
        clustering_configuration={"parameters": parameters},
        preprocessing_configuration=preprocessing,
        evaluation_configuration=off,
        visualization_configuration={"generate_plots": plots, "plot_types": ["heatmap"]},
    )
    spec, data = ALGORITHMS[algorithm], dataset()
    if preprocessing.get("transform") == "log1p":
        data.frame["y"] -= data.frame["y"].min()
        data.frame["x"] -= data.frame["x"].min()
    space = prepare(data, made.preprocessing_configuration, random_state=0, n_jobs=1)
    settings = Settings(spec.parameters(**parameters), 3 if spec.takes_n_clusters else None, 0)
    return analyse(data, space, spec, settings, made, session(), chosen=False)[0]
