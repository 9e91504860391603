"""Whether the separation is more than nothing: the silhouette against that of data without clusters, by number of clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clusterctl.plots.canvas import name_axis, write_headline
from clusterctl.plots.kaxis import scale_word
from clusterctl.plots.key import draw_handles
from clusterctl.plots.labels import Obstacles, write_label
from clusterctl.plots.panels import add_panel, scale_axis
from clusterctl.plots.recommend.compared import NOTHING, best_separated_at_each_k, first_choice, null_of, otherwise_on_all
from clusterctl.plots.recommend.numbers import mark_number, say_none, scale_numbers
from clusterctl.plots.recommend.words import compared, has_none
from clusterctl.plots.style import series_colour
from clusterctl.plots.words import count, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from clusterctl.plots.style import Style
    from clusterctl.results.recommendation import ConsideredCandidate, RecommendationDocument

_LEFT, _RIGHT, _TOP, _HIGH, _BOTTOM = 0.75, 0.25, 1.3, 3.9, 0.55
OBSERVED, NULL = "best separated partition", "data without clusters"
HARDLY = 0.05
"""A silhouette that is less above that of data without clusters does not tell the two apart."""


def applies(data: RecommendationDocument) -> str | None:
    """Return None, or why there is nothing to draw."""
    return None if data.recommendations.considered else NOTHING


def draw(figure: Figure, data: RecommendationDocument, style: Style) -> None:
    """Draw the best separated partition at each number of clusters, and what data without clusters give in its place; others faint."""
    figure.set_size_inches(style.width, _TOP + _HIGH + _BOTTOM)
    axes = add_panel(figure, style, (_LEFT, _TOP, style.width - _LEFT - _RIGHT, _HIGH))
    scale_numbers(axes, data, style)
    mark_number(axes, data, style)
    considered = data.recommendations.considered
    values = [value for entry in considered for value in (entry.silhouette, null_of(entry))]
    axes.set_ylim(scale_axis(axes.yaxis, values, 5, 0.14))
    draw_handles(figure, _draw_lines(axes, considered, style), style, below=0.86)
    _name(figure, axes, data, style)
    if has_none(data.recommendations):
        say_none(axes, style)
    name_axis(axes, style, x="number of clusters" + scale_word(axes), y="silhouette")
    write_headline(figure, style, headline(data), notes(data))


def _draw_lines(axes: Axes, considered: Sequence[ConsideredCandidate], style: Style) -> list[Artist]:
    """Draw the partitions and the null, and return what the key lists."""
    best = best_separated_at_each_k(considered)
    k = np.array([entry.n_clusters for entry in best], dtype=np.float64)
    seen, null = np.array([entry.silhouette for entry in best]), np.array([null_of(entry) for entry in best])
    rest = [entry for entry in considered if entry not in best]
    own, other = series_colour(0, style), series_colour(3, style)
    for gid, where, colour in (("above", seen >= null, own), ("below", seen <= null, other)):
        axes.fill_between(k, null, seen, where=where.tolist(), interpolate=True, color=colour, alpha=0.18, linewidth=0, zorder=2, gid=gid)
    (nothing,) = axes.plot(
        k, null, color=style.soft, linewidth=1.6, marker="D", markersize=3.5, linestyle=(0, (3, 2)), zorder=3, gid="null", label=NULL
    )
    (line,) = axes.plot(k, seen, color=own, linewidth=1.8, marker="o", markersize=5, zorder=4, gid="observed", label=OBSERVED)
    if not rest:
        return [line, nothing]
    x, y = [entry.n_clusters for entry in rest], [entry.silhouette for entry in rest]
    points = axes.scatter(x, y, s=12, color=style.other, alpha=0.6, linewidth=0, zorder=1, gid="others", label="other partitions")
    return [line, nothing, points]


def _name(figure: Figure, axes: Axes, data: RecommendationDocument, style: Style) -> None:
    """Ring the first candidate's silhouette, mark that of data without clusters, and write both."""
    first = first_choice(data)
    if first is None:
        return
    best = best_separated_at_each_k(data.recommendations.considered)
    x, y, null = float(first.n_clusters), first.silhouette, null_of(first)
    axes.plot(
        x, y, marker="o", markersize=13, markerfacecolor="none", markeredgecolor=style.ink, markeredgewidth=1.5, zorder=5, gid="chosen-ring"
    )
    axes.plot(x, null, marker="D", markersize=3.5, color=style.soft, zorder=4, gid="chosen-null")
    obstacles = Obstacles(axes, figure.dpi / 72)
    obstacles.add_ring(x, y, 6.5)
    obstacles.add_points([x], [null])
    k = [float(entry.n_clusters) for entry in best]
    for values in ([entry.silhouette for entry in best], [null_of(entry) for entry in best]):
        obstacles.add_points(k, values)
        obstacles.add_line(k, values)
    named = f"{count(first.n_clusters, 'cluster')}: {number(y, 2)}, without any {number(null, 2)}"
    write_label(figure, axes, named, (x, y), style.label_size, obstacles, style).set_gid("chosen-name")


def headline(data: RecommendationDocument) -> str:
    """Return whether the first candidate's separation is more than that of data without clusters, and the verdict where it is none."""
    first = first_choice(data)
    if first is None:
        return "No clusters: there is no candidate"
    seen, null = number(first.silhouette, 2), number(null_of(first), 2)
    k, against = first.n_clusters, f"({seen} against {null})"
    if has_none(data.recommendations):
        if first.excess < HARDLY:
            return f"No clusters: {k} separate no better than none {against}"
        return f"No clusters, though {k} separate better than none {against}"
    if first.excess < HARDLY:
        return f"The silhouette hardly tells {count(k, 'cluster')} from none {against}"
    return f"{count(k, 'cluster')} separate better than data without any {against}"


def notes(data: RecommendationDocument) -> list[str]:
    """Return how to read it."""
    return [
        *otherwise_on_all(data),
        f"silhouette, higher is better: the highest of {compared(data)} at each number",
        "data without clusters: what the same kind of algorithm gets of random data of the same shape",
    ]
