"""A panel a cluster with the telling features side by side: how its rows lie among all (parallel coordinates, Inselberg 1985)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clusterctl.plots.canvas import LITERAL, fit, halo, write_headline
from clusterctl.plots.features import Shown, sampled, select, tick, why_not
from clusterctl.plots.panes import add_panes
from clusterctl.plots.style import Style, cluster_looks
from clusterctl.plots.words import count, how, only_largest, plain, withheld
from clusterctl.values.plotdata import PlotData

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_FEATURES, _MOST = 7, 12
_LINES = 40


def applies(data: PlotData) -> str | None:
    """Return None, or why there is nothing to draw."""
    return why_not(data, 2, _MOST)


def draw(figure: Figure, data: PlotData, style: Style) -> None:
    """Draw each cluster's median and some of its rows over the middle half of all rows; a feature's axis runs from its 1 to its 99 %."""
    shown = select(data, _MOST if data.features_chosen else _FEATURES)
    looks = cluster_looks(data, style)
    numbers = [number for number in data.cluster_ids.tolist() if looks[number].own and number not in data.withheld_groups]
    n_columns = {1: 1, 2: 2, 4: 2}.get(len(numbers), 3 if len(numbers) <= 9 else 5 if len(shown.names) <= 7 else 4)
    label_width = 1.5
    height = {1: 3.2, 2: 2.2, 3: 1.5}.get(n_columns, 0.95)
    panes = add_panes(figure, style, len(numbers), n_columns, height, between=(0.18, 0.3), left=0.3, bottom=label_width)
    scaled, ends = _scale(shown)
    sizes = dict(zip(data.cluster_ids.tolist(), data.cluster_sizes.tolist(), strict=True))
    names = [fit(figure, name, label_width - 0.12, 7.0) for name in shown.names]
    for place, (number, axes) in enumerate(zip(numbers, panes, strict=True)):
        _draw_panel(axes, scaled, shown, number, looks[number].colour, style, 0 if data.is_anonymous else _LINES)
        is_last = place + n_columns >= len(numbers)
        axes.set_xticks(range(len(names)), names if is_last else [], rotation=90, size=7.0, color=style.ink, **LITERAL)
        title = f"{number}" + (f"  {count(sizes[number], 'row')}" if n_columns <= 3 else f"  {sizes[number]:,}")
        axes.set_title(title, loc="left", size=8.5, weight="bold", color=style.ink, pad=3, gid=f"cluster-{number}")
        if n_columns <= 2:
            _write_ends(axes, ends, style)
    write_headline(figure, style, headline(data, len(shown.names)), notes(data))


def _scale(shown: Shown) -> tuple[np.ndarray, list[tuple[float, float]]]:
    """Return the values with each feature's 1 % quantile at 0 and its 99 % quantile at 1, cut a little beyond, and both quantiles."""
    scaled, ends = np.empty_like(shown.values), []
    for feature in range(shown.values.shape[1]):
        column = shown.values[:, feature]
        known = column[np.isfinite(column)]
        low, high = (float(end) for end in np.quantile(known, (0.01, 0.99)))
        if high <= low:
            low, high = float(known.min()), float(known.max())
        scaled[:, feature] = np.clip((column - low) / (high - low), -0.08, 1.08)
        ends.append((low, high))
    return scaled, ends


def _draw_panel(axes: Axes, scaled: np.ndarray, shown: Shown, number: int, colour: str, style: Style, n_lines: int) -> None:
    from matplotlib.collections import LineCollection

    x = np.arange(len(shown.names))
    low, high = np.nanquantile(scaled, (0.25, 0.75), axis=0)
    axes.fill_between(x, low, high, color=style.rule, alpha=0.75, linewidth=0, zorder=1)
    rows = np.flatnonzero(shown.labels == number)
    some = rows[np.unique(np.linspace(0, len(rows) - 1, min(len(rows), n_lines)).round().astype(np.int64))] if len(rows) else rows
    lines = [np.column_stack((x, scaled[row])) for row in some.tolist()]
    axes.add_collection(LineCollection(lines, colors=colour, linewidths=0.7, alpha=0.28, zorder=2), autolim=False)
    if len(rows):
        known = np.isfinite(scaled[rows]).any(axis=0)
        medians = np.full(len(x), np.nan)
        medians[known] = np.nanmedian(scaled[rows][:, known], axis=0)
        axes.plot(
            x,
            medians,
            color=colour,
            linewidth=2.4,
            marker="o",
            markersize=3.6,
            zorder=4,
            path_effects=halo(4.2, style.paper),
            gid=f"median-{number}",
        )
    axes.set(xlim=(-0.25, len(x) - 0.75), ylim=(-0.12, 1.12), yticks=[])
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="x", length=0)
    for place in x.tolist():
        axes.axvline(place, color=style.rule, linewidth=0.6, zorder=0)


def _write_ends(axes: Axes, ends: list[tuple[float, float]], style: Style) -> None:
    """Write what the ends of each feature's axis stand for, in original units."""
    for place, (low, high) in enumerate(ends):
        for y, value, side in ((-0.11, low, "bottom"), (1.11, high, "top")):
            text = axes.text(place, y, tick(value), size=6.5, color=style.soft, ha="center", va=side, zorder=5)
            text.set_path_effects(halo(2.0, style.paper))


def headline(data: PlotData, n_features: int) -> str:
    """Return the title."""
    return f"How the {count(data.n_clusters, 'cluster')} of {plain(data.data_name, 40)} lie on {count(n_features, 'feature')}"


def notes(data: PlotData) -> list[str]:
    """Return how it was made and how it is read."""
    read = f"line: median, {'' if data.is_anonymous else 'faint: some of its rows, '}grey: middle half of all rows"
    return [how(data), read, "axes from 1 % (bottom) to 99 % of all rows", *sampled(data), *only_largest(data), *withheld(data)]
