"""The curves of the density algorithms for a browser."""

from __future__ import annotations

import numpy as np

from clusterctl.plots import k_distance, reachability
from clusterctl.plots.interactive import finish, literal
from clusterctl.plots.page import Picture
from clusterctl.plots.style import Style, cluster_looks, series_colour
from clusterctl.values.plotdata import PlotData


def k_distance_figure(data: PlotData, style: Style) -> Picture:
    """Return the curve and eps."""
    from plotly.graph_objects import Figure, Scatter

    curve = data.distances
    assert curve is not None
    colour = series_colour(0, style)
    figure = Figure(
        Scatter(
            x=curve.ranks / max(curve.n_used - 1, 1) * 100,
            y=curve.values,
            mode="lines",
            fill="tozeroy",
            line={"color": colour, "width": 2},
            hovertemplate="%{x:.1f} % of the rows within %{y:.4g}<extra></extra>",
        )
    )
    top = k_distance.ceiling(curve)
    if curve.eps is not None and curve.eps <= top:
        figure.add_hline(y=curve.eps, line={"dash": "dash", "color": style.ink, "width": 1}, annotation_text=f"eps {curve.eps:.4g}")
    finish(figure, style, showlegend=False)
    figure.update_xaxes(title="rows, from the densest to the loneliest (%)", range=[0, 100])
    figure.update_yaxes(title=f"distance to nearest row number {curve.min_samples}", range=[0, top])
    return Picture(figure, k_distance.headline(data), k_distance.notes(data))


def reachability_figure(data: PlotData, style: Style) -> Picture:
    """Return a column a run of rows, a trace a cluster, with the sample id and the reachability on hover."""
    from plotly.graph_objects import Bar, Figure

    curve = data.reachability
    assert curve is not None
    looks, top = cluster_looks(data, style), reachability.ceiling(curve)
    heights = np.minimum(np.where(np.isfinite(curve.heights), curve.heights, top), top)
    middles, widths = (curve.starts[:-1] + curve.starts[1:]) / 2, np.diff(curve.starts)
    figure = Figure()
    for number in (-1, *looks):
        here = np.flatnonzero(curve.labels == number)
        if not len(here):
            continue
        name = "noise" if number < 0 else f"cluster {number}"
        values = ["reached from no row" if not np.isfinite(height) else f"{height:.4g}" for height in curve.heights[here].tolist()]
        figure.add_trace(
            Bar(
                x=middles[here],
                y=heights[here],
                width=widths[here],
                name=name,
                marker={"color": style.noise if number < 0 else looks[number].colour, "line": {"width": 0}},
                text=[literal(str(row)) for row in curve.ids[here].tolist()],
                textposition="none",
                customdata=values,
                hovertemplate=f"{'' if data.is_anonymous else '<b>%{text}</b> '}({name})<br>reachability: %{{customdata}}<extra></extra>",
            )
        )
    if curve.eps is not None and curve.eps <= top:
        figure.add_hline(y=curve.eps, line={"dash": "dash", "color": style.ink, "width": 1}, annotation_text=f"eps {curve.eps:.4g}")
    finish(figure, style, showlegend=False, bargap=0, barmode="overlay")
    figure.update_xaxes(title="rows in the order of OPTICS", range=[0, float(curve.starts[-1])], showgrid=False)
    figure.update_yaxes(title="reachability", range=[0, top])
    return Picture(figure, reachability.headline(data), reachability.notes(data))
