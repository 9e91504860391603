"""A table of markup, scripts, formulas, terminal escapes and LaTeX goes through everything that shows it, and does nothing."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from warm_command import WarmCommand
from webdriver import Browser

MARK = "window.hit=1"
HOSTILE = [
    f"<script>{MARK}</script>",
    f"<img src=x onerror={MARK}>",
    f"</style></title></textarea><svg onload={MARK}>",
    f"'\"><a href='javascript:{MARK}'>a</a>",
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    '@SUM(1+1)*HYPERLINK("https://example.org","a")',
    "-2+3+cmd|' /C calc'!A0",
    "\x1b]0;owned\x07\x1b[31mred\x1b[0m",
    "\x1b[2J\x1b[Hgone\x9b31m",
    "\u202egnp.exe\u2066",
    "$\\frac{1}{2}$ \\input{/etc/passwd} %{x} {{7*7}} {%raw%}",
    "${HOME} $(id) `id`",
    "[bold red]rich[/] [link=https://example.org]x[/link]",
    "&lt;b&gt; &#60;i&#62;",
]
NUMBERS, CATEGORY, IDS, TARGET = HOSTILE[:6], "kind " + HOSTILE[8], "id " + HOSTILE[0], "truth " + HOSTILE[1]
STEERING = ("\x1b]", "\x07", "\x9b", "\x1b[2J", "\x1b[H", "\x1b[31mred", "\u202e", "\u2066")


Command = Callable[..., str]


@pytest.fixture(scope="module")
def command(warm: WarmCommand) -> Command:
    """Run clusterctl in a folder and return what it printed on both streams."""

    def run(folder: Path, *arguments: str) -> str:
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "COLUMNS": "80"}
        code, out, err = warm.run(arguments, cwd=folder, env=environment, stdin=None, timeout=300)
        text = out.decode() + err.decode()
        assert code == 0, text
        return text

    return run


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, command: Command) -> Path:
    """A folder with the table, its config, and the finished run with every picture as PNG and page."""
    folder = tmp_path_factory.mktemp("hostile")
    generator = np.random.default_rng(0)
    blob = np.arange(90) % 3
    columns: dict[str, object] = {name: 6 * blob + generator.normal(size=90) for name in NUMBERS}
    columns[CATEGORY] = [HOSTILE[6 + (value + 3 * generator.integers(3)) % 9] for value in blob]
    columns[TARGET] = [HOSTILE[value] for value in blob]
    columns[IDS] = [f"{HOSTILE[row % len(HOSTILE)]}{row}" for row in range(90)]
    pd.DataFrame(columns).to_csv(folder / "<b>table.csv", index=False)
    config = {
        "clustering_data": {
            "data_source": "<b>table.csv",
            "id_column": IDS,
            "target_variable": TARGET,
            "metadata": {"question": HOSTILE[0], "description": HOSTILE[8]},
        },
        "clustering_configuration": {"algorithm": "kmeans", "n_clusters": 3},
        "visualization_configuration": {
            "interactive_plots": True,
            "plot_types": ["scatter", "silhouette", "heatmap", "pairs", "parallel", "boxes", "sizes", "stability"],
        },
        "output": {"table": "csv"},
    }
    (folder / "study.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    command(folder, "run", "study.yaml", "-o", "out")
    return folder


def on_a_terminal(folder: Path, *arguments: str) -> str:
    """Run clusterctl with a terminal of its own and return what reached it."""
    ours, theirs = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "MPLCONFIGDIR": str(folder.parent), "TERM": "xterm-256color"}
    running = subprocess.Popen(
        [sys.executable, "-m", "clusterctl", *arguments], cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    seen = b""
    try:
        while part := os.read(ours, 65536):
            seen += part
    except OSError:  # the terminal is gone with the command
        pass
    os.close(ours)
    assert running.wait(timeout=300) == 0, seen
    return seen.decode()


COMMANDS = {
    "run": ("run", "study.yaml", "-o", "again", "--force"),
    "validate": ("validate", "study.yaml", "--plan"),
    "evaluate": ("evaluate", "out", "--fail-over", "n_clusters=9"),
    "predict": ("predict", "out", "<b>table.csv"),
    "compare": ("compare", "out", "out"),
    "plot": ("plot", "out", "--type", "sizes", "-o", "drawn", "--force"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_printed_to_a_pipe_holds_no_control_characters(place: Path, command: Command, name: str) -> None:
    printed = command(place, *COMMANDS[name])
    allowed = "\n\r" if name == "predict" else "\n"
    data = {"\x1b", "\x07", "\x9b", "\u202e", "\u2066"} if name == "predict" else set()  # ids in a file are as they were
    assert {letter for letter in printed if not letter.isprintable() and letter not in allowed} <= data


@pytest.mark.parametrize("name", ["run", "predict"])
def test_nothing_of_the_table_steers_a_terminal(place: Path, name: str) -> None:
    seen = on_a_terminal(place, *COMMANDS[name])
    assert [sequence for sequence in STEERING if sequence in seen] == []


@pytest.mark.parametrize(
    "arguments", [("predict", "out", "<b>table.csv", "--json"), ("run", "study.yaml", "-o", "json", "--force", "--json")]
)
def test_json_on_a_terminal_is_harmless_and_still_the_same_document(place: Path, arguments: tuple[str, ...]) -> None:
    seen = on_a_terminal(place, *arguments, "--quiet")
    assert [sequence for sequence in STEERING if sequence in seen] == []
    text = seen.replace("\r\n", "\n")
    documents = [json.loads(line) for line in text.splitlines()] if arguments[0] == "predict" else [json.loads(text)]
    ids = [row["sample_id"] for row in documents] if arguments[0] == "predict" else documents[0]["clustering_results"]["clusters"]
    rows = ids if isinstance(ids, list) else [row["sample_id"] for row in ids["cluster_assignments"]]
    assert rows[8:11] == [f"{HOSTILE[8]}8", f"{HOSTILE[9]}9", f"{HOSTILE[10]}10"]


def test_markup_of_the_terminal_s_own_kind_is_shown_as_it_is(place: Path, command: Command) -> None:
    seen = command(place, "run", "study.yaml", "-o", "plain", "--force", "--set", f"clustering_data.target_variable={json.dumps(CATEGORY)}")
    assert "3 clusters" in seen
    answer = command(place, "evaluate", "<b>table.csv", "--label-column", CATEGORY)
    assert "[bold red]rich[/]" in " ".join(answer.split())


def pages(place: Path) -> list[Path]:
    return [place / "out" / "report.html", *sorted((place / "out" / "plots").glob("*.html"))]


def test_no_page_runs_or_asks_for_anything(place: Path, start: Callable[..., Browser]) -> None:
    browser = start()
    shown = pages(place)
    assert len(shown) > 3
    for page in shown:
        browser.open(page.as_uri())
        browser.run("return new Promise(done => setTimeout(done, 400))")
        assert browser.run("return window.hit ?? null") is None, page.name
        assert [entry["message"] for entry in browser.log("browser")] == [], page.name
        asked = [address for address in browser.requests() if not address.startswith(("file:", "data:", "blob:"))]
        assert asked == [], page.name


def test_the_report_shows_names_categories_and_ids_as_they_are(place: Path, start: Callable[..., Browser]) -> None:
    browser = start()
    browser.open((place / "out" / "report.html").as_uri())
    text = browser.run("return document.querySelector('main').textContent")
    for name in NUMBERS:
        assert name in text
    assert "<b>table.csv" in browser.run("return document.title")
    assert "\\x1b]0;owned\\x07" in text
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\u2066"} & set(text)
    assert browser.run("return document.querySelectorAll('main script, main a, main img[onerror], main svg[onload]').length") == 0


def test_no_text_in_a_csv_is_a_formula_to_a_spreadsheet(place: Path, command: Command) -> None:
    predicted = command(place, "predict", "out", "<b>table.csv")
    written = (place / "out" / "table.csv").read_text(encoding="utf-8")
    for text in (written, predicted):
        for row in csv.reader(io.StringIO(text)):
            for cell in row:
                assert not cell.startswith(("=", "+", "@", "\t", "\r", "-")) or _is_number(cell), cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_vector_pictures_hold_no_script_link_or_event(place: Path, command: Command) -> None:
    command(place, "plot", "out", "--format", "svg", "-o", "vectors", "--force")
    drawn = sorted((place / "vectors").glob("*.svg"))
    assert drawn
    for picture in drawn:
        for element in ET.parse(picture).iter():
            kind = element.tag.rsplit("}", 1)[-1]
            assert kind not in ("script", "a", "foreignObject", "image") or element.get(
                "{http://www.w3.org/1999/xlink}href", ""
            ).startswith("data:image/png"), picture.name
            assert not [name for name in element.attrib if name.lower().startswith("on")], picture.name


def test_documents_hold_the_names_unchanged_so_that_they_can_be_looked_up(place: Path) -> None:
    document = json.loads((place / "out" / "results.json").read_text(encoding="utf-8"))
    assert set(NUMBERS) <= set(document["clustering_results"]["model_info"]["features"])
    assert document["clustering_results"]["clusters"]["cluster_assignments"][8]["sample_id"] == f"{HOSTILE[8]}8"


def test_the_config_that_is_left_behind_gives_the_same_result_again(place: Path, command: Command) -> None:
    command(place, "run", "out/config.yaml", "-o", "repeated", "--force")
    first, again = (json.loads((place / name / "results.json").read_text(encoding="utf-8")) for name in ("out", "repeated"))
    assert again["metadata"]["config_sha256"] == first["metadata"]["config_sha256"]
    assert again["clustering_results"]["clusters"] == first["clustering_results"]["clusters"]
