"""How many rows each cluster has, and how many are in none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusterctl.plots.canvas import add_axes, name_axis, write_headline
from clusterctl.plots.style import Style, cluster_looks
from clusterctl.plots.words import clusters_in_rows, count, how, left_out, only_largest, share
from clusterctl.values.plotdata import PlotData

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from clusterctl.plots.page import Picture


@dataclass(frozen=True, slots=True)
class Bar:
    """A cluster, the clusters beyond the 30 largest together, or the noise."""

    name: str
    rows: int
    colour: str


def applies(data: PlotData) -> str | None:
    """Return None, or why there is nothing to count."""
    return None if data.n_points else "there are no rows to count"


def bars(data: PlotData, style: Style) -> list[Bar]:
    """Return a bar for each of the 30 largest clusters by number, then one for the rest and one for the noise."""
    looks = cluster_looks(data, style)
    numbers = zip(data.cluster_ids.tolist(), data.cluster_sizes.tolist(), strict=True)
    found = [Bar(str(number), rows, looks[number].colour) for number, rows in numbers if looks[number].own]
    rest = int(data.cluster_sizes.sum()) - sum(bar.rows for bar in found)
    if rest:
        found.append(Bar(f"{data.n_clusters - len(found)} more", rest, style.other))
    if data.n_noise:
        found.append(Bar("noise", data.n_noise, style.noise))
    return found


def draw(figure: Figure, data: PlotData, style: Style) -> None:
    """Draw a bar a cluster with its rows and its share; the grey one is noise."""
    from matplotlib.ticker import MaxNLocator

    shown = bars(data, style)
    step = 0.42 if len(shown) <= 8 else 0.3 if len(shown) <= 16 else 0.215
    figure.set_size_inches(style.width, max(2.6, 1.5 + step * len(shown)))
    axes = add_axes(figure, style, left=0.95, right=1.35, bottom=0.5, headline=0.72)
    for place, bar in enumerate(shown):
        axes.barh(place, bar.rows, height=0.72, color=bar.colour, zorder=2, gid=f"bar-{bar.name}")
        _label(axes, place, bar, data, style, 10.0 if step > 0.25 else 8.0)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlim(0, max(bar.rows for bar in shown) * 1.01)
    axes.set_yticks([])
    axes.xaxis.set_major_formatter(lambda rows, _: f"{rows:,.0f}")
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    axes.grid(axis="x", color=style.rule, linewidth=0.6, zorder=0)
    axes.set_axisbelow(True)
    name_axis(axes, style, x="rows")
    write_headline(figure, style, headline(data), notes(data))


def _label(axes: Axes, place: int, bar: Bar, data: PlotData, style: Style, size: float) -> None:
    at_axis = axes.get_yaxis_transform()
    axes.text(
        -0.015,
        place,
        bar.name,
        size=size,
        weight="bold",
        color=style.ink,
        ha="right",
        va="center",
        transform=at_axis,
        gid=f"cluster-{bar.name}" if bar.name.isdigit() else f"name-{bar.name}",
    )
    axes.text(bar.rows, place, f" {bar.rows:,}", size=size - 1, color=style.ink, va="center", gid=f"rows-{bar.name}")
    text = share(bar.rows, data.n_points)
    axes.text(1.16, place, text, size=size - 1, color=style.soft, ha="right", va="center", transform=at_axis, gid=f"share-{bar.name}")


def headline(data: PlotData) -> str:
    """Return what the largest cluster holds, where there are several."""
    if data.n_clusters < 2:
        return clusters_in_rows(data)
    return f"{clusters_in_rows(data)}: the largest holds {share(int(data.cluster_sizes.max()), data.n_points)}"


def notes(data: PlotData) -> list[str]:
    """Return how it was made and what is not among the bars."""
    told = [how(data), *left_out(data), *only_largest(data), f"shares are of {count(data.n_points, 'row')}, clustered or noise"]
    return [*told, f"the smallest cluster has {count(int(data.cluster_sizes.min()), 'row')}"] if data.n_clusters > 1 else told


def draw_interactive(data: PlotData, style: Style) -> Picture:
    """Return the same bars for a browser."""
    from clusterctl.plots.interactive_bars import sizes_figure

    return sizes_figure(data, style)
