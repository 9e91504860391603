"""What `sweep --dry-run` warns of: trials that the table's values would fail, and scores that will not compare."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sweep_studies import N_CLUSTERS, PREPARED, study, write_table

from clusterctl.commands.sweep import plan_trials
from clusterctl.errors import PreprocessingError
from clusterctl.events import StageStarted


@pytest.fixture
def gaps(tmp_path: Path) -> dict[str, Any]:
    table = write_table(tmp_path)
    lines = table.read_text().splitlines()
    lines[3] = "," + lines[3].split(",", 1)[1]
    table.write_text("\n".join(lines) + "\n")
    return study(table)


def test_trials_that_some_values_would_fail_are_warned_of(gaps: dict[str, Any]) -> None:
    gaps["sweep_configuration"] = {"grid": {N_CLUSTERS: [2, 3], PREPARED + "missing_values": ["error", "drop"]}}
    plan = plan_trials(gaps)
    assert plan.warnings[0].startswith("2 trials would fail: ")
    assert plan.as_dict()["warnings"] == list(plan.warnings)
    assert any(line.startswith("! 2 trials would fail: ") for line in plan.lines())


def test_what_every_trial_would_fail_of_is_raised(gaps: dict[str, Any]) -> None:
    with pytest.raises(PreprocessingError, match="missing"):
        plan_trials(gaps)


def test_spaces_that_do_not_compare_are_warned_of_unless_there_is_a_rank_space(tmp_path: Path) -> None:
    config = study(write_table(tmp_path))
    assert plan_trials(config).warnings == ()
    config["sweep_configuration"] = {"grid": {PREPARED + "scaling": ["standard", "robust"]}}
    (told,) = plan_trials(config).warnings
    assert "2 spaces" in told
    assert "rank_space" in told
    for settled in ({"rank_space": {}}, {"rank_by": ["noise_fraction"]}):
        assert plan_trials({**config, "sweep_configuration": {**config["sweep_configuration"], **settled}}).warnings == ()


def test_the_making_of_the_trials_is_a_step_that_is_told_of(tmp_path: Path) -> None:
    events: list[Any] = []
    plan_trials(study(write_table(tmp_path)), emit=events.append)
    assert next(event for event in events if isinstance(event, StageStarted)).stage == "plan"
