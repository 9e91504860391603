"""What `evaluate` prints and leaves behind: tables that fit 80 columns, breaches on stderr, nothing that text in the data can break."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest

import clusterctl
from clusterctl.cli.evaluated import print_evaluation
from clusterctl.commands.evaluate import evaluate

HOSTILE = ["\x1b[2J<b>one[red]", "=cmd|'/c calc'!A1", "$x_1$ & \\alpha", "-1"]


def table(n_rows: int = 120) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    which = np.arange(n_rows) % 4
    X = rng.normal(size=(n_rows, 2)) + 6 * np.column_stack([which % 2, which // 2])
    return pd.DataFrame({"\x1b[31mheight": X[:, 0], "<script>": X[:, 1], "it's [bold]": np.array(HOSTILE)[which]})


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    table().to_parquet(tmp_path / "hostile.parquet")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def test_text_of_the_data_breaks_neither_terminal_nor_xml(hostile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gates = {"dbcv": {"min": 2}}
    result = evaluate("hostile.parquet", label_column="it's [bold]", gates=gates, junit="gates.xml", output="e.json")
    print_evaluation(result)
    out = capsys.readouterr().out
    assert all(character.isprintable() or character == "\n" for character in out)
    assert "<b>one[red]" in out
    assert "noise" in out.splitlines()[0]
    assert ET.parse("gates.xml").getroot().attrib["failures"] == "1"
    document = json.loads(Path("e.json").read_text())
    assert sorted(c["label"] for c in document["evaluation_results"]["clusters"]) == sorted(HOSTILE[:3])


def test_every_line_fits_80_columns(hostile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bounds = {name: {"min": 0, "warn_max": 1} for name in ("calinski_harabasz_score", "silhouette_score", "prediction_strength")}
    for _ in range(2):
        print_evaluation(evaluate("hostile.parquet", label_column="it's [bold]", gates=bounds))
    assert max(len(line) for line in capsys.readouterr().out.splitlines()) <= 80


def test_the_command_scores_a_run_writes_and_tells_breaches(cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    table().iloc[:, :2].set_axis(["a", "b"], axis=1).to_csv(tmp_path / "t.csv", index=False)
    clusterctl.run(
        {
            "clustering_data": {"data_source": str(tmp_path / "t.csv")},
            "clustering_configuration": {"algorithm": "kmeans", "n_clusters": 4},
            "evaluation_configuration": {"gates": {"n_clusters": {"max": 3, "warn_max": 2}}, "cross_validation": False},
            "visualization_configuration": {"generate_plots": False},
            "output": {"directory": str(tmp_path / "run")},
        }
    )
    done = cli("evaluate", "run", "--quiet")
    assert (done.code, done.out) == (10, "")
    assert done.err.splitlines() == ["gate failed: n_clusters is 4, bound max 3", "gate warning: n_clusters is 4, bound max 2"]
    written = (tmp_path / "run" / "evaluation.json").read_text()
    assert [gate["passed"] for gate in json.loads(written)["evaluation_results"]["validation"]["gates"]] == [False, False]
    assert not list(tmp_path.glob("*.lock"))
    done = cli("run", "t.yaml", "-o", "run", "--force")
    assert done.code == 3  # no such config: the folder with its evaluation is as it was
    assert (tmp_path / "run" / "evaluation.json").read_text() == written


def test_a_folder_in_use_is_refused(cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    from clusterctl.results.lock import locked

    table().iloc[:, :2].set_axis(["a", "b"], axis=1).to_csv(tmp_path / "t.csv", index=False)
    clusterctl.run(
        {
            "clustering_data": {"data_source": str(tmp_path / "t.csv")},
            "clustering_configuration": {"algorithm": "kmeans", "n_clusters": 4},
            "evaluation_configuration": {"cross_validation": False, "cluster_validation": False},
            "visualization_configuration": {"generate_plots": False},
            "output": {"directory": str(tmp_path / "run")},
        }
    )
    with locked(tmp_path / "run"):
        done = cli("evaluate", "run")
    assert done.code == 8
    assert "in use by another command" in done.err
    assert not (tmp_path / "run" / "evaluation.json").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("empty",), 4, "is no run"),
        (("none.csv",), 2, "no labels are named"),
        (("none.csv", "--label-column", "x"), 4, "none.csv"),
        (("hostile.parquet", "--label-column", "x"), 3, "there is no column 'x'"),
        (("hostile.parquet", "--label-column", "x", "--gate", "none.yaml"), 3, "no such file"),
        (("hostile.parquet", "--label-column", "x", "--space", "log"), 2, "log"),
        (("hostile.parquet", "--label-column", "x", "--junit", "no/where.xml"), 8, "no folder"),
        (("hostile.parquet", "--label-column", "x", "--fail-under", "dbcv"), 2, "METRIC=VALUE"),
        (("hostile.parquet", "--label-column", "x", "--fail-under", "dbcv=nan"), 3, "finite"),
    ],
)
def test_a_mistake_has_its_exit_code_and_writes_nothing(hostile: Path, capfd, monkeypatch, arguments, code, words) -> None:  # type: ignore[no-untyped-def]
    from clusterctl.cli import evaluate as module
    from clusterctl.cli import run_command_line
    from clusterctl.cli.boundary import guarded
    from clusterctl.engine.supervise import UNSUPERVISED

    monkeypatch.setattr(module, "in_child", lambda work, view: guarded(lambda: work(UNSUPERVISED), view))
    (hostile / "empty").mkdir()
    assert run_command_line(["evaluate", *arguments]) == code
    said = capfd.readouterr()
    assert said.out == ""
    assert words in said.err
    assert sorted(path.name for path in hostile.iterdir()) == ["empty", "hostile.parquet"]
