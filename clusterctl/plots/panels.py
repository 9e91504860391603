"""Small multiples: equal panels in rows, with the same bare axes as every other picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusterctl.plots.canvas import LITERAL, fit, measure
from clusterctl.plots.words import number, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
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


def title_panel(figure: Figure, axes: Axes, title: str, style: Style) -> None:
    """Write a title over a panel: smaller where it is long, then on two lines, and cut only where these are full."""
    inches = float(axes.get_position().width * figure.get_size_inches()[0])
    title = plain(title, 240)
    size = next((size for size in (style.label_size, 8.0) if measure(figure, title, size, "bold") <= inches), 0.0)
    lines = [title] if size else _break(figure, title, inches, 7.5)
    fitted = "\n".join(fit(figure, line, inches, size or 7.5, "bold") for line in lines)
    axes.set_title(fitted, loc="left", size=size or 7.5, weight="bold", color=style.ink, pad=6, linespacing=1.15, **LITERAL)


def _break(figure: Figure, title: str, inches: float, size: float) -> list[str]:
    """Return the title on two lines, the first as full as whole words allow; a title of one word stays on one."""
    words = title.split(" ")
    full = [n for n in range(1, len(words)) if measure(figure, " ".join(words[:n]), size, "bold") <= inches]
    return [" ".join(words[: full[-1]]), " ".join(words[full[-1] :])] if full else [title]


def scale_axis(axis: Axis, values: Sequence[float], most: int, margin: float) -> tuple[float, float]:
    """Give an axis at most so many ticks, and return its limits: those of the values and a share of their extent around.

    Ticks have no offset and no factor to be multiplied in the head. Where all values are one, there is one tick.
    """
    from matplotlib.ticker import FixedLocator, MaxNLocator

    low, high = min(values), max(values)
    span = high - low or max(abs(high), 1.0) * 0.1
    axis.set_major_locator(MaxNLocator(nbins=most) if high > low else FixedLocator([low]))
    axis.set_major_formatter(lambda value, _: number(value) if abs(value) >= 1e4 else f"{value:.4g}".replace("-", "\u2212"))
    return low - margin * span, high + margin * span
