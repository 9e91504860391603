"""The rows in the order in which OPTICS reaches them: clusters are the valleys (Ankerst et al. 1999)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from clusterctl.plots.canvas import add_axes, halo, name_axis, spread, write_headline
from clusterctl.plots.style import Style, cluster_looks
from clusterctl.plots.words import how, left_out, of_sample, only_largest, rows_fitted
from clusterctl.values.plotdata import PlotData, ReachabilityCurve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from clusterctl.plots.page import Picture
    from clusterctl.plots.style import Look

_FAR = 4.0


def applies(data: PlotData) -> str | None:
    """Return None, or why there is no order."""
    return "only optics puts the rows in an order" if data.reachability is None else None


def draw(figure: Figure, data: PlotData, style: Style) -> None:
    """Draw a column a row at its reachability, coloured by cluster and grey for noise, with the number under each cluster's valley."""
    curve = data.reachability
    assert curve is not None
    figure.set_size_inches(style.width, 4.8)
    looks = cluster_looks(data, style)
    axes = add_axes(figure, style, left=0.85, right=0.65, bottom=1.05, headline=0.72)
    top = ceiling(curve)
    heights = np.minimum(np.where(np.isfinite(curve.heights), curve.heights, top), top)
    edges = curve.starts.astype(np.float64)
    for number in (-1, *looks):
        here = np.isin(curve.labels, number)
        if here.any():
            colour = style.noise if number < 0 else looks[number].colour
            _fill(axes, edges, np.where(here, heights, np.nan), colour)
    axes.set(xlim=(0, edges[-1]), ylim=(0, top))
    axes.xaxis.set_major_formatter(lambda place, _: f"{place:,.0f}")
    if curve.eps is not None and curve.eps <= top:
        axes.axhline(curve.eps, color=style.ink, linewidth=1.1, linestyle=(0, (4, 3)), zorder=3)
        axes.text(1.01, curve.eps, f"eps\n{curve.eps:.4g}", size=8.5, color=style.ink, va="center", transform=axes.get_yaxis_transform())
    _label_clusters(figure, axes, curve, looks, style)
    name_axis(axes, style, y="reachability")
    axes.set_xlabel("rows in the order of OPTICS", size=style.label_size, color=style.soft, labelpad=30)
    write_headline(figure, style, headline(data), notes(data))


def ceiling(curve: ReachabilityCurve) -> float:
    """Return the end of the axis: above the highest known reachability, or above the usual ones where a few are far higher."""
    known = curve.heights[np.isfinite(curve.heights)]
    if not len(known):
        return 1.0
    usual, highest = float(np.quantile(known, 0.99)), float(known.max())
    top = highest if highest <= _FAR * usual or usual == 0 else 2 * usual
    return (max(top, curve.eps) if curve.eps is not None and curve.eps <= 2 * top else top) * 1.06 or 1.0


def _fill(axes: Axes, edges: np.ndarray, heights: np.ndarray, colour: str) -> None:
    axes.stairs(heights, edges, fill=True, color=colour, linewidth=0, zorder=2)


def valleys(curve: ReachabilityCurve, looks: Mapping[int, Look]) -> list[tuple[int, float, float]]:
    """Return number, first and last place of the longest run of rows of each labelled cluster, from left to right."""
    changes = np.flatnonzero(np.diff(curve.labels)) + 1
    bounds = [0, *changes.tolist(), len(curve.labels)]
    longest: dict[int, tuple[float, float]] = {}
    for start, stop in pairwise(bounds):
        number, run = int(curve.labels[start]), (float(curve.starts[start]), float(curve.starts[stop]))
        if number in looks and looks[number].own and run[1] - run[0] > np.subtract(*longest.get(number, (0.0, 0.0))[::-1]):
            longest[number] = run
    return sorted(((number, *run) for number, run in longest.items()), key=lambda item: item[1])


def _label_clusters(figure: Figure, axes: Axes, curve: ReachabilityCurve, looks: Any, style: Style) -> None:
    """Draw a bar in its colour under the valley of each cluster, and its number, moved aside where valleys are narrow."""
    found = valleys(curve, looks)
    if not found:
        return
    below = axes.get_xaxis_transform()
    for number, first, last in found:
        (bar,) = axes.plot([first, last], [-0.1, -0.1], color=looks[number].colour, linewidth=4, solid_capstyle="butt")
        bar.set(transform=below, clip_on=False)
    size = 9.5 if len(found) <= 16 else 7.5
    unit, box = figure.dpi / 72, axes.get_window_extent()
    middles = axes.transData.transform([((first + last) / 2, 0.0) for _, first, last in found])[:, 0]
    anchors = np.column_stack((middles, np.full(len(found), 100.0)))
    widths = np.array([len(str(number)) for number, _, _ in found]) * size * 0.62 * unit + 3 * unit
    height = size * 1.15 * unit
    places = spread(anchors, widths, height, (box.x0 - 8 * unit, 100 - 1.1 * height, box.x1 + 8 * unit, 100 + 1.1 * height))
    for (number, _, _), (x, y) in zip(found, places.tolist(), strict=True):
        axes.annotate(
            str(number),
            (x, box.y0 - 0.1 * box.height - 13 * unit + (y - 100)),
            xycoords="figure pixels",
            size=size,
            weight="bold",
            color=style.ink,
            ha="center",
            va="center",
            annotation_clip=False,
            path_effects=halo(2.0, style.paper),
            gid=f"cluster-{number}",
        )


def headline(data: PlotData) -> str:
    """Return the title."""
    found = {0: "no valley", 1: "one valley"}.get(data.n_clusters, f"{data.n_clusters:,} valleys")
    return f"{found[:1].upper()}{found[1:]} in the density of {rows_fitted(data)}"


def notes(data: PlotData) -> list[str]:
    """Return how it was made, how it is read, and what is not shown."""
    curve = data.reachability
    assert curve is not None
    told = [how(data), "valleys are dense, peaks separate them, grey is noise", *left_out(data)[:1], *only_largest(data)]
    told += of_sample(data)
    if len(curve.labels) < data.n_of_fit:
        told.append(f"each column is the highest of about {data.n_of_fit / len(curve.labels):.0f} rows")
    if (curve.heights[np.isfinite(curve.heights)] > ceiling(curve)).any():
        told.append("some peaks are cut")
    return told


def draw_interactive(data: PlotData, style: Style) -> Picture:
    """Return the same columns for a browser, with id and reachability on hover."""
    from clusterctl.plots.interactive_curves import reachability_figure

    return reachability_figure(data, style)
