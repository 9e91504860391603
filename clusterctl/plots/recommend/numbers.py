"""What the pictures by number of clusters share: the axis, and the recommended number marked on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusterctl.plots.canvas import halo
from clusterctl.plots.kaxis import scale_k

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from clusterctl.plots.style import Style
    from clusterctl.results.recommendation import RecommendationDocument

_FEW = 20
"""An answer of more clusters would be squeezed into the end of a logarithmic axis."""
_APART = 0.035
"""Share of the axis by which a tick must keep off that of the recommended number."""


def scale_numbers(axes: Axes, data: RecommendationDocument, style: Style) -> None:
    """Let the axis hold every number that was compared and the recommended one, which has a tick of its own."""
    from matplotlib.ticker import FixedLocator

    told = data.recommendations
    numbers = {entry.n_clusters for entry in told.considered} | {int(k) for k in told.belief_in_k} | {told.optimal_clusters}
    scale_k(axes, min(numbers), max(numbers), logarithmic=max(told.optimal_clusters, told.k_interval[1]) <= _FEW)
    chosen = float(told.optimal_clusters)
    (low, high), place = axes.get_xlim(), axes.transAxes.inverted().transform
    usual = {float(k) for k in axes.xaxis.get_majorticklocs() if max(low, 1) <= k <= high}
    at = {k: place(axes.transData.transform((k, 0)))[0] for k in {chosen, *usual}}
    ticks = sorted(k for k in at if k == chosen or abs(at[k] - at[chosen]) > _APART)
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter(lambda k, _: f"{k:,.0f}")
    axes.get_xticklabels()[ticks.index(chosen)].set(weight="bold", color=style.ink, gid="chosen-tick")
    axes.grid(axis="y", color=style.rule, linewidth=0.6, zorder=0)
    axes.set_axisbelow(True)


def mark_number(axes: Axes, data: RecommendationDocument, style: Style) -> None:
    """Draw a line at the recommended number (at 1 where there are no clusters) and shade the numbers that are credible."""
    told = data.recommendations
    low, high = told.k_interval
    axes.axvspan(low - 0.5, high + 0.5, color=style.empty, linewidth=0, zorder=0.5, gid="interval")
    axes.axvline(told.optimal_clusters, color=style.ink, linewidth=1.0, linestyle=(0, (4, 3)), zorder=1.5, gid="chosen")


def say_none(axes: Axes, style: Style) -> None:
    """Write beside the line at 1 what it means."""
    axes.annotate(
        "no clusters",
        (1, 0),
        xycoords=("data", "axes fraction"),
        xytext=(4, 4),
        textcoords="offset points",
        va="bottom",
        size=style.label_size,
        weight="bold",
        color=style.ink,
        path_effects=halo(2.6, style.paper),
        zorder=6,
        gid="none-name",
    )
