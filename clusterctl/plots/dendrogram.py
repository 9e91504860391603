"""The last merges of a hierarchical clustering, coloured by cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clusterctl.plots.canvas import add_axes, name_axis, write_headline
from clusterctl.plots.style import Style, cluster_looks
from clusterctl.plots.treetop import MIXED, node_clusters
from clusterctl.plots.words import count, how, of_sample, only_largest, rows_fitted
from clusterctl.values.plotdata import PlotData, TreeTop

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from clusterctl.plots.page import Picture

MOST_COUNTS = 60
_LOW = 0.12


def applies(data: PlotData) -> str | None:
    """Return None, or why there is no tree."""
    return "only a hierarchical clustering has a tree of merges" if data.tree is None else None


def draw(figure: Figure, data: PlotData, style: Style) -> None:
    """Draw the merges as brackets at their heights, the cut as a dashed line, rows below each leaf, cluster numbers under them."""
    tree = data.tree
    assert tree is not None
    figure.set_size_inches(style.width, style.height)
    looks = cluster_looks(data, style)
    axes = add_axes(figure, style, left=0.8, right=0.5, bottom=1.05, headline=0.72)
    order = leaf_order(tree)
    brackets, _ = merge_brackets(tree, order)
    _draw_brackets(axes, tree, brackets, looks, style)
    top = float(tree.merges[:, 2].max()) or 1.0
    axes.set_xlim(-0.7, len(order) - 0.3)
    low_cut = is_cut_low(tree)
    if low_cut:
        axes.set_yscale("function", functions=(_root, np.square))
    axes.set_ylim(0, top * 1.04)
    _draw_cut(axes, tree, style)
    _label_leaves(axes, tree, order, style)
    _label_clusters(axes, tree, order, looks, style)
    name_axis(axes, style, y="height of the merge (square-root scale)" if low_cut else "height of the merge")
    write_headline(figure, style, headline(data), notes(data, tree))


def is_cut_low(tree: TreeTop) -> bool:
    """Return whether the cut lies so low that what is below it can only be seen on a square-root scale."""
    return tree.cut_height is not None and tree.cut_height < _LOW * (float(tree.merges[:, 2].max()) or 1.0)


def _root(heights: np.ndarray) -> np.ndarray:
    roots: np.ndarray = np.sqrt(np.maximum(heights, 0))
    return roots


def leaf_order(tree: TreeTop) -> np.ndarray:
    """Return the leaves (p,) from left to right so that no bracket crosses another: the side with more rows comes first."""
    n_leaves = len(tree.leaf_sizes)
    sizes = np.concatenate((tree.leaf_sizes, tree.merges[:, 3]))
    order: list[int] = []
    waiting = [n_leaves + len(tree.merges) - 1]
    while waiting:
        node = waiting.pop()
        if node < n_leaves:
            order.append(node)
            continue
        left, right = (int(child) for child in tree.merges[node - n_leaves, :2])
        if sizes[right] > sizes[left]:
            left, right = right, left
        waiting += [right, left]
    return np.array(order)


def merge_brackets(tree: TreeTop, order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the corners (p - 1, 4, 2) of the bracket of each merge and the cluster it lies in, MIXED above the cut."""
    n_leaves = len(order)
    x = np.empty(n_leaves + len(tree.merges))
    y = np.zeros(len(x))
    x[order] = np.arange(n_leaves)
    corners = np.empty((len(tree.merges), 4, 2))
    for number, (left, right, height) in enumerate(tree.merges[:, :3].tolist()):
        a, b = int(left), int(right)
        corners[number] = ((x[a], y[a]), (x[a], height), (x[b], height), (x[b], y[b]))
        x[n_leaves + number], y[n_leaves + number] = (x[a] + x[b]) / 2, height
    return corners, node_clusters(tree)[n_leaves:]


def _draw_brackets(axes: Axes, tree: TreeTop, brackets: np.ndarray, looks: Any, style: Style) -> None:
    """Draw legs and bars in the colour of the cluster that they lie in: grey above the cut, where clusters are mixed."""
    from matplotlib.collections import LineCollection

    nodes = node_clusters(tree)
    n_leaves = len(tree.leaf_sizes)
    lines, colours = [], []
    for merge, (corners, (left, right)) in enumerate(zip(brackets, tree.merges[:, :2].astype(int).tolist(), strict=True)):
        own = int(nodes[n_leaves + merge])
        bar = style.soft if own == MIXED else looks[own].colour
        lines.append(corners[1:3])
        colours.append(bar)
        for child, foot, head in ((left, corners[0], corners[1]), (right, corners[3], corners[2])):
            below = int(nodes[child])
            knee = head if own != MIXED or tree.cut_height is None else np.array((foot[0], min(max(tree.cut_height, foot[1]), head[1])))
            lines += [np.array((foot, knee)), np.array((knee, head))]
            colours += [bar if below == MIXED else looks[below].colour, bar]
    width = 1.6 if n_leaves < 80 else 1.0
    axes.add_collection(LineCollection(lines, colors=colours, linewidths=width, capstyle="projecting"), autolim=False)


def _draw_cut(axes: Axes, tree: TreeTop, style: Style) -> None:
    if tree.cut_height is None:
        return
    axes.axhline(tree.cut_height, color=style.ink, linewidth=1.0, linestyle=(0, (4, 3)), zorder=3)
    at_axis = axes.get_yaxis_transform()
    axes.text(1.01, tree.cut_height, "cut", size=8.5, color=style.ink, va="center", transform=at_axis, gid="cut")


def _label_leaves(axes: Axes, tree: TreeTop, order: np.ndarray, style: Style) -> None:
    """Write the rows under each leaf, if there is room."""
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    if len(order) > MOST_COUNTS:
        return
    below: dict[str, Any] = {"rotation": 90, "ha": "center", "va": "top", "transform": axes.get_xaxis_transform()}
    size = 7.0 if len(order) <= 40 else 5.6
    for place, leaf in enumerate(order.tolist()):
        axes.text(place, -0.02, f"{int(tree.leaf_sizes[leaf]):,}", size=size, color=style.soft, **below)
    axes.text(-0.01, -0.03, "rows", size=7.5, color=style.soft, ha="right", va="top", transform=axes.transAxes)


def _label_clusters(axes: Axes, tree: TreeTop, order: np.ndarray, looks: Any, style: Style) -> None:
    """Draw a bar in its colour under the leaves of each cluster, and its number; in two rows where clusters are many."""
    below = axes.get_xaxis_transform()
    axes.text(-0.01, -0.215, "cluster", size=7.5, color=style.soft, ha="right", va="center", transform=axes.transAxes)
    spans = cluster_spans(tree, order)
    size, lower = (9.5, 0.0) if len(spans) <= 16 else (7.5, 0.035)
    for turn, (number, start, end) in enumerate(spans):
        (bar,) = axes.plot([start - 0.4, end - 0.6], [-0.165] * 2, color=looks[number].colour, linewidth=5, solid_capstyle="butt")
        bar.set(transform=below, clip_on=False)
        if looks[number].own:
            place: dict[str, Any] = {"ha": "center", "va": "center", "transform": below, "gid": f"cluster-{number}"}
            height = -0.215 - lower * (turn % 2)
            axes.text((start + end - 1) / 2, height, str(number), size=size, weight="bold", color=style.ink, **place)


def cluster_spans(tree: TreeTop, order: np.ndarray) -> list[tuple[int, int, int]]:
    """Return number, first place and the place after the last of each run of leaves of one cluster, from left to right."""
    numbers = tree.leaf_clusters[order]
    starts = np.flatnonzero(np.concatenate(([True], numbers[1:] != numbers[:-1])))
    ends = [*starts[1:].tolist(), len(order)]
    return [(int(numbers[start]), start, end) for start, end in zip(starts.tolist(), ends, strict=True) if numbers[start] != MIXED]


def headline(data: PlotData) -> str:
    """Return the title."""
    found = count(data.n_clusters, "cluster")
    return f"How {rows_fitted(data)} merge into {found}"


def notes(data: PlotData, tree: TreeTop) -> list[str]:
    """Return how it was made and what is not shown."""
    n_leaves = len(tree.leaf_sizes)
    told = [how(data)]
    told += of_sample(data)
    if n_leaves < data.n_of_fit:
        told.append(f"the last {n_leaves - 1:,} of {data.n_of_fit - 1:,} merges")
    if tree.cut_height is not None:
        told.append(f"cut at height {tree.cut_height:.4g}")
    return [*told, *only_largest(data)]


def draw_interactive(data: PlotData, style: Style) -> Picture:
    """Return the same tree for a browser, with height and rows on hover."""
    from clusterctl.plots.interactive_tree import dendrogram_figure

    return dendrogram_figure(data, style)
