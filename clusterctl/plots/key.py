"""The key of a picture: a row of markers and names under the headline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clusterctl.plots.canvas import LITERAL
from clusterctl.plots.words import plain

if TYPE_CHECKING:
    from collections.abc import Collection

    from matplotlib.figure import Figure

    from clusterctl.plots.style import Look, Style


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
