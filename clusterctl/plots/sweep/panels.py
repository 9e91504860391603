"""Small multiples: equal panels in rows, with the same bare axes as every other picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from clusterctl.plots.style import Style


@dataclass(frozen=True, slots=True)
class Margins:
    """Inches around the panels (`top` includes the headline) and between them."""

    left: float = 0.75
    right: float = 0.25
    top: float = 1.35
    bottom: float = 0.55
    between_columns: float = 0.75
    between_rows: float = 0.85


def add_panel(figure: Figure, style: Style, box: tuple[float, float, float, float]) -> Axes:
    """Return bare axes at (left, top, width, height) in inches from the figure's upper left corner."""
    wide, high = figure.get_size_inches()
    left, top, width, height = box
    axes = figure.add_axes((left / wide, 1 - (top + height) / high, width / wide, height / high), facecolor=style.paper)
    axes.spines[["top", "right"]].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(style.rule)
    axes.tick_params(colors=style.soft, labelsize=style.tick_size, color=style.rule, length=3)
    return axes


def add_panels(figure: Figure, style: Style, n_panels: int, panel_height: float, margins: Margins) -> list[Axes]:
    """Return panels in one column (one panel) or two, row by row; sets the figure's height."""
    n_columns = 1 if n_panels == 1 else 2
    n_rows = -(-n_panels // n_columns)
    height = margins.top + n_rows * panel_height + (n_rows - 1) * margins.between_rows + margins.bottom
    figure.set_size_inches(style.width, height)
    width = (style.width - margins.left - margins.right - (n_columns - 1) * margins.between_columns) / n_columns
    boxes = [
        (
            margins.left + place % n_columns * (width + margins.between_columns),
            margins.top + place // n_columns * (panel_height + margins.between_rows),
            width,
            panel_height,
        )
        for place in range(n_panels)
    ]
    return [add_panel(figure, style, box) for box in boxes]
