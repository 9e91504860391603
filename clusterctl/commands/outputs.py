"""Where a command writes, and what it says if a picture failed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from clusterctl.errors import OutputError
from clusterctl.results.output import planned

if TYPE_CHECKING:
    from clusterctl.config.load import LoadedConfig
    from clusterctl.results.output import Places


def places_asked(loaded: LoadedConfig, *, force: bool, resume: bool = False) -> Places | None:
    """Return the places in the config's `output.directory`; None: it names none, so nothing is written."""
    directory = loaded.config.output.directory
    return None if directory is None else planned(Path(directory), named=True, force=force, environment=loaded.environment, resume=resume)


def places_taken(loaded: LoadedConfig, output: Path | None, ending: str, *, force: bool, resume: bool = False) -> Places:
    """Return the places in `output`, else in the config's `output.directory`, else in runs/<name><ending>."""
    named = output or loaded.config.output.directory
    folder = Path(named) if named is not None else Path("runs") / f"{loaded.name}{ending}"
    return planned(folder, named=named is not None, force=force, environment=loaded.environment, resume=resume)


def raise_if_plots_failed(failed: Mapping[str, str], folder: Path, way: str) -> None:
    """Raise OutputError if pictures failed, by name what went wrong; all else is in the folder. way: what leaves them out."""
    if failed:
        raise OutputError(
            "; ".join(f"the plot {name} failed: {reason}" for name, reason in failed.items()), hint=f"everything else is in {folder}; {way}"
        )
