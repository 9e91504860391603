"""Which clusters of one run became which of another: two columns of bars, and the rows that went from one to the other between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusterctl.plots.canvas import LITERAL, fit, measure, write_headline
from clusterctl.plots.flowlayout import OUTSIDE, REST, Bar, Ribbon, lay_out
from clusterctl.plots.style import Style
from clusterctl.plots.words import count, plain, share

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from clusterctl.results.comparison import Comparison

BAR = 0.16
"""Width of a bar, in inches."""
SIDE = 2.35
"""Room for the words on either side, in inches."""
FAINT, CLEAR = 0.22, 0.62
COUNTED = (("n_kept", "kept"), ("n_grown", "grown"), ("n_shrunk", "shrunk"), ("n_split", "split"), ("n_merged", "merged"))
ENDS = (("n_born", "born"), ("n_gone", "gone"))


@dataclass(frozen=True, slots=True)
class FlowPlot:
    """The flow picture of a comparison."""

    name: str = "flow"

    def applies(self, data: Comparison) -> str | None:
        """Return None, or why it cannot be drawn."""
        return None if data.flows else "no row is in both"

    def draw(self, figure: Figure, data: Comparison, style: Style) -> None:
        """Draw the clusters of A on the left, those of B on the right, as high as they have rows; one that goes on keeps its colour."""
        left, right, ribbons, height = lay_out(data, style)
        figure.set_size_inches(style.width, height + 1.25)
        axes = figure.add_axes((0, 0.12 / (height + 1.25), 1, height / (height + 1.25)))
        axes.set_axis_off()
        axes.set_xlim(0, style.width)
        axes.set_ylim(height, 0)
        for ribbon in sorted(ribbons, key=lambda one: (one.clear, -one.n_rows)):
            _draw_ribbon(axes, ribbon, style)
        for bars, at_left in ((left, True), (right, False)):
            for bar in bars:
                _draw_bar(figure, axes, bar, style, at_left=at_left)
        _name_sides(figure, data, style, 1 - 0.98 / (height + 1.25))
        write_headline(figure, style, headline(data), notes(data))


def headline(data: Comparison) -> str:
    """Return what happened in a line."""
    told = [f"{n} {word}" for name, word in (*COUNTED, *ENDS) if (n := getattr(data.counts, name))]
    return f"{count(data.a.n_clusters, 'cluster')}, then {data.b.n_clusters}: {', '.join(told) if told else 'none to follow'}"


def notes(data: Comparison) -> list[str]:
    """Return how many rows were compared, and how alike the two are."""
    rows, scores = data.rows, data.scores
    alone = [f"{n:,} only in {plain(side, 24)}" for side, n in ((data.a.name, rows.n_only_a), (data.b.name, rows.n_only_b)) if n]
    moved = f"{count(scores.n_moved, 'row')} moved ({share(scores.n_moved, rows.n_compared)})"
    return [f"{count(rows.n_compared, 'row')} compared", *alone, moved, f"adjusted Rand index {scores.adjusted_rand_score:.2f}"]


def _draw_ribbon(axes: Axes, ribbon: Ribbon, style: Style) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    start, stop = SIDE + BAR + 0.03, style.width - SIDE - BAR - 0.03
    half = (start + stop) / 2
    (top_a, thick_a), (top_b, thick_b) = ribbon.left, ribbon.right
    corners = [
        (start, top_a), (half, top_a), (half, top_b), (stop, top_b),
        (stop, top_b + thick_b), (half, top_b + thick_b), (half, top_a + thick_a), (start, top_a + thick_a),
        (start, top_a),
    ]  # fmt: skip
    codes = [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4, Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4, Path.CLOSEPOLY]
    alpha = CLEAR if ribbon.clear else FAINT
    axes.add_patch(PathPatch(Path(corners, codes), facecolor=ribbon.colour, alpha=alpha, linewidth=0.3, edgecolor=ribbon.colour))


def _draw_bar(figure: Figure, axes: Axes, bar: Bar, style: Style, *, at_left: bool) -> None:
    from matplotlib.patches import Rectangle

    at = SIDE if at_left else style.width - SIDE - BAR
    axes.add_patch(Rectangle((at, bar.top), BAR, bar.height, facecolor=bar.colour, linewidth=0))
    middle = bar.top + bar.height / 2
    sign, edge, align = (-1, at - 0.08, "right") if at_left else (1, at + BAR + 0.08, "left")
    name = {OUTSIDE: "no cluster", REST: "smaller ones"}.get(bar.key) or fit(figure, str(bar.key), 1.1, 10, "bold")
    size = 8.5 if bar.key in (OUTSIDE, REST) else 10
    gid = f"{'a' if at_left else 'b'}-{bar.key}" if isinstance(bar.key, int) else None
    axes.text(edge, middle, name, size=size, weight="bold", color=style.ink, ha=align, va="center", gid=gid, **LITERAL)
    beside = edge + sign * (measure(figure, name, size, "bold") + 0.09)
    told = f"{bar.n_rows:,}" + (f" · {bar.told}" if bar.told else "")
    room = (beside if at_left else style.width - beside) - 0.1
    colour = style.ink if bar.told else style.soft
    axes.text(beside, middle, fit(figure, told, room, 8), size=8, color=colour, ha=align, va="center", **LITERAL)


def _name_sides(figure: Figure, data: Comparison, style: Style, at: float) -> None:
    for name, x, align in ((data.a.name, SIDE + BAR, "right"), (data.b.name, style.width - SIDE - BAR, "left")):
        text = fit(figure, name, SIDE, 9, "bold")
        figure.text(x / style.width, at, text, size=9, weight="bold", color=style.soft, ha=align, va="center", **LITERAL)


FLOW = FlowPlot()
