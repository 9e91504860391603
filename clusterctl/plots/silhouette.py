"""The silhouette of every row, sorted within its cluster (Rousseeuw 1987)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clusterctl.plots.canvas import add_axes, halo, name_axis, write_headline
from clusterctl.plots.style import Style, cluster_looks
from clusterctl.plots.words import count, how, left_out, only_largest, withheld
from clusterctl.values.plotdata import PlotData, SilhouetteCurves

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from clusterctl.plots.page import Picture

_GAP = 0.012
_CLUSTER_AT = -0.12  # of the width of the axes


def applies(data: PlotData) -> str | None:
    """Return None, or why no silhouette exists."""
    if data.n_clusters < 2:
        return f"a silhouette needs at least two clusters, and there {'is one' if data.n_clusters else 'is none'}"
    if data.withheld is not None and set(data.cluster_ids.tolist()) <= set(data.withheld_groups):
        return f"every cluster has fewer than {data.withheld.min_group} rows (privacy.min_group)"
    return "the silhouettes of the rows were not computed" if data.silhouette is None else None


def draw(figure: Figure, data: PlotData, style: Style) -> None:
    """Draw a band a cluster, thicker for more rows, from the best row to the worst; the dashed line is the mean of all rows."""
    curves = data.silhouette
    assert curves is not None
    looks = cluster_looks(data, style)
    shown = [place for place, number in enumerate(data.cluster_ids.tolist()) if looks[number].own]
    figure.set_size_inches(style.width, max(style.height, 1.7 + 0.2 * len(shown)))
    axes = add_axes(figure, style, left=1.25, right=0.75, bottom=0.55, headline=0.88)
    tops, heights = bands(data.cluster_sizes[shown])
    for place, top, height in zip(shown, tops, heights, strict=True):
        number = int(data.cluster_ids[place])
        _draw_band(axes, curves, place, (top, height), looks[number].colour, style)
        _label_band(axes, number, int(data.cluster_sizes[place]), float(curves.means[place]), top + height / 2, style)
    _finish(axes, curves, style)
    name_axis(axes, style, x="silhouette: 1 far from other clusters, 0 between two, below 0 closer to another")
    write_headline(figure, style, headline(curves), notes(data))


def verdict(mean: float) -> str:
    """Return a mean silhouette in words, by the table of Kaufman and Rousseeuw (1990, p. 88).

    It rewards compact clusters alone: rings and bands that nothing connects score low too, so a low mean does not say that clusters meet.
    """
    if mean > 0.70:
        return "compact clusters, well apart"
    if mean > 0.50:
        return "compact clusters, apart"
    return "weakly compact clusters" if mean > 0.25 else "hardly compact (clusters of other shapes score low too)"


def bands(sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return tops and heights (falling from 1 to 0): room for a label each, the rest by size, gaps between."""
    k = len(sizes)
    gap = _GAP if k <= 12 else _GAP / 3
    room = 1.0 - gap * (k - 1)
    least = min(0.03, 0.7 / k) * room
    heights = least + (room - least * k) * sizes / sizes.sum()
    bottoms = 1.0 - np.cumsum(heights) - gap * np.arange(k)
    return bottoms, heights


def _draw_band(axes: Axes, curves: SilhouetteCurves, place: int, band: tuple[float, float], colour: str, style: Style) -> None:
    values = curves.values[curves.offsets[place] : curves.offsets[place + 1]]
    if not len(values):
        return
    bottom, height = band
    # A row is a bar of its own; the curve is drawn as steps, so that a cluster of one row has an area too.
    levels = bottom + height * (1 - np.repeat(np.arange(len(values) + 1), 2)[1:-1] / len(values))
    axes.fill_betweenx(levels, 0, np.repeat(values, 2), color=colour, linewidth=0, zorder=2)
    mean = float(curves.means[place])
    axes.plot([mean, mean], [bottom, bottom + height], color=style.ink, linewidth=1.2, zorder=4, path_effects=halo(2.4, style.paper))


def _label_band(axes: Axes, number: int, size: int, mean: float, y: float, style: Style) -> None:
    at_axis = axes.get_yaxis_transform()
    axes.text(
        _CLUSTER_AT,
        y,
        str(number),
        size=10,
        weight="bold",
        color=style.ink,
        ha="right",
        va="center",
        transform=at_axis,
        gid=f"cluster-{number}",
    )
    axes.text(-0.01, y, f"{size:,}", size=7.5, color=style.soft, ha="right", va="center", transform=at_axis)
    text = "–" if np.isnan(mean) else f"{mean:.2f}".replace("-", "\u2212")
    axes.text(1.02, y, text, size=9, color=style.ink, va="center", transform=at_axis, gid=f"mean-{number}")


def _finish(axes: Axes, curves: SilhouetteCurves, style: Style) -> None:
    low = min(float(curves.values.min()), 0.0)
    axes.set_xlim(max(-1.02, low - 0.04), 1.0)
    axes.set_ylim(-0.01, 1.01)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.axvline(0, color=style.soft, linewidth=0.8, zorder=3)
    axes.axvline(curves.mean, color=style.ink, linewidth=1.0, linestyle=(0, (4, 3)), zorder=3)
    axes.grid(axis="x", color=style.rule, linewidth=0.6, zorder=0)
    axes.set_axisbelow(True)
    at_axis = axes.get_yaxis_transform()
    for x, text in ((_CLUSTER_AT, "cluster"), (1.02, "mean")):
        axes.text(x, 1.03, text, size=7.5, color=style.soft, ha="right" if x < 0 else "left", va="center", transform=at_axis)
    axes.text(-0.01, 1.03, "rows", size=7.5, color=style.soft, ha="right", va="center", transform=at_axis)


def headline(curves: SilhouetteCurves) -> str:
    """Return the mean and what it means."""
    return f"Mean silhouette {curves.mean:.2f}: {verdict(curves.mean)}".replace("-", "\u2212")


def notes(data: PlotData) -> list[str]:
    """Return how it was made and what is not shown."""
    curves = data.silhouette
    assert curves is not None
    told = [how(data), f"{count(data.n_clusters, 'cluster')}, {count(data.n_points - data.n_noise, 'row')}", *left_out(data)[:1]]
    if curves.n_scored < data.n_points - data.n_noise:
        told.append(f"silhouettes of a sample of {curves.n_scored:,} rows")
    return [*told, "dashed: mean of all", *only_largest(data), *withheld(data)]


def draw_interactive(data: PlotData, style: Style) -> Picture:
    """Return the same bands for a browser, with rank and silhouette on hover."""
    from clusterctl.plots.interactive import silhouette_figure

    return silhouette_figure(data, style)
