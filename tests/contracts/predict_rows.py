"""Every option of `predict` shows its effect: the rows that `test_options_contract` takes in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pyarrow.parquet as pq

Shell = Any
"""`test_options_contract.Shell`."""
Shows = Callable[[Shell], None]
PREDICT_ROWS: dict[tuple[str, str], Shows] = {}
HEADER = "sample_id,cluster_id,confidence,distance,novel"


def shows(option: str) -> Callable[[Shows], Shows]:
    def note(function: Shows) -> Shows:
        PREDICT_ROWS["predict", option] = function
        return function

    return note


def _run(shell: Shell) -> None:
    assert shell("run", "c.yaml", "-o", "out", "--no-plots", "--quiet")[0] == 0


def _predict(shell: Shell, *arguments: str) -> tuple[int, str, str]:
    if not (shell.folder / "out").exists():
        _run(shell)
    code, out, err = shell("predict", "out", "table.csv", *arguments)
    return code, out, err


@shows("--output")
def _predict_output(shell: Shell) -> None:
    code, out, _ = _predict(shell, "-o", "p.parquet")
    assert code == 0
    assert "60 rows" in out
    assert pq.read_table(shell.folder / "p.parquet").column_names == HEADER.split(",")
    code, out, err = _predict(shell)
    assert (code, out.splitlines()[0], len(out.splitlines())) == (0, HEADER, 61)
    assert "60 rows" in err


@shows("--force")
def _predict_force(shell: Shell) -> None:
    (shell.folder / "p.csv").write_text("mine")
    assert _predict(shell, "-o", "p.csv")[0] == 8
    assert _predict(shell, "-o", "p.csv", "--force")[0] == 0
    assert (shell.folder / "p.csv").read_text().startswith(HEADER)


@shows("--json")
def _predict_json(shell: Shell) -> None:
    code, out, _ = _predict(shell, "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert (code, len(rows), ",".join(rows[0])) == (0, 60, HEADER)
    code, out, _ = _predict(shell, "--json", "-o", "p.csv")
    assert (code, json.loads(out)["n_rows"], json.loads(out)["output"]) == (0, 60, "p.csv")
    (shell.folder / "table.csv").write_text("nothing\n1\n")
    code, out, err = _predict(shell, "--json")
    assert (code, out, json.loads(err.splitlines()[-1])["type"]) == (4, "", "DataLoadError")


@shows("--set")
def _predict_set(shell: Shell) -> None:
    _run(shell)
    table = shell.folder / "table.csv"
    table.write_text(table.read_text().replace(",", ";"))
    assert _predict(shell)[0] == 4
    assert _predict(shell, "--set", "clustering_data.read_options.separator=;")[0] == 0
    assert _predict(shell, "--set", "clustering_configuration.n_clusters=2")[0] == 2


@shows("--quiet")
def _predict_quiet(shell: Shell) -> None:
    code, out, err = _predict(shell, "--quiet")
    assert (code, out.splitlines()[0], err) == (0, HEADER, "")
    assert _predict(shell, "--quiet", "-o", "p.csv") == (0, "", "")


@shows("--verbose")
def _predict_verbose(shell: Shell) -> None:
    _run(shell)
    (shell.folder / "out" / "model" / "model.npz").unlink()
    assert "Traceback" not in _predict(shell)[2]
    assert "Traceback" in _predict(shell, "--verbose")[2]


@shows("--log-format")
def _predict_log_format(shell: Shell) -> None:
    _run(shell)
    table = shell.folder / "table.csv"
    table.write_text(table.read_text().replace("north", "moon"))
    err = _predict(shell, "--quiet", "--log-format", "json")[2]
    assert "unseen_categories" in [json.loads(line).get("code") for line in err.splitlines() if line.startswith("{")]
    assert "warning: categories" in _predict(shell)[2]


@shows("--n-jobs")
def _predict_n_jobs(shell: Shell) -> None:
    assert _predict(shell, "--n-jobs", "1")[1] == _predict(shell, "--n-jobs", "3")[1]
    assert _predict(shell, "--n-jobs", "many")[0] == 2


@shows("--batch-rows")
def _predict_batch_rows(shell: Shell) -> None:
    from clusterctl.data import batches

    sizes: list[int] = []
    original = batches._batch

    def count(columns: Any, *rest: Any) -> Any:
        sizes.append(len(next(iter(columns.values()))))
        return original(columns, *rest)

    whole = _predict(shell)[1]
    batches._batch = count
    try:
        assert _predict(shell, "--batch-rows", "25")[1] == whole
    finally:
        batches._batch = original
    assert sizes == [25, 25, 10]
    assert _predict(shell, "--batch-rows", "0")[0] == 2
