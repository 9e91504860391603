"""Every option of every command shows its effect: an option without a row here fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer.main
from contract_tables import write_tables

from clusterctl import __version__
from clusterctl.cli import app, run_command_line
from clusterctl.cli import run as run_module
from clusterctl.cli import validate as validate_module
from clusterctl.cli.boundary import guarded
from clusterctl.engine.supervise import UNSUPERVISED

CONFIG = """
clustering_data: {data_source: table.csv}
clustering_configuration: {algorithm: kmeans, n_clusters: 3}
evaluation_configuration: {cross_validation: false, cluster_validation: false}
visualization_configuration: {plot_types: [heatmap]}
"""
QUICK = ("--no-plots",)
K = "clustering_configuration.n_clusters"


@dataclass(frozen=True)
class Shell:
    """The command line in this process, in a folder with a config and its tables."""

    folder: Path
    capture: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        self.capture.readouterr()
        code = run_command_line(list(arguments))
        said = self.capture.readouterr()
        return code, said.out, said.err

    def results(self, folder: str = "out") -> Any:
        return json.loads((self.folder / folder / "results.json").read_text())


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Shell:
    write_tables(tmp_path)
    (tmp_path / "c.yaml").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_CACHE_DIR", str(tmp_path / "cache"))
    for module in (run_module, validate_module):
        monkeypatch.setattr(module, "in_child", lambda work, view: guarded(lambda: work(UNSUPERVISED), view))
    return Shell(tmp_path, capfd)


Shows = Callable[[Shell], None]
ROWS: dict[tuple[str, str], Shows] = {}


def shows(command: str, option: str) -> Callable[[Shows], Shows]:
    def note(function: Shows) -> Shows:
        ROWS[command, option] = function
        return function

    return note


@shows("", "--version")
def _version(shell: Shell) -> None:
    assert shell("--version") == (0, f"clusterctl {__version__}\n", "")


@shows("run", "--set")
def _run_set(shell: Shell) -> None:
    assert shell("run", "c.yaml", "-o", "out", *QUICK, "--set", f"{K}=4")[0] == 0
    assert shell.results()["clustering_results"]["model_info"]["n_clusters"] == 4


@shows("run", "--data")
def _run_data(shell: Shell) -> None:
    assert shell("run", "c.yaml", "-o", "out", *QUICK, "--data", "other.csv")[0] == 0
    assert shell.results()["metadata"]["data_statistics"]["n_rows"] == 45


@shows("run", "--output")
def _run_output(shell: Shell) -> None:
    for option in ("-o", "--output"):
        assert shell("run", "c.yaml", option, f"at{option}", *QUICK)[0] == 0
        assert shell.results(f"at{option}")


@shows("run", "--force")
def _run_force(shell: Shell) -> None:
    assert shell("run", "c.yaml", "-o", "out", *QUICK)[0] == 0
    code, _, err = shell("run", "c.yaml", "-o", "out", *QUICK)
    assert code == 8
    assert "--force" in err
    assert shell("run", "c.yaml", "-o", "out", *QUICK, "--force")[0] == 0


@shows("run", "--fail-under")
def _run_fail_under(shell: Shell) -> None:
    code, _, err = shell("run", "c.yaml", "-o", "out", *QUICK, "--fail-under", "smallest_cluster=20", "--fail-under", "n_clusters=9")
    assert code == 10
    assert err.splitlines()[-1] == "gate failed: n_clusters is 3, bound min 9"
    assert "smallest_cluster" not in err


@shows("run", "--fail-over")
def _run_fail_over(shell: Shell) -> None:
    assert shell("run", "c.yaml", "-o", "out", *QUICK, "--fail-over", "n_clusters=3")[0] == 0
    assert shell("run", "c.yaml", "-o", "again", *QUICK, "--fail-over", "n_clusters=2.5")[0] == 10


@shows("run", "--json")
def _run_json(shell: Shell) -> None:
    code, out, _ = shell("run", "c.yaml", "-o", "out", *QUICK, "--json")
    assert code == 0
    assert out == (shell.folder / "out" / "results.json").read_text()
    code, out, err = shell("run", "c.yaml", "-o", "out", "--json")
    assert (code, out) == (8, "")
    assert json.loads(err.splitlines()[-1]).keys() == {"type", "code", "message", "hint"}


@shows("run", "--quiet")
def _run_quiet(shell: Shell) -> None:
    for option in ("-q", "--quiet"):
        assert shell("run", "c.yaml", "-o", f"at{option}", *QUICK, option) == (0, "", "")
    assert shell("run", "c.yaml", "-o", "out", *QUICK)[1] != ""
    code, out, err = shell("run", "c.yaml", "-o", "out", "--quiet")
    assert (code, out) == (8, "")
    assert err.startswith("error: ")


@shows("run", "--verbose")
def _run_verbose(shell: Shell) -> None:
    assert "clustering: " in shell("run", "c.yaml", "-o", "out", *QUICK, "--verbose")[2]
    assert "Traceback" in shell("run", "c.yaml", "-o", "out", "--verbose")[2]
    assert "Traceback" not in shell("run", "c.yaml", "-o", "out")[2]


@shows("run", "--log-format")
def _run_log_format(shell: Shell) -> None:
    _, _, err = shell("run", "c.yaml", "-o", "out", *QUICK, "--log-format", "json")
    assert "clusters_created" in [json.loads(line)["event"] for line in err.splitlines()]
    assert "{" not in shell("run", "c.yaml", "-o", "again", *QUICK, "--log-format", "text")[2]
    assert shell("run", "c.yaml", "-o", "again", "--log-format", "xml")[0] == 2


@shows("run", "--n-jobs")
def _run_n_jobs(shell: Shell) -> None:
    assert shell("run", "c.yaml", "-o", "out", *QUICK, "--n-jobs", "2")[0] == 0
    assert shell.results()["metadata"]["execution"]["n_jobs"] == 2
    assert "--n-jobs" in shell("run", "c.yaml", "-o", "new", "--n-jobs", "0")[2]


@shows("run", "--max-memory")
def _run_max_memory(shell: Shell) -> None:
    code, _, err = shell("run", "c.yaml", "-o", "out", *QUICK, "--max-memory", "1M")
    assert code == 9
    assert "left of --max-memory 1.0 MiB" in err
    assert not (shell.folder / "out").exists()


@shows("run", "--no-plots")
def _run_no_plots(shell: Shell) -> None:
    assert shell("run", "c.yaml", "-o", "with")[0] == 0
    assert shell("run", "c.yaml", "-o", "without", "--no-plots")[0] == 0
    assert (shell.folder / "with" / "plots" / "heatmap.png").is_file()
    assert not (shell.folder / "without" / "plots").exists()


def _offline(shell: Shell, command: str) -> None:
    address = ("--data", "http://127.0.0.1:9/table.csv")  # the discard port: nothing answers
    code, _, err = shell(command, "c.yaml", *address, "--offline")
    assert code == 4
    assert "offline" in err
    code, _, err = shell(command, "c.yaml", *address)
    assert code == 4
    assert "error: " in err
    assert "--offline" not in err.splitlines()[0]


@shows("run", "--offline")
def _run_offline(shell: Shell) -> None:
    _offline(shell, "run")


@shows("validate", "--offline")
def _validate_offline(shell: Shell) -> None:
    _offline(shell, "validate")


@shows("validate", "--plan")
def _validate_plan(shell: Shell) -> None:
    with_plan, without = shell("validate", "c.yaml", "--plan")[1], shell("validate", "c.yaml")[1]
    assert "of memory" in with_plan
    assert "of memory" not in without


@shows("validate", "--set")
def _validate_set(shell: Shell) -> None:
    assert shell("validate", "c.yaml", "--set", "clustering_data.features=[y]", "--json")[1].count('"numeric"') == 1
    assert shell("validate", "c.yaml", "--set", f"{K}=0")[0] == 3


@shows("validate", "--data")
def _validate_data(shell: Shell) -> None:
    assert json.loads(shell("validate", "c.yaml", "--data", "other.csv", "--json")[1])["n_rows"] == 45


@shows("validate", "--json")
def _validate_json(shell: Shell) -> None:
    assert json.loads(shell("validate", "c.yaml", "--json")[1])["valid"] is True


@shows("validate", "--quiet")
def _validate_quiet(shell: Shell) -> None:
    assert shell("validate", "c.yaml", "--quiet") == (0, "", "")
    assert shell("validate", "c.yaml", "-q", "--data", "none.csv")[0] == 4


@shows("validate", "--verbose")
def _validate_verbose(shell: Shell) -> None:
    assert "Traceback" in shell("validate", "c.yaml", "--data", "none.csv", "--verbose")[2]
    assert "Traceback" not in shell("validate", "c.yaml", "--data", "none.csv")[2]


@shows("validate", "--log-format")
def _validate_log_format(shell: Shell) -> None:
    _, _, err = shell("validate", "c.yaml", "--log-format", "json")
    assert [json.loads(line)["event"] for line in err.splitlines()][:1] == ["stage_started"]
    assert shell("validate", "c.yaml", "--log-format", "text")[2] == shell("validate", "c.yaml")[2] == ""
    assert shell("validate", "c.yaml", "--log-format", "xml")[0] == 2


@shows("validate", "--n-jobs")
def _validate_n_jobs(shell: Shell) -> None:
    assert json.loads(shell("validate", "c.yaml", "--plan", "--json", "--n-jobs", "2")[1])["plan"]["n_jobs"] == 2
    assert "--n-jobs" in shell("validate", "c.yaml", "--n-jobs", "0")[2]


@shows("validate", "--max-memory")
def _validate_max_memory(shell: Shell) -> None:
    plan = json.loads(shell("validate", "c.yaml", "--plan", "--json", "--max-memory", "1M")[1])["plan"]
    assert plan["free_bytes"] <= 2**20
    assert not plan["fits"]
    assert "--max-memory" in shell("validate", "c.yaml", "--max-memory", "much")[2]


@shows("validate", "--no-plots")
def _validate_no_plots(shell: Shell) -> None:
    def steps(*arguments: str) -> list[str]:
        return [step["name"] for step in json.loads(shell("validate", "c.yaml", "--plan", "--json", *arguments)[1])["plan"]["steps"]]

    assert "draw" in steps()
    assert "draw" not in steps("--no-plots")


@shows("validate", "--for")
def _validate_for(shell: Shell) -> None:
    assert shell("validate", "c.yaml", "--for", "run") == shell("validate", "c.yaml")
    code, _, err = shell("validate", "c.yaml", "--for", "nothing")
    assert code == 2
    assert "--for" in err


def every_option() -> list[tuple[str, str]]:
    root: Any = typer.main.get_command(app)
    groups = {"": root, **root.commands}
    return [
        (command, max(parameter.opts, key=len))
        for command, group in groups.items()
        for parameter in group.params
        if parameter.param_type_name == "option" and parameter.name != "help"
    ]


def test_every_option_has_a_row_and_every_row_an_option() -> None:
    assert sorted(ROWS) == sorted(every_option())


@pytest.mark.parametrize(("command", "option"), every_option())
def test_an_option_shows_its_effect(shell: Shell, command: str, option: str) -> None:
    ROWS[command, option](shell)


@pytest.mark.parametrize("command", ["", "run", "validate", "schema"])
def test_every_command_has_help(shell: Shell, command: str) -> None:
    code, out, _ = shell(*([command] if command else []), "--help")
    assert code == 0
    assert "Usage: clusterctl" in out


def test_schema_prints_the_schema_of_either_document(shell: Shell) -> None:
    for name, section in (("input", "clustering_data"), ("output", "clustering_results")):
        code, out, _ = shell("schema", name)
        assert code == 0
        assert section in json.loads(out)["properties"]
    assert shell("schema", "neither")[0] == 2
