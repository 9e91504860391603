"""What sets the clusters apart: standardised means, features down, clusters across."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clusterctl.plots.canvas import LITERAL, add_axes, write_headline
from clusterctl.plots.style import MOST_CLUSTERS, Style, cluster_looks, ink_on
from clusterctl.plots.words import count, how, only_largest, plain, withheld
from clusterctl.values.plotdata import PlotData

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

    from clusterctl.plots.page import Picture

_MOST_FEATURES = 25
_LEAST_SPREAD = 1e-9
_SAME = 0.005
_LONGEST_NAME = 40
_WIDEST_NAME = 2.5


@dataclass(frozen=True, slots=True)
class Cells:
    """What the heatmap shows: `means` (p, g), a row a feature, the most telling first; `groups` the clusters, noise (-1) last."""

    names: tuple[str, ...]
    groups: tuple[int, ...]
    means: np.ndarray
    n_left: int
    limit: float


def applies(data: PlotData) -> str | None:
    """Return None, or why there is nothing to compare."""
    if len(data.profile_groups) < 2:
        return "there is only one group of rows, and nothing to compare it with"
    return None if _telling(data).any() else "no feature differs between the clusters"


def _telling(data: PlotData) -> np.ndarray:
    """Return (q,) whether a feature differs between the groups at all."""
    means = np.where(np.isnan(data.profile_means), 0.0, data.profile_means)
    spread: np.ndarray = np.ptp(means, axis=0) > _LEAST_SPREAD
    return spread


def select_cells(data: PlotData) -> Cells:
    """Return the 25 most telling features in the 30 largest clusters (and the noise)."""
    sizes = {number: -size for number, size in zip(data.cluster_ids.tolist(), data.cluster_sizes.tolist(), strict=True)}
    largest = set(sorted(sizes, key=lambda number: (sizes[number], number))[:MOST_CLUSTERS])
    columns = [place for place, number in enumerate(data.profile_groups.tolist()) if number < 0 or number in largest]
    chosen = _distinct(data.profile_means[columns], np.flatnonzero(_telling(data)))
    means = data.profile_means[columns][:, chosen].T
    largest_mean = float(np.nanmax(np.abs(means))) if np.isfinite(means).any() else 1.0
    names = tuple(data.profile_names[place] for place in chosen)
    groups = tuple(int(data.profile_groups[place]) for place in columns)
    return Cells(names, groups, means, len(data.profile_names) - len(chosen), float(np.clip(largest_mean, 0.5, 2.5)))


def _distinct(means: np.ndarray, telling: np.ndarray) -> list[int]:
    """Return the first 25 features that do not say the same as one before: equal or mirrored means, as `phone = no` and `lines = none`."""
    chosen: list[int] = []
    for place in telling.tolist():
        own = np.nan_to_num(means[:, place])
        others = np.nan_to_num(means[:, chosen]).T
        alike = np.minimum(np.abs(others - own).max(axis=1, initial=0), np.abs(others + own).max(axis=1, initial=0)) < _SAME
        if not alike.any():
            chosen.append(place)
        if len(chosen) == _MOST_FEATURES:
            break
    return chosen


def draw(figure: Figure, data: PlotData, style: Style) -> None:
    """Draw a cell a feature and cluster: blue below, red above the mean of all rows; numbers where there is room."""
    cells = select_cells(data)
    names, widest = _fit_names(figure, cells.names, style)
    figure.set_size_inches(style.width, float(np.clip(1.85 + 0.27 * len(names), 3.2, 8.6)))
    axes = add_axes(figure, style, left=widest + 0.3, right=1.05, bottom=0.25, headline=1.1)
    image = _draw_cells(axes, cells, style)
    _label_cells(axes, cells, names, style)
    _label_groups(figure, axes, data, cells, style)
    if len(cells.groups) <= 12:
        _write_values(axes, cells, style)
    _draw_scale(figure, axes, image, cells, style)
    write_headline(figure, style, headline(data), notes(data, cells))


def headline(data: PlotData) -> str:
    """Return the title."""
    return f"What sets the {count(data.n_clusters, 'cluster')} of {plain(data.data_name, 40)} apart"


def notes(data: PlotData, cells: Cells) -> list[str]:
    """Return how it was made and what is not shown."""
    told = [how(data), "means in standard deviations from the mean of all rows", *only_largest(data), *withheld(data)]
    if cells.n_left:
        n_shown = len(cells.names)
        told.append(f"{n_shown} of {n_shown + cells.n_left} features: the most telling, those that say the same only once")
    return told


def _fit_names(figure: Figure, names: tuple[str, ...], style: Style) -> tuple[list[str], float]:
    """Return the names cut to at most 2.5 inches as they will be drawn, and the width of the widest in inches."""
    probe = figure.text(0, 0, "", size=style.tick_size, **LITERAL)

    def inches(text: str) -> float:
        probe.set_text(text)
        return float(probe.get_window_extent().width) / figure.dpi

    fitted, widest = [], 0.0
    for name in names:
        text, longest = plain(name, _LONGEST_NAME), _LONGEST_NAME
        while inches(text) > _WIDEST_NAME:
            longest -= 2
            text = plain(name, longest)
        fitted.append(text)
        widest = max(widest, inches(text))
    probe.remove()
    return fitted, widest


def _draw_cells(axes: Axes, cells: Cells, style: Style) -> AxesImage:
    from matplotlib import colormaps

    colours = colormaps["RdBu_r"].with_extremes(bad=style.rule)
    image = axes.imshow(
        np.ma.masked_invalid(cells.means), cmap=colours, vmin=-cells.limit, vmax=cells.limit, aspect="auto", interpolation="nearest"
    )
    n_features, n_groups = cells.means.shape
    axes.set_xticks(np.arange(n_groups + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(n_features + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=style.paper, linewidth=1.5)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)
    return image


def _label_cells(axes: Axes, cells: Cells, names: list[str], style: Style) -> None:
    axes.set_yticks(np.arange(len(cells.names)), names, size=style.tick_size, color=style.ink, **LITERAL)
    axes.set_xticks([])


def _label_groups(figure: Figure, axes: Axes, data: PlotData, cells: Cells, style: Style) -> None:
    """Write each cluster's number and rows over its column, with a bar in its colour."""
    looks = cluster_looks(data, style)
    sizes = dict(zip(data.cluster_ids.tolist(), data.cluster_sizes.tolist(), strict=True)) | {-1: data.n_noise}
    inch = 1 / (axes.get_position().height * figure.get_size_inches()[1])
    n_groups = len(cells.groups)
    above = axes.get_xaxis_transform()
    centred: dict[str, Any] = {"ha": "center", "va": "center", "transform": above}
    for place, number in enumerate(cells.groups):
        colour, name = (style.noise, "noise") if number < 0 else (looks[number].colour, str(number))
        bar = [1 + 0.05 * inch] * 2
        axes.plot([place - 0.42, place + 0.42], bar, color=colour, linewidth=4, solid_capstyle="butt", transform=above, clip_on=False)
        size = 9.5 if n_groups <= 16 else 8.0 if n_groups <= 22 else 6.4
        axes.text(place, 1 + 0.19 * inch, name, size=size, weight="bold", color=style.ink, gid=f"cluster-{number}", **centred)
        if n_groups <= 10:
            axes.text(place, 1 + 0.34 * inch, f"{sizes[number]:,} rows", size=7, color=style.soft, **centred)


def _write_values(axes: Axes, cells: Cells, style: Style) -> None:
    for (feature, place), value in np.ndenumerate(cells.means):
        text = "–" if np.isnan(value) else f"{value:+.1f}".replace("-", "\u2212") if abs(value) >= 0.05 else "0"
        colour = style.ink if np.isnan(value) else ink_on(dark=abs(value) > 0.62 * cells.limit)
        axes.text(place, feature, text, size=7.5, color=colour, ha="center", va="center")


def _draw_scale(figure: Figure, axes: Axes, image: AxesImage, cells: Cells, style: Style) -> None:
    box = axes.get_position()
    width, height = figure.get_size_inches()
    tall = min(box.height, 1.8 / height)
    bar = figure.add_axes((box.x1 + 0.2 / width, box.y1 - tall, 0.13 / width, tall))
    beyond = bool(np.nanmax(np.abs(cells.means)) > cells.limit)
    scale = figure.colorbar(image, cax=bar, extend="both" if beyond else "neither")
    scale.outline.set_visible(False)
    bar.tick_params(labelsize=7, colors=style.soft, length=2)
    bar.set_ylabel("standard deviations", size=7, color=style.soft)


def draw_interactive(data: PlotData, style: Style) -> Picture:
    """Return the same cells for a browser, with the values on hover."""
    from clusterctl.plots.interactive import heatmap_figure

    return heatmap_figure(data, style)
