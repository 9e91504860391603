"""`clusterctl sweep` as a user runs it: what it prints and where, what it writes, how it is planned, stopped short and gone on with."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bad_case import KMEANS, TABLE, config

K = "clustering_configuration.n_clusters"
SWEEP = f"sweep_configuration: {{grid: {{{K}: [2, 3, 4]}}}}"
FAILING = f"sweep_configuration: {{grid: {{{K}: [2, 300, 400]}}}}"
INLINE = ("--executor", "inline")


@pytest.fixture(scope="session")
def earlier_sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which a sweep was done once, into its default folder; not to be changed."""
    folder = tmp_path_factory.mktemp("swept")
    (folder / "t.csv").write_text(TABLE)
    (folder / "s.yaml").write_text(config("{data_source: t.csv}", KMEANS, SWEEP))
    command = [sys.executable, "-m", "clusterctl", "sweep", "s.yaml", "--quiet", *INLINE]
    subprocess.run(command, cwd=folder, check=True, timeout=300, stdin=subprocess.DEVNULL, env={**os.environ, "HOME": str(folder)})
    return folder


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "t.csv").write_text(TABLE)
    (folder / "s.yaml").write_text(config("{data_source: t.csv}", KMEANS, SWEEP))
    return folder


def swept(folder: Path) -> Any:
    return json.loads((folder / "sweep.json").read_text())


def test_the_answer_is_a_leaderboard_and_nothing_else_is_said(place: Path, cli: Callable[..., Any]) -> None:
    done = cli("sweep", "s.yaml", *INLINE, cwd=place)
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[0] == "3 trials of kmeans: all done"
    assert any(line.startswith("best: trial 0, kmeans: 2 clusters, silhouette_score 0.") for line in lines)
    assert lines[-1] == "→ runs/s-sweep: sweep.json, trials.parquet, trials.jsonl, best/"
    assert [line for line in done.err.splitlines() if not line.endswith(" s")] == []


def test_the_files_of_a_sweep_and_of_its_best_run_are_there_and_no_other(earlier_sweep: Path) -> None:
    assert sorted(path.name for path in earlier_sweep.iterdir()) == ["runs", "s.yaml", "t.csv"]
    assert [path.name for path in (earlier_sweep / "runs").iterdir()] == ["s-sweep"]
    out = earlier_sweep / "runs" / "s-sweep"
    assert sorted(path.name for path in out.iterdir()) == ["best", "sweep.json", "trials.jsonl", "trials.parquet"]
    assert {"results.json", "assignments.parquet", "config.yaml", "model", "points.npz"} <= {path.name for path in (out / "best").iterdir()}


def test_the_best_config_gives_the_best_run_again(earlier_sweep: Path, tmp_path: Path, cli: Callable[..., Any]) -> None:
    best = earlier_sweep / "runs" / "s-sweep" / "best"
    done = cli("run", best / "config.yaml", "-o", tmp_path / "again", "--json")
    assert done.code == 0, done.err
    found, expected = json.loads(done.out), json.loads((best / "results.json").read_text())
    assert found["clustering_results"]["clusters"] == expected["clustering_results"]["clusters"]
    assert found["metadata"]["config_sha256"] == expected["metadata"]["config_sha256"]


def test_the_default_folder_replaces_its_own_sweep_and_a_named_one_does_not(
    place: Path, earlier_sweep: Path, cli: Callable[..., Any]
) -> None:
    shutil.copytree(earlier_sweep / "runs", place / "runs")
    done = cli("sweep", "s.yaml", "-o", "runs/s-sweep", "--quiet", *INLINE, cwd=place)
    assert done.code == 8
    assert "--force" in done.err
    assert cli("sweep", "s.yaml", "--quiet", "--set", f"sweep_configuration.grid={{{K}: [5]}}", *INLINE, cwd=place).code == 0
    assert swept(place / "runs" / "s-sweep")["metadata"]["n_trials"] == 1


def test_with_json_stdout_is_the_document_alone(place: Path, cli: Callable[..., Any]) -> None:
    done = cli("sweep", "s.yaml", "-o", "out", "--json", *INLINE, cwd=place)
    assert done.out == (place / "out" / "sweep.json").read_text()
    assert [row["n_clusters"] for row in json.loads(done.out)["sweep_results"]["trials"]] == [2, 3, 4]


def test_failed_trials_are_rows_and_exit_0_unless_all_fail(place: Path, cli: Callable[..., Any]) -> None:
    (place / "s.yaml").write_text(config("{data_source: t.csv}", KMEANS, FAILING))
    done = cli("sweep", "s.yaml", "-o", "out", *INLINE, cwd=place)
    assert done.code == 0, done.err
    assert done.out.splitlines()[0] == "3 trials of kmeans: 1 done, 2 failed"
    assert "failed: trials 1, 2, for example trial 1: 300 clusters cannot be made of 24" in done.out
    assert [row["status"] for row in swept(place / "out")["sweep_results"]["trials"]] == ["done", "failed", "failed"]
    done = cli("sweep", "s.yaml", "-o", "none", "--set", f"sweep_configuration.grid={{{K}: [300, 400]}}", *INLINE, cwd=place)
    assert done.code == 6
    assert done.err.startswith("error: ")
    assert swept(place / "none")["metadata"]["n_failed"] == 2


def test_no_trial_that_meets_the_constraints_is_exit_0_and_no_best(place: Path, cli: Callable[..., Any]) -> None:
    constraints = "sweep_configuration.constraints={smallest_cluster: {min: 20}}"
    done = cli("sweep", "s.yaml", "-o", "out", "--set", constraints, *INLINE, cwd=place)
    assert done.code == 0, done.err
    assert "! There is no best trial" in done.out
    assert not (place / "out" / "best").exists()
    assert swept(place / "out")["sweep_results"]["best"] is None


def test_a_dry_run_prints_the_plan_and_writes_nothing(place: Path, cli: Callable[..., Any]) -> None:
    before = sorted(place.rglob("*"))
    done = cli("sweep", "s.yaml", "--dry-run", cwd=place)
    assert done.code == 0, done.err
    assert "kmeans" in done.out.lower()
    as_json = cli("sweep", "s.yaml", "--dry-run", "--json", cwd=place)
    assert isinstance(json.loads(as_json.out), dict)
    assert cli("validate", "s.yaml", "--plan", cwd=place).out.endswith(done.out)
    assert sorted(place.rglob("*")) == before


def test_resume_after_fail_fast_does_the_rest(place: Path, cli: Callable[..., Any]) -> None:
    (place / "s.yaml").write_text(config("{data_source: t.csv}", KMEANS, FAILING))
    stopped = cli("sweep", "s.yaml", "-o", "out", "--fail-fast", *INLINE, cwd=place)
    assert stopped.code == 6
    assert "--resume" in stopped.err
    assert not (place / "out" / "sweep.json").exists()
    refused = cli("sweep", "s.yaml", "-o", "out", *INLINE, cwd=place)
    assert refused.code == 8
    assert "--resume" in refused.err
    done = cli("sweep", "s.yaml", "-o", "out", "--resume", *INLINE, cwd=place)
    assert done.code == 0, done.err
    assert " of 3 trials kept" in done.err
    whole = cli("sweep", "s.yaml", "-o", "whole", *INLINE, cwd=place, fresh=True)
    assert whole.code == 0
    assert swept(place / "out")["sweep_results"] == swept(place / "whole")["sweep_results"]


def test_resume_says_what_is_done_again_since_the_data_changed(place: Path, earlier_sweep: Path, cli: Callable[..., Any]) -> None:
    shutil.copytree(earlier_sweep / "runs", place / "runs")
    (place / "t.csv").write_text(TABLE + "3,3,a\n")
    done = cli("sweep", "s.yaml", "--resume", *INLINE, cwd=place)
    assert done.code == 0, done.err
    assert "resumed: 0 of 3 trials kept; 3 done again (3: the data changed)" in done.err


def test_resume_of_nothing_starts(place: Path, cli: Callable[..., Any]) -> None:
    done = cli("sweep", "s.yaml", "-o", "out", "--resume", *INLINE, cwd=place)
    assert done.code == 0, done.err
    assert "resumed" not in done.err


def test_a_reader_that_goes_away_is_no_error(place: Path) -> None:
    command = [sys.executable, "-m", "clusterctl", "sweep", "s.yaml", "--json", *INLINE]
    with subprocess.Popen(
        command, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "HOME": str(place)}
    ) as run:
        assert run.stdout is not None
        run.stdout.close()
        assert run.stderr is not None
        assert run.stderr.read() == b""
    assert run.returncode == 141


def test_the_table_s_control_characters_cannot_steer_the_terminal(place: Path, cli: Callable[..., Any]) -> None:
    (place / "t.csv").write_text(TABLE.replace("group", "g\x1b[2Jroup"))
    grid = 'sweep_configuration: {grid: {clustering_data.features: [[x], [x, y, "g\\e[2Jroup"]]}}'
    (place / "s.yaml").write_text(config("{data_source: t.csv}", KMEANS, grid))
    done = cli("sweep", "s.yaml", *INLINE, cwd=place)
    assert done.code == 0, done.err
    assert "\x1b" not in done.out + done.err
