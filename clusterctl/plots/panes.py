"""Equal panels in rows below the headline, for a picture of several features or clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from clusterctl.plots.style import Style

_LEFT, _RIGHT, _TOP, _BOTTOM = 0.7, 0.2, 1.15, 0.4


def add_panes(
    figure: Figure,
    style: Style,
    n_panes: int,
    n_columns: int,
    height: float,
    *,
    between: tuple[float, float] = (0.65, 0.6),
    left: float = _LEFT,
    bottom: float = _BOTTOM,
) -> list[Axes]:
    """Return bare axes row by row, all so many inches high, `between` columns and rows so many apart; sets the figure's height."""
    n_rows = -(-n_panes // n_columns)
    high = _TOP + n_rows * height + (n_rows - 1) * between[1] + bottom
    figure.set_size_inches(style.width, high)
    wide = (style.width - left - _RIGHT - (n_columns - 1) * between[0]) / n_columns
    panes = []
    for place in range(n_panes):
        row, column = divmod(place, n_columns)
        x, y = left + column * (wide + between[0]), _TOP + row * (height + between[1])
        axes = figure.add_axes((x / style.width, 1 - (y + height) / high, wide / style.width, height / high), facecolor=style.paper)
        axes.spines[["top", "right"]].set_visible(False)
        for side in ("left", "bottom"):
            axes.spines[side].set_color(style.rule)
        axes.tick_params(colors=style.soft, labelsize=style.tick_size - 0.5, color=style.rule, length=3)
        panes.append(axes)
    return panes
