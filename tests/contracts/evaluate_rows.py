"""Every option of `evaluate` shows its effect: the rows that `test_options_contract` takes in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Shell = Any
"""`test_options_contract.Shell`."""
Shows = Callable[[Shell], None]
EVALUATE_ROWS: dict[tuple[str, str], Shows] = {}


def shows(command: str, option: str) -> Callable[[Shows], Shows]:
    def note(function: Shows) -> Shows:
        EVALUATE_ROWS[command, option] = function
        return function

    return note


def _evaluated(shell: Shell, name: str = "run") -> Any:
    return json.loads((shell.folder / name / "evaluation.json").read_text())


def _of_table(shell: Shell, *arguments: str) -> Any:
    code, out, err = shell("evaluate", "table.csv", "--label-column", "shop", "--json", *arguments)
    assert code == 0, err
    return json.loads(out)


def _run_first(shell: Shell, *arguments: str) -> None:
    assert shell("run", "c.yaml", "-o", "run", "--no-plots", *arguments)[0] == 0


@shows("evaluate", "--labels")
def _evaluate_labels(shell: Shell) -> None:
    code, out, _ = shell("evaluate", "table.csv", "--labels", "lines.json", "--label-column", "truth", "--features", "x,y", "--json")
    assert code == 0
    told = json.loads(out)["metadata"]
    assert (told["evaluated"]["labels"], told["evaluated"]["matched_by"]) == ("lines.json", "position")
    assert told["labels_sha256"] != told["data_sha256"]


@shows("evaluate", "--label-column")
def _evaluate_label_column(shell: Shell) -> None:
    clusters = _of_table(shell, "--features", "x,y")["evaluation_results"]["clusters"]
    assert [cluster["label"] for cluster in clusters] == ["north", "south", "east"]
    code, _, err = shell("evaluate", "table.csv")
    assert code == 2
    assert "--label-column" in err


@shows("evaluate", "--id-column")
def _evaluate_id_column(shell: Shell) -> None:
    lines = (shell.folder / "table.csv").read_text().splitlines()[1:]
    pairs = sorted((line.split(",")[3], line.split(",")[0]) for line in lines)
    (shell.folder / "labels.csv").write_text("id,shop\n" + "".join(f"{name},{shop}\n" for shop, name in pairs))
    by_id = _of_table(shell, "--labels", "labels.csv", "--id-column", "id", "--features", "x,y")
    by_position = _of_table(shell, "--labels", "labels.csv", "--features", "x,y")
    own = _of_table(shell, "--features", "x,y")
    assert by_id["evaluation_results"]["evaluation_metrics"] == own["evaluation_results"]["evaluation_metrics"]
    assert by_position["evaluation_results"]["evaluation_metrics"] != own["evaluation_results"]["evaluation_metrics"]


@shows("evaluate", "--label-id-column")
def _evaluate_label_id_column(shell: Shell) -> None:
    lines = (shell.folder / "table.csv").read_text().splitlines()
    (shell.folder / "labels.csv").write_text("\n".join(["name,x,y,shop,truth", *reversed(lines[1:])]) + "\n")
    arguments = ("--labels", "labels.csv", "--id-column", "id", "--features", "x,y")
    found = _of_table(shell, *arguments, "--label-id-column", "name")
    assert found["evaluation_results"] == _of_table(shell, "--features", "x,y")["evaluation_results"]
    assert shell("evaluate", "table.csv", "--label-column", "shop", *arguments)[0] == 3


@shows("evaluate", "--noise-label")
def _evaluate_noise_label(shell: Shell) -> None:
    assert _of_table(shell, "--noise-label", "east")["evaluation_results"]["counts"]["n_noise"] == 20
    assert _of_table(shell)["evaluation_results"]["counts"]["n_noise"] == 0


@shows("evaluate", "--features")
def _evaluate_features(shell: Shell) -> None:
    assert _of_table(shell, "--features", "y,x")["metadata"]["space"]["features"] == ["y", "x"]
    assert _of_table(shell)["metadata"]["space"]["features"] == ["x", "y", "truth"]
    assert shell("evaluate", "table.csv", "--label-column", "shop", "--features", "z")[0] == 3


@shows("evaluate", "--truth")
def _evaluate_truth(shell: Shell) -> None:
    found = _of_table(shell, "--truth", "truth")
    assert found["evaluation_results"]["evaluation_metrics"]["adjusted_rand_score"] == 1
    assert found["metadata"]["space"]["features"] == ["x", "y"]
    assert _of_table(shell)["evaluation_results"]["evaluation_metrics"]["adjusted_rand_score"] is None


@shows("evaluate", "--space")
def _evaluate_space(shell: Shell) -> None:
    found = {name: _of_table(shell, "--features", "x,y", "--space", name) for name in ("raw", "standard", "minmax", "robust")}
    assert len({document["evaluation_results"]["evaluation_metrics"]["inertia"] for document in found.values()}) == 4
    default = _of_table(shell, "--features", "x,y")
    assert default["evaluation_results"] == found["standard"]["evaluation_results"]


@shows("evaluate", "--recompute")
def _evaluate_recompute(shell: Shell) -> None:
    _run_first(shell)
    assert shell("evaluate", "run")[0] == 0
    assert _evaluated(shell)["evaluation_results"]["validation"]["stability"] is None
    assert shell("evaluate", "run", "--recompute", "stability,null")[0] == 0
    assert _evaluated(shell)["evaluation_results"]["validation"]["stability"]["minimum"] > 0.9
    assert _evaluated(shell)["metadata"]["recomputed"] == ["stability", "null"]
    assert shell("evaluate", "run", "--recompute", "silhouette")[0] == 3


@shows("evaluate", "--gate")
def _evaluate_gate(shell: Shell) -> None:
    _run_first(shell)
    (shell.folder / "gates.yaml").write_text("gates: {n_clusters: {min: 4}}\n")
    code, out, err = shell("evaluate", "run", "--gate", "gates.yaml")
    assert code == 10
    assert ["n_clusters", "3", "≥", "4", "error", "failed"] in [line.split() for line in out.splitlines()]
    assert err.splitlines()[-1] == "gate failed: n_clusters is 3, bound min 4"
    assert _evaluated(shell)["evaluation_results"]["validation"]["gates"][0]["passed"] is False


@shows("evaluate", "--fail-under")
def _evaluate_fail_under(shell: Shell) -> None:
    _run_first(shell)
    assert shell("evaluate", "run", "--fail-under", "n_clusters=3")[0] == 0
    assert shell("evaluate", "run", "--fail-under", "n_clusters=4")[0] == 10
    assert shell("evaluate", "run", "--fail-under", "clusters=4")[0] == 3


@shows("evaluate", "--fail-over")
def _evaluate_fail_over(shell: Shell) -> None:
    _run_first(shell)
    assert shell("evaluate", "run", "--fail-over", "n_clusters=3")[0] == 0
    assert shell("evaluate", "run", "--fail-over", "n_clusters=2")[0] == 10


@shows("evaluate", "--junit")
def _evaluate_junit(shell: Shell) -> None:
    _run_first(shell)
    assert shell("evaluate", "run", "--fail-under", "n_clusters=4", "--junit", "gates.xml")[0] == 10
    assert 'failures="1"' in (shell.folder / "gates.xml").read_text()


@shows("evaluate", "--set")
def _evaluate_set(shell: Shell) -> None:
    arguments = ("evaluate", "semicolons.csv", "--label-column", "shop", "--set")
    assert shell(*arguments, 'clustering_data.read_options.separator=";"')[0] == 0
    assert shell(*arguments, "clustering_data.nothing=1")[0] == 3


@shows("evaluate", "--data")
def _evaluate_data(shell: Shell) -> None:
    _run_first(shell, "--set", "clustering_data.target_variable=truth")
    (shell.folder / "table.csv").rename(shell.folder / "moved.csv")
    assert "truth_not_read" in shell("evaluate", "run", "--json")[1]
    assert "truth_not_read" not in shell("evaluate", "run", "--json", "--data", "moved.csv")[1]
    assert shell("evaluate", "run", "--data", "other.csv", "--truth", "shop")[0] == 4


@shows("evaluate", "--output")
def _evaluate_output(shell: Shell) -> None:
    _run_first(shell)
    for option in ("-o", "--output"):
        assert shell("evaluate", "run", option, f"at{option}.json")[0] == 0
        assert json.loads((shell.folder / f"at{option}.json").read_text())["metadata"]
    assert not (shell.folder / "run" / "evaluation.json").exists()
    assert shell("evaluate", "run", "-o", "run/results.json")[0] == 8


@shows("evaluate", "--force")
def _evaluate_force(shell: Shell) -> None:
    _run_first(shell)
    (shell.folder / "mine.json").write_text("{}")
    assert shell("evaluate", "run", "-o", "mine.json")[0] == 8
    assert shell("evaluate", "run", "-o", "mine.json", "--force")[0] == 0
    assert shell("evaluate", "run", "-o", "mine.json")[0] == 0
    assert shell("evaluate", "run", "-o", "run/results.json", "--force")[0] == 8


@shows("evaluate", "--json")
def _evaluate_json(shell: Shell) -> None:
    _run_first(shell)
    code, out, _ = shell("evaluate", "run", "--json")
    assert code == 0
    assert out == (shell.folder / "run" / "evaluation.json").read_text()
    code, out, err = shell("evaluate", "nowhere", "--json")
    assert (code, out) == (2, "")
    assert json.loads(err.splitlines()[-1]).keys() == {"type", "code", "message", "hint"}


@shows("evaluate", "--quiet")
def _evaluate_quiet(shell: Shell) -> None:
    _run_first(shell)
    for option in ("-q", "--quiet"):
        assert shell("evaluate", "run", option) == (0, "", "")
    assert "silhouette_score" in shell("evaluate", "run")[1]


@shows("evaluate", "--verbose")
def _evaluate_verbose(shell: Shell) -> None:
    _run_first(shell)
    assert "scoring: " in shell("evaluate", "run", "--verbose")[2]
    assert "Traceback" in shell("evaluate", "nowhere", "--verbose")[2]
    assert "Traceback" not in shell("evaluate", "nowhere")[2]


@shows("evaluate", "--log-format")
def _evaluate_log_format(shell: Shell) -> None:
    _run_first(shell)
    _, _, err = shell("evaluate", "run", "--log-format", "json")
    assert "wrote" in [json.loads(line)["event"] for line in err.splitlines()]
    assert "{" not in shell("evaluate", "run", "--log-format", "text")[2]


@shows("evaluate", "--n-jobs")
def _evaluate_n_jobs(shell: Shell) -> None:
    _run_first(shell)
    assert shell("evaluate", "run", "--n-jobs", "2")[0] == 0
    assert _evaluated(shell)["metadata"]["execution"]["n_jobs"] == 2
    assert "--n-jobs" in shell("evaluate", "run", "--n-jobs", "0")[2]


@shows("evaluate", "--offline")
def _evaluate_offline(shell: Shell) -> None:
    address = "http://127.0.0.1:9/table.csv"  # the discard port: nothing answers
    code, _, err = shell("evaluate", address, "--label-column", "shop", "--offline")
    assert code == 4
    assert "offline" in err
    code, _, err = shell("evaluate", address, "--label-column", "shop")
    assert code == 4
    assert "--offline" not in err.splitlines()[0]


@shows("schema", "--evaluate")
def _schema_evaluate(shell: Shell) -> None:
    assert "evaluation_results" in json.loads(shell("schema", "output", "--evaluate")[1])["properties"]
    assert shell("schema", "input", "--evaluate")[0] == 2
