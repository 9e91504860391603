"""How alike the candidates are: the sizes of their clusters, and the adjusted Rand index of each pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clusterctl.plots.canvas import LITERAL, fit, measure, name_axis, write_headline
from clusterctl.plots.panels import add_panel, title_panel
from clusterctl.plots.randmatrix import ALIKE, draw_cells, write_values
from clusterctl.plots.recommend.words import has_none, percent
from clusterctl.plots.style import readable_on, series_colour
from clusterctl.plots.words import count, number, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from clusterctl.plots.style import Style
    from clusterctl.results.recommendation import CandidateRow, RecommendationDocument

_NAMES, _TOP, _ROW, _BOTTOM = 2.35, 1.25, 0.66, 0.6
_BAR, _PAD = 0.62, 0.08


def applies(data: RecommendationDocument) -> str | None:
    """Return None, or why nothing can be compared."""
    return None if len(data.recommendations.candidates) > 1 else "there are fewer than two candidates to compare"


def draw(figure: Figure, data: RecommendationDocument, style: Style) -> None:
    """Draw a row a candidate: its name, a bar with a stretch a cluster, and a cell a pair, darker for more alike."""
    rows = data.recommendations.candidates
    high = len(rows) * _ROW
    figure.set_size_inches(style.width, _TOP + high + _BOTTOM)
    wide = style.width - _NAMES - high - 0.6
    sizes = add_panel(figure, style, (_NAMES, _TOP, wide, high))
    matrix = add_panel(figure, style, (_NAMES + wide + 0.35, _TOP, high, high))
    for place, row in enumerate(rows):
        strong = place == 0 and not has_none(data.recommendations)
        _draw_sizes(figure, sizes, place, row, wide, style, strong=strong)
        _name(figure, sizes, place, row, style, strong=strong)
    sizes.set(xlim=(0, 1), ylim=(len(rows) - 0.5, -0.5), yticks=[])
    sizes.spines[["left"]].set_visible(False)
    sizes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    rand = np.array(data.recommendations.agreement, dtype=np.float64)
    draw_cells(matrix, rand, style)
    write_values(matrix, rand, style, size=style.label_size)
    ranks = [str(row.rank) for row in rows]
    matrix.set_xticks(range(len(rows)), ranks, color=style.ink)
    matrix.set_yticks(range(len(rows)), ranks, color=style.ink)
    title_panel(figure, sizes, "Rows of each cluster", style)
    title_panel(figure, matrix, "Adjusted Rand", style)
    name_axis(sizes, style, x="share of the rows")
    name_axis(matrix, style, x="candidate")
    write_headline(figure, style, headline(data), notes(data))


def _draw_sizes(figure: Figure, axes: Axes, place: int, row: CandidateRow, wide: float, style: Style, *, strong: bool) -> None:
    """Draw a bar: a stretch a cluster, the largest first, then what is noise."""
    colour = series_colour(0, style) if strong else style.other
    clustered = max(1.0 - row.noise_fraction, 0.0)
    whole = max(sum(row.cluster_sizes), 1)
    left = 0.0
    for rank, size in enumerate(sorted(row.cluster_sizes, reverse=True)):
        width = clustered * size / whole
        axes.barh(place, width, _BAR, left=left, color=colour, edgecolor=style.paper, linewidth=0.8, zorder=2, gid=f"size-{place}-{rank}")
        text = f"{size:,}"
        if measure(figure, text, style.tick_size) + _PAD < width * wide:
            axes.text(left + width / 2, place, text, size=style.tick_size, color=readable_on(colour), ha="center", va="center", zorder=3)
        left += width
    if row.noise_fraction:
        axes.barh(
            place,
            row.noise_fraction,
            _BAR,
            left=left,
            color=style.empty,
            edgecolor=style.hatch,
            hatch="////",
            linewidth=0,
            zorder=2,
            gid=f"noise-{place}",
        )


def _name(figure: Figure, axes: Axes, place: int, row: CandidateRow, style: Style, *, strong: bool) -> None:
    """Write a candidate's rank, algorithm and number of clusters, and under it its settings."""
    room = _NAMES - 0.32
    found = f"{row.rank}: {plain(row.algorithm, 30)}, {count(row.n_clusters, 'cluster')}"
    settings = ", ".join(f"{name} {_value(value)}" for name, value in row.parameters.items()) or "default settings"
    for text, up, size, colour, weight in (
        (found, 0.16, style.label_size, style.ink, "bold" if strong else "normal"),
        (settings, -0.2, 7.5, style.soft, "normal"),
    ):
        axes.annotate(
            fit(figure, text, room, size, weight),
            (0, place - up),
            xytext=(-72 * (_NAMES - 0.16), 0),
            textcoords="offset points",
            size=size,
            color=colour,
            weight=weight,
            va="center",
            annotation_clip=False,
            **LITERAL,
        )


def _value(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def headline(data: RecommendationDocument) -> str:
    """Return whether the candidates tell the same story."""
    rows = data.recommendations.candidates
    rand = np.array(data.recommendations.agreement, dtype=np.float64)
    pairs = rand[np.triu_indices(len(rows), 1)]
    who = "both candidates" if len(rows) == 2 else f"the {len(rows)} candidates"
    low, high = number(float(pairs.min()), 2), number(float(pairs.max()), 2)
    span = f"adjusted Rand {low}" if low == high else f"adjusted Rand {low} to {high}"
    alike = pairs >= ALIKE
    story = "much the same clusters" if alike.all() else "different clusters" if not alike.any() else "partly the same clusters"
    if has_none(data.recommendations):
        return f"No clusters; {who} find {story}"
    return f"{who[:1].upper()}{who[1:]} find {story} ({span})"


def notes(data: RecommendationDocument) -> list[str]:
    """Return how to read it."""
    rows = data.recommendations.candidates
    noise = [
        f"hatched: noise ({', '.join(f'{percent(row.noise_fraction)} of candidate {row.rank}' for row in rows if row.noise_fraction)})"
    ]
    told = ["adjusted Rand index of each pair: 1 the same clusters, 0 as by chance, noise one group", "on all rows"]
    return [*told, *(noise if any(row.noise_fraction for row in rows) else [])]
