"""Every option of `compare`, and `run --align-to`, shows its effect: the rows that `test_options_contract` takes in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Shell = Any
"""`test_options_contract.Shell`."""
Shows = Callable[[Shell], None]
COMPARE_ROWS: dict[tuple[str, str], Shows] = {}
A, B = "a.csv", "b.csv"


def shows(command: str, option: str) -> Callable[[Shows], Shows]:
    def note(function: Shows) -> Shows:
        COMPARE_ROWS[command, option] = function
        return function

    return note


def _write_labels(shell: Shell) -> None:
    """Write two labellings of twelve rows: the second has one cluster more, made of a third of the first one's second."""
    a = [("sample_id", "other", "cluster_id", "named")] + [(f"r{row}", f"x{11 - row}", row // 6, "ab"[row // 6]) for row in range(12)]
    b = [(name, other, 2 if row in (11, 12) else number, text) for row, (name, other, number, text) in enumerate(a)]
    b[0] = a[0]
    for name, rows in ((A, a), (B, b)):
        (shell.folder / name).write_text("".join(",".join(map(str, row)) + "\n" for row in rows))


def _compared(shell: Shell, *arguments: str) -> Any:
    _write_labels(shell)
    code, out, err = shell("compare", A, B, *arguments, "--json")
    assert code == 0, err
    return json.loads(out)["comparison"]


@shows("compare", "--id-column")
def _compare_id_column(shell: Shell) -> None:
    _write_labels(shell)
    lines = (shell.folder / B).read_text().splitlines()
    (shell.folder / B).write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    for column in ("sample_id", "other"):
        code, out, _ = shell("compare", A, B, "--id-column", column, "--label-column", "named", "--json")
        assert (code, json.loads(out)["comparison"]["scores"]["moved_fraction"]) == (0, 0.0)
    code, _, err = shell("compare", A, B, "--id-column", "none")
    assert code == 3
    assert "--id-column" in err


@shows("compare", "--label-column")
def _compare_label_column(shell: Shell) -> None:
    assert _compared(shell)["counts"]["n_split"] == 1
    assert _compared(shell, "--label-column", "named")["counts"]["n_split"] == 0


@shows("compare", "--output")
def _compare_output(shell: Shell) -> None:
    for option in ("-o", "--output"):
        _compared(shell, option, f"at{option}.json")
        assert json.loads((shell.folder / f"at{option}.json").read_text())["comparison"]["counts"]["n_split"] == 1


@shows("compare", "--plot")
def _compare_plot(shell: Shell) -> None:
    for name, start in (("flow.png", b"\x89PNG"), ("flow.svg", b"<?xml"), ("flow.pdf", b"%PDF")):
        _compared(shell, "--plot", name)
        assert (shell.folder / name).read_bytes().startswith(start)
    assert ".svg" in shell("compare", A, B, "--plot", "flow.gif")[2]


@shows("compare", "--force")
def _compare_force(shell: Shell) -> None:
    _compared(shell, "-o", "c.json")
    code, _, err = shell("compare", A, B, "-o", "c.json")
    assert code == 8
    assert "--force" in err
    _compared(shell, "-o", "c.json", "--force")


@shows("compare", "--fail-under")
def _compare_fail_under(shell: Shell) -> None:
    _write_labels(shell)
    code, _, err = shell("compare", A, B, "-q", "--fail-under", "adjusted_rand_score=0.99", "--fail-under", "n_common=12", "-o", "c.json")
    assert code == 10
    assert err.startswith("gate failed: adjusted_rand_score is 0.7")
    assert "n_common" not in err
    assert json.loads((shell.folder / "c.json").read_text())["comparison"]["gates"][0]["passed"] is False
    assert shell("compare", A, B, "--fail-under", "silhouette_score=1")[0] == 3
    assert shell("compare", A, B, "--fail-under", "n_born")[0] == 2


@shows("compare", "--fail-over")
def _compare_fail_over(shell: Shell) -> None:
    _compared(shell, "--fail-over", "moved_fraction=0.2")
    assert shell("compare", A, B, "--fail-over", "moved_fraction=0.1")[0] == 10


@shows("compare", "--json")
def _compare_json(shell: Shell) -> None:
    _write_labels(shell)
    code, out, _ = shell("compare", A, B, "--json", "-o", "c.json")
    assert code == 0
    assert out == (shell.folder / "c.json").read_text()
    code, out, err = shell("compare", A, "nothing.csv", "--json")
    assert (code, out) == (4, "")
    assert json.loads(err.splitlines()[-1]).keys() == {"type", "code", "message", "hint"}


@shows("compare", "--quiet")
def _compare_quiet(shell: Shell) -> None:
    _write_labels(shell)
    for option in ("-q", "--quiet"):
        assert shell("compare", A, B, option) == (0, "", "")
    assert "split into" in shell("compare", A, B)[1]


@shows("compare", "--verbose")
def _compare_verbose(shell: Shell) -> None:
    assert "Traceback" in shell("compare", "x.csv", "y.csv", "--verbose")[2]
    assert "Traceback" not in shell("compare", "x.csv", "y.csv")[2]


@shows("compare", "--log-format")
def _compare_log_format(shell: Shell) -> None:
    _write_labels(shell)
    _, _, err = shell("compare", A, B, "-o", "c.json", "--log-format", "json")
    assert [json.loads(line)["event"] for line in err.splitlines()] == ["wrote"]
    assert "{" not in shell("compare", A, B, "-o", "d.json", "--log-format", "text")[2]
    assert shell("compare", A, B, "--log-format", "xml")[0] == 2


@shows("schema", "--compare")
def _schema_compare(shell: Shell) -> None:
    assert "comparison" in json.loads(shell("schema", "output", "--compare")[1])["properties"]
    assert shell("schema", "input", "--compare")[0] == 2


@shows("run", "--align-to")
def _run_align_to(shell: Shell) -> None:
    """Of the later rows the second cluster is the largest: it keeps its number, where by size it would be 0."""
    rows = [(f"r{row}", (row % 3) * 20 + row % 7) for row in range(60)]
    (shell.folder / "first.csv").write_text("id,x\n" + "".join(f"{name},{x}\n" for name, x in rows))
    kept = [(name, x) for row, (name, x) in enumerate(rows) if row % 3 == 1 or row > 30]
    (shell.folder / "later.csv").write_text("id,x\n" + "".join(f"{name},{x}\n" for name, x in kept))
    base = ("run", "c.yaml", *("--no-plots", "-q"), "--set", "clustering_data.id_column=id")
    assert shell(*base, "--data", "first.csv", "-o", "first")[0] == 0
    assert shell(*base, "--data", "later.csv", "-o", "later", "--align-to", "first")[0] == 0
    earlier, later = ({entry["sample_id"]: entry["cluster_id"] for entry in _assigned(shell, name)} for name in ("first", "later"))
    assert all(earlier[name] == number for name, number in later.items())
    sizes = [center["cluster_size"] for center in shell.results("later")["clustering_results"]["clusters"]["cluster_centers"]]
    assert sizes.index(max(sizes)) == 1
    code, _, err = shell(*base, "-o", "third", "--align-to", "nowhere")
    assert code == 4
    assert "nowhere is no run" in err


def _assigned(shell: Shell, name: str) -> Any:
    return shell.results(name)["clustering_results"]["clusters"]["cluster_assignments"]
