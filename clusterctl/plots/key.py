"""The key of a picture: a row of markers and names under the headline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clusterctl.plots.canvas import LITERAL, measure
from clusterctl.plots.words import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

    from clusterctl.plots.style import Look, Style


def draw_key(figure: Figure, looks: dict[str, Look], style: Style, below: float, joined: Collection[str] = ()) -> None:
    """List the series in a row, so many inches below the top; joined: those with a line through the marker."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=look.colour, marker=look.marker, markersize=5.5, linewidth=1.4 * (name in joined), label=plain(name, 30))
        for name, look in looks.items()
    ]
    draw_handles(figure, handles, style, below, long=bool(joined))


def draw_handles(figure: Figure, handles: Sequence[Artist], style: Style, below: float, *, long: bool = True) -> None:
    """List what is labelled in a row, in two where it is too long, so many inches below the top; long: each has room for a line."""
    width, height = figure.get_size_inches()
    options: dict[str, Any] = {"frameon": False, "fontsize": style.tick_size, "labelcolor": style.ink, "borderaxespad": 0, "borderpad": 0}
    key = figure.legend(
        handles=list(handles),
        loc="upper left",
        bbox_to_anchor=(0.16 / width, 1 - below / height),
        ncols=len(handles) if _wide(figure, handles, style.tick_size) < width - 0.32 else -(-len(handles) // 2),
        columnspacing=1.2,
        handletextpad=0.4,
        handlelength=1.6 if long else 0.8,
        **options,
    )
    for text in key.get_texts():
        text.set(**LITERAL)


def _wide(figure: Figure, handles: Sequence[Artist], size: float) -> float:
    """Return how many inches these take in a row, each with its mark and what is between them."""
    return sum(measure(figure, str(handle.get_label()), size) + 3.2 * size / 72 for handle in handles)
