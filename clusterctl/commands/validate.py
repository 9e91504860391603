"""Check a config and the columns of its table without computing; plan what a run would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusterctl.config.load import load_config
from clusterctl.engine.analysis import Session, load_data
from clusterctl.engine.plan import Plan, plan_run
from clusterctl.engine.resources import as_size, count_jobs, max_memory_of
from clusterctl.engine.stage import Stages
from clusterctl.events import Emit, ignore

if TYPE_CHECKING:
    from clusterctl.config.models import Config
    from clusterctl.values.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Validation:
    """A config that is valid for its table, and what a run of it would do."""

    name: str
    dataset: Dataset
    plan: Plan | None

    def as_dict(self) -> dict[str, Any]:
        """Return it as `validate --json` prints it."""
        dataset = self.dataset
        return {
            "valid": True,
            "config": self.name,
            "n_rows": dataset.n_rows,
            "features": {name: dataset.kinds[name] for name in dataset.features},
            "left_out": [{"column": entry.column, "reason": entry.reason} for entry in dataset.left_out],
            "warnings": [{"code": caution.code, "message": caution.message} for caution in dataset.cautions],
            "plan": None if self.plan is None else self.plan.as_dict(),
        }

    def lines(self) -> list[str]:
        """Return it as lines for a person."""
        dataset = self.dataset
        counted = f"{len(dataset.features)} feature{'s' if len(dataset.features) != 1 else ''}"
        lines = [f"{dataset.n_rows:,} rows; clusters on {counted}: {', '.join(dataset.features)}"]
        lines += [f"left out: {entry.column} ({entry.reason})" for entry in dataset.left_out]
        lines += [f"! {caution.message}" for caution in dataset.cautions]
        if self.plan is not None:
            lines += ["", *(f"{step.name:<10} {step.what}" for step in self.plan.steps)]
            memory = as_size(self.plan.bytes)
            lines.append(f"in all about {self.plan.seconds:,.0f} s on {self.plan.n_jobs} jobs; the fit takes about {memory} of memory")
            if not self.plan.fits:
                lines.append(f"! it would not fit: only {as_size(self.plan.free_bytes)} is free, so `run` would stop with exit 9")
        return lines


def validate(
    config: str | Path | Mapping[str, Any] | Config,
    *,
    overrides: Sequence[str] = (),
    data: str | None = None,
    plan: bool = False,
    offline: bool = False,
    emit: Emit = ignore,
) -> Validation:
    """Read the config and its table and raise what `run` would raise before computing; with `plan` also estimate the work."""
    loaded = load_config(config, overrides=overrides, data=data)
    session = Session(Stages(emit), count_jobs(loaded.config.execution.n_jobs), 0, max_memory_of(loaded.config))
    dataset = load_data(loaded, session, offline=offline)
    _check_values(dataset, loaded.config.preprocessing_configuration.missing_values)
    name = str(loaded.path) if loaded.path is not None else loaded.name
    return Validation(name, dataset, plan_run(dataset, loaded.config, session) if plan else None)


def _check_values(dataset: Dataset, policy: str) -> None:
    """Raise the PreprocessingError that a run would raise for its missing or overflowing values: the first steps of `prepare`."""
    import numpy as np

    from clusterctl.preprocessing.checks import check_left
    from clusterctl.preprocessing.missing import fit_missing
    from clusterctl.preprocessing.table import read

    kinds = tuple(dataset.kinds[feature] for feature in dataset.features)
    table = read(dataset.frame, dataset.features, kinds, lambda row: dataset.sample_ids(np.array([row]))[0])
    missing, _ = fit_missing(table, dataset.features, kinds, policy)
    check_left(missing.dropped(table))
