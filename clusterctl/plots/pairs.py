"""The most telling features two by two, coloured by cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clusterctl.plots.canvas import LITERAL, fit, write_headline
from clusterctl.plots.features import Shown, limits, sampled, select, tick, why_not
from clusterctl.plots.scatter import FEW, point_look
from clusterctl.plots.selection import sample_rows
from clusterctl.plots.style import Style, cluster_looks
from clusterctl.plots.words import how, left_out, only_largest, plain, withheld
from clusterctl.values.plotdata import PlotData

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from clusterctl.plots.page import Picture

_FEATURES, _MOST = 4, 6
_MOST_SHAPES = 12
_MOST_ROWS = 8_000  # every row is drawn in every pair
_LEFT, _RIGHT, _TOP, _BOTTOM, _GAP = 0.75, 0.2, 0.95, 0.62, 0.1


def applies(data: PlotData) -> str | None:
    """Return None, or why there are no pairs."""
    return why_not(data, 2, _MOST)


def chosen(data: PlotData) -> Shown:
    """Return the features that are shown."""
    return select(sample_rows(data, _MOST_ROWS), _MOST if data.features_chosen else _FEATURES)


def draw(figure: Figure, data: PlotData, style: Style) -> None:
    """Draw each pair once, below the diagonal; on the diagonal how each feature is spread in each cluster; the key is above it."""
    shown, looks = chosen(data), cluster_looks(data, style)
    p = len(shown.names)
    side = (style.width - _LEFT - _RIGHT - (p - 1) * _GAP) / p
    tall = min(side, 2.6)
    height = _TOP + p * tall + (p - 1) * _GAP + _BOTTOM
    figure.set_size_inches(style.width, height)
    ends = [limits(shown.values[:, feature]) for feature in range(p)]
    for row in range(p):
        for column in range(row + 1):
            x, y = _LEFT + column * (side + _GAP), _TOP + row * (tall + _GAP)
            axes = figure.add_axes((x / style.width, 1 - (y + tall) / height, side / style.width, tall / height), facecolor=style.paper)
            _dress(axes, style)
            if row == column:
                _draw_spread(axes, shown, row, ends[row], looks, style)
            else:
                _draw_points(axes, shown, column, row, looks, style)
                axes.set_ylim(ends[row])
            axes.set_xlim(ends[column])
            _label(figure, axes, shown.names, row, column, (side, tall), style)
    _draw_key(figure, data, looks, style, (_LEFT + min(p - 1, 2) * (side + _GAP) + 0.25, _TOP, tall))
    write_headline(figure, style, headline(data), notes(data))


def _dress(axes: Axes, style: Style) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(style.rule)
    axes.tick_params(colors=style.soft, labelsize=6.8, color=style.rule, length=2)


def _label(figure: Figure, axes: Axes, names: tuple[str, ...], row: int, column: int, room: tuple[float, float], style: Style) -> None:
    """Name the features at the left and below, and number the axes there alone."""
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(3))
    axes.xaxis.set_major_formatter(lambda value, _: tick(value))
    if row == column:
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
    else:
        axes.yaxis.set_major_locator(MaxNLocator(3))
        axes.yaxis.set_major_formatter(lambda value, _: tick(value))
    if column or row == column:
        axes.tick_params(labelleft=False)
    if row < len(names) - 1:
        axes.tick_params(labelbottom=False)
    else:
        axes.set_xlabel(fit(figure, names[column], room[0], 8.0), size=8.0, color=style.ink, **LITERAL)
    if not column:
        text = fit(figure, names[row], room[1], 8.0)
        axes.text(
            -0.58 / room[0],
            0.5,
            text,
            size=8.0,
            color=style.ink,
            rotation=90,
            ha="center",
            va="center",
            transform=axes.transAxes,
            **LITERAL,
        )


def _draw_points(axes: Axes, shown: Shown, x: int, y: int, looks: Any, style: Style) -> None:
    size, alpha = point_look(4 * len(shown.labels))
    size *= 0.55
    raster = len(shown.labels) > 1_000
    known = np.isfinite(shown.values[:, [x, y]]).all(axis=1)
    noise = np.flatnonzero(known & (shown.labels < 0))
    axes.scatter(shown.values[noise, x], shown.values[noise, y], s=size * 0.6, color=style.noise, alpha=0.5, linewidth=0, rasterized=raster)
    mixed = np.random.default_rng(0).permutation(np.flatnonzero(known & (shown.labels >= 0)))
    numbers = shown.labels[mixed]
    found, counts = np.unique(numbers, return_counts=True)
    rare = np.isin(numbers, found[counts <= FEW])
    for marker in sorted({look.marker for look in looks.values()}):
        here = np.isin(numbers, [number for number, look in looks.items() if look.marker == marker])
        rows = mixed[here]
        axes.scatter(
            shown.values[rows, x],
            shown.values[rows, y],
            s=np.where(rare[here], max(size, 12.0), size),
            c=_colours(numbers[here], looks),
            marker=marker,
            alpha=np.where(rare[here], 1.0, alpha),  # type: ignore[arg-type]
            linewidth=0,
            zorder=2,
            rasterized=raster,
        )


def _colours(numbers: np.ndarray, looks: Any) -> np.ndarray:
    from matplotlib.colors import to_rgba_array

    known, index = np.unique(numbers, return_inverse=True)
    return to_rgba_array([looks[number].colour for number in known.tolist()])[index.reshape(-1)]


def _draw_spread(axes: Axes, shown: Shown, feature: int, ends: tuple[float, float], looks: Any, style: Style) -> None:
    """Draw the share of each cluster's rows by value, each as high as it goes; with many clusters of all rows together."""
    edges = np.linspace(*ends, 25)
    numbers = [number for number, look in looks.items() if look.own]
    if len(numbers) > _MOST_SHAPES:
        values = shown.values[:, feature]
        axes.stairs(np.histogram(values[np.isfinite(values)], edges)[0], edges, fill=True, color=style.other, alpha=0.6)
        axes.set_ylim(bottom=0)
        return
    for number in numbers:
        counts = np.histogram(shown.of(number, feature), edges)[0]
        if counts.sum():
            heights = counts / counts.sum()
            axes.stairs(heights, edges, fill=True, color=looks[number].colour, alpha=0.16)
            axes.stairs(heights, edges, color=looks[number].colour, linewidth=1.1)
    axes.set_ylim(0, (axes.get_ylim()[1] or 1.0) * 1.02)


def _draw_key(figure: Figure, data: PlotData, looks: Any, style: Style, place: tuple[float, float, float]) -> None:
    """List the clusters in the empty corner, in columns where they are many."""
    from matplotlib.lines import Line2D

    entries = [(str(number), look.colour, look.marker) for number, look in looks.items() if look.own]
    if len(entries) < data.n_clusters:
        entries.append(("others", style.other, "o"))
    if data.n_noise:
        entries.append(("noise", style.noise, "o"))
    width, height = figure.get_size_inches()
    left, top, tall = place
    handles = [Line2D([], [], color=colour, marker=marker, markersize=5, linewidth=0, label=name) for name, colour, marker in entries]
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(left / width, 1 - top / height),
        ncols=-(-len(entries) // max(int(tall / 0.17), 1)),
        frameon=False,
        fontsize=style.tick_size,
        labelcolor=style.ink,
        title="cluster",
        title_fontproperties={"size": style.tick_size},
        handletextpad=0.3,
        columnspacing=0.9,
        borderaxespad=0,
        labelspacing=0.35,
    ).get_title().set_color(style.soft)


def headline(data: PlotData) -> str:
    """Return the title."""
    which = "the chosen features" if data.features_chosen else "the features that tell most"
    return f"Clusters of {plain(data.data_name, 40)} on pairs of {which}"


def notes(data: PlotData) -> list[str]:
    """Return how it was made and how it is read."""
    spread = "on the diagonal: the spread of each cluster by itself"
    return [how(data), spread, *left_out(data)[:1], *sampled(data, _MOST_ROWS), *only_largest(data), *withheld(data)]


def draw_interactive(data: PlotData, style: Style) -> Picture:
    """Return the same pairs for a browser, with id and features on hover."""
    from clusterctl.plots.interactive_pairs import pairs_figure

    return pairs_figure(data, style)
