"""Check a config and the columns of its table without computing; plan what a run or a sweep would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from clusterctl.commands.failing import check_values, would_fail
from clusterctl.config.load import load_config, with_random_state
from clusterctl.config.sweep_rules import is_sweep
from clusterctl.engine.analysis import Session, load_data
from clusterctl.engine.plan import Plan, plan_run
from clusterctl.engine.resources import as_size, count_jobs, max_memory_of
from clusterctl.engine.stage import Stages
from clusterctl.events import Emit, ignore

if TYPE_CHECKING:
    from clusterctl.config.load import LoadedConfig
    from clusterctl.config.models import Config
    from clusterctl.engine.sweep.plan import SweepPlan
    from clusterctl.values.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Validation:
    """A config that is valid for its table, and what a run or a sweep of it would do.

    n_trials: of a sweep, all of them valid; None: it was checked for a run. dataset: of a sweep that of its first trial. would_fail:
    what some trials of a sweep would fail of, each told once.
    """

    name: str
    dataset: Dataset
    plan: Plan | SweepPlan | None
    n_trials: int | None = None
    n_merged: int = 0
    would_fail: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return it as `validate --json` prints it."""
        dataset = self.dataset
        swept = {"n_trials": self.n_trials, "n_merged": self.n_merged, "would_fail": list(self.would_fail)}
        return {
            "valid": True,
            "config": self.name,
            "n_rows": dataset.n_rows,
            "features": {name: dataset.kinds[name] for name in dataset.features},
            "left_out": [{"column": entry.column, "reason": entry.reason} for entry in dataset.left_out],
            "warnings": [{"code": caution.code, "message": caution.message} for caution in dataset.cautions],
            **({} if self.n_trials is None else {"sweep": swept}),
            "plan": None if self.plan is None else self.plan.as_dict(),
        }

    def lines(self) -> list[str]:
        """Return it as lines for a person."""
        dataset = self.dataset
        counted = f"{len(dataset.features)} feature{'s' if len(dataset.features) != 1 else ''}"
        lines = [f"{dataset.n_rows:,} rows; clusters on {counted}: {', '.join(dataset.features)}"]
        lines += [f"left out: {entry.column} ({entry.reason})" for entry in dataset.left_out]
        lines += [f"! {caution.message}" for caution in dataset.cautions]
        if self.n_trials is not None:
            merged = f"; {self.n_merged:,} more were the same as an earlier one" if self.n_merged else ""
            lines.append(f"{self.n_trials:,} trial{'s' if self.n_trials != 1 else ''}, every one a valid config{merged}")
        lines += [f"! {told}" for told in self.would_fail]
        return lines if self.plan is None else [*lines, "", *_plan_lines(self.plan)]


def _plan_lines(plan: Plan | SweepPlan) -> list[str]:
    if not isinstance(plan, Plan):
        return plan.lines()
    lines = [f"{step.name:<10} {step.what}" for step in plan.steps]
    memory = as_size(plan.bytes)
    lines.append(f"in all about {plan.seconds:,.0f} s on {plan.n_jobs} jobs; the fit takes about {memory} of memory")
    if not plan.fits:
        lines.append(f"! it would not fit: only {as_size(plan.free_bytes)} is free, so `run` would stop with exit 9")
    return lines


def validate(
    config: str | Path | Mapping[str, Any] | Config,
    *,
    command: Literal["run", "sweep"] | None = None,
    overrides: Sequence[str] = (),
    data: str | None = None,
    plan: bool = False,
    offline: bool = False,
    many: bool = False,
    emit: Emit = ignore,
) -> Validation:
    """Read the config and its table and raise what the command would raise before computing; with `plan` also estimate the work.

    command: None: `sweep` where the config holds a grid, a list or random draws, else `run`. many: more than 10,000 trials are wanted.
    """
    loaded = load_config(config, overrides=overrides, data=data, command=command or "any")
    session = Session(Stages(emit), count_jobs(loaded.config.execution.n_jobs), 0, max_memory_of(loaded.config))
    if command == "sweep" or (command is None and is_sweep(loaded.written)):
        return _validate_sweep(loaded, session, plan=plan, offline=offline, many=many)
    dataset = load_data(loaded, session, offline=offline)
    check_values(dataset, loaded.config.preprocessing_configuration.missing_values)
    return Validation(_name(loaded), dataset, plan_run(dataset, loaded.config, session) if plan else None)


def _validate_sweep(loaded: LoadedConfig, session: Session, *, plan: bool, offline: bool, many: bool) -> Validation:
    """Check every trial, the columns it wants and its values; raise what all trials would fail of."""
    from clusterctl.config.trials import build_trials
    from clusterctl.engine.sweep.loading import load_tables
    from clusterctl.engine.sweep.plan import plan_sweep

    loaded = with_random_state(loaded, 0)
    trials = build_trials(loaded, random_state=0, many=many)
    tables = load_tables(trials, loaded, session, offline=offline)
    return Validation(
        name=_name(loaded),
        dataset=tables.of(trials.trials[0]),
        plan=plan_sweep(trials, tables.of, loaded.config, session) if plan else None,
        n_trials=len(trials.trials),
        n_merged=trials.n_merged,
        would_fail=would_fail(trials, tables),
    )


def _name(loaded: LoadedConfig) -> str:
    return str(loaded.path) if loaded.path is not None else loaded.name
