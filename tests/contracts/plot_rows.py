"""Every option of `plot` shows its effect: the rows that `test_options_contract` takes in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Shell = Any
"""`test_options_contract.Shell`."""
Shows = Callable[[Shell], None]
PLOT_ROWS: dict[tuple[str, str], Shows] = {}
SIZES = ("--type", "sizes")


def shows(option: str) -> Callable[[Shows], Shows]:
    def note(function: Shows) -> Shows:
        PLOT_ROWS["plot", option] = function
        return function

    return note


def _plot(shell: Shell, *arguments: str) -> tuple[int, str, str]:
    if not (shell.folder / "run").exists():
        assert shell("run", "c.yaml", "-o", "run")[0] == 0
    told: tuple[int, str, str] = shell("plot", "run", *arguments)
    return told


def _names(shell: Shell, folder: str = "run/plots") -> list[str]:
    return sorted(path.name for path in (shell.folder / folder).iterdir())


@shows("--type")
def _type(shell: Shell) -> None:
    assert _plot(shell, *SIZES, "--type", "pairs")[0] == 0
    assert _names(shell) == ["heatmap.png", "pairs.png", "sizes.png"]
    code, out, err = _plot(shell, "--type", "dendrogram")
    assert (code, out) == (8, "")
    assert "hierarchical" in err
    assert _plot(shell, "--type", "nothing")[0] == 3


@shows("--format")
def _format(shell: Shell) -> None:
    assert _plot(shell, *SIZES, "--format", "svg", "--format", "html")[0] == 0
    assert _names(shell) == ["heatmap.png", "sizes.html", "sizes.svg"]
    assert _plot(shell, "--format", "gif")[0] == 2


@shows("--dpi")
def _dpi(shell: Shell) -> None:
    from matplotlib.image import imread

    for dpi in ("40", "80"):
        assert _plot(shell, *SIZES, "--dpi", dpi)[0] == 0
        assert imread(shell.folder / "run" / "plots" / "sizes.png").shape[1] == 8 * int(dpi)
    assert _plot(shell, "--dpi", "many")[0] == 2
    assert _plot(shell, "--dpi", "5")[0] == 3


@shows("--style")
def _style(shell: Shell) -> None:
    pictures = set()
    for style in ("light", "dark", "print"):
        assert _plot(shell, *SIZES, "--style", style)[0] == 0
        pictures.add((shell.folder / "run" / "plots" / "sizes.png").read_bytes())
    assert len(pictures) == 3
    assert _plot(shell, "--style", "dim")[0] == 2


@shows("--columns")
def _columns(shell: Shell) -> None:
    code, out, _ = _plot(shell, "--columns", "y, x", "--json")
    assert code == 0
    assert [path.split("/")[-1] for path in json.loads(out)["files"]] == ["scatter.png", "pairs.png", "parallel.png", "boxes.png"]
    code, _, err = _plot(shell, "--columns", 'y,"a, b"')
    assert code == 3
    assert "'a, b'" in err
    assert _plot(shell, "--columns", 'y,"a')[0] == 2


@shows("--sample")
def _sample(shell: Shell) -> None:
    assert _plot(shell, "--type", "scatter", "--format", "html", "--sample", "20")[0] == 0
    assert "20 of 60 rows drawn" in (shell.folder / "run" / "plots" / "scatter.html").read_text()
    assert _plot(shell, "--sample", "0")[0] == 3


@shows("--output")
def _output(shell: Shell) -> None:
    for option in ("-o", "--output"):
        assert _plot(shell, *SIZES, option, f"at{option}")[0] == 0
        assert _names(shell, f"at{option}") == ["sizes.png"]
    assert _names(shell) == ["heatmap.png"]


@shows("--force")
def _force(shell: Shell) -> None:
    assert _plot(shell, *SIZES, "-o", "out")[0] == 0
    code, _, err = _plot(shell, *SIZES, "-o", "out")
    assert code == 8
    assert "--force" in err
    assert _plot(shell, *SIZES, "-o", "out", "--force")[0] == 0


@shows("--json")
def _json(shell: Shell) -> None:
    code, out, _ = _plot(shell, *SIZES, "--json")
    assert code == 0
    assert json.loads(out) == {"files": ["run/plots/sizes.png"], "skipped": {}}
    code, out, err = _plot(shell, "--type", "pareto", "--json")
    assert (code, out) == (8, "")
    assert json.loads(err.splitlines()[-1])["type"] == "OutputError"


@shows("--quiet")
def _quiet(shell: Shell) -> None:
    for option in ("-q", "--quiet"):
        assert _plot(shell, *SIZES, option) == (0, "", "")
    assert _plot(shell, *SIZES)[1] == "→ run/plots/sizes.png\n"
    assert "dendrogram not drawn: only a hierarchical" in _plot(shell)[1]


@shows("--verbose")
def _verbose(shell: Shell) -> None:
    assert "Traceback" in _plot(shell, "--type", "dendrogram", "--verbose")[2]
    assert "Traceback" not in _plot(shell, "--type", "dendrogram")[2]


@shows("--log-format")
def _log_format(shell: Shell) -> None:
    _, _, err = _plot(shell, *SIZES, "--log-format", "json")
    events = [json.loads(line) for line in err.splitlines()]
    assert events[0]["event"] == "stage_started"
    assert events[-1]["event"] == "wrote"
    assert "{" not in _plot(shell, *SIZES, "--log-format", "text")[2]
    assert _plot(shell, "--log-format", "xml")[0] == 2
