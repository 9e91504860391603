"""A finished sweep as it lies in its folder. Reading executes nothing."""

from __future__ import annotations

from pathlib import Path

from clusterctl.errors import DataLoadError
from clusterctl.results.stored import OTHER_VERSION
from clusterctl.results.sweep import SweepDocument


def is_sweep(folder: Path) -> bool:
    """Tell whether a folder is a sweep's rather than a run's."""
    return (folder / "sweep.json").is_file() and not (folder / "results.json").is_file()


def open_sweep(folder: Path) -> SweepDocument:
    """Read a sweep's document. Raises DataLoadError if it cannot be read, is damaged or of another version."""
    from pydantic import ValidationError

    path = folder / "sweep.json"
    try:
        return SweepDocument.model_validate_json(path.read_bytes())
    except OSError as error:
        raise DataLoadError(
            f"{path} cannot be read: {error.strerror or error}", hint="name a folder that `clusterctl sweep` wrote"
        ) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise DataLoadError(f"{path} is no sweep of this version of clusterctl: {where}: {first['msg']}", hint=OTHER_VERSION) from error
