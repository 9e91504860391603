"""What `init` prints and leaves behind: a table that fits 80 columns, the path and what to type next, the right exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from clusterctl.cli.started import MOST_COLUMNS, print_starter
from clusterctl.commands.init import init

HOSTILE = ["\x1b[2J<b>one[red]", "two\n  algorithm: dbscan", "${HOME}"]
QUICK = ("--no-plots", "--set", "evaluation_configuration.cross_validation=false", "--quiet")


def table(n_rows: int = 120) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    which = np.arange(n_rows) % 3
    return pd.DataFrame(
        {
            "\x1b[31mheight\n\nclustering_configuration:": rng.normal(size=n_rows) + 6 * which,
            "it's [bold] # 1: x" + "y" * 60: rng.normal(size=n_rows) + 6 * which,
            "kind": np.array(HOSTILE)[which],
            "class": np.array(HOSTILE)[which],
        }
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def test_every_line_fits_80_columns_and_none_steers_the_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table().to_parquet("t.parquet")
    print_starter(init("t.parquet", output="t.yaml"))
    out = capsys.readouterr().out
    assert max(len(line) for line in out.splitlines()) <= 80
    assert all(character.isprintable() or character == "\n" for character in out)
    assert out.splitlines()[-1] == "next: clusterctl run t.yaml"
    assert "target" in out


def test_a_wide_table_is_told_in_a_screenful_its_exceptions_first(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 200)), columns=[f"g{j}" for j in range(200)])
    frame.assign(same=1, id=[f"s{row}" for row in range(40)]).to_csv("t.csv", index=False)
    print_starter(init("t.csv", output="t.yaml"))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) < MOST_COLUMNS + 12
    assert [line.split()[0] for line in lines[3:5]] == ["same", "id"]
    assert any("and 162 more, with --json" in line for line in lines)


def test_a_name_that_a_shell_would_split_is_quoted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table().to_parquet("t.parquet")
    print_starter(init("t.parquet", output="my study.yaml"))
    assert capsys.readouterr().out.splitlines()[-1] == "next: clusterctl run 'my study.yaml'"


def test_init_then_run(cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    table().to_parquet(tmp_path / "t.parquet")
    done = cli("init", "t.parquet")
    assert (done.code, done.err) == (0, "")
    assert "\x1b" not in done.out
    assert cli("validate", "t.yaml").code == 0
    assert cli("run", "t.yaml", *QUICK).code == 0
    written = json.loads((tmp_path / "runs" / "t" / "results.json").read_text())
    assert written["clustering_results"]["model_info"]["features"] == list(table().columns[:3])
    assert cli("init", "t.parquet").code == 8


def test_a_pipe_is_read_and_stays_a_pipe(cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    rows = "a,b\n" + "".join(f"{row % 3 * 9 + row / 50},{row % 3 * 7 - row / 90}\n" for row in range(60))
    done = cli("init", "-", "-o", "-", stdin=rows.encode())
    assert (done.code, done.err) == (0, "")
    assert yaml.safe_load(done.out)["clustering_data"]["data_source"] == "-"
    assert not list(tmp_path.glob("*.yaml"))
    assert cli("init", "-", stdin=rows.encode()).code == 0
    assert cli("run", "stdin.yaml", *QUICK, stdin=rows.encode()).code == 0
    assert cli("init", "-", "-o", "x.yaml").code == 4


def test_exit_codes_are_the_contract_s(cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "one.csv").write_text("a,b\n1,2\n")
    (tmp_path / "same.csv").write_text("a,b\n1,2\n1,2\n")
    for code, *arguments in (
        (2, "init"),
        (2, "init", "one.csv", "--for", "fun"),
        (2, "init", "one.csv", "--set", "nonsense"),
        (3, "init", "one.csv", "--set", "clustering_data.nonsense=1"),
        (3, "init", "ftp://127.0.0.1/t.csv"),
        (4, "init", "none.csv"),
        (4, "init", "one.csv"),
        (4, "init", "same.csv"),
        (8, "init", "same.csv", "-o", "."),
    ):
        done = cli(*arguments)
        assert (done.code, done.out) == (code, ""), arguments
        assert done.err.startswith("error: ")
    assert not list(tmp_path.glob("*.yaml"))


def test_a_password_in_an_address_is_shown_nowhere(cli, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    for code, address in ((3, "http://me:swordfish@127.0.0.1:9/t.csv"), (4, "http://127.0.0.1:9/t.csv?token=swordfish")):
        done = cli("init", address, "-o", "t.yaml", "--json", "--verbose")
        assert done.code == code
        assert "swordfish" not in done.out + done.err
