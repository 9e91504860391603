"""The sorted distances to the min_samples-th nearest row: where the curve bends, eps parts dense rows from noise (Ester et al. 1996)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clusterctl.plots.canvas import add_axes, name_axis, write_headline
from clusterctl.plots.style import Style, series_colour
from clusterctl.plots.words import how, of_sample, plain, share
from clusterctl.values.plotdata import PlotData, SortedDistances

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from clusterctl.plots.page import Picture

_FAR = 4.0


def applies(data: PlotData) -> str | None:
    """Return None, or why there is no curve."""
    return "only dbscan and optics have a distance (eps) that it is read for" if data.distances is None else None


def draw(figure: Figure, data: PlotData, style: Style) -> None:
    """Draw the curve from the densest row to the loneliest, eps as a dashed line, and the rows within it."""
    curve = data.distances
    assert curve is not None
    figure.set_size_inches(style.width, 4.4)
    axes = add_axes(figure, style, left=0.85, right=1.05, bottom=0.55, headline=0.72)
    x = curve.ranks / max(curve.n_used - 1, 1) * 100
    top = ceiling(curve)
    axes.fill_between(x, 0, curve.values, color=series_colour(0, style), alpha=0.14, linewidth=0)
    axes.plot(
        x, curve.values, color=series_colour(0, style), linewidth=1.8, marker="o" if len(x) <= 30 else None, markersize=4, gid="curve"
    )
    axes.set(xlim=(0, 100), ylim=(0, top))
    axes.grid(axis="y", color=style.rule, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_formatter(lambda percent, _: f"{percent:.0f} %")
    if curve.eps is not None:
        _draw_eps(axes, curve, curve.eps, style)
    name_axis(axes, style, x="rows, from the densest to the loneliest", y=f"distance to nearest row number {curve.min_samples}")
    write_headline(figure, style, headline(data), notes(data))


def ceiling(curve: SortedDistances) -> float:
    """Return the end of the axis: the largest distance, or where a few far rows would flatten all else, a little above the others."""
    largest, usual = float(curve.values[-1]), float(np.quantile(curve.values, 0.99))
    top = largest if largest <= _FAR * usual or usual == 0 else 2 * usual
    return max(top, 1.15 * (curve.eps or 0.0) if (curve.eps or 0.0) <= 4 * top else top) * 1.04 or 1.0


def _draw_eps(axes: object, curve: SortedDistances, eps: float, style: Style) -> None:
    from matplotlib.axes import Axes

    assert isinstance(axes, Axes)
    if eps > axes.get_ylim()[1]:
        return
    axes.axhline(eps, color=style.ink, linewidth=1.1, linestyle=(0, (4, 3)), zorder=3)
    axes.text(
        1.01, eps, f"eps {eps:.4g}", size=style.label_size, color=style.ink, va="center", transform=axes.get_yaxis_transform(), gid="eps"
    )
    inside = n_within(curve, eps) / curve.n_used * 100
    axes.plot([inside, inside], [0, eps], color=style.ink, linewidth=0.9, linestyle=(0, (2, 2)), zorder=3)


def n_within(curve: SortedDistances, eps: float) -> int:
    """Return how many of the rows looked at are dense at eps: their curve is at most there (between kept places, in proportion)."""
    if eps < curve.values[0]:
        return 0
    if eps >= curve.values[-1]:
        return int(curve.ranks[-1]) + 1
    return round(float(np.interp(eps, curve.values, curve.ranks))) + 1


def headline(data: PlotData) -> str:
    """Return where eps lies, or what the curve is for."""
    curve = data.distances
    assert curve is not None
    if curve.eps is None:
        return f"How far the rows of {plain(data.data_name, 40)} are from their neighbours"
    return f"At eps {curve.eps:.4g}, {share(n_within(curve, curve.eps), curve.n_used)} of the rows of {plain(data.data_name, 40)} are dense"


def notes(data: PlotData) -> list[str]:
    """Return how it was made, how it is read, and what is not shown."""
    curve = data.distances
    assert curve is not None
    told = [how(data), "a good eps lies where the curve bends up", f"the row itself counts as its first of {curve.min_samples}"]
    told += of_sample(data)
    if curve.n_used < data.n_of_fit:
        told.append(f"a sample of {curve.n_used:,} rows")
    n_beyond = int((curve.values > ceiling(curve)).sum())
    if n_beyond:
        told.append("the farthest rows lie above the frame")
    if int(curve.ranks[-1]) + 1 < curve.n_used:
        told.append("rows without neighbours up to max_eps have no distance")
    if curve.eps is not None and curve.eps > ceiling(curve):
        told.append("eps lies above the frame")
    return told


def draw_interactive(data: PlotData, style: Style) -> Picture:
    """Return the same curve for a browser, with the distance at each rank on hover."""
    from clusterctl.plots.interactive_curves import k_distance_figure

    return k_distance_figure(data, style)
