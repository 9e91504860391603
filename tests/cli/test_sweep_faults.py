"""Whatever stops a sweep: what was finished is kept, what was there stays, and it is said with the right code."""

from __future__ import annotations

import functools
import json
import os
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bad_case import KMEANS, TABLE, config

import clusterctl
from clusterctl.events import Event, TrialFinished

K = "clustering_configuration.n_clusters"
SWEEP = f"sweep_configuration: {{grid: {{{K}: [2, 3, 4]}}}}"
ENDLESS = f"sweep_configuration: {{list: [{{{K}: 2}}, {{{K}: 3, clustering_configuration.parameters.n_init: 100000000}}, {{{K}: 4}}]}}"
INLINE = ("--executor", "inline")
PROGRAM = (sys.executable, "-m", "clusterctl")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with a sweep's config and table, alone in it."""
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "t.csv").write_text(TABLE)
    (folder / "s.yaml").write_text(config("{data_source: t.csv}", KMEANS, SWEEP))
    return folder


def endless(place: Path) -> None:
    """Make the second of three trials one that does not end."""
    (place / "s.yaml").write_text(config("{data_source: t.csv}", KMEANS, ENDLESS))


def statuses(folder: Path) -> list[tuple[str, str | None]]:
    """Return of each row its status and the type of its error."""
    rows = json.loads((folder / "sweep.json").read_text())["sweep_results"]["trials"]
    return [(row["status"], row["error"] and row["error"]["type"]) for row in rows]


def journalled(folder: Path) -> set[int]:
    text = (folder / "trials.jsonl").read_text()
    return {json.loads(line)["trial_id"] for line in text.splitlines() if line.startswith('{"trial_id"')}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def state(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@contextmanager
def started(place: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a sweep with open pipes; end it by its id if it is still there."""
    command = [*PROGRAM, "sweep", "s.yaml", "-o", "out", "--log-format", "json", *arguments]
    environment = {**os.environ, "HOME": str(place.parent)}
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=place, env=environment, **pipes) as process:  # type: ignore[call-overload]
        try:
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=60)


def wait_for(process: subprocess.Popen[bytes], wanted: Mapping[str, Any]) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        event = json.loads(line)
        if wanted.items() <= event.items():
            return
    pytest.fail("the sweep ended before that")


@pytest.mark.parametrize("size", [20, 1_500])
def test_a_disk_that_is_full_while_trials_finish_is_exit_8_and_what_was_written_is_kept(
    place: Path, cli: Callable[..., Any], size: int
) -> None:
    limit = functools.partial(resource.setrlimit, resource.RLIMIT_FSIZE, (size, size))
    done = subprocess.run(
        [*PROGRAM, "sweep", "s.yaml", "-o", "out", *INLINE],
        cwd=place,
        env={**os.environ, "HOME": str(place.parent)},
        preexec_fn=limit,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 8, done.stderr
    assert "disk is full" in done.stderr
    assert "Traceback" not in done.stderr
    kept = journalled(place / "out") if (place / "out").exists() else set()
    assert names(place) == (["out", "s.yaml", "t.csv"] if kept else ["s.yaml", "t.csv"])
    again = cli("sweep", "s.yaml", "-o", "out", "--resume", "--quiet", *INLINE, cwd=place)
    assert again.code == 0, again.err
    assert statuses(place / "out") == [("done", None)] * 3


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_place_that_cannot_be_written_to_is_told_before_any_work(place: Path, cli: Callable[..., Any]) -> None:
    (place / "shut").mkdir(mode=0o500)
    done = cli("sweep", "s.yaml", "-o", "shut/out", *INLINE, cwd=place)
    assert done.code == 8
    assert "cannot be written to" in done.err


def test_the_second_sweep_on_a_folder_is_refused_at_once_whatever_it_is_asked_to_do(place: Path, cli: Callable[..., Any]) -> None:
    endless(place)
    with started(place, "--n-jobs", "2") as process:
        wait_for(process, {"event": "trial_finished", "trial_id": 0})
        before = (place / "out" / "trials.jsonl").read_bytes()
        for option in ("--force", "--resume"):
            asked = time.monotonic()
            done = cli("sweep", "s.yaml", "-o", "out", option, *INLINE, cwd=place)
            assert done.code == 8
            assert " on " in done.err
            assert "hint: wait" in done.err
            assert time.monotonic() - asked < 20
        assert (place / "out" / "trials.jsonl").read_bytes().startswith(before)
        process.terminate()
        assert process.wait(timeout=30) == 143
    assert 0 in journalled(place / "out")
    assert names(place) == ["out", "s.yaml", "t.csv"]


def test_a_foreign_file_that_came_meanwhile_stops_the_swap_and_loses_no_trial(place: Path) -> None:
    mine = place / "out" / "mine.txt"

    def tell(event: Event) -> None:
        if isinstance(event, TrialFinished):
            mine.write_text("dear")

    overrides = [f"output.directory={place / 'out'}", "execution.executor=inline"]
    with pytest.raises(clusterctl.OutputError, match=r"holds files that are not clusterctl's: mine\.txt") as raised:
        clusterctl.sweep(place / "s.yaml", overrides=overrides, emit=tell)
    assert "finished trials are kept" in str(raised.value.hint)
    assert mine.read_text() == "dear"
    assert names(place / "out") == ["mine.txt", "trials.jsonl"]
    assert journalled(place / "out") == {0, 1, 2}
    mine.unlink()
    clusterctl.sweep(place / "s.yaml", overrides=overrides, resume=True, emit=tell)
    assert names(place / "out") == ["best", "sweep.json", "trials.jsonl", "trials.parquet"]


def test_plots_go_where_the_environment_says_and_someone_else_s_file_there_is_not_lost(place: Path, cli: Callable[..., Any]) -> None:
    drawn = "visualization_configuration: {plot_types: [scatter]}"
    (place / "s.yaml").write_text(config("{data_source: t.csv}", KMEANS, SWEEP, drawn))
    environment = {"PLOT_OUTPUT_DIR": str(place / "pictures")}
    for _ in ("makes them", "replaces them"):
        done = cli("sweep", "s.yaml", "-o", "out", "--resume", "--quiet", *INLINE, cwd=place, env=environment)
        assert done.code == 0, done.err
        folder = Path(json.loads((place / "out" / "sweep.json").read_text())["metadata"]["execution"]["paths"]["plots"])
        assert folder.parent == place / "pictures"
        assert names(place / "pictures") == [folder.name]
        assert names(folder) == ["agreement.png", "metric_by_k.png"]
        assert "plots" not in names(place / "out")
        assert names(place / "out" / "best" / "plots") == ["scatter.png"]
    (folder / "mine.txt").write_text("dear")
    before = state(place)
    done = cli("sweep", "s.yaml", "-o", "out", "--force", *INLINE, cwd=place, env=environment)
    assert done.code == 8
    assert "mine.txt" in done.err
    assert state(place) == before


def test_a_sweep_that_runs_out_of_its_time_keeps_what_is_finished_and_goes_on(place: Path, cli: Callable[..., Any]) -> None:
    endless(place)
    done = cli("sweep", "s.yaml", "-o", "out", "--set", "execution.timeout=12", "--n-jobs", "2", cwd=place)
    assert done.code == 6, done.err
    assert "execution.timeout" in done.err
    assert "finished trials are kept: --resume goes on with them" in done.err
    assert names(place) == ["out", "s.yaml", "t.csv"]
    assert names(place / "out") == ["trials.jsonl"]
    kept = journalled(place / "out")
    assert 0 in kept
    assert 1 not in kept
    grid = f"sweep_configuration={{grid: {{{K}: [2, 4]}}}}"
    again = cli("sweep", "s.yaml", "-o", "out", "--resume", "--set", grid, *INLINE, cwd=place)
    assert again.code == 0, again.err
    assert f"resumed: {len(kept)} of 2 trials kept" in again.err
    assert statuses(place / "out") == [("done", None)] * 2


def test_a_trial_that_is_too_slow_is_a_row_and_the_others_are_done(place: Path, cli: Callable[..., Any]) -> None:
    endless(place)
    done = cli("sweep", "s.yaml", "-o", "out", "--trial-timeout", "6", "--n-jobs", "2", cwd=place)
    assert done.code == 0, done.err
    assert statuses(place / "out") == [("done", None), ("failed", "TrialTimeout"), ("done", None)]
    assert "--trial-timeout 6" in done.out
    row = json.loads((place / "out" / "sweep.json").read_text())["sweep_results"]["trials"][1]
    assert "--resume" in row["error"]["hint"]


def test_memory_too_small_for_one_algorithm_fails_that_one_alone(place: Path, cli: Callable[..., Any]) -> None:
    rng = np.random.default_rng(0)
    pd.DataFrame(rng.normal(size=(12_000, 2)) + rng.integers(0, 3, (12_000, 1)) * 9, columns=["x", "y"]).to_csv(
        place / "t.csv", index=False
    )
    grid = "{clustering_configuration.algorithm: [hierarchical], clustering_configuration.parameters.linkage: [average]}, "
    grid += f"{{clustering_configuration.algorithm: [kmeans], {K}: [2, 3]}}"
    (place / "s.yaml").write_text(
        config(
            "{data_source: t.csv}",
            "{algorithm: kmeans, n_clusters: 3}",
            f"sweep_configuration: {{grid: [{grid}], rank_by: [davies_bouldin_score]}}",
            "evaluation_configuration: {evaluation_metrics: [davies_bouldin_score], cross_validation: false, cluster_validation: false}",
        )
    )
    done = cli("sweep", "s.yaml", "-o", "out", "--max-memory", "400M", *INLINE, cwd=place)
    assert done.code == 0, done.err
    assert statuses(place / "out") == [("failed", "ResourceLimitError"), ("done", None), ("done", None)]
    again = cli("sweep", "s.yaml", "-o", "out", "--resume", "--max-memory", "400M", *INLINE, cwd=place)
    assert again.code == 0, again.err
    assert "resumed: 2 of 3 trials kept; 1 done again (1: they ran out of time, memory or a worker)" in again.err


def test_fail_fast_ends_at_the_first_failure_and_resume_does_the_others(place: Path, cli: Callable[..., Any]) -> None:
    failing = ("--set", f"sweep_configuration.grid={{{K}: [2, 300, 3]}}")
    stopped = cli("sweep", "s.yaml", "-o", "out", "--fail-fast", "--json", *failing, *INLINE, cwd=place)
    assert (stopped.code, stopped.out) == (6, "")
    said = json.loads(stopped.err.splitlines()[-1])
    assert said["type"] == "ClusteringError"
    assert said["message"].startswith("trial 1 failed, and --fail-fast ends the sweep there: ClusteringError: 300 clusters")
    assert names(place / "out") == ["trials.jsonl"]
    assert 1 in journalled(place / "out")
    assert names(place) == ["out", "s.yaml", "t.csv"]
    done = cli("sweep", "s.yaml", "-o", "out", "--resume", *failing, *INLINE, cwd=place)
    assert done.code == 0, done.err
    assert statuses(place / "out") == [("done", None), ("failed", "ClusteringError"), ("done", None)]


def test_a_reader_that_goes_away_ends_the_sweep_silently_and_the_files_are_whole(place: Path) -> None:
    line = f"{' '.join(PROGRAM)} sweep s.yaml -o out --executor inline --json | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=place,
        env={**os.environ, "HOME": str(place.parent)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.stdout.strip() == "141"
    assert "Traceback" not in done.stderr
    assert statuses(place / "out") == [("done", None)] * 3


def test_json_through_a_pipe_is_one_document_that_a_filter_can_read(place: Path) -> None:
    reader = f"{sys.executable} -c \"import json, sys; print(json.load(sys.stdin)['sweep_results']['best']['trial_id'])\""
    line = f"set -o pipefail; {' '.join(PROGRAM)} sweep s.yaml -o out --json --n-jobs 2 | {reader}"
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=place,
        env={**os.environ, "HOME": str(place.parent)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert (done.returncode, done.stdout) == (0, "0\n"), done.stderr


SECRET = "hunter2hunter2"


def test_what_the_environment_gives_to_a_grid_is_shown_by_its_name(place: Path, cli: Callable[..., Any]) -> None:
    grid = 'sweep_configuration: {grid: {preprocessing_configuration.scaling: [none, "${SCALING}"]}}'
    (place / "s.yaml").write_text(config("{data_source: t.csv}", KMEANS, grid))
    done = cli("sweep", "s.yaml", "-o", "out", *INLINE, cwd=place, env={"SCALING": "robust"})
    assert done.code == 0, done.err
    path = "preprocessing_configuration.scaling"
    document = json.loads((place / "out" / "sweep.json").read_text())
    assert [row["settings"][path] for row in document["sweep_results"]["trials"]] == ["none", "${SCALING}"]
    assert document["metadata"]["config"]["sweep_configuration"]["grid"] == {path: ["none", "${SCALING}"]}
    table = pd.read_parquet(place / "out" / "trials.parquet")
    assert table[path].tolist() == ['"none"', '"${SCALING}"']
    lines = [json.loads(line) for line in (place / "out" / "trials.jsonl").read_text().splitlines()]
    assert {line["settings"][path] for line in lines if "settings" in line} == {"none", "${SCALING}"}
    assert "robust" not in done.out + done.err
    bad = cli("sweep", "s.yaml", "-o", "bad", *INLINE, cwd=place, env={"SCALING": SECRET})
    assert bad.code == 3
    assert "${SCALING}" in bad.err
    assert SECRET not in bad.out + bad.err


def test_a_password_in_the_source_is_shown_in_no_file_of_a_sweep(place: Path, cli: Callable[..., Any]) -> None:
    with closing(sqlite3.connect(place / "t.db")) as base:
        pd.read_csv(place / "t.csv").to_sql("t", base, index=False)
    source = "{data_source: 'sqlite:///t.db?token=${TOKEN}', read_options: {query: SELECT * FROM t ORDER BY x}}"
    (place / "s.yaml").write_text(config(source, KMEANS, SWEEP))
    for option in ("--verbose", "--resume"):
        done = cli("sweep", "s.yaml", "-o", "out", option, *INLINE, cwd=place, env={"TOKEN": SECRET})
        assert done.code == 0, done.err
        assert SECRET not in done.out + done.err
        assert [name for name, content in state(place / "out").items() if SECRET.encode() in content] == []
    config_of_best = (place / "out" / "best" / "config.yaml").read_text()
    assert "${TOKEN}" in config_of_best
