"""What to be careful of: the limits of every clustering and its dangers, said of this result and only where they apply to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.analysis.caveats import SAID_BY_WARNING
from clusterctl.analysis.words import joined, number, percent, plain
from clusterctl.report.views import Group
from clusterctl.results.characteristics import NumericStatistics

if TYPE_CHECKING:
    from clusterctl.report.material import Material
    from clusterctl.results.models import ResultsDocument

MANY_NEARER = 0.05
_SCALED = {
    "standard": "Numbers were standardised, so that every feature counts alike",
    "minmax": "Numbers were scaled to their range, so that one extreme value can press all others together",
    "robust": "Numbers were scaled by their middle half, so that extreme values stay extreme",
}
_FILLED = {"median": "the median", "mean": "the mean", "most_frequent": "the most frequent value"}


def careful(material: Material) -> tuple[Group, ...]:
    """Return the warnings of the run, what to know when reading it, and what to heed when using it."""
    document = material.document
    warned = tuple(dict.fromkeys(warning.message for warning in document.metadata.warnings))
    said = tuple(SAID_BY_WARNING[warning.code] for warning in document.metadata.warnings if warning.code in SAID_BY_WARNING)
    guidance = document.clustering_results.recommendations.interpretation_guidance
    reading = (*_settings(document), *_shape(document), *_preparation(document), *_borders(material))
    groups = (
        Group("What this run warns of", warned),
        Group("When reading it", (*(line for line in guidance if not line.startswith(said)), *reading)),
        Group("When using it", _use(material)),
    )
    return tuple(group for group in groups if group.sentences)


def _settings(document: ResultsDocument) -> list[str]:
    """Results can be sensitive to parameter choices."""
    info = document.clustering_results.model_info
    sentences = []
    for name, choice in info.chosen.items():
        value = choice.get("value") if isinstance(choice, dict) else None
        if value is not None:
            shown = number(value) if isinstance(value, int | float) else plain(str(value))
            sentences.append(f"{name} was left to the program, which took {shown}; with another value the same rows divide otherwise.")
    if "n_clusters" not in info.chosen and ALGORITHMS[info.algorithm].takes_n_clusters and info.n_clusters:
        sentences.append(f"The number of clusters, {info.n_clusters}, was given, and no other was tried.")
    least = [f"{name} {value}" for name, value in info.parameters.items() if name.startswith("min_") and value is not None]
    if least:
        sentences.append(f"What counts as a cluster was set by {joined(least)}: smaller numbers find more and smaller clusters.")
    return sentences


def _shape(document: ResultsDocument) -> list[str]:
    """May not capture complex non-linear relationships."""
    info = document.clustering_results.model_info
    spec = ALGORITHMS[info.algorithm]
    if spec.connected or info.n_clusters < 2 or info.parameters.get("linkage") == "single":
        return []
    title = spec.title[0].upper() + spec.title[1:]
    return [f"{title} looks for compact clusters: groups that are long, bent or inside each other come out cut in pieces."]


def _preparation(document: ResultsDocument) -> list[str]:
    """Clustering quality depends on data preprocessing."""
    statistics, config = document.metadata.data_statistics, document.metadata.config["preprocessing_configuration"]
    sentences = []
    n_numeric = len(document.clustering_results.model_info.numeric_features)
    if n_numeric and config["scaling"] in _SCALED:
        sentences.append(f"{_SCALED[config['scaling']]}; whether that is right is for someone who knows the field.")
    missing = sum(entry.missing for entry in statistics.feature_statistics.values())
    if missing and config["missing_values"] in _FILLED:
        sentences.append(
            f"{missing:,} missing {'value was' if missing == 1 else 'values were'} filled in with {_FILLED[config['missing_values']]} "
            "of the feature: such rows look more alike than they are."
        )
    return sentences + _spread(document, config)


def _spread(document: ResultsDocument, config: dict[str, Any]) -> list[str]:
    """Say which unscaled features decide the distances."""
    if config["scaling"] != "none":
        return []
    every = document.metadata.data_statistics.feature_statistics.items()
    spread = {name: entry.sd for name, entry in every if isinstance(entry, NumericStatistics) and entry.sd}
    if len(spread) < 2:
        return []
    widest = max(spread, key=spread.__getitem__)
    return [f"{plain(widest)} varies most in its own units, so it counts most."]


def _borders(material: Material) -> list[str]:
    """Avoid over-interpretation: many rows may be on a border."""
    share = material.nearer_to_another
    if share is None or share < MANY_NEARER or material.document.clustering_results.model_info.n_clusters < 2:
        return []
    return [f"{percent(share)} of the clustered rows are nearer to another cluster than to their own (negative silhouette)."]


def _use(material: Material) -> tuple[str, ...]:
    """Privacy, misuse: what this page and its folder hold, and what a cluster does not say."""
    info = material.document.clustering_results.model_info
    shown = len(material.rows)
    held = f"This page shows {shown:,} rows of the data with their ids" if shown else "This page shows no single row of the data"
    sentences = [
        f"{held}; the folder it lies in holds every row's cluster (assignments.parquet), drawn points (points.npz) and the prepared rows "
        "of the fit (model/). Pass it on only to those who may see the data."
    ]
    if info.n_clusters > 1:
        sentences.append(
            "What is said of a cluster holds for its rows on the whole, not for each: decide nothing about a single row by its cluster "
            "alone. assignments.parquet has a confidence for each."
        )
    sentences.append(
        "Rows of another time or place may divide otherwise: clusterctl predict tells which new rows are unlike any of these, and "
        "clusterctl compare what became of the clusters."
    )
    return tuple(sentences)
