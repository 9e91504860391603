"""How well each cluster is found again on resamples (Hennig 2007)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clusterctl.plots.canvas import add_axes, name_axis, write_headline
from clusterctl.plots.style import Style, cluster_looks
from clusterctl.plots.words import count, how, only_largest, plain
from clusterctl.values.plotdata import PlotData

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from clusterctl.plots.page import Picture

STABLE, DOUBTFUL = 0.75, 0.60


def applies(data: PlotData) -> str | None:
    """Return None, or why there is nothing to show."""
    if not data.n_clusters:
        return "there is no cluster to be found again"
    known = data.stability is not None and np.isfinite(data.stability).any()
    return None if known else "how stable the clusters are was not measured (evaluation_configuration.cross_validation)"


def shown(data: PlotData, style: Style) -> list[tuple[int, float, int, str]]:
    """Return number, stability (NaN: not known), rows and colour of the 30 largest clusters, by number."""
    assert data.stability is not None
    looks = cluster_looks(data, style)
    rows = zip(data.cluster_ids.tolist(), data.stability.tolist(), data.cluster_sizes.tolist(), strict=True)
    return [(number, value, size, looks[number].colour) for number, value, size in rows if looks[number].own]


def draw(figure: Figure, data: PlotData, style: Style) -> None:
    """Draw a dot a cluster at its mean Jaccard similarity, between the lines of Hennig's rule."""
    clusters = shown(data, style)
    step = 0.4 if len(clusters) <= 8 else 0.3 if len(clusters) <= 16 else 0.215
    figure.set_size_inches(style.width, max(2.8, 1.75 + step * len(clusters)))
    axes = add_axes(figure, style, left=1.35, right=0.75, bottom=0.55, headline=0.92)
    axes.axvspan(0, DOUBTFUL, color=style.empty, zorder=0, linewidth=0)
    for bound, style_of_line in ((DOUBTFUL, (0, (4, 3))), (STABLE, "-")):
        axes.axvline(bound, color=style.soft, linewidth=1.0, linestyle=style_of_line, zorder=1, gid=f"bound-{bound}")
    at_axis, size = axes.get_yaxis_transform(), 10.0 if step > 0.25 else 8.0
    for place, (number, value, rows, colour) in enumerate(clusters):
        name = axes.text(-0.115, place, str(number), size=size, weight="bold", color=style.ink, ha="right", va="center", transform=at_axis)
        name.set_gid(f"cluster-{number}")
        axes.text(-0.01, place, f"{rows:,}", size=7.5, color=style.soft, ha="right", va="center", transform=at_axis)
        text = "–" if np.isnan(value) else f"{value:.2f}"
        axes.text(1.02, place, text, size=size - 1, color=style.ink, va="center", transform=at_axis, gid=f"value-{number}")
        if np.isfinite(value):
            axes.plot([0, value], [place, place], color=colour, linewidth=2.4, zorder=2, solid_capstyle="butt")
            axes.plot(value, place, marker="o", markersize=8 if step > 0.25 else 6, color=colour, zorder=3, gid=f"dot-{number}")
    axes.set(xlim=(0, 1.02), ylim=(len(clusters) - 0.4, -0.6), yticks=[], xticks=[0, 0.2, 0.4, DOUBTFUL, STABLE, 1.0])
    axes.spines["left"].set_visible(False)
    above = axes.get_xaxis_transform()
    for x, text in ((DOUBTFUL / 2, "do not trust"), ((DOUBTFUL + STABLE) / 2, "doubtful"), ((STABLE + 1) / 2, "found again")):
        axes.text(x, 1.01, text, size=7.5, color=style.soft, ha="center", va="bottom", transform=above)
    for x, text in ((-0.115, "cluster"), (-0.01, "rows")):
        axes.text(x, 1.01, text, size=7.5, color=style.soft, ha="right", va="bottom", transform=axes.transAxes)
    name_axis(axes, style, x="mean Jaccard similarity with its best match over the resamples")
    write_headline(figure, style, headline(data), notes(data))


def headline(data: PlotData) -> str:
    """Return how many clusters are found again, and how many are not to be trusted."""
    assert data.stability is not None
    known = data.stability[np.isfinite(data.stability)]
    n_stable, n_bad = int((known >= STABLE).sum()), int((known < DOUBTFUL).sum())
    of = plain(data.data_name, 40)
    if n_stable == data.n_clusters:
        return f"Every cluster of {of} is found again" if n_stable > 1 else f"The one cluster of {of} is found again"
    text = f"{n_stable} of {count(data.n_clusters, 'cluster')} of {of} {'is' if n_stable == 1 else 'are'} found again"
    return text + (f", {n_bad} {'is' if n_bad == 1 else 'are'} not to be trusted" if n_bad else "")


def notes(data: PlotData) -> list[str]:
    """Return how it was made and how it is read."""
    return [how(data), f"{STABLE} and more: stable, below {DOUBTFUL:.1f}: dissolved (Hennig 2007)", *only_largest(data)]


def draw_interactive(data: PlotData, style: Style) -> Picture:
    """Return the same for a browser."""
    from clusterctl.plots.interactive_bars import stability_figure

    return stability_figure(data, style)
