"""A command that is forked from a process with its libraries loaded does what one in a new interpreter does."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bad_case import TABLE, config
from warm_command import WarmCommand

FROM_STDIN = "{data_source: '-', data_format: csv, features: ['${COLUMN}', y]}"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("--version",), 0), (("run",), 2), (("run", "none.yaml", "--json"), 3), (("validate", "c.yaml", "--plan"), 0)],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_it_ends_and_prints_as_in_a_new_interpreter(tmp_path: Path, cli: Callable[..., Any], arguments: tuple[str, ...], code: int) -> None:
    (tmp_path / "c.yaml").write_text(config(FROM_STDIN))
    given: dict[str, Any] = {"env": {"COLUMN": "x"}, "stdin": TABLE.encode()}
    forked, new = (cli(*arguments, fresh=fresh, **given) for fresh in (False, True))
    assert forked.code == code
    assert forked.out + forked.err != ""
    assert without_estimates(forked) == without_estimates(new)


def without_estimates(done: Any) -> tuple[int, list[str], str]:
    """Leave out the line that says how much memory the machine has free."""
    return done.code, [line for line in done.out.splitlines() if "free" not in line], done.err


def test_nothing_of_one_command_is_left_for_the_next(tmp_path: Path, cli: Callable[..., Any]) -> None:
    (tmp_path / "c.yaml").write_text(config(FROM_STDIN))
    assert cli("validate", "c.yaml", env={"COLUMN": "x"}, stdin=TABLE.encode()).code == 0
    without = cli("validate", "c.yaml", stdin=TABLE.encode())
    assert without.code == 3
    assert "${COLUMN} is not set" in without.err
    assert cli("validate", "c.yaml", env={"COLUMN": "x"}).code == 4  # nothing comes from stdin


def test_one_that_does_not_end_is_killed(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TABLE)
    (tmp_path / "c.yaml").write_text(config(clustering="{algorithm: kmeans, n_clusters: 2, parameters: {n_init: 100000000}}"))
    command = WarmCommand()
    with pytest.raises(TimeoutError):
        command.run(["run", "c.yaml"], cwd=tmp_path, env={"PATH": os.environ["PATH"]}, stdin=None, timeout=0.5)
