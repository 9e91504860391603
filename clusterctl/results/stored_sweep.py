"""A finished sweep as it lies in its folder. Reading executes nothing."""

from __future__ import annotations

from pathlib import Path

from clusterctl.results.stored import OTHER_VERSION
from clusterctl.results.stored_document import read_document
from clusterctl.results.sweep import SweepDocument


def is_sweep(folder: Path) -> bool:
    """Tell whether a folder is a sweep's rather than a run's."""
    return (folder / "sweep.json").is_file() and not (folder / "results.json").is_file()


def open_sweep(folder: Path) -> SweepDocument:
    """Read a sweep's document. Raises DataLoadError if it cannot be read, is damaged or of another version."""
    return read_document(folder / "sweep.json", SweepDocument, what="sweep", command="sweep", again=OTHER_VERSION)
