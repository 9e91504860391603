"""One run a kind of result, done once, and what its report is made of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from report_cases import CASES, Made

import clusterctl


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three blobs of 40 rows in x and y, a category that goes with them, one that does not, gaps, ids, a truth; in u and v no cluster."""
    generator = np.random.default_rng(3)
    blob = np.arange(120) % 3
    frame = pd.DataFrame(
        {
            "name": [f"row-{i}" for i in range(120)],
            "x": 5 * blob + generator.normal(size=120),
            "y": 4 * (blob == 1) + generator.normal(size=120),
            "kind": np.array(["red", "green", "blue"])[blob],
            "other": generator.choice(["a", "b"], 120),
            "size": generator.normal(170, 10, 120) + 20 * (blob == 2),
            "truth": blob,
            "u": generator.normal(size=120),
            "v": generator.normal(size=120),
        }
    )
    frame.loc[[4, 9], "y"] = np.nan
    path = tmp_path_factory.mktemp("report") / "blobs.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def made(table: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Made]:
    """Return the finished run of a case, done when it is first asked for."""
    done: dict[str, Made] = {}

    def run(case: str) -> Made:
        if case not in done:
            folder = tmp_path_factory.mktemp("runs") / case.replace(" ", "-")
            config = {
                "preprocessing_configuration": {"missing_values": "median"},
                **CASES[case],
            }
            config["clustering_data"] = {
                "data_source": str(table),
                "id_column": "name",
                "target_variable": "truth",
                "features": ["x", "y", "kind", "other"],
                **CASES[case].get("clustering_data", {}),
            }
            config["output"] = {**config.get("output", {}), "directory": str(folder)}
            result = clusterctl.run(config)
            done[case] = Made(folder, (folder / "report.html").read_text(encoding="utf-8"), result.document)
        return done[case]

    return run
