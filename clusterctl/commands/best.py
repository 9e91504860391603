"""The best trial of a sweep as a complete run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from clusterctl.commands.run import analyse_whole
from clusterctl.config.trials import trial_config
from clusterctl.config.written import written_config
from clusterctl.engine.log import log_listener
from clusterctl.events import Event, StageStarted

if TYPE_CHECKING:
    from clusterctl.commands.run import RunResult
    from clusterctl.config.load import LoadedConfig
    from clusterctl.config.trials import Trial
    from clusterctl.engine.analysis import Session
    from clusterctl.engine.sweep.loading import Tables
    from clusterctl.results.output import Places
    from clusterctl.results.store import RunFiles


def run_best(
    loaded: LoadedConfig, trial: Trial, tables: Tables, random_state: int, places: Places | None, session: Session
) -> tuple[RunResult, RunFiles]:
    """Do a trial's config whole, on the table that is there already, and return its files for best/."""
    config = trial_config(loaded, trial, random_state=random_state)
    folder = None if places is None else places.folder / "best"
    lines: list[str] = []
    log = log_listener(lines.append)

    def tell(event: Event) -> None:
        log(event)
        if isinstance(event, StageStarted):
            session.stages.emit(StageStarted("best", event.stage))

    with session.stages("best"):
        result, files = analyse_whole(config, _paths(folder), offline=False, emit=tell, dataset=tables.of(trial))
    if folder is None:
        return result, files
    return replace(result, directory=folder), replace(files, config=written_config(config, folder, random_state), log=lines)


def _paths(folder: Path | None) -> dict[str, str]:
    return {} if folder is None else {"output": str(folder), "plots": str(folder / "plots"), "model": str(folder / "model")}
