"""Cluster sizes and stability for a browser."""

from __future__ import annotations

from typing import Any

from clusterctl.plots import sizes, stability
from clusterctl.plots.interactive import finish
from clusterctl.plots.page import Picture
from clusterctl.plots.style import Style
from clusterctl.plots.words import count, share
from clusterctl.values.plotdata import PlotData


def sizes_figure(data: PlotData, style: Style) -> Picture:
    """Return a bar a cluster, with rows and share on hover."""
    from plotly.graph_objects import Bar, Figure

    bars = sizes.bars(data, style)
    names = [bar.name if bar.name[0] not in "0123456789" or " " in bar.name else f"cluster {bar.name}" for bar in bars]
    hover = [
        f"{name}: {count(bar.rows, 'row')}, {share(bar.rows, data.n_points).replace('<', '&lt;')}"
        for name, bar in zip(names, bars, strict=True)
    ]
    figure = Figure(
        Bar(
            x=[bar.rows for bar in bars],
            y=list(range(len(bars))),
            orientation="h",
            marker={"color": [bar.colour for bar in bars]},
            text=[f"{bar.rows:,}" for bar in bars],
            textposition="outside",
            cliponaxis=False,
            customdata=hover,
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    finish(figure, style, showlegend=False)
    _name_rows(figure, [bar.name for bar in bars])
    figure.update_xaxes(title="rows")
    return Picture(figure, sizes.headline(data), sizes.notes(data), 120 + 24 * len(bars))


def stability_figure(data: PlotData, style: Style) -> Picture:
    """Return a bar a cluster from 0 to its stability, and the lines of Hennig's rule."""
    from plotly.graph_objects import Bar, Figure

    rows = stability.shown(data, style)
    known = [value if value == value else None for _, value, _, _ in rows]
    values = ["not known" if value is None else f"{value:.3f}" for value in known]
    hover = [f"cluster {number}: {value}, {count(size, 'row')}" for (number, _, size, _), value in zip(rows, values, strict=True)]
    figure = Figure(
        Bar(
            x=known,
            y=list(range(len(rows))),
            orientation="h",
            width=0.4,
            marker={"color": [colour for _, _, _, colour in rows]},
            customdata=hover,
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    for bound, dash in ((stability.DOUBTFUL, "dash"), (stability.STABLE, "solid")):
        figure.add_vline(x=bound, line={"color": style.soft, "width": 1, "dash": dash})
    finish(figure, style, showlegend=False)
    _name_rows(figure, [str(number) for number, _, _, _ in rows])
    figure.update_xaxes(title="mean Jaccard similarity over the resamples", range=[0, 1.02])
    return Picture(figure, stability.headline(data), stability.notes(data), 140 + 24 * len(rows))


def _name_rows(figure: Any, names: list[str]) -> None:
    figure.update_yaxes(tickvals=list(range(len(names))), ticktext=names, title="cluster", range=[len(names) - 0.4, -0.6], showgrid=False)
    figure.update_yaxes(zeroline=False)
