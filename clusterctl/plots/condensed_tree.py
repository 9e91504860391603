"""The condensed tree of HDBSCAN: branches that lose rows as the density rises, and those that are the clusters (Campello et al. 2013)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clusterctl.plots.canvas import add_axes, halo, name_axis, spread, write_headline
from clusterctl.plots.style import Style, cluster_looks
from clusterctl.plots.words import count, how, left_out, of_sample, only_largest, rows_fitted
from clusterctl.values.plotdata import CondensedTree, PlotData

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LEAST_WIDTH = 0.022
_LEAST_SHARE = 0.004


def applies(data: PlotData) -> str | None:
    """Return None, or why there is no tree."""
    return "only hdbscan has a condensed tree (and it needs two rows)" if data.condensed is None else None


def draw(figure: Figure, data: PlotData, style: Style) -> None:
    """Draw each branch as wide as it has rows left, from the distance at which it begins down to that at which it ends."""
    tree = data.condensed
    assert tree is not None
    figure.set_size_inches(style.width, style.height)
    looks = cluster_looks(data, style)
    axes = add_axes(figure, style, left=0.85, right=0.3, bottom=0.35, headline=0.72)
    centres, total = _centres(tree)
    top, bottom = _ends(tree)
    _, inner = _split(tree)
    for place in range(len(tree.sizes)):
        colour = _colour(tree, place, looks, style)
        _draw_branch(axes, tree, place, centres[place], colour, bottom, total, style)
    for place, children in inner.items():
        reach = [centres[child] for child in children]
        level = 1 / tree.births[children[0]]
        axes.plot([min(*reach, centres[place]), max(*reach, centres[place])], [level, level], color=style.soft, linewidth=0.8, zorder=1)
    axes.set_yscale("log")
    axes.set(xlim=(-0.01 * total, 1.01 * total), ylim=(bottom, top), xticks=[])
    axes.spines["bottom"].set_visible(False)
    _number_axis(axes, bottom, top)
    _label_clusters(figure, axes, tree, centres, bottom, looks, style)
    name_axis(axes, style, y="distance (denser below)")
    write_headline(figure, style, headline(data), notes(data))


def _split(tree: CondensedTree) -> tuple[list[int], dict[int, list[int]]]:
    """Return the roots and the branches that each branch splits into."""
    inner: dict[int, list[int]] = {}
    roots = []
    for place, parent in enumerate(tree.parents.tolist()):
        if parent < 0:
            roots.append(place)
        else:
            inner.setdefault(parent, []).append(place)
    return roots, inner


def _centres(tree: CondensedTree) -> tuple[np.ndarray, float]:
    """Return the middle of each branch, and the width of all, so that no branch lies over another; sizes of rows, small ones widened."""
    roots, inner = _split(tree)
    least = _LEAST_WIDTH * float(tree.sizes[0])
    widths = np.maximum(tree.sizes.astype(np.float64), least)
    for place in range(len(widths) - 1, -1, -1):  # a branch comes after the one it split from
        if place in inner:
            widths[place] = max(widths[place], sum(widths[child] for child in inner[place]))
    centres = np.zeros(len(widths))
    start = 0.0
    for root in roots:
        centres[root] = start + widths[root] / 2
        start += widths[root]
    for place in range(len(widths)):
        children = sorted(inner.get(place, ()), key=lambda child: (-widths[child], child))
        left = centres[place] - sum(widths[child] for child in children) / 2
        for child in children:
            centres[child] = left + widths[child] / 2
            left += widths[child]
    return centres, start


def _ends(tree: CondensedTree) -> tuple[float, float]:
    """Return the largest distance, and the smallest that is shown: below it a branch has lost all but 2 % of its rows."""
    ends = []
    for place in range(len(tree.sizes)):
        own = slice(tree.offsets[place], tree.offsets[place + 1])
        alive = tree.levels[own][tree.rows[own] >= max(0.02 * tree.sizes[place], 1)]
        ends.append(float(alive[-1]) if len(alive) else float(tree.births[place]))
    top = 1 / float(tree.births[0])
    bottom = min(1 / max(ends), top / 1.3)
    return top * (top / bottom) ** 0.04, bottom / (top / bottom) ** 0.06


def _colour(tree: CondensedTree, place: int, looks: Any, style: Style) -> str:
    """Return the colour of the cluster that a branch is or lies in; grey above the clusters."""
    while place >= 0:
        number = int(tree.clusters[place])
        if number >= 0:
            colour: str = looks[number].colour
            return colour
        place = int(tree.parents[place])
    return style.noise


def _draw_branch(
    axes: Axes, tree: CondensedTree, place: int, centre: float, colour: str, bottom: float, total: float, style: Style
) -> None:
    own = slice(tree.offsets[place], tree.offsets[place + 1])
    levels = np.concatenate(([tree.births[place]], tree.levels[own]))
    rows = np.concatenate(([tree.sizes[place]], tree.rows[own])).astype(np.float64)
    zorder = 3 if tree.clusters[place] >= 0 else 2
    # From one density to the next the rows stay; what is left at the end splits into the branches below.
    y = np.maximum(np.repeat(1 / levels, 2)[1:], bottom * 0.5)
    half = np.maximum(np.repeat(rows, 2)[:-1], _LEAST_SHARE * total) / 2
    axes.fill_betweenx(
        y, centre - half, centre + half, facecolor=colour, edgecolor=style.paper, linewidth=0.7, zorder=zorder, gid=f"branch-{place}"
    )


def _number_axis(axes: Axes, bottom: float, top: float) -> None:
    """Put plain numbers at the ticks, closer ones where the axis covers less than a power of ten."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

    wide = np.log10(top / bottom)
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if wide < 2.5 else (1.0,), numticks=12))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_formatter(NullFormatter())


def _label_clusters(figure: Figure, axes: Axes, tree: CondensedTree, centres: np.ndarray, bottom: float, looks: Any, style: Style) -> None:
    """Write the number of each cluster where its branch begins, moved aside where there are many."""
    found = [(place, number) for place, number in enumerate(tree.clusters.tolist()) if number >= 0 and looks[number].own]
    if not found:
        return
    size = 11.0 if len(found) <= 12 else 8.5
    unit = figure.dpi / 72
    middles = []
    for place, _ in found:
        own = slice(tree.offsets[place], tree.offsets[place + 1])
        half = tree.levels[own][tree.rows[own] >= tree.sizes[place] / 2]
        deep = float(half[-1]) if len(half) else float(tree.births[place])
        middles.append((centres[place], max(np.sqrt(1 / (tree.births[place] * deep)), bottom)))
    pixels = axes.transData.transform(np.array(middles))
    widths = np.array([len(str(number)) for _, number in found]) * size * 0.64 * unit + 4 * unit
    box = axes.get_window_extent().extents
    places = axes.transData.inverted().transform(spread(pixels, widths, size * 1.25 * unit, (box[0], box[1], box[2], box[3])))
    for (_, number), (x, y) in zip(found, places.tolist(), strict=True):
        text = axes.text(x, y, str(number), size=size, weight="bold", color=style.ink, ha="center", va="center", zorder=6)
        text.set(path_effects=halo(3.0, style.paper), gid=f"cluster-{number}")


def headline(data: PlotData) -> str:
    """Return the title."""
    found = count(data.n_clusters, "branch", "branches") if data.n_clusters else "no branch"
    verb = "is a cluster" if data.n_clusters <= 1 else "are clusters"
    return f"As density rises, {rows_fitted(data)} split: {found} {verb}"


def notes(data: PlotData) -> list[str]:
    """Return how it was made, how it is read, and what is not shown."""
    tree = data.condensed
    assert tree is not None
    told = [how(data), "width: rows still in the branch, grey: in no cluster", *left_out(data)[:1], *only_largest(data)]
    told += of_sample(data)
    if len(tree.sizes) < tree.n_branches:
        told.append(f"{len(tree.sizes)} of {tree.n_branches:,} branches")
    return told
