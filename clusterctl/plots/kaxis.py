"""The axis of the number of clusters: whole numbers, logarithmic where they reach far."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDE_RANGE = 40
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)


def scale_k(axes: Axes, low: float, high: float, *, logarithmic: bool = True) -> None:
    """Let the axis run from the least to the most clusters, with ticks at whole numbers; if it may be, logarithmic above 40 and tenfold."""
    from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

    if logarithmic and high > _WIDE_RANGE and high > 10 * max(low, 1):
        axes.set_xscale("symlog", linthresh=1.0, linscale=0.4)
        axes.set_xlim(max(low * 0.85, -0.3) if low else -0.3, high * 1.2)
        axes.xaxis.set_major_locator(FixedLocator([step for step in (0, *_STEPS) if low <= step <= high]))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(lambda k, _: f"{k:,.0f}")
    else:
        margin = 0.6 + 0.03 * (high - low)
        axes.set_xlim(low - margin, high + margin)
        axes.xaxis.set_major_locator(MaxNLocator(nbins="auto", integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))


def scale_word(axes: Axes) -> str:
    """Return what is added to the axis's name: ` (logarithmic)`, or nothing."""
    return " (logarithmic)" if axes.get_xscale() == "symlog" else ""
