"""Every option of `init` shows its effect: the rows that `test_options_contract` takes in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import yaml

Shell = Any
"""`test_options_contract.Shell`."""
Shows = Callable[[Shell], None]
INIT_ROWS: dict[tuple[str, str], Shows] = {}


def shows(option: str, command: str = "init") -> Callable[[Shows], Shows]:
    def note(function: Shows) -> Shows:
        INIT_ROWS[command, option] = function
        return function

    return note


def _config(shell: Shell, name: str = "table.yaml") -> Any:
    return yaml.safe_load((shell.folder / name).read_text())


@shows("--for")
def _for(shell: Shell) -> None:
    algorithms = {}
    for use in ("customer-segmentation", "quality-control"):
        assert shell("init", "table.csv", "--for", use, "-o", f"{use}.yaml")[0] == 0
        algorithms[use] = _config(shell, f"{use}.yaml")["clustering_configuration"]["algorithm"]
    assert algorithms == {"customer-segmentation": "kmeans", "quality-control": "hierarchical"}
    code, out, err = shell("init", "table.csv", "--for", "fun")
    assert (code, out) == (2, "")
    assert "market-research" in err
    assert shell("init", "table.csv", "--for", "document-clustering")[0] == 3


@shows("--output")
def _output(shell: Shell) -> None:
    for option in ("-o", "--output"):
        assert shell("init", "table.csv", option, f"at{option}.yaml")[0] == 0
        assert _config(shell, f"at{option}.yaml")["clustering_data"]["data_source"] == "table.csv"
    assert shell("init", "table.csv")[0] == 0
    written = (shell.folder / "table.yaml").read_text()
    before = sorted(shell.folder.iterdir())
    code, out, err = shell("init", "table.csv", "-o", "-")
    assert (code, out, err) == (0, written, "")
    assert sorted(shell.folder.iterdir()) == before
    (shell.folder / "configs").mkdir()
    assert shell("init", "table.csv", "-o", "configs/t.yaml")[0] == 0
    assert _config(shell, "configs/t.yaml")["clustering_data"]["data_source"] == "../table.csv"
    assert shell("init", "table.csv", "-o", "nowhere/t.yaml")[0] == 8


@shows("--force")
def _force(shell: Shell) -> None:
    (shell.folder / "table.yaml").write_text("mine")
    code, out, err = shell("init", "table.csv")
    assert (code, out) == (8, "")
    assert "--force" in err
    assert (shell.folder / "table.yaml").read_text() == "mine"
    assert shell("init", "table.csv", "--force")[0] == 0
    assert _config(shell)
    assert shell("init", "table.csv", "-o", "table.csv", "--force")[0] == 8


@shows("--set")
def _set(shell: Shell) -> None:
    assert shell("init", "semicolons.csv", "--set", "clustering_data.read_options.separator=';'")[0] == 0
    assert _config(shell, "semicolons.yaml")["clustering_data"]["read_options"] == {"separator": ";"}
    assert shell("init", "table.csv", "--set", "clustering_data.target_variable=shop")[0] == 0
    assert _config(shell)["clustering_data"]["target_variable"] == "shop"
    code, _, err = shell("init", "table.csv", "-o", "t.yaml", "--set", "output.table=csv")
    assert code == 2
    assert "clustering_data" in err
    assert shell("init", "table.csv", "-o", "t.yaml", "--set", "clustering_data.data_source=other.csv")[0] == 2


@shows("--json")
def _json(shell: Shell) -> None:
    code, out, _ = shell("init", "table.csv", "--json")
    assert code == 0
    document = json.loads(out)
    assert document["config"] == _config(shell)
    assert document["path"] == "table.yaml"
    assert {column["name"]: column["role"] for column in document["columns"]}["id"] == "id"
    code, out, _ = shell("init", "table.csv", "--json", "-o", "-")
    assert (code, json.loads(out)["path"]) == (0, None)
    code, out, err = shell("init", "table.csv", "--json")
    assert (code, out) == (8, "")
    assert json.loads(err.splitlines()[-1]).keys() == {"type", "code", "message", "hint"}


@shows("--quiet")
def _quiet(shell: Shell) -> None:
    for option in ("-q", "--quiet"):
        assert shell("init", "table.csv", "-o", f"at{option}.yaml", option) == (0, "", "")
    assert "next: clusterctl run t.yaml" in shell("init", "table.csv", "-o", "t.yaml")[1]


@shows("--verbose")
def _verbose(shell: Shell) -> None:
    assert "Traceback" in shell("init", "none.csv", "--verbose")[2]
    assert "Traceback" not in shell("init", "none.csv")[2]


@shows("--log-format")
def _log_format(shell: Shell) -> None:
    _, _, err = shell("init", "table.csv", "--log-format", "json")
    events = [json.loads(line)["event"] for line in err.splitlines()]
    assert events[0] == "stage_started"
    assert events[-1] == "wrote"
    assert shell("init", "table.csv", "--force", "--log-format", "text")[2] == ""
    assert shell("init", "table.csv", "--force", "--log-format", "xml")[0] == 2


@shows("--offline")
def _offline(shell: Shell) -> None:
    address = "http://127.0.0.1:9/table.csv"  # the discard port: nothing answers
    code, _, err = shell("init", address, "--offline")
    assert code == 4
    assert "offline" in err
    code, _, err = shell("init", address)
    assert code == 4
    assert "--offline" not in err.splitlines()[0]


@shows("--init", "schema")
def _schema_init(shell: Shell) -> None:
    assert "columns" in json.loads(shell("schema", "output", "--init")[1])["properties"]
    assert shell("schema", "input", "--init")[0] == 2
