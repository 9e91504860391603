"""The README says what the code does: every command, option, metric, algorithm, config key, plot and exit code."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from readme_tables import README, TABLES, with_tables

from clusterctl.commands.schema import schema
from clusterctl.metrics.gates import GATE_NAMES
from clusterctl.results.folder import OUR_FILES

TEXT = README.read_text(encoding="utf-8")
ROOT = README.parent


def test_every_table_is_as_the_code_has_it() -> None:
    assert with_tables(TEXT) == TEXT, "run: python tests/readme_tables.py"


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_there_once(name: str) -> None:
    assert TEXT.count(f"<!-- table {name} -->") == 1


@pytest.mark.parametrize("name", GATE_NAMES)
def test_every_gate_is_named(name: str) -> None:
    assert f"`{name}`" in TEXT


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", TEXT))
def test_every_link_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


@pytest.mark.parametrize("block", re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL))
def test_every_yaml_example_is_a_valid_piece_of_a_config(block: str) -> None:
    import jsonschema

    whole = {"clustering_data": {"data_source": "x.csv"}, "clustering_configuration": {"algorithm": "kmeans"}, **yaml.safe_load(block)}
    jsonschema.Draft202012Validator(schema("input")).validate(whole)


def test_the_two_commands_are_one_line_each() -> None:
    for name in ("run command", "test command"):
        block = re.search(rf"<!-- {name} -->\n```bash\n(.*?)```", TEXT, re.DOTALL)
        assert block is not None
        assert block.group(1).count("\n") == 1


def test_every_command_line_example_is_understood() -> None:
    commands = re.findall(r"^clusterctl (\w+)(.*?)(?:\||#|$)", TEXT, re.MULTILINE)
    assert commands
    for command, rest in commands:
        known = subprocess.run(
            [sys.executable, "-m", "clusterctl", command, "--help"], capture_output=True, text=True, check=True, cwd=ROOT
        ).stdout
        for option in re.findall(r"(?<=\s)--?[a-z][a-z-]*", rest):
            assert option in known


def test_the_files_a_run_writes_are_listed() -> None:
    for name in (
        "results.json",
        "assignments.parquet",
        "config.yaml",
        "points.npz",
        "report.html",
        "log.jsonl",
        "table.csv",
        "table.parquet",
    ):
        assert name in OUR_FILES
        assert f"`{name}`" in TEXT


def test_the_files_a_sweep_writes_are_listed() -> None:
    for name in ("sweep.json", "trials.parquet", "trials.jsonl"):
        assert name in OUR_FILES
        assert f"`{name}`" in TEXT


def test_the_printed_schema_beside_the_configs_is_the_code_s() -> None:
    assert json.loads((ROOT / "configs" / "schema" / "input.json").read_text()) == schema("input")


@pytest.mark.parametrize("config", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_config_names_its_schema_and_is_linked(config: Path) -> None:
    first = config.read_text().splitlines()[0]
    match = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert match is not None
    assert (config.parent / match.group(1)).is_file()
    assert f"configs/{config.name}" in TEXT


def test_no_address_of_an_index_and_no_path_of_a_machine_is_in_any_file() -> None:
    tracked = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=False, cwd=ROOT).stdout.split()
    if not tracked:
        pytest.skip("this is no git checkout")
    words = (str(ROOT), f"{Path.home()}/", "/simp" + "le/", "index" + "-url")
    forbidden = re.compile("|".join(map(re.escape, words)))
    for name in tracked:
        path = ROOT / name
        if path.suffix in (".py", ".md", ".txt", ".toml", ".yaml", ".json", "") and path.is_file() and path != Path(__file__):
            assert not forbidden.search(path.read_text(encoding="utf-8", errors="ignore")), name
