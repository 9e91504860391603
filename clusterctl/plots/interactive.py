"""The pictures for a browser: plotly figures of the same arrays, with ids and values on hover."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from clusterctl.plots import dendrogram, heatmap, scatter, silhouette
from clusterctl.plots.style import Style, cluster_looks
from clusterctl.plots.treetop import MIXED
from clusterctl.plots.words import clusters_in_rows, count, how, left_out, plain
from clusterctl.values.plotdata import CLUSTERED, EXCLUDED, NOISE, PlotData

_HOVER_FEATURES = 12
_MOST_SVG_POINTS = 5_000


def literal(text: str, longest: int = 60) -> str:
    """Return text from the data as plotly must get it: no markup, and no `$…$`, which it would read as mathematics."""
    return escape(plain(text, longest), quote=False).replace("$", "&#36;")


def scatter_figure(data: PlotData, style: Style) -> Any:
    """Return the scatter: noise and excluded rows first, then a trace a cluster."""
    from plotly.graph_objects import Figure, Scatter, Scattergl

    points = Scattergl if len(data.rows) > _MOST_SVG_POINTS else Scatter  # WebGL is fast, SVG works everywhere

    size, alpha = scatter.point_look(len(data.rows))
    looks = cluster_looks(data, style)
    traces = []
    layers = [("noise", data.status == NOISE, style.noise, "circle"), ("excluded", data.status == EXCLUDED, style.noise, "circle-open")]
    layers += [
        (f"cluster {number}", (data.labels == number) & (data.status == CLUSTERED), looks[number].colour, looks[number].plotly_marker)
        for number in data.cluster_ids.tolist()
    ]
    for name, here, colour, marker in layers:
        if here.any():
            traces.append(
                points(
                    x=data.projection[here, 0],
                    y=data.projection[here, 1],
                    mode="markers",
                    name=name,
                    text=_hover(data, np.flatnonzero(here), name),
                    hovertemplate="%{text}<extra></extra>",
                    marker={"color": colour, "symbol": marker, "size": 1.3 * np.sqrt(size), "opacity": alpha},
                )
            )
    figure = Figure(traces)
    notes = [how(data), *left_out(data)]
    if data.n_drawn < data.n_points:
        notes.append(f"{data.n_drawn:,} of {data.n_points:,} rows drawn")
    _finish(figure, style, clusters_in_rows(data), notes)
    figure.update_xaxes(title=literal(data.axis_labels[0]))
    figure.update_yaxes(title=literal(data.axis_labels[1]), visible=bool(data.axis_labels[1]))
    return figure


def _hover(data: PlotData, places: np.ndarray, name: str) -> list[str]:
    names = [literal(feature, 40) for feature in data.feature_names[:_HOVER_FEATURES]]
    ids = data.sample_ids[places].tolist()
    values = data.features[places, : len(names)].tolist()
    return [
        "<br>".join(
            (
                f"<b>{literal(str(row), 60)}</b> ({name})",
                *(f"{feature}: {_number(value)}" for feature, value in zip(names, line, strict=True)),
            )
        )
        for row, line in zip(ids, values, strict=True)
    ]


def _number(value: float) -> str:
    return "missing" if np.isnan(value) else f"{value:.6g}"


def silhouette_figure(data: PlotData, style: Style) -> Any:
    """Return the bands of the 30 largest clusters, a filled line each."""
    from plotly.graph_objects import Figure, Scatter

    curves = data.silhouette
    assert curves is not None
    looks = cluster_looks(data, style)
    shown = [place for place, number in enumerate(data.cluster_ids.tolist()) if looks[number].own]
    bottoms, heights = silhouette.bands(data.cluster_sizes[shown])
    figure = Figure()
    for place, bottom, height in zip(shown, bottoms, heights, strict=True):
        number = int(data.cluster_ids[place])
        values = curves.values[curves.offsets[place] : curves.offsets[place + 1]]
        levels = bottom + height * (1 - (np.arange(len(values)) + 0.5) / max(len(values), 1))
        size, mean = int(data.cluster_sizes[place]), float(curves.means[place])
        hover = f"cluster {number}: {count(size, 'row')}, mean {mean:.3f}<br>silhouette %{{x:.3f}}<extra></extra>"
        line = {"color": looks[number].colour, "width": 1}
        figure.add_trace(
            Scatter(
                x=np.concatenate(([0.0], values, [0.0])),
                y=np.concatenate(([bottom + height], levels, [bottom])),
                fill="toself",
                mode="lines",
                line=line,
                fillcolor=looks[number].colour,
                name=f"cluster {number}",
                hovertemplate=hover,
                hoveron="points",
            )
        )
    figure.add_vline(x=curves.mean, line={"dash": "dash", "color": style.ink, "width": 1})
    _finish(figure, style, f"Mean silhouette {curves.mean:.2f}: {silhouette.verdict(curves.mean)}", [how(data)])
    figure.update_xaxes(title="silhouette")
    middles = (bottoms + heights / 2).tolist()
    figure.update_yaxes(tickvals=middles, ticktext=[str(data.cluster_ids[place]) for place in shown], title="cluster", showgrid=False)
    return figure


def dendrogram_figure(data: PlotData, style: Style) -> Any:
    """Return the brackets, a trace a merge so that each tells its height and rows."""
    from plotly.graph_objects import Figure, Scatter

    tree = data.tree
    assert tree is not None
    order = dendrogram.leaf_order(tree)
    brackets, clusters = dendrogram.merge_brackets(tree, order)
    looks = cluster_looks(data, style)
    figure = Figure()
    for corners, number, (height, rows) in zip(brackets, clusters.tolist(), tree.merges[:, 2:].tolist(), strict=True):
        colour = style.soft if number == MIXED else looks[number].colour
        where = "above the cut" if number == MIXED else f"cluster {number}"
        text = f"{count(int(rows), 'row')}, height {height:.4g}, {where}"
        line = {"color": colour, "width": 2}
        figure.add_trace(Scatter(x=corners[:, 0], y=corners[:, 1], mode="lines", line=line, hoverinfo="text", text=text, showlegend=False))
    if tree.cut_height is not None:
        figure.add_hline(y=tree.cut_height, line={"dash": "dash", "color": style.ink, "width": 1}, annotation_text="cut")
    title = f"How {count(data.n_points, 'row')} of {plain(data.data_name, 40)} merge into {count(data.n_clusters, 'cluster')}"
    _finish(figure, style, title, [how(data)])
    ticks = [f"{int(tree.leaf_sizes[leaf]):,}" for leaf in order.tolist()]
    figure.update_xaxes(tickvals=list(range(len(order))), ticktext=ticks, title="rows under each branch", showgrid=False)
    figure.update_yaxes(title="height of the merge", rangemode="tozero")
    return figure


def heatmap_figure(data: PlotData, style: Style) -> Any:
    """Return the cells with their values on hover."""
    from plotly.graph_objects import Figure, Heatmap

    cells = heatmap.select_cells(data)
    # A position a row, not the name: two long names may be cut to the same text.
    names = [literal(name, 40) for name in cells.names]
    groups = ["noise" if number < 0 else f"cluster {number}" for number in cells.groups]
    text = [[f"{name}, {group}" for group in groups] for name in names]
    figure = Figure(
        Heatmap(
            z=cells.means,
            text=text,
            hovertemplate="%{text}: %{z:+.2f}<extra></extra>",
            colorscale="RdBu",
            reversescale=True,
            zmid=0,
            zmin=-cells.limit,
            zmax=cells.limit,
            xgap=2,
            ygap=2,
            colorbar={"title": "standard<br>deviations"},
        )
    )
    title = f"What sets the {count(data.n_clusters, 'cluster')} of {plain(data.data_name, 40)} apart"
    _finish(figure, style, title, [how(data), "means in standard deviations from the mean of all rows"])
    figure.update_xaxes(tickvals=list(range(len(groups))), ticktext=groups, showgrid=False)
    figure.update_yaxes(tickvals=list(range(len(names))), ticktext=names, autorange="reversed", showgrid=False, automargin=True)
    return figure


def _finish(figure: Any, style: Style, title: str, notes: list[str]) -> None:
    heading = literal(title, 200)
    below = " · ".join(literal(note, 160) for note in notes if note)
    figure.update_layout(
        title={"text": f"<b>{heading}</b><br><span style='font-size:12px;color:{style.soft}'>{below}</span>", "x": 0.02},
        paper_bgcolor=style.paper,
        plot_bgcolor=style.paper,
        font={"color": style.ink},
        margin={"t": 90, "r": 30},
    )
    figure.update_xaxes(gridcolor=style.rule, zerolinecolor=style.rule)
    figure.update_yaxes(gridcolor=style.rule, zerolinecolor=style.rule)
