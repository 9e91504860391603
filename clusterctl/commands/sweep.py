"""Many analyses over grids, lists or random draws of settings, sharing all work that can be shared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusterctl.engine.supervise import UNSUPERVISED, Unfinished
from clusterctl.errors import ExitCode
from clusterctl.events import Emit, ignore

if TYPE_CHECKING:
    import pyarrow as pa

    from clusterctl.commands.run import RunResult
    from clusterctl.config.models import Config
    from clusterctl.engine.sweep.plan import SweepPlan
    from clusterctl.results.models import GateResult
    from clusterctl.results.sweep import SweepDocument


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What a sweep gives.

    document: sweep.json. trials: trials.parquet, a row a trial in plan order. pictures: plot → PNG. best: the complete run of the best
    trial; None: no trial could be ranked. directory: None when nothing was written. failed_plots: plot → what went wrong.
    """

    document: SweepDocument
    trials: pa.Table
    pictures: Mapping[str, bytes]
    best: RunResult | None
    directory: Path | None
    failed_plots: Mapping[str, str]

    @property
    def gates(self) -> list[GateResult]:
        """Every bound of `gates` and whether the best trial keeps it."""
        return [] if self.best is None else self.best.gates

    @property
    def exit_code(self) -> int:
        """0, or 10 when the best trial fails a gate of level error."""
        return ExitCode.DONE if self.best is None else self.best.exit_code


def sweep(
    config: str | Path | Mapping[str, Any] | Config,
    *,
    overrides: Sequence[str] = (),
    data: str | None = None,
    force: bool = False,
    resume: bool = False,
    offline: bool = False,
    many: bool = False,
    trial_timeout: float | None = None,
    fail_fast: bool = False,
    emit: Emit = ignore,
) -> SweepResult:
    """Do all trials in the calling process (in worker processes only where `execution.executor` asks for them); write only if `output.directory` is set."""
    raise NotImplementedError


def sweep_to_folder(
    config: str | Path | Mapping[str, Any] | Config,
    *,
    overrides: Sequence[str] = (),
    data: str | None = None,
    output: Path | None = None,
    force: bool = False,
    resume: bool = False,
    offline: bool = False,
    many: bool = False,
    trial_timeout: float | None = None,
    fail_fast: bool = False,
    emit: Emit = ignore,
    unfinished: Unfinished = UNSUPERVISED,
) -> SweepResult:
    """Do all trials and write them: to `output`, else to the config's `output.directory`, else to runs/<name>-sweep."""
    raise NotImplementedError


def plan_trials(
    config: str | Path | Mapping[str, Any] | Config,
    *,
    overrides: Sequence[str] = (),
    data: str | None = None,
    offline: bool = False,
    many: bool = False,
    emit: Emit = ignore,
) -> SweepPlan:
    """Return what a sweep would load, prepare, build and cut, with estimated seconds and bytes; nothing is computed."""
    raise NotImplementedError
