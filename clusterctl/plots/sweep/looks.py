"""How algorithms look in the pictures of a sweep: a colour and a marker each, the same in every picture and every sweep."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from clusterctl.plots.canvas import LITERAL
from clusterctl.plots.style import Look, Style, series_colour
from clusterctl.plots.words import plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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


def draw_key(figure: Figure, looks: dict[str, Look], style: Style, below: float, joined: Collection[str] = ()) -> None:
    """List the algorithms in a row, so many inches below the top; joined: those with a line through the marker."""
    from matplotlib.lines import Line2D

    width, height = figure.get_size_inches()
    handles = [
        Line2D([], [], color=look.colour, marker=look.marker, markersize=5.5, linewidth=1.4 * (name in joined), label=plain(name, 30))
        for name, look in looks.items()
    ]
    options: dict[str, Any] = {"frameon": False, "fontsize": style.tick_size, "labelcolor": style.ink, "borderaxespad": 0, "borderpad": 0}
    key = figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0.16 / width, 1 - below / height),
        ncols=len(handles),
        columnspacing=1.2,
        handletextpad=0.4,
        handlelength=1.6 if joined else 0.8,
        **options,
    )
    for text in key.get_texts():
        text.set(**LITERAL)
