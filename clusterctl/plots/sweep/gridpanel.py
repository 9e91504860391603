"""One grid of two settings: its cells, their words, its frame and its ticks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.plots.canvas import LITERAL, fit, halo, measure, name_axis
from clusterctl.plots.panels import add_panel, title_panel
from clusterctl.plots.style import ink_on
from clusterctl.plots.sweep.grids import BAND
from clusterctl.plots.words import cluster_counts, decimals_for, number, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize
    from matplotlib.figure import Figure

    from clusterctl.plots.style import Style
    from clusterctl.plots.sweep.grids import Cell, Grid
    from clusterctl.results.sweep import RankedBy

_RIGHT = 0.3
_LONGEST_DOWN, _LONGEST_ACROSS = 2.1, 0.95
_SIZES = (8.0, 7.0, 6.2, 5.5)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a grid goes, in inches.

    left: of the axes. height: of the cells. below: what ticks and the axis' name take. turned: the ticks stand upright.
    """

    down: tuple[str, ...]
    across: tuple[str, ...]
    left: float
    height: float
    below: float
    turned: bool


@dataclass(frozen=True, slots=True)
class Shades:
    """Colours from pale to dark over the values of the grids that compare, dark being better; and how many decimals tell them apart."""

    colours: Colormap
    norm: Normalize
    decimals: int


@dataclass(frozen=True, slots=True)
class Lettering:
    """How words are written into cells: text size in points, and whether they stand upright."""

    size: float
    upright: bool


def lay_out(figure: Figure, grid: Grid, cell_height: float, style: Style) -> Layout:
    """Return the layout of a grid whose cells are so high where there is room."""
    down = tuple(fit(figure, text, _LONGEST_DOWN, style.tick_size) for text in grid.down.texts)
    across = tuple(fit(figure, text, _LONGEST_ACROSS, style.tick_size) for text in grid.across.texts)
    left = 0.75 + max(measure(figure, text, style.tick_size) for text in down)
    widest = max(measure(figure, text, style.tick_size) for text in across)
    turned = widest > (style.width - left - _RIGHT) / len(across) - 0.04
    height = float(np.clip(cell_height * len(down), 0.8, 7.5))
    return Layout(down, across, left, height, 0.36 + (widest if turned else 0.13), turned)


def shades_of(grids: Sequence[Grid], by: RankedBy) -> Shades:
    """Return the colours for these grids."""
    from matplotlib import colormaps
    from matplotlib.colors import Normalize

    values = [cell.value for grid in grids for cell in grid.cells.values() if cell.value is not None]
    low, high = min(values), max(values)
    margin = 0.0 if high > low else max(abs(low), 1.0) * 0.1
    return Shades(colormaps["Blues" if by.best == "max" else "Blues_r"], Normalize(low - margin, high + margin), decimals_for(values))


def draw_grid(
    figure: Figure, grid: Grid, layout: Layout, top: float, title: str, shades: Shades, dot: tuple[int, int] | None, style: Style
) -> bool:
    """Draw a grid so many inches below the top, and return whether numbers fit into its cells. dot: the chosen trial's cell."""
    axes = add_panel(figure, style, (layout.left, top, style.width - layout.left - _RIGHT, layout.height))
    n_across, n_down = len(layout.across), len(layout.down)
    axes.set(xlim=(-0.5, n_across - 0.5), ylim=(n_down - 0.5, -0.5))
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    room = (style.width - layout.left - _RIGHT) / n_across, layout.height / n_down
    numbers = [number(cell.value, shades.decimals) for cell in grid.cells.values() if cell.value is not None]
    lettering = _lettering(figure, numbers, room)
    for place, cell in grid.cells.items():
        box = _box(grid, place)
        _fill(axes, place, box, cell, shades, style)
        _write(figure, axes, place, box, cell, shades, lettering, room, style)
    _frame(axes, grid, dot, style)
    size = style.tick_size if min(room) > 0.14 else 6.0
    axes.set_xticks(range(n_across), layout.across, size=size, rotation=90 if layout.turned else 0, color=style.ink, **LITERAL)
    axes.set_yticks(range(n_down), layout.down, size=size, color=style.ink, **LITERAL)
    name_axis(axes, style, x=plain(grid.across.name, 40), y=fit(figure, grid.down.name, max(layout.height, 1.2), style.label_size))
    title_panel(figure, axes, title, style)
    return lettering is not None


def _box(grid: Grid, place: tuple[int, int]) -> tuple[float, float, float, float]:
    """Return the left end, the upper end, the width and the height of a cell; a band goes over all columns."""
    column, row = place
    return (-0.5, row - 0.5, len(grid.across.values), 1.0) if column == BAND else (column - 0.5, row - 0.5, 1.0, 1.0)


def _fill(axes: Axes, place: tuple[int, int], box: tuple[float, float, float, float], cell: Cell, shades: Shades, style: Style) -> None:
    from matplotlib.patches import Rectangle

    corner, size, gid = box[:2], box[2:], f"{place[0]}-{place[1]}"
    axes.add_patch(Rectangle(corner, *size, facecolor=_face(cell, shades, style), edgecolor=style.paper, linewidth=1.0, gid=f"cell-{gid}"))
    if cell.why is not None:
        axes.add_patch(Rectangle(corner, *size, fill=False, edgecolor=style.hatch, hatch="////", linewidth=0, gid=f"hatch-{gid}"))


def _face(cell: Cell, shades: Shades, style: Style) -> tuple[float, float, float, float] | str:
    # The palest tenth is left out: it could be taken for no value.
    return style.empty if cell.value is None else shades.colours(0.08 + 0.82 * float(shades.norm(cell.value)))


def _write(
    figure: Figure,
    axes: Axes,
    place: tuple[int, int],
    box: tuple[float, float, float, float],
    cell: Cell,
    shades: Shades,
    lettering: Lettering | None,
    room: tuple[float, float],
    style: Style,
) -> None:
    room = room[0] * box[2], room[1]
    face = _face(cell, shades, style)
    if cell.value is None:
        lettering = _lettering(figure, [cell.why or ""], room)
        words = (cell.why or "") if lettering else ""
    else:
        words = number(cell.value, shades.decimals)
    if lettering is None or not words:
        return
    if cell.why and cell.value is not None and not lettering.upright and room[1] > 0.34 and room[0] > 0.62:
        words += f"\n{cell.why}"
    if place[0] == BAND and cell.value is not None:
        noise = cell.trial.row.noise_fraction or 0.0
        words += f" ({cluster_counts([cell.trial.row.n_clusters or 0])}{f', {100 * noise:.0f} % noise' if noise else ''})"
    back = {"facecolor": style.paper if cell.value is None else face, "edgecolor": "none", "pad": 0.8} if cell.why else None
    colour = style.soft if cell.value is None else ink_on(dark=_is_dark(face))
    axes.text(
        box[0] + box[2] / 2,
        box[1] + box[3] / 2,
        words,
        size=lettering.size,
        rotation=90 if lettering.upright else 0,
        color=colour,
        ha="center",
        va="center",
        linespacing=1.1,
        bbox=back,
        gid=f"value-{place[0]}-{place[1]}",
        **LITERAL,
    )


def _lettering(figure: Figure, words: Sequence[str], room: tuple[float, float]) -> Lettering | None:
    """Return the largest text at which each of the words fits into a cell, lying if it can; None: it does not at 5.5 points."""
    longest = max(words, key=len, default="")
    for upright in (False, True):
        along, beside = (room[1], room[0]) if upright else room
        for size in _SIZES:
            if measure(figure, longest, size) <= along - 0.06 and size * 1.2 / 72 <= beside:
                return Lettering(size, upright)
    return None


def _is_dark(colour: tuple[float, float, float, float] | str) -> bool:
    return not isinstance(colour, str) and 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2] < 0.55


def _frame(axes: Axes, grid: Grid, dot: tuple[int, int] | None, style: Style) -> None:
    """Frame the best cells, and put a dot into the corner of the chosen trial's."""
    from matplotlib.patches import Rectangle

    for place in grid.framed:
        left, top, wide, high = _box(grid, place)
        look = {"edgecolor": style.ink, "linewidth": 2.2, "path_effects": halo(4.6, style.paper)}
        axes.add_patch(Rectangle((left, top), wide, high, fill=False, zorder=5, clip_on=False, gid="best", **look))  # type: ignore[arg-type]
    if dot is not None:
        left, top, *_ = _box(grid, dot)
        marker = {"markerfacecolor": style.paper, "markeredgecolor": style.ink, "markersize": 5.0}
        axes.plot(left + 0.14, top + 0.2, marker="o", zorder=6, gid="chosen", **marker)  # type: ignore[arg-type]
