"""A finished recommendation as it lies in its folder. Reading executes nothing."""

from __future__ import annotations

from pathlib import Path

from clusterctl.errors import DataLoadError
from clusterctl.results.recommendation import RecommendationDocument

OTHER_VERSION = "recommend again with this version, or use the version that made it"


def is_recommendation(folder: Path) -> bool:
    """Tell whether a folder is a recommendation's rather than a run's or a sweep's."""
    others = ("results.json", "sweep.json")
    return (folder / "recommendation.json").is_file() and not any((folder / name).is_file() for name in others)


def open_recommendation(folder: Path) -> RecommendationDocument:
    """Read a recommendation's document. Raises DataLoadError if it cannot be read, is damaged or of another version."""
    from pydantic import ValidationError

    path = folder / "recommendation.json"
    try:
        return RecommendationDocument.model_validate_json(path.read_bytes())
    except OSError as error:
        raise DataLoadError(
            f"{path} cannot be read: {error.strerror or error}", hint="name a folder that `clusterctl recommend` wrote"
        ) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise DataLoadError(
            f"{path} is no recommendation of this version of clusterctl: {where}: {first['msg']}", hint=OTHER_VERSION
        ) from error
