"""Each bad input gives the contract's exit code, one error that names the place and the remedy, and leaves an earlier run as it was."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import bad_configs
import bad_outputs
import bad_sweeps
import bad_tables
import pytest
from bad_case import TABLE, Bad, config

CASES = (*bad_configs.CASES, *bad_tables.CASES, *bad_outputs.CASES, *bad_sweeps.CASES)
FIRST = {bad.code: bad.name for bad in reversed(CASES)}
"""Exit code → the case that shows it in a new interpreter, with nothing loaded."""
JARGON = (
    "pydantic",
    "Traceback",
    "pandas.errors",
    "numpy.",
    "sklearn",
    "ValueError",
    "KeyError",
    "TypeError",
    "Input should be",
    "NoneType",
)


def state(folder: Path) -> dict[str, bytes | None]:
    """Return every path below a folder with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


@pytest.fixture
def place(tmp_path: Path, earlier_run: Path) -> Path:
    """Return a folder whose `out` holds an earlier run."""
    folder = tmp_path / "work"
    shutil.copytree(earlier_run, folder / "out")
    return folder


def arguments_of(bad: Bad) -> tuple[str, ...]:
    return bad.command if bad.command is not None else ("run", "c.yaml", "-o", "out", "--force", *bad.arguments)


@pytest.mark.parametrize("bad", CASES, ids=lambda bad: bad.name)
def test_bad_input_is_told_and_harms_nothing(bad: Bad, place: Path, cli: Callable[..., object]) -> None:
    bad.prepare(place)
    before = state(place)
    done = cli(*arguments_of(bad), env=bad.env, stdin=bad.stdin, cwd=place, fresh=bad.name == FIRST[bad.code])
    assert done.code == bad.code, done.err
    lines = done.err.splitlines()
    assert sum(line.startswith("error: ") for line in lines) == 1, done.err
    assert [text for text in bad.said if text not in done.err] == [], done.err
    assert any(line.startswith("  hint: ") for line in lines), done.err
    assert [word for word in JARGON if word in done.err] == [], done.err
    assert "\x1b" not in done.err
    assert done.out == ""
    assert state(place) == before


def test_one_mistake_stands_on_the_line_of_the_error(place: Path, cli: Callable[..., object]) -> None:
    Bad("", 3, (), config=config(clustering="{algorithm: kmeans, n_clusters: 0}")).prepare(place)
    done = cli("run", "c.yaml", cwd=place)
    assert done.err.startswith("error: c.yaml: line 2: clustering_configuration.n_clusters: got 0; allowed: ")


@pytest.mark.parametrize(
    "name",
    ["no_config_named", "three_mistakes_at_once", "row_too_long", "missing_values", "more_clusters_than_rows", "stranger_in_the_folder"],
)
def test_with_json_the_last_line_of_stderr_is_the_error(name: str, place: Path, cli: Callable[..., object]) -> None:
    bad = next(case for case in CASES if case.name == name)
    bad.prepare(place)
    done = cli(*arguments_of(bad), "--json", cwd=place)
    assert done.out == ""
    last = json.loads(done.err.splitlines()[-1])
    assert list(last) == ["type", "code", "message", "hint"]
    assert last["code"] == bad.code == done.code
    assert [text for text in bad.said if text not in last["message"] + str(last["hint"])] == []
    kinds = {2: "UsageError", 3: "ConfigError", 4: "DataLoadError", 5: "PreprocessingError", 6: "ClusteringError", 8: "OutputError"}
    assert last["type"] == kinds[bad.code]


def test_verbose_adds_the_traceback_before_the_error(place: Path, cli: Callable[..., object]) -> None:
    Bad("", 4, (), config=config(), table="").prepare(place)
    done = cli("run", "c.yaml", "--verbose", cwd=place)
    assert done.code == 4
    assert "Traceback" in done.err.partition("error: ")[0]


def test_nothing_is_left_in_the_folder_for_temporary_files(place: Path, cli: Callable[..., object]) -> None:
    Bad("", 4, (), config=config("{data_source: t.csv.gz}"), files={"t.csv.gz": b"\x1f\x8b\x08 cut"}).prepare(place)
    scratch = Path(tempfile.mkdtemp(dir=place.parent))
    done = cli("run", "c.yaml", cwd=place, env={"TMPDIR": str(scratch)})
    assert done.code == 4
    assert list(scratch.iterdir()) == []


def test_there_are_enough_bad_inputs_and_each_is_another() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names)) >= 100
    assert {case.code for case in CASES} == {2, 3, 4, 5, 6, 8, 9}
    assert TABLE.count("\n") == 25
