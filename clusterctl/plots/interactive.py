"""The pictures for a browser: plotly figures of the same arrays, with ids and values on hover."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from clusterctl.plots import heatmap, scatter, silhouette
from clusterctl.plots.page import Picture
from clusterctl.plots.style import Style, cluster_looks
from clusterctl.plots.words import clusters_in_rows, count, plain
from clusterctl.values.plotdata import CLUSTERED, EXCLUDED, NOISE, PlotData

_HOVER_FEATURES = 12
_MOST_SVG_POINTS = 5_000
_MOST_VALUES = 12
_NAME, _NARROW_NAME = 40, 20


def literal(text: str, longest: int = 60) -> str:
    """Return text from the data as plotly must get it: no markup, no `$…$`, which it would read as mathematics, no `%{…}` of templates."""
    return escape(plain(text, longest), quote=False).replace("$", "&#36;").replace("%", "&#37;")


def middle_cut(text: str, longest: int) -> str:
    """Return `literal` text of at most `longest` characters, cut in the middle: `a long column = value` must not lose its value."""
    line = plain(text, 10 * longest)
    head, tail = (longest - 1) // 2, longest // 2
    return literal(line if len(line) <= longest else f"{line[:head]}…{line[-tail:]}", 2 * longest)


def scatter_figure(data: PlotData, style: Style) -> Picture:
    """Return the scatter: noise and excluded rows first, then a trace a cluster; those beyond the 30 largest share one."""
    from plotly.graph_objects import Figure, Scatter, Scattergl

    points = Scattergl if len(data.rows) > _MOST_SVG_POINTS else Scatter  # WebGL is fast, SVG works everywhere
    size, alpha = scatter.point_look(len(data.rows))
    template = hover_template(data)
    figure = Figure()
    for name, here, colour, marker in _layers(data, style):
        if not here.any():
            continue
        rare = marker != "circle-open" and int(here.sum()) <= scatter.FEW  # one row must not be lost among thousands
        look = {"color": colour, "symbol": marker, "size": 1.3 * np.sqrt(max(size, scatter.TINY_SIZE) if rare else size)}
        figure.add_trace(
            points(
                x=data.projection[here, 0],
                y=data.projection[here, 1],
                mode="markers",
                name=name,
                text=hover_ids(data.sample_ids[here]),
                customdata=hover_values(data, here),
                hovertemplate=template,
                marker={**look, "opacity": 1.0 if rare else alpha},
            )
        )
    x_limits, y_limits, n_outside = scatter.frame(data, scatter.cluster_anchors(data))
    notes = [*scatter.notes(data, n_outside), *(["a double click shows all"] if n_outside else [])]
    finish(figure, style, showlegend=True, legend={"itemsizing": "constant"})
    figure.update_xaxes(title=literal(data.axis_labels[0]), range=x_limits)
    figure.update_yaxes(title=literal(data.axis_labels[1]), range=y_limits, visible=bool(data.axis_labels[1]))
    wide, narrow = legend_places(len(figure.data))
    return Picture(figure, clusters_in_rows(data), notes, narrow=narrow, wide=wide)


def legend_places(n_traces: int) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    """Return the layout with the key beside the points, and that with the key below them, two to a row; it scrolls beyond six rows."""
    tall = 20 * min(-(-n_traces // 2), 6) + 10
    key = {"itemsizing": "constant"}
    beside = {**key, "orientation": "v", "x": 1.02, "xanchor": "left", "y": 1, "yanchor": "top", "maxheight": 1}
    at_foot = {"x": 0, "xref": "container", "xanchor": "left", "y": 0, "yref": "container", "yanchor": "bottom"}
    below = {**key, **at_foot, "orientation": "h", "entrywidth": 78, "maxheight": tall}
    return {"layout": {"legend": beside, "margin.b": 56}}, {"layout": {"legend": below, "margin.b": 56 + tall}}


def _layers(data: PlotData, style: Style) -> list[tuple[str, np.ndarray, str, str]]:
    """Return name, points (m,), colour and marker of each trace, from the bottom up."""
    looks = cluster_looks(data, style)
    clustered = data.status == CLUSTERED
    layers = [("noise", data.status == NOISE, style.noise, "circle"), ("excluded", data.status == EXCLUDED, style.soft, "circle-open")]
    others = [number for number, look in looks.items() if not look.own]
    layers.append((f"{len(others)} more", clustered & np.isin(data.labels, others), style.other, "circle"))
    for number, look in looks.items():
        if look.own:
            layers.append((f"cluster {number}", clustered & (data.labels == number), look.colour, look.plotly_marker))
    return layers


def hover_ids(ids: np.ndarray) -> list[str]:
    """Return the ids of rows as they are to be read."""
    return [literal(str(row)) for row in ids.tolist()]


def hover_template(data: PlotData) -> str:
    """Return what is told of a row: its id, its group, and the values of its first features; of rows that are not told of the group."""
    if data.is_anonymous:
        return "%{customdata[0]}<extra></extra>"
    names = [literal(feature, 40) for feature in data.feature_names[:_HOVER_FEATURES]]
    lines = [f"{name}: %{{customdata[{place}]}}" for place, name in enumerate(names, start=1)]
    return "<br>".join(["<b>%{text}</b> (%{customdata[0]})", *lines]) + "<extra></extra>"


def hover_values(data: PlotData, here: np.ndarray) -> list[list[str]]:
    """Return for each row the group and the values of the most telling features, as they are to be read."""
    groups = {NOISE: "noise", EXCLUDED: "excluded"}
    features = data.features[here, : 0 if data.is_anonymous else _HOVER_FEATURES].tolist()
    rows = zip(data.status[here].tolist(), data.labels[here].tolist(), features, strict=True)
    return [
        [groups.get(status, f"cluster {label}"), *("missing" if np.isnan(value) else f"{value:.6g}" for value in values)]
        for status, label, values in rows
    ]


def silhouette_figure(data: PlotData, style: Style) -> Picture:
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
        if not len(values):
            continue
        # A row is a bar of its own, so that a cluster of one row has an area too.
        levels = bottom + height * (1 - np.repeat(np.arange(len(values) + 1), 2)[1:-1] / len(values))
        rows, mean = count(int(data.cluster_sizes[place]), "row"), f"{curves.means[place]:.3f}".replace("-", "\u2212")
        figure.add_trace(
            Scatter(
                x=np.concatenate(([0.0], np.repeat(values, 2), [0.0])),
                y=np.concatenate(([bottom + height], levels, [bottom])),
                fill="toself",
                mode="lines",
                line={"color": looks[number].colour, "width": 1},
                fillcolor=looks[number].colour,
                name=f"cluster {number}",
                hovertemplate=f"cluster {number}: {rows}, mean {mean}<br>silhouette %{{x:.3f}}<extra></extra>",
                hoveron="points",
            )
        )
    figure.add_vline(x=curves.mean, line={"dash": "dash", "color": style.ink, "width": 1})
    finish(figure, style, showlegend=False)
    figure.update_xaxes(title="silhouette")
    middles = (bottoms + heights / 2).tolist()
    figure.update_yaxes(tickvals=middles, ticktext=[str(data.cluster_ids[place]) for place in shown], title="cluster", showgrid=False)
    figure.update_yaxes(range=[-0.01, 1.01], zeroline=False)
    return Picture(figure, silhouette.headline(curves), silhouette.notes(data), 120 + max(220, 18 * len(shown)))


def heatmap_figure(data: PlotData, style: Style) -> Picture:
    """Return the cells with their values, and names in full on hover."""
    from plotly.graph_objects import Figure, Heatmap

    cells = heatmap.select_cells(data)
    # A position a row, not the name: two long names may be cut to the same text.
    names = [middle_cut(name, _NAME) for name in cells.names]
    groups = ["noise" if number < 0 else str(number) for number in cells.groups]
    hover = [[f"{literal(name, 100)}<br>{'noise' if group == 'noise' else f'cluster {group}'}" for group in groups] for name in cells.names]
    values = "%{z:+.1f}" if len(groups) <= _MOST_VALUES else ""
    gaps = {"xgap": 2, "ygap": 2}
    scale = {"colorscale": "RdBu", "reversescale": True, "zmid": 0, "zmin": -cells.limit, "zmax": cells.limit}
    figure = Figure()
    missing = np.isnan(cells.means)
    if missing.any():
        z, grey = np.where(missing, 0.0, np.nan), [[0, style.rule], [1, style.rule]]
        none = "%{text}: no value<extra></extra>"
        figure.add_trace(Heatmap(z=z, colorscale=grey, showscale=False, text=hover, hovertemplate=none, hoverongaps=False, **gaps))
    template = "%{text}: %{z:+.2f}<extra></extra>"
    bar = {"title": {"text": "standard<br>deviations"}, "thickness": 14, "outlinewidth": 0}
    shown = Heatmap(
        z=cells.means, text=hover, hovertemplate=template, texttemplate=values, hoverongaps=False, colorbar=bar, **scale, **gaps
    )
    figure.add_trace(shown)
    finish(figure, style, showlegend=False)
    figure.update_xaxes(tickvals=list(range(len(groups))), ticktext=groups, title="cluster", showgrid=False, zeroline=False)
    figure.update_yaxes(tickvals=list(range(len(names))), ticktext=names, autorange="reversed", showgrid=False, zeroline=False)
    first = [False] * (len(figure.data) - 1)  # the trace of missing cells
    short = [middle_cut(name, _NARROW_NAME) for name in cells.names]
    narrow: dict[str, dict[str, Any]] = {
        "data": {"showscale": [*first, False], "texttemplate": ""},
        "layout": {"yaxis.ticktext": short, "xaxis.tickfont.size": 9},
    }
    wide: dict[str, dict[str, Any]] = {
        "data": {"showscale": [*first, True], "texttemplate": [*("" for _ in first), values]},
        "layout": {"yaxis.ticktext": names, "xaxis.tickfont.size": 12},
    }
    return Picture(figure, heatmap.headline(data), heatmap.notes(data, cells), 150 + 22 * len(names), narrow, wide)


def finish(figure: Any, style: Style, **layout: Any) -> None:
    """Give a figure the look that all share; its title is written above it by the page."""
    figure.update_layout(
        paper_bgcolor=style.paper,
        plot_bgcolor=style.paper,
        font={"color": style.ink},
        margin={"t": 36, "r": 24, "l": 64, "b": 56},
        hovermode="closest",
        hoverlabel={"align": "left"},
        **layout,
    )
    figure.update_xaxes(gridcolor=style.rule, zerolinecolor=style.rule, automargin=True)
    figure.update_yaxes(gridcolor=style.rule, zerolinecolor=style.rule, automargin=True)
