"""A small study of many settings, and what its folder must say again, for the tests of whole sweeps."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import clusterctl
from clusterctl.commands.sweep import SweepResult
from clusterctl.events import Event, Resumed, TrialFinished

ALGORITHM, N_CLUSTERS = "clustering_configuration.algorithm", "clustering_configuration.n_clusters"
PARAMETER, PREPARED = "clustering_configuration.parameters.", "preprocessing_configuration."


def write_table(folder: Path, *, n_rows: int = 90, seed: int = 5) -> Path:
    """Write t.csv: three groups in x, y, z, which `kind` tells but for a few rows; `flat` is constant."""
    rng = np.random.default_rng(seed)
    which = np.arange(n_rows) % 3
    points = np.array([[0, 0, 0], [6, 1, -4], [-3, 7, 5]])[which] + rng.normal(size=(n_rows, 3)) * [1, 2, 1.5]
    frame = pd.DataFrame(points.round(3), columns=["x", "y", "z"])
    frame["flat"] = 1.5
    frame["kind"] = np.where(rng.random(n_rows) < 0.1, "a", np.array(["a", "b", "c"])[which])
    path = folder / "t.csv"
    frame.to_csv(path, index=False)
    return path


def study(table: Path, output: Path | None = None, **sections: Any) -> dict[str, Any]:
    """Return a config over the table with all that is slow switched off; sections given replace those here."""
    config: dict[str, Any] = {
        "clustering_data": {"data_source": str(table), "features": ["x", "y", "z"], "target_variable": "kind"},
        "clustering_configuration": {"algorithm": "kmeans", "random_state": 3},
        "evaluation_configuration": {"cross_validation": False, "cluster_validation": False},
        "visualization_configuration": {"generate_plots": False},
        "execution": {"executor": "inline", "n_jobs": 1},
        "sweep_configuration": {"grid": {N_CLUSTERS: [2, 3, 4]}},
    }
    if output is not None:
        config["output"] = {"directory": str(output)}
    return {**config, **copy.deepcopy(sections)}


class Told:
    """What a sweep said while it worked."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(self, event: Event) -> None:
        self.events.append(event)

    @property
    def done(self) -> list[int]:
        """Return the trials that were done, none twice."""
        found = [event.trial_id for event in self.events if isinstance(event, TrialFinished)]
        assert len(set(found)) == len(found)
        return sorted(found)

    @property
    def resumed(self) -> tuple[int, int, str] | None:
        """Return the one line about what the sweep goes on from; None: nothing was said."""
        found = [(event.n_kept, event.n_redone, event.why) for event in self.events if isinstance(event, Resumed)]
        assert len(found) <= 1
        return found[0] if found else None


def sweep(config: Any, **options: Any) -> tuple[SweepResult, Told]:
    told = Told()
    return clusterctl.sweep(config, emit=told, **options), told


def journal_lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "trials.jsonl").read_text().splitlines()]
