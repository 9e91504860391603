"""The pairs of features for a browser."""

from __future__ import annotations

from typing import Any

import numpy as np

from clusterctl.plots import pairs
from clusterctl.plots.interactive import finish, hover_ids, hover_template, hover_values, legend_places, middle_cut
from clusterctl.plots.page import Picture
from clusterctl.plots.selection import sample_rows
from clusterctl.plots.style import Style, cluster_looks
from clusterctl.values.plotdata import CLUSTERED, NOISE, PlotData

_MOST_ROWS = 2_000
_NAME = 28


def pairs_figure(data: PlotData, style: Style) -> Picture:
    """Return each pair once, a trace a cluster and pair: those of one cluster are shown and hidden together by the key."""
    from plotly.graph_objects import Scatter
    from plotly.subplots import make_subplots

    shown = pairs.chosen(data)
    data = sample_rows(data, _MOST_ROWS)  # every pair repeats all points
    places = [data.feature_names.index(name) for name in shown.names]
    p = len(places)
    figure = make_subplots(rows=p - 1, cols=p - 1, shared_xaxes=True, shared_yaxes=True, horizontal_spacing=0.02, vertical_spacing=0.02)
    template = hover_template(data)
    layers = _layers(data, style)
    for name, here, colour, marker in layers:
        rows = np.flatnonzero(here)
        text = hover_ids(data.sample_ids[rows])
        values = hover_values(data, rows)
        for y in range(1, p):
            for x in range(y):
                trace = Scatter(
                    x=data.features[rows, places[x]],
                    y=data.features[rows, places[y]],
                    mode="markers",
                    name=name,
                    legendgroup=name,
                    showlegend=x == 0 and y == 1,
                    text=text,
                    customdata=values,
                    hovertemplate=template,
                    marker={"color": colour, "symbol": marker, "size": 5, "opacity": 0.7},
                )
                figure.add_trace(trace, row=y, col=x + 1)
    finish(figure, style, showlegend=True, legend={"itemsizing": "constant"})
    _name_axes(figure, shown.names)
    notes = [note for note in pairs.notes(data) if "diagonal" not in note]
    wide, narrow = legend_places(len(layers))
    return Picture(figure, pairs.headline(data), notes, 160 * (p - 1) + 160, narrow, wide)


def _layers(data: PlotData, style: Style) -> list[tuple[str, np.ndarray, str, str]]:
    """Return name, rows (m,), colour and marker of each trace that has any, noise first."""
    looks, clustered = cluster_looks(data, style), data.status == CLUSTERED
    others = [number for number, look in looks.items() if not look.own]
    layers = [("noise", data.status == NOISE, style.noise, "circle")]
    layers.append((f"{len(others)} more", clustered & np.isin(data.labels, others), style.other, "circle"))
    own = [(number, look) for number, look in looks.items() if look.own]
    layers += [(f"cluster {number}", clustered & (data.labels == number), look.colour, look.plotly_marker) for number, look in own]
    return [layer for layer in layers if layer[1].any()]


def _name_axes(figure: Any, names: tuple[str, ...]) -> None:
    """Name the features at the left and below; the panels above the diagonal stay empty."""
    p = len(names)
    for place in range(1, p):
        figure.update_yaxes(title={"text": middle_cut(names[place], _NAME), "font": {"size": 11}}, row=place, col=1)
        figure.update_xaxes(title={"text": middle_cut(names[place - 1], _NAME), "font": {"size": 11}}, row=p - 1, col=place)
    for row in range(1, p - 1):
        for column in range(row + 1, p):
            figure.update_xaxes(visible=False, row=row, col=column)
            figure.update_yaxes(visible=False, row=row, col=column)
