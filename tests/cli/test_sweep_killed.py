"""A sweep killed at any moment: no finished trial is lost, no unfinished one told, `--resume` gives the same files, nothing is left alive.

KILLS=20 in the environment tries twenty random moments a signal; the suite tries one.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from finished_files import contents

KILLS = int(os.environ.get("KILLS", "1"))
MARK = "SWEEP_UNDER_TEST"
ALGORITHM, N_CLUSTERS = "clustering_configuration.algorithm", "clustering_configuration.n_clusters"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a config whose trials take a few seconds in all."""
    folder = tmp_path_factory.mktemp("study")
    rng = np.random.default_rng(0)
    X = rng.uniform(-9, 9, (6, 4))[rng.integers(0, 6, 2_000)] + rng.normal(size=(2_000, 4))
    pd.DataFrame(X, columns=list("abcd")).to_csv(folder / "table.csv", index=False)
    grid = [
        {ALGORITHM: ["kmeans", "gaussian_mixture"], N_CLUSTERS: list(range(2, 9))},
        {ALGORITHM: ["hierarchical"], "clustering_configuration.parameters.linkage": ["ward", "average"], N_CLUSTERS: [3, 4, 5, 4000]},
        {ALGORITHM: ["hdbscan"], "clustering_configuration.parameters.min_cluster_size": [10, 20, 40]},
        {ALGORITHM: ["spectral"], N_CLUSTERS: [5, 6], "preprocessing_configuration.scaling": ["standard", "robust"]},
    ]
    config = {
        "clustering_data": {"data_source": "table.csv"},
        "evaluation_configuration": {"cross_validation": False, "cluster_validation": False},
        "execution": {"n_jobs": 2},
        "sweep_configuration": {"grid": grid},
    }
    (folder / "study.yaml").write_text(yaml.safe_dump(config))
    return folder / "study.yaml"


class Sweep:
    """A sweep under way in a session of its own, its output in files so that no reader of a pipe matters."""

    def __init__(self, config: Path, output: Path, *options: str) -> None:
        self.output, self.mark = output, uuid.uuid4().hex
        self.seen: set[int] = set()
        self.told = output.with_name(f"{output.name}-{self.mark}.err")
        command = [sys.executable, "-m", "clusterctl", "sweep", str(config), "-o", str(output), "--log-format", "json", "--quiet", *options]
        with self.told.open("w") as stderr:
            self.process = subprocess.Popen(
                command, stderr=stderr, stdout=subprocess.DEVNULL, env={**os.environ, MARK: self.mark}, start_new_session=True
            )

    def end(self) -> int:
        return self.process.wait(timeout=120)

    def alive(self) -> dict[int, str]:
        """Return the command lines of its processes, by their id."""
        found = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    if f"{MARK}={self.mark}".encode() in (folder / "environ").read_bytes():
                        found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
                except OSError:
                    continue
        self.seen.update(found)
        return found

    def workers(self) -> list[int]:
        return [pid for pid, line in self.alive().items() if "LokyProcess" in line]

    def finished(self) -> set[int]:
        """Return the trials that it said were finished."""
        events = [json.loads(line) for line in self.told.read_text().splitlines() if line.startswith("{") and line.endswith("}")]
        return {event["trial_id"] for event in events if event.get("event") == "trial_finished"}


def journalled(folder: Path) -> dict[int, Any]:
    path = folder / "trials.jsonl"
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    read = [json.loads(line) for line in lines]
    trials = [line for line in read if "outcome" in line]
    assert len({line["trial_id"] for line in trials}) == len(trials), "a trial was done twice"
    return {line["trial_id"]: line["outcome"] for line in trials}


@pytest.fixture(scope="module")
def undisturbed(study: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[int, Any], float]:
    output = tmp_path_factory.mktemp("undisturbed") / "out"
    started = time.monotonic()
    assert Sweep(study, output).end() == 0
    return contents(output), journalled(output), time.monotonic() - started


def moments(kind: str, seconds: float) -> list[float]:
    return [random.Random(f"{kind}{place}").uniform(0.05, seconds) for place in range(KILLS)]


def left_in_memory(sweep: Sweep) -> list[str]:
    """Return the named semaphores and files that the processes of this sweep made: other tests run beside it."""
    made = [*Path("/dev/shm").glob("sem.loky-*"), *Path("/dev/shm").glob("joblib_memmapping_*")]
    return [path.name for path in made if any(f"-{pid}-" in path.name or f"_{pid}_" in path.name for pid in sweep.seen)]


def check_nothing_left(sweep: Sweep) -> None:
    end = time.monotonic() + 2.0
    while time.monotonic() < end and (sweep.alive() or left_in_memory(sweep)):
        time.sleep(0.05)
    assert sweep.alive() == {}
    assert left_in_memory(sweep) == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ends the workers of a killed parent")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_a_sweep_killed_at_any_moment_is_resumed_to_the_same_files(
    number: signal.Signals, study: Path, undisturbed: tuple[dict[str, Any], dict[int, Any], float], tmp_path: Path
) -> None:
    files, outcomes, seconds = undisturbed
    for place, moment in enumerate(moments(number.name, seconds)):
        output = tmp_path / f"out{place}"
        sweep = Sweep(study, output)
        time.sleep(moment)
        sweep.alive()
        sweep.process.send_signal(number)
        code = sweep.end()
        told = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -9}[number]
        assert code in (0, told, -number)  # minus: before the interpreter was there to answer it
        check_nothing_left(sweep)
        kept = journalled(output)
        assert kept == {trial_id: outcomes[trial_id] for trial_id in kept}
        assert sweep.finished() <= set(kept)
        if number != signal.SIGKILL:
            assert [path.name for path in tmp_path.glob(f".out{place}.*")] == []
            assert not output.with_name(f"{output.name}.lock").exists()
        again = Sweep(study, output, "--resume")
        assert again.end() == 0, again.told.read_text()
        assert again.finished() == set(outcomes) - set(kept)
        assert contents(output) == files
        assert journalled(output) == outcomes
        assert [path.name for path in tmp_path.glob(f".out{place}.*")] == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="workers are found in /proc")
def test_a_sweep_whose_worker_is_killed_at_any_moment_ends_with_the_same_files(
    study: Path, undisturbed: tuple[dict[str, Any], dict[int, Any], float], tmp_path: Path
) -> None:
    files, outcomes, seconds = undisturbed
    for place, moment in enumerate(moments("worker", seconds)):
        output = tmp_path / f"out{place}"
        sweep = Sweep(study, output)
        time.sleep(moment)
        if workers := sweep.workers():
            os.kill(random.Random(place).choice(workers), signal.SIGKILL)
        assert sweep.end() == 0, sweep.told.read_text()
        check_nothing_left(sweep)
        assert contents(output) == files
        assert journalled(output) == outcomes
