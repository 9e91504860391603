"""Where a label beside a point goes, so that it hides no other point, line or label."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.plots.canvas import LITERAL, halo, measure
from clusterctl.plots.words import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    from clusterctl.plots.style import Style

_GAPS = (11.0, 16.0, 24.0, 36.0, 52.0, 72.0, 96.0)
_N_DIRECTIONS = 16
_LEADER = 14.0
_CLEAR = 2.5
_MOST_OBSTACLES = 20_000


class Obstacles:
    """Places in pixels that labels keep off: points, lines and rings as points along them, and the labels written so far."""

    def __init__(self, axes: Axes, unit: float) -> None:
        """Start with nothing; unit: pixels a typographic point. The axes' limits must stand."""
        self._axes, self._unit = axes, unit
        self._places: list[np.ndarray] = [np.empty((0, 2))]

    def add_points(self, x: Sequence[float], y: Sequence[float]) -> None:
        """Keep off the markers of these points, each of about 6 points across."""
        if len(x):
            centres = self._pixels(x, y)
            corners = np.array([(0, 0), (-3, -3), (-3, 3), (3, -3), (3, 3)]) * self._unit
            self._places.append((centres[:, None] + corners).reshape(-1, 2))

    def add_line(self, x: Sequence[float], y: Sequence[float]) -> None:
        """Keep off the line through these points."""
        ends = self._pixels(x, y)
        for start, end in pairwise(ends):
            steps = np.linspace(0, 1, 2 + int(np.hypot(*(end - start)) / (2 * self._unit)))[:, None]
            self._places.append(start + steps * (end - start))

    def add_ring(self, x: float, y: float, radius: float) -> None:
        """Keep off a ring of so many typographic points around a point."""
        turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        self._places.append(self._pixels([x], [y]) + radius * self._unit * np.column_stack((np.cos(turn), np.sin(turn))))

    def add_box(self, left: float, bottom: float, right: float, top: float) -> None:
        """Keep off a label that has been written, in pixels."""
        grid = np.meshgrid(np.arange(left, right + 1, 3 * self._unit), np.arange(bottom, top + 1, 3 * self._unit))
        self._places.append(np.column_stack([axis.ravel() for axis in grid]))

    def place(self, x: float, y: float, wide: float, high: float) -> tuple[float, float, float]:
        """Return the pixel offset of the centre of a label of this size in pixels from its point, and how far the label is from it.

        Nearest first: above all as few obstacles as possible under it, then as near as possible. The label stays within the axes.
        """
        (anchor,) = self._pixels([x], [y])
        offsets = self._offsets(wide, high)
        lows, highs = self._room(wide, high)
        centres = np.clip(anchor + offsets, lows, np.maximum(highs, lows))
        places = np.concatenate(self._places)[:_MOST_OBSTACLES]
        half = np.array([wide, high]) / 2 + _CLEAR * self._unit
        hidden = np.array([np.count_nonzero((np.abs(places - centre) < half).all(axis=1)) for centre in centres])
        away = np.maximum(np.abs(centres - anchor) - np.array([wide, high]) / 2, 0.0)
        far = np.hypot(away[:, 0], away[:, 1]) / self._unit
        pushed = np.hypot(*(centres - anchor - offsets).T) / self._unit  # against an edge it seems to belong to what is beyond
        best = int(np.lexsort((np.arange(len(far)), np.round(far + pushed, 3), hidden))[0])
        move = centres[best] - anchor
        return float(move[0]), float(move[1]), float(far[best])

    def _offsets(self, wide: float, high: float) -> np.ndarray:
        turn = 2 * np.pi * np.arange(_N_DIRECTIONS) / _N_DIRECTIONS + np.pi / 2
        ways = np.round(np.column_stack((np.cos(turn), np.sin(turn))), 9)
        return np.concatenate([ways * (np.array([wide, high]) / 2 + gap * self._unit) for gap in _GAPS])

    def _room(self, wide: float, high: float) -> tuple[np.ndarray, np.ndarray]:
        box = self._axes.get_window_extent()
        half = np.array([wide, high]) / 2
        return np.array([box.x0, box.y0]) + half, np.array([box.x1, box.y1]) - half

    def _pixels(self, x: Sequence[float], y: Sequence[float]) -> np.ndarray:
        return np.asarray(self._axes.transData.transform(np.column_stack((x, y)).astype(np.float64)))


def write_label(figure: Figure, axes: Axes, text: str, at: tuple[float, float], size: float, obstacles: Obstacles, style: Style) -> Text:
    """Write a bold label beside a point, joined to it by a thin line where it is far, and keep later labels off it."""
    text, unit = plain(text, 60), figure.dpi / 72
    wide, high = measure(figure, text, size, "bold") * figure.dpi, size * 1.25 * unit
    across, up, far = obstacles.place(*at, wide, high)
    x, y = axes.transData.transform(at)
    obstacles.add_box(x + across - wide / 2, y + up - high / 2, x + across + wide / 2, y + up + high / 2)
    arrow = {"arrowstyle": "-", "color": style.soft, "linewidth": 0.6, "shrinkA": 0.0, "shrinkB": 7.0} if far > _LEADER else None
    return axes.annotate(
        text,
        at,
        xytext=(across / unit, up / unit),
        textcoords="offset points",
        ha="center",
        va="center",
        size=size,
        weight="bold",
        color=style.ink,
        zorder=6,
        arrowprops=arrow,
        path_effects=halo(2.6, style.paper),
        **LITERAL,
    )
