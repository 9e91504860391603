"""The dendrogram for a browser, with height and rows of each merge on hover."""

from __future__ import annotations

from typing import Any

import numpy as np

from clusterctl.plots import dendrogram
from clusterctl.plots.interactive import finish
from clusterctl.plots.page import Picture
from clusterctl.plots.style import Style, cluster_looks
from clusterctl.plots.treetop import MIXED, node_clusters
from clusterctl.plots.words import count
from clusterctl.values.plotdata import PlotData

_MOST_NARROW_COUNTS = 40


def dendrogram_figure(data: PlotData, style: Style) -> Picture:
    """Return the brackets, a trace a merge so that each tells its height and rows."""
    from plotly.graph_objects import Figure, Scatter

    tree = data.tree
    assert tree is not None
    order = dendrogram.leaf_order(tree)
    brackets, clusters = dendrogram.merge_brackets(tree, order)
    low = dendrogram.is_cut_low(tree)
    cut = tree.cut_height
    looks = cluster_looks(data, style)
    figure = Figure()
    for x, y, number in _lower_legs(data, brackets, clusters):
        line = {"color": looks[number].colour, "width": 2}
        figure.add_trace(Scatter(x=x, y=np.sqrt(y) if low else y, mode="lines", line=line, hoverinfo="skip"))
    for corners, number, (height, rows) in zip(brackets, clusters.tolist(), tree.merges[:, 2:].tolist(), strict=True):
        where = "above the cut" if number == MIXED else f"cluster {number}"
        y = corners[:, 1] if number != MIXED or cut is None else np.maximum(corners[:, 1], min(cut, height))
        line = {"color": style.soft if number == MIXED else looks[number].colour, "width": 2}
        text = f"{count(int(rows), 'row')}, height {height:.4g}, {where}"
        figure.add_trace(Scatter(x=corners[:, 0], y=np.sqrt(y) if low else y, mode="lines", line=line, hoverinfo="text", text=text))
    if cut is not None:
        line = {"dash": "dash", "color": style.ink, "width": 1}
        figure.add_hline(y=float(np.sqrt(cut)) if low else cut, line=line, annotation_text="cut")
    finish(figure, style, showlegend=False)
    ticks = _label_leaves(figure, data, order, style)
    _scale_heights(figure, float(tree.merges[:, 2].max()) or 1.0, low)
    narrow = {"layout": {"xaxis.ticktext": ticks if len(order) <= _MOST_NARROW_COUNTS else [""] * len(order)}}
    return Picture(figure, dendrogram.headline(data), dendrogram.notes(data, tree), 400, narrow, {"layout": {"xaxis.ticktext": ticks}})


def _lower_legs(data: PlotData, brackets: np.ndarray, clusters: np.ndarray) -> list[tuple[np.ndarray, np.ndarray, int]]:
    """Return x, y and cluster of the legs that reach from a merge above the cut down into a cluster, up to the cut."""
    tree = data.tree
    assert tree is not None
    nodes = node_clusters(tree)
    legs = []
    for corners, own, (left, right) in zip(brackets, clusters.tolist(), tree.merges[:, :2].astype(int).tolist(), strict=True):
        for child, foot, head in ((left, corners[0], corners[1]), (right, corners[3], corners[2])):
            number = int(nodes[child])
            if own == MIXED and number != MIXED and tree.cut_height is not None:
                legs.append((np.full(2, foot[0]), np.array((foot[1], min(max(tree.cut_height, foot[1]), head[1]))), number))
    return legs


def _label_leaves(figure: Any, data: PlotData, order: np.ndarray, style: Style) -> list[str]:
    """Write the rows under each leaf, if there is room, and the number of each cluster under its leaves; return the former."""
    tree = data.tree
    assert tree is not None
    few = len(order) <= dendrogram.MOST_COUNTS
    ticks = [f"{int(tree.leaf_sizes[leaf]):,}" for leaf in order.tolist()] if few else [""] * len(order)
    figure.update_xaxes(tickvals=list(range(len(order))), ticktext=ticks, tickangle=-90, tickfont={"size": 10, "color": style.soft})
    figure.update_xaxes(range=[-0.7, len(order) - 0.3], showgrid=False, zeroline=False)
    looks = cluster_looks(data, style)
    spans = dendrogram.cluster_spans(tree, order)
    size, lower = (13, 0) if len(spans) <= 16 else (11, 14)  # in two rows where clusters are many
    for turn, (number, start, end) in enumerate(spans):
        if looks[number].own:
            figure.add_annotation(
                x=(start + end - 1) / 2,
                y=0,
                yref="paper",
                yshift=-50 - lower * (turn % 2),
                text=f"<b>{number}</b>",
                font={"color": looks[number].colour, "size": size},
                showarrow=False,
                hovertext=f"cluster {number}",
            )
    figure.update_xaxes(title={"text": "rows under each branch, and cluster" if few else "cluster", "standoff": 42 + lower})
    figure.update_layout(margin={"b": 96 + lower})
    return ticks


def _scale_heights(figure: Any, top: float, low: bool) -> None:
    from matplotlib.ticker import MaxNLocator

    title = "height of the merge (square-root scale)" if low else "height of the merge"
    figure.update_yaxes(title=title, range=[0, 1.04 * (float(np.sqrt(top)) if low else top)])
    if low:
        ticks = [tick for tick in map(float, MaxNLocator(6).tick_values(0, top)) if 0 <= tick <= top]
        figure.update_yaxes(tickvals=np.sqrt(ticks), ticktext=[f"{tick:g}" for tick in ticks])
