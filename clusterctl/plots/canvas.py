"""What every matplotlib picture shares: the headline, bare axes, and labels that keep out of each other's way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clusterctl.plots.words import plain, width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from clusterctl.plots.style import Style

# Text from the data is never read as mathematics: a column may be called $\frac{1}{0$.
LITERAL: dict[str, Any] = {"parse_math": False}
_TOP = 0.62
_LEFT = 0.16


def add_axes(figure: Figure, style: Style, left: float, right: float, bottom: float, headline: float = _TOP) -> Axes:
    """Return bare axes with these margins in inches below the headline."""
    width, height = figure.get_size_inches()
    box = (left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + headline + 0.12) / height)
    axes = figure.add_axes(box, facecolor=style.paper)
    axes.spines[["top", "right"]].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(style.rule)
    axes.tick_params(colors=style.soft, labelsize=style.tick_size, color=style.rule, length=3)
    return axes


def write_headline(figure: Figure, style: Style, title: str, notes: list[str]) -> None:
    """Write the title, cut where it is too long, and under it the notes on one line (or two, when they are long)."""
    height = figure.get_size_inches()[1]
    title = fit(figure, title, style.width - 2 * _LEFT, style.title_size, "bold")
    figure.text(_LEFT / style.width, 1 - 0.14 / height, title, size=style.title_size, color=style.ink, weight="bold", va="top", **LITERAL)
    lines = _wrap([note for note in notes if note], 122)
    figure.text(
        _LEFT / style.width,
        1 - 0.41 / height,
        "\n".join(lines),
        size=style.subtitle_size,
        color=style.soft,
        va="top",
        linespacing=1.25,
        **LITERAL,
    )


def name_axis(axes: Axes, style: Style, x: str = "", y: str = "") -> None:
    """Write the labels of the axes."""
    axes.set_xlabel(x, size=style.label_size, color=style.soft, **LITERAL)
    axes.set_ylabel(y, size=style.label_size, color=style.soft, **LITERAL)


def measure(figure: Figure, text: str, size: float, weight: str = "normal") -> float:
    """Return how wide a text will be drawn, in inches."""
    probe = figure.text(0, 0, text, size=size, weight=weight, **LITERAL)
    wide = float(probe.get_window_extent().width) / figure.dpi
    probe.remove()
    return wide


def fit(figure: Figure, text: str, inches: float, size: float, weight: str = "normal") -> str:
    """Return text from the data safe to draw (see `words.plain`), cut with an ellipsis so that it is at most so wide."""
    longest = 240
    fitted = plain(text, longest)
    while fitted and (wide := measure(figure, fitted, size, weight)) > inches:
        longest = min(int(width(fitted) * inches / wide) + 1, width(fitted) - 1)
        fitted = plain(text, longest) if longest > 1 else ""
    return fitted


def halo(width: float, colour: str) -> list[Any]:
    """Return the effect that keeps text readable on points."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=width, foreground=colour)]


def spread(anchors: np.ndarray, widths: np.ndarray, height: float, box: tuple[float, float, float, float]) -> np.ndarray:
    """Return centres (k, 2) near the anchors of boxes that overlap as little as 200 rounds of pushing apart can manage.

    Everything in pixels; `box` (left, bottom, right, top) is never left. The same input gives the same places.
    """
    places = anchors.astype(np.float64, copy=True)
    margin = np.column_stack((widths / 2, np.full(len(widths), height / 2)))
    # Equal anchors would be pushed in no direction; a spiral of a hundredth of a pixel gives each its own.
    turn = np.arange(len(places)) * 2.399963
    places += 0.01 * np.column_stack((np.cos(turn), np.sin(turn))) * np.sqrt(np.arange(len(places)))[:, None]
    low, high = np.array(box[:2]) + margin, np.array(box[2:]) - margin
    for _ in range(200):
        apart = places[:, None, :] - places[None, :, :]
        need = (margin[:, None, :] + margin[None, :, :]) - np.abs(apart)
        touching = (need > 0).all(axis=2) & ~np.eye(len(places), dtype=bool)
        if not touching.any():
            break
        along_x = need[:, :, 0] < need[:, :, 1]
        push = np.where(touching[:, :, None], np.sign(apart) * need * 0.3, 0.0)
        push[:, :, 0] *= along_x
        push[:, :, 1] *= ~along_x
        places = np.clip(places + push.sum(axis=1), low, np.maximum(low, high))
    return places


def _wrap(notes: list[str], longest: int) -> list[str]:
    """Join notes by a middle dot on at most two lines; what does not fit on the second is cut."""
    lines: list[str] = []
    for note in notes:
        if lines and len(lines[-1]) + len(note) + 3 <= longest:
            lines[-1] += f" · {note}"
        elif len(lines) < 2:
            lines.append(note if len(note) <= longest else note[: longest - 1] + "…")
        else:
            lines[-1] = lines[-1][: longest - 2] + " …"
    return lines
