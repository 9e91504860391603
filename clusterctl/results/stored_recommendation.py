"""A finished recommendation as it lies in its folder. Reading executes nothing."""

from __future__ import annotations

from pathlib import Path

from clusterctl.results.recommendation import RecommendationDocument
from clusterctl.results.stored_document import read_document

OTHER_VERSION = "recommend again with this version, or use the version that made it"


def is_recommendation(folder: Path) -> bool:
    """Tell whether a folder is a recommendation's rather than a run's or a sweep's."""
    others = ("results.json", "sweep.json")
    return (folder / "recommendation.json").is_file() and not any((folder / name).is_file() for name in others)


def open_recommendation(folder: Path) -> RecommendationDocument:
    """Read a recommendation's document. Raises DataLoadError if it cannot be read, is damaged or of another version."""
    return read_document(
        folder / "recommendation.json", RecommendationDocument, what="recommendation", command="recommend", again=OTHER_VERSION
    )
