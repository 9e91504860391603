"""Sweeps in which trials have nothing to find, or cannot be done; and which nulls of their documents nobody explains."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.engine.nulls import null_paths

ALGORITHM, N_CLUSTERS = "clustering_configuration.algorithm", "clustering_configuration.n_clusters"
PARAMETER, PREPARED = "clustering_configuration.parameters.", "preprocessing_configuration."
FEATURES, MISSING = "clustering_data.features", PREPARED + "missing_values"
TAKING_K = ["kmeans", "hierarchical", "gaussian_mixture", "spectral"]
GIVEN = ("metadata.config.", "metadata.user_metadata.", "metadata.execution.")
"""What the user wrote, and what the machine is: null there is their own."""


def written(folder: Path, frame: pd.DataFrame) -> dict[str, Any]:
    """Return a config over the table with all that is slow switched off."""
    frame.to_csv(folder / "t.csv", index=False)
    return {
        "clustering_data": {"data_source": str(folder / "t.csv")},
        "clustering_configuration": {"algorithm": "kmeans", "n_clusters": 3, "random_state": 3},
        "evaluation_configuration": {"cross_validation": False, "cluster_validation": False},
        "visualization_configuration": {"generate_plots": False},
        "execution": {"executor": "inline"},
    }


def three_groups(n_rows: int = 60) -> pd.DataFrame:
    """Return three groups in x, y, z, named by `kind`."""
    rng = np.random.default_rng(5)
    which = np.arange(n_rows) % 3
    points = np.array([[0, 0, 0], [6, 1, -4], [-3, 7, 5]])[which] + rng.normal(size=(n_rows, 3))
    frame = pd.DataFrame(points.round(3), columns=["x", "y", "z"])
    frame["kind"] = np.array(["a", "b", "c"])[which]
    return frame


def with_a_gap() -> pd.DataFrame:
    """Return the three groups, and `gap`: y with two values missing."""
    frame = three_groups()
    frame["gap"] = frame["y"].where(~frame.index.isin([4, 9]))
    return frame


def two_rows() -> pd.DataFrame:
    return pd.DataFrame({"x": [0.0, 3.0], "y": [0.5, 3.0]})


def equal_without_gaps() -> pd.DataFrame:
    """Return a table whose rows are all equal once those with a gap are dropped; z alone is always there, and varies."""
    rng = np.random.default_rng(1)
    x, gap = np.ones(50), np.ones(50)
    x[40:], gap[40:] = rng.normal(size=10), np.nan
    gap[45], x[45] = 2, np.nan
    return pd.DataFrame({"x": x, "gap": gap, "z": rng.normal(size=50)})


def shrunk() -> pd.DataFrame:
    """Return points that lie on two spots, but for a few: a mixture's components shrink onto them."""
    few = np.random.default_rng(0).normal(size=(5, 2))
    points = np.r_[np.zeros((20, 2)), np.ones((20, 2)), few]
    return pd.DataFrame(points, columns=["x", "y"])


def everything(k: list[int]) -> dict[str, Any]:
    others = [name for name in ALGORITHMS if name not in TAKING_K]
    return {"grid": [{ALGORITHM: TAKING_K, N_CLUSTERS: k}, {ALGORITHM: others}]}


def unexplained(document: dict[str, Any]) -> list[str]:
    """Return every null without a reason: in its row's notes, or else in `metadata.notes`."""
    rows = {f"sweep_results.trials[{place}].": row for place, row in enumerate(document["sweep_results"]["trials"])}
    found = []
    for path in null_paths(document):
        if path.startswith(GIVEN):
            continue
        row = re.match(r"sweep_results\.trials\[\d+\]\.", path)
        notes, rest = (rows[row[0]]["notes"], path[row.end() :]) if row else (document["metadata"]["notes"], path)
        if not any(_explains(note["path"], rest) and note["reason"] for note in notes):
            found.append(path)
    return found


def _explains(note: str, path: str) -> bool:
    pattern = re.escape(note).replace(re.escape("[*]"), r"\[\d+\]").replace(re.escape("*"), r"[^.]+")
    return re.match(rf"{pattern}($|[.\[])", path) is not None
