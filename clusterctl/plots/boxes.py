"""A box a cluster for each of the telling features, in original units (Tukey 1977; whiskers by quantiles)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clusterctl.plots.canvas import LITERAL, fit, write_headline
from clusterctl.plots.features import Shown, limits, sampled, select, tick, why_not
from clusterctl.plots.panes import add_panes
from clusterctl.plots.style import Style, cluster_looks
from clusterctl.plots.words import how, only_largest, plain, withheld
from clusterctl.values.plotdata import PlotData

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_FEATURES, _MOST = 6, 12


def applies(data: PlotData) -> str | None:
    """Return None, or why there is nothing to draw."""
    return why_not(data, 1, _MOST)


def draw(figure: Figure, data: PlotData, style: Style) -> None:
    """Draw a panel a feature: boxes from quartile to quartile, the median as a line, whiskers from 5 to 95 %."""
    shown = select(data, _MOST if data.features_chosen else _FEATURES)
    looks = cluster_looks(data, style)
    groups = [number for number in data.cluster_ids.tolist() if looks[number].own] + ([-1] if data.n_noise else [])
    groups = [number for number in groups if number not in data.withheld_groups]
    panes = add_panes(
        figure, style, len(shown.names), 1 if len(groups) > 16 or len(shown.names) == 1 else 2, 1.75 if len(shown.names) > 1 else 3.4
    )
    colours = {number: style.noise if number < 0 else looks[number].colour for number in groups}
    for feature, axes in enumerate(panes):
        _draw_panel(axes, shown, feature, groups, colours, style)
        inches = float(axes.get_position().width * figure.get_size_inches()[0])
        title = fit(figure, shown.names[feature], inches, style.label_size, "bold")
        axes.set_title(title, loc="left", size=style.label_size, weight="bold", color=style.ink, pad=5, **LITERAL)
    write_headline(figure, style, headline(data, len(shown.names)), notes(data))


def _draw_panel(axes: Axes, shown: Shown, feature: int, groups: list[int], colours: dict[int, str], style: Style) -> None:
    from matplotlib.ticker import MaxNLocator

    low, high = limits(shown.values[:, feature])
    for place, number in enumerate(groups):
        values = shown.of(number, feature)
        if not len(values):
            axes.text(place, (low + high) / 2, "–", color=style.soft, ha="center", va="center")
            continue
        lower, first, median, third, upper = np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95)).tolist()
        axes.plot([place, place], [lower, upper], color=colours[number], linewidth=1.2, zorder=2)
        axes.bar(place, third - first, bottom=first, width=0.66, color=colours[number], zorder=3, gid=f"box-{feature}-{number}")
        line: dict[str, Any] = {"solid_capstyle": "butt", "zorder": 4}
        axes.plot([place - 0.36, place + 0.36], [median, median], color=style.paper, linewidth=3.4, **line)
        axes.plot([place - 0.36, place + 0.36], [median, median], color=style.ink, linewidth=1.6, gid=f"median-{feature}-{number}", **line)
    whole = shown.values[:, feature]
    axes.axhline(float(np.median(whole[np.isfinite(whole)])), color=style.soft, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    axes.spines["bottom"].set_visible(False)
    foot = axes.get_xaxis_transform()
    for place, number in enumerate(groups):  # a box may be too flat for its colour to be seen
        axes.plot(
            [place - 0.36, place + 0.36], [0, 0], color=colours[number], linewidth=4, solid_capstyle="butt", transform=foot, clip_on=False
        )
    names = ["noise" if number < 0 else str(number) for number in groups]
    size = 8.0 if len(groups) <= 16 else 6.6
    axes.set_xticks(range(len(groups)), names, size=size, color=style.ink)
    axes.set(xlim=(-0.6, len(groups) - 0.4), ylim=(low, high))
    axes.tick_params(axis="x", length=0)
    axes.yaxis.set_major_formatter(lambda value, _: tick(value))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.grid(axis="y", color=style.rule, linewidth=0.5, zorder=0)
    axes.set_axisbelow(True)


def headline(data: PlotData, n_features: int) -> str:
    """Return the title."""
    which = (
        "The chosen features"
        if data.features_chosen
        else "The features that tell most"
        if n_features > 1
        else "The feature that tells most"
    )
    return f"{which}, by cluster of {plain(data.data_name, 40)}"


def notes(data: PlotData) -> list[str]:
    """Return how it was made and how it is read."""
    read = "box: the middle half, line: median, whiskers: 5 to 95 %, dashed: median of all"
    return [how(data), read, *sampled(data), *only_largest(data), *withheld(data)]
