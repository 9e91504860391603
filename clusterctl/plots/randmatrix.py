"""A matrix of adjusted Rand indices as cells, darker for more alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clusterctl.plots.style import ink_on
from clusterctl.plots.words import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

    from clusterctl.plots.style import Style

ALIKE = 0.8
"""From this index two labellings count as alike."""
_MOST_APART = 30
"""Of more rows the cells have no lines between them."""


def draw_cells(axes: Axes, rand: np.ndarray, style: Style) -> AxesImage:
    """Draw a cell a pair. rand: (m, m), NaN where there is none."""
    from matplotlib import colormaps

    colours = colormaps["Blues"].with_extremes(bad=style.empty)
    image = axes.imshow(np.ma.masked_invalid(rand), cmap=colours, vmin=0, vmax=1, aspect="equal", interpolation="nearest")
    m = len(rand)
    if m <= _MOST_APART:
        axes.set_xticks(np.arange(m + 1) - 0.5, minor=True)
        axes.set_yticks(np.arange(m + 1) - 0.5, minor=True)
        axes.grid(which="minor", color=style.paper, linewidth=0.8)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)
    return image


def write_values(axes: Axes, rand: np.ndarray, style: Style, size: float = 6.5) -> None:
    """Write the index of each pair into its cell, a dash where there is none."""
    for (row, column), value in np.ndenumerate(rand):
        if row != column:
            text = "–" if np.isnan(value) else number(float(value), 2)
            colour = style.ink if np.isnan(value) else ink_on(dark=value > 0.55)
            axes.text(column, row, text, size=size, color=colour, ha="center", va="center", gid=f"value-{row}-{column}")


def draw_scale(figure: Figure, axes: Axes, image: AxesImage, rand: np.ndarray, style: Style) -> None:
    """Draw the scale of the colours beside the matrix."""
    box = axes.get_position()
    width, height = figure.get_size_inches()
    tall = min(box.height, 1.8 / height)
    bar = figure.add_axes((box.x1 + 0.2 / width, box.y1 - tall, 0.13 / width, tall))
    below = bool(np.nanmin(rand) < 0)
    scale = figure.colorbar(image, cax=bar, extend="min" if below else "neither")
    scale.outline.set_visible(False)
    bar.tick_params(labelsize=7, colors=style.soft, length=2)
    bar.set_ylabel("adjusted Rand", size=7, color=style.soft)
