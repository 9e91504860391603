"""Every option of `recommend` shows its effect: the rows that `test_options_contract` takes in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from clusterctl.plots.recommend.registry import RECOMMEND_PLOTS

Shell = Any
"""`test_options_contract.Shell`."""
Shows = Callable[[Shell], None]
RECOMMEND_ROWS: dict[tuple[str, str], Shows] = {}
FAST = ("--budget", "fast")


def shows(option: str, command: str = "recommend") -> Callable[[Shows], Shows]:
    def note(function: Shows) -> Shows:
        RECOMMEND_ROWS[command, option] = function
        return function

    return note


def _told(shell: Shell, folder: str = "out") -> Any:
    return json.loads((shell.folder / folder / "recommendation.json").read_text())


@shows("--budget")
def _budget(shell: Shell) -> None:
    assert shell("recommend", "c.yaml", "-o", "out", *FAST)[0] == 0
    assert _told(shell)["recommendations"]["budget"]["name"] == "fast"
    assert shell("recommend", "c.yaml", "-o", "timed", "--budget", "0.5")[0] == 0
    assert _told(shell, "timed")["recommendations"]["budget"]["seconds"] == 0.5
    code, out, err = shell("recommend", "c.yaml", "-o", "none", "--budget", "huge")
    assert (code, out) == (3, "")
    assert "thorough" in err


@shows("--set")
def _set(shell: Shell) -> None:
    assert shell("recommend", "c.yaml", "-o", "out", *FAST, "--set", "clustering_configuration.random_state=7")[0] == 0
    assert _told(shell)["metadata"]["random_state"] == 7


@shows("--data")
def _data(shell: Shell) -> None:
    assert shell("recommend", "c.yaml", "-o", "out", *FAST, "--data", "other.csv")[0] == 0
    assert _told(shell)["metadata"]["n_rows"] == 45


@shows("--output")
def _output(shell: Shell) -> None:
    for option in ("-o", "--output"):
        assert shell("recommend", "c.yaml", option, f"at{option}", *FAST)[0] == 0
        assert _told(shell, f"at{option}")
    assert shell("recommend", "table.csv", *FAST)[0] == 0
    assert _told(shell, "runs/table-recommend")


@shows("--force")
def _force(shell: Shell) -> None:
    assert shell("recommend", "c.yaml", "-o", "out", *FAST)[0] == 0
    code, _, err = shell("recommend", "c.yaml", "-o", "out", *FAST)
    assert code == 8
    assert "--force" in err
    assert shell("recommend", "c.yaml", "-o", "out", *FAST, "--force")[0] == 0


@shows("--json")
def _json(shell: Shell) -> None:
    code, out, _ = shell("recommend", "c.yaml", "-o", "out", *FAST, "--json")
    assert code == 0
    assert json.loads(out) == _told(shell)


@shows("--quiet")
def _quiet(shell: Shell) -> None:
    for option in ("-q", "--quiet"):
        assert shell("recommend", "c.yaml", "-o", f"at{option}", *FAST, option) == (0, "", "")
    assert "next: clusterctl run out/candidates/1.yaml" in shell("recommend", "c.yaml", "-o", "out", *FAST)[1]


@shows("--verbose")
def _verbose(shell: Shell) -> None:
    assert "Traceback" in shell("recommend", "none.csv", "--verbose")[2]
    assert "Traceback" not in shell("recommend", "none.csv")[2]


@shows("--log-format")
def _log_format(shell: Shell) -> None:
    _, _, err = shell("recommend", "c.yaml", "-o", "out", *FAST, "--log-format", "json")
    stages = [json.loads(line).get("stage") for line in err.splitlines()]
    assert {"load", "prepare", "compare", "fit", "write"} <= set(stages)
    assert shell("recommend", "c.yaml", "-o", "again", *FAST, "--log-format", "xml")[0] == 2


@shows("--n-jobs")
def _n_jobs(shell: Shell) -> None:
    assert shell("recommend", "c.yaml", "-o", "out", *FAST, "--n-jobs", "1")[0] == 0
    assert _told(shell)["metadata"]["execution"]["n_jobs"] == 1
    assert shell("recommend", "c.yaml", "-o", "again", *FAST, "--n-jobs", "0")[0] == 3


@shows("--max-memory")
def _max_memory(shell: Shell) -> None:
    code, _, err = shell("recommend", "c.yaml", "-o", "out", *FAST, "--max-memory", "1M")
    assert code == 9
    assert "left of --max-memory 1.0 MiB" in err
    assert not (shell.folder / "out").exists()
    assert "--max-memory" in shell("recommend", "c.yaml", "-o", "out", *FAST, "--max-memory", "much")[2]
    assert shell("recommend", "c.yaml", "-o", "out", *FAST, "--max-memory", "64G")[0] == 0


@shows("--no-plots")
def _no_plots(shell: Shell) -> None:
    assert shell("recommend", "c.yaml", "-o", "with", *FAST)[0] == 0
    assert shell("recommend", "c.yaml", "-o", "without", *FAST, "--no-plots")[0] == 0
    drawn = {path.stem for path in (shell.folder / "with" / "plots").glob("*.png")}
    assert {"evidence_by_k", "null_by_k"} <= drawn <= set(RECOMMEND_PLOTS)
    assert not (shell.folder / "without" / "plots").exists()


@shows("--offline")
def _offline(shell: Shell) -> None:
    address = "http://127.0.0.1:9/table.csv"  # the discard port: nothing answers
    code, _, err = shell("recommend", address, "--offline")
    assert code == 4
    assert "offline" in err


@shows("--recommend", "schema")
def _schema(shell: Shell) -> None:
    assert "recommendations" in json.loads(shell("schema", "output", "--recommend")[1])["properties"]
    assert shell("schema", "input", "--recommend")[0] == 2
