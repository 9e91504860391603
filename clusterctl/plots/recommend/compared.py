"""What the pictures of a recommendation read from its document: the partitions compared, by family and by number of clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusterctl.plots.style import Look, Style, series_colour
from clusterctl.plots.words import count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clusterctl.results.recommendation import ConsideredCandidate, RecommendationDocument

# Colours and markers go by place: the first six are those that the same algorithms have in the pictures of a sweep.
_KNOWN = ("kmeans", "dbscan", "ward", "spectral", "mixture", "hdbscan", "average", "genie", "single")
_MARKERS = ("o", "s", "^", "D", "v", "P", "*", "<", ">", "h")
NOTHING = "no partition was compared: too few rows differ"


def family_of(entry: ConsideredCandidate) -> str:
    """Return the family that a partition counts for: genie of any threshold is one, mixtures of any shape, hdbscan of either selection."""
    return (entry.family.split() or [""])[0]


def best_at_each_k(entries: Iterable[ConsideredCandidate]) -> list[ConsideredCandidate]:
    """Return the partition of the highest score at each number of clusters, the first of equals; fewest clusters first."""
    found: dict[int, ConsideredCandidate] = {}
    for entry in entries:
        if entry.n_clusters not in found or entry.score > found[entry.n_clusters].score:
            found[entry.n_clusters] = entry
    return [found[k] for k in sorted(found)]


def best_separated_at_each_k(entries: Iterable[ConsideredCandidate]) -> list[ConsideredCandidate]:
    """Return the partition of the highest silhouette at each number of clusters, the first of equals; fewest clusters first."""
    found: dict[int, ConsideredCandidate] = {}
    for entry in entries:
        if entry.n_clusters not in found or entry.silhouette > found[entry.n_clusters].silhouette:
            found[entry.n_clusters] = entry
    return [found[k] for k in sorted(found)]


def families(data: RecommendationDocument) -> dict[str, list[ConsideredCandidate]]:
    """Return each family's best partition at each number of clusters, families in the order of their colours."""
    considered = data.recommendations.considered
    present = {family_of(entry) for entry in considered}
    names = [*(name for name in _KNOWN if name in present), *sorted(present.difference(_KNOWN))]
    return {name: best_at_each_k(entry for entry in considered if family_of(entry) == name) for name in names}


def family_looks(names: Iterable[str], style: Style) -> dict[str, Look]:
    """Return the look of each family, the same in every recommendation."""
    found = list(names)
    slots = [*_KNOWN, *(name for name in found if name not in _KNOWN)]
    return {name: Look(series_colour(slots.index(name), style), _MARKERS[slots.index(name) % len(_MARKERS)]) for name in found}


def first_choice(data: RecommendationDocument) -> ConsideredCandidate | None:
    """Return the first candidate as it was compared, on the sample; None: there is no candidate.

    Of an earlier file whose figures match none, the best that was compared with so many clusters.
    """
    told = data.recommendations
    if not told.candidates:
        return None
    row = told.candidates[0]
    same = [entry for entry in told.considered if (entry.score, entry.belief) == (row.score, row.belief)]
    alike = [entry for entry in best_at_each_k(told.considered) if entry.n_clusters == row.n_clusters]
    return next(iter([*same, *alike]), None)


def null_of(entry: ConsideredCandidate) -> float:
    """Return the silhouette that data without clusters give in place of a partition's."""
    return entry.silhouette - entry.excess


def otherwise_on_all(data: RecommendationDocument) -> list[str]:
    """Return the note that the first candidate has another number of clusters on all rows than on the sample, if so."""
    told, first = data.recommendations, first_choice(data)
    if first is None or told.evidence == "none" or first.n_clusters == told.optimal_clusters:
        return []
    return [f"{count(first.n_clusters, 'cluster')} on the sample are {told.optimal_clusters} on all rows"]
