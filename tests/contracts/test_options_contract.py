"""Every option of every command shows its effect: an option without a row here fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer.main
from compare_rows import COMPARE_ROWS
from contract_tables import write_tables
from evaluate_rows import EVALUATE_ROWS
from init_rows import INIT_ROWS
from plot_rows import PLOT_ROWS
from predict_rows import PREDICT_ROWS
from recommend_rows import RECOMMEND_ROWS

from clusterctl import __version__
from clusterctl.cli import app, run_command_line
from clusterctl.cli import compare as compare_module
from clusterctl.cli import evaluate as evaluate_module
from clusterctl.cli import init as init_module
from clusterctl.cli import plot as plot_module
from clusterctl.cli import predict as predict_module
from clusterctl.cli import recommend as recommend_module
from clusterctl.cli import run as run_module
from clusterctl.cli import sweep as sweep_module
from clusterctl.cli import validate as validate_module
from clusterctl.cli.boundary import guarded
from clusterctl.engine.supervise import UNSUPERVISED

CONFIG = """
clustering_data: {data_source: table.csv}
clustering_configuration: {algorithm: kmeans, n_clusters: 3}
evaluation_configuration: {cross_validation: false, cluster_validation: false}
visualization_configuration: {plot_types: [heatmap]}
"""
SWEEP = (
    CONFIG
    + """
sweep_configuration: {grid: {clustering_configuration.n_clusters: [2, 3, 4]}}
"""
)
QUICK = ("--no-plots",)
MODULES = (
    run_module,
    sweep_module,
    recommend_module,
    validate_module,
    predict_module,
    evaluate_module,
    compare_module,
    plot_module,
    init_module,
)
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

    def sweep(self, *arguments: str, output: str = "out", executor: str = "inline") -> tuple[int, str, str]:
        return self("sweep", "s.yaml", "-o", output, "--no-plots", "--executor", executor, *arguments)

    def swept(self, folder: str = "out") -> Any:
        return json.loads((self.folder / folder / "sweep.json").read_text())


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Shell:
    write_tables(tmp_path)
    (tmp_path / "c.yaml").write_text(CONFIG)
    (tmp_path / "s.yaml").write_text(SWEEP)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_CACHE_DIR", str(tmp_path / "cache"))
    for module in MODULES:
        monkeypatch.setattr(module, "in_child", lambda work, view: guarded(lambda: work(UNSUPERVISED), view))
    return Shell(tmp_path, capfd)


Shows = Callable[[Shell], None]
ROWS: dict[tuple[str, str], Shows] = {**PREDICT_ROWS, **EVALUATE_ROWS, **COMPARE_ROWS, **PLOT_ROWS, **INIT_ROWS, **RECOMMEND_ROWS}


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


def _offline(shell: Shell, command: str, config: str = "c.yaml", *more: str) -> None:
    address = ("--data", "http://127.0.0.1:9/table.csv")  # the discard port: nothing answers
    code, _, err = shell(command, config, *address, *more, "--offline")
    assert code == 4
    assert "offline" in err
    code, _, err = shell(command, config, *address, *more)
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
    assert shell("validate", "s.yaml", "--for", "sweep") == shell("validate", "s.yaml")
    assert shell("validate", "s.yaml", "--for", "run") != shell("validate", "s.yaml")
    assert shell("validate", "c.yaml", "--for", "sweep")[0] == 3  # there is nothing to sweep
    code, _, err = shell("validate", "c.yaml", "--for", "nothing")
    assert code == 2
    assert "--for" in err


@shows("sweep", "--dry-run")
def _sweep_dry_run(shell: Shell) -> None:
    code, out, _ = shell.sweep("--dry-run")
    assert code == 0
    assert "3" in out
    assert not (shell.folder / "out").exists()
    assert json.loads(shell.sweep("--dry-run", "--json")[1])


@shows("sweep", "--resume")
def _sweep_resume(shell: Shell) -> None:
    assert shell.sweep()[0] == 0
    code, _, err = shell.sweep()
    assert code == 8
    code, _, err = shell.sweep("--resume")
    assert code == 0
    assert "resumed: 3 of 3 trials kept" in err


MANY = ("--set", "sweep_configuration.grid={clustering_configuration.random_state: [" + ", ".join(map(str, range(10_001))) + "]}")


@shows("sweep", "--yes")
def _sweep_yes(shell: Shell) -> None:
    code, _, err = shell.sweep("--dry-run", *MANY)
    assert code == 2
    assert "--yes" in err
    assert shell.sweep("--dry-run", *MANY, "--yes")[0] == 0


@shows("validate", "--yes")
def _validate_yes(shell: Shell) -> None:
    code, _, err = shell("validate", "s.yaml", *MANY)
    assert code == 2
    assert "--yes" in err
    assert "10,001 trials" in shell("validate", "s.yaml", *MANY, "--yes")[1]


@shows("sweep", "--executor")
def _sweep_executor(shell: Shell) -> None:
    for executor in ("processes", "threads", "inline"):
        assert shell.sweep(output=executor, executor=executor)[0] == 0
        assert shell.swept(executor)["metadata"]["execution"]["executor"] == executor
    assert shell.sweep(output="no", executor="dask")[0] == 2


@shows("sweep", "--trial-timeout")
def _sweep_trial_timeout(shell: Shell) -> None:
    one = ("--set", f"sweep_configuration.grid={{{K}: [2]}}", "--n-jobs", "1")  # every trial costs a start of its worker
    code, _, err = shell.sweep("--trial-timeout", "1e-9", "--verbose", *one, executor="processes")
    assert code == 6
    assert "TrialTimeout" in err
    assert "processes" in shell.sweep("--trial-timeout", "5", output="other")[2]


@shows("sweep", "--fail-fast")
def _sweep_fail_fast(shell: Shell) -> None:
    failing = ("--set", "sweep_configuration.grid={clustering_configuration.n_clusters: [2, 500]}")
    assert shell.sweep(*failing)[0] == 0
    code, _, err = shell.sweep(*failing, "--fail-fast", output="fast")
    assert code == 6
    assert "--fail-fast" in err


@shows("sweep", "--set")
def _sweep_set(shell: Shell) -> None:
    assert shell.sweep("--set", "sweep_configuration.grid={clustering_configuration.n_clusters: [5]}")[0] == 0
    assert [row["n_clusters"] for row in shell.swept()["sweep_results"]["trials"]] == [5]


@shows("sweep", "--data")
def _sweep_data(shell: Shell) -> None:
    assert shell.sweep("--data", "other.csv")[0] == 0
    assert shell.swept()["sweep_results"]["spaces"][0]["n_points"] == 45


@shows("sweep", "--output")
def _sweep_output(shell: Shell) -> None:
    for option in ("-o", "--output"):
        assert shell("sweep", "s.yaml", option, f"at{option}", "--no-plots", "--executor", "inline")[0] == 0
        assert shell.swept(f"at{option}")
    assert shell("sweep", "s.yaml", "--no-plots", "--executor", "inline")[0] == 0
    assert shell.swept("runs/s-sweep")


@shows("sweep", "--force")
def _sweep_force(shell: Shell) -> None:
    assert shell.sweep()[0] == 0
    code, _, err = shell.sweep()
    assert code == 8
    assert "--force" in err
    code, _, err = shell.sweep("--force")
    assert code == 0
    assert "resumed" not in err


@shows("sweep", "--fail-under")
def _sweep_fail_under(shell: Shell) -> None:
    code, _, err = shell.sweep("--fail-under", "smallest_cluster=2", "--fail-under", "n_clusters=9")
    assert code == 10
    assert err.splitlines()[-1] == "gate failed: n_clusters is 3, bound min 9"
    assert shell.swept()["sweep_results"]["best"]["settings"] == {"clustering_configuration.n_clusters": 3}


@shows("sweep", "--fail-over")
def _sweep_fail_over(shell: Shell) -> None:
    assert shell.sweep("--fail-over", "n_clusters=3")[0] == 0
    assert shell.sweep("--fail-over", "n_clusters=2.5", output="again")[0] == 10


@shows("sweep", "--json")
def _sweep_json(shell: Shell) -> None:
    code, out, _ = shell.sweep("--json")
    assert code == 0
    assert out == (shell.folder / "out" / "sweep.json").read_text()
    code, out, err = shell.sweep("--json")
    assert (code, out) == (8, "")
    assert json.loads(err.splitlines()[-1]).keys() == {"type", "code", "message", "hint"}


@shows("sweep", "--quiet")
def _sweep_quiet(shell: Shell) -> None:
    for option in ("-q", "--quiet"):
        assert shell.sweep(option, output=f"at{option}") == (0, "", "")
        assert shell.sweep(option, "--dry-run", output=f"at{option}") == (0, "", "")
    assert shell.sweep()[1] != ""


@shows("sweep", "--verbose")
def _sweep_verbose(shell: Shell) -> None:
    assert "trials: " in shell.sweep("--verbose")[2]
    assert "Traceback" in shell.sweep("--verbose")[2]
    assert "Traceback" not in shell.sweep()[2]


@shows("sweep", "--log-format")
def _sweep_log_format(shell: Shell) -> None:
    _, _, err = shell.sweep("--log-format", "json")
    assert [json.loads(line)["event"] for line in err.splitlines()].count("trial_finished") == 3
    assert "{" not in shell.sweep("--log-format", "text", output="again")[2]
    assert shell.sweep("--log-format", "xml")[0] == 2


@shows("sweep", "--n-jobs")
def _sweep_n_jobs(shell: Shell) -> None:
    assert shell.sweep("--n-jobs", "2")[0] == 0
    assert shell.swept()["metadata"]["execution"]["n_jobs"] == 2
    assert "--n-jobs" in shell.sweep("--n-jobs", "0", output="new")[2]


@shows("sweep", "--max-memory")
def _sweep_max_memory(shell: Shell) -> None:
    code, _, err = shell.sweep("--max-memory", "much")
    assert code == 3
    assert "--max-memory" in err
    code, _, err = shell.sweep("--max-memory", "1M")
    assert code == 6  # every trial failed, each for that reason
    assert "left of --max-memory 1.0 MiB" in err


@shows("sweep", "--no-plots")
def _sweep_no_plots(shell: Shell) -> None:
    assert shell("sweep", "s.yaml", "-o", "with", "--executor", "inline")[0] == 0
    assert shell.sweep(output="without")[0] == 0
    assert list((shell.folder / "with" / "plots").glob("*.png"))
    assert (shell.folder / "with" / "best" / "plots" / "heatmap.png").is_file()
    assert not (shell.folder / "without" / "plots").exists()
    assert not (shell.folder / "without" / "best" / "plots").exists()


@shows("sweep", "--offline")
def _sweep_offline(shell: Shell) -> None:
    _offline(shell, "sweep", "s.yaml", "--executor", "inline")


@shows("schema", "--sweep")
def _schema_sweep(shell: Shell) -> None:
    assert "sweep_results" in json.loads(shell("schema", "output", "--sweep")[1])["properties"]
    code, out, err = shell("schema", "input", "--sweep")
    assert (code, out) == (2, "")
    assert "--sweep" in err


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


@pytest.mark.parametrize("command", ["", "run", "sweep", "predict", "evaluate", "plot", "init", "validate", "schema"])
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
