"""How algorithms look in the pictures of a sweep: a colour and a marker each, the same in every picture and every sweep."""

from __future__ import annotations

from collections.abc import Iterable

from clusterctl.plots.style import Look, Style, series_colour

# Colours are given by place here, so that the same algorithm looks the same in two sweeps; others take the places that follow.
_KNOWN = ("kmeans", "dbscan", "hierarchical", "spectral", "gaussian_mixture", "hdbscan", "optics")
# As their specs in the algorithms' registry say, which this room cannot ask; a test compares.
_TAKE_N_CLUSTERS = frozenset({"kmeans", "hierarchical", "spectral", "gaussian_mixture"})
_MARKERS = ("o", "s", "^", "D", "v", "P", "*", "<", ">", "h")


def algorithm_looks(algorithms: Iterable[str], style: Style) -> dict[str, Look]:
    """Return the look of each algorithm, in a fixed order."""
    found = set(algorithms)
    names = [*_KNOWN, *sorted(found.difference(_KNOWN))]
    return {name: Look(series_colour(slot, style), _MARKERS[slot % len(_MARKERS)]) for slot, name in enumerate(names) if name in found}


def takes_n_clusters(algorithm: str) -> bool:
    """Return whether the number of clusters is a setting of an algorithm, and not only what it finds."""
    return algorithm in _TAKE_N_CLUSTERS
