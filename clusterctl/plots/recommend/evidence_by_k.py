"""Which number of clusters the evidence speaks for: each family's best score, and the belief, against the number of clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusterctl.plots.canvas import name_axis, write_headline
from clusterctl.plots.kaxis import scale_word
from clusterctl.plots.key import draw_key
from clusterctl.plots.labels import Obstacles, write_label
from clusterctl.plots.panels import add_panel, scale_axis
from clusterctl.plots.recommend.compared import NOTHING, families, family_looks, family_of, first_choice, otherwise_on_all
from clusterctl.plots.recommend.numbers import mark_number, say_none, scale_numbers
from clusterctl.plots.recommend.words import credible, has_none, percent, rows_used
from clusterctl.plots.words import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from clusterctl.plots.style import Look, Style
    from clusterctl.results.recommendation import ConsideredCandidate, RecommendationDocument

_LEFT, _RIGHT, _TOP, _SCORES, _GAP, _BELIEF, _BOTTOM = 0.85, 0.25, 1.3, 3.0, 0.3, 1.25, 0.55
_BAR = 0.8


def applies(data: RecommendationDocument) -> str | None:
    """Return None, or why there is nothing to draw."""
    return None if data.recommendations.considered else NOTHING


def draw(figure: Figure, data: RecommendationDocument, style: Style) -> None:
    """Draw a line a family over bars of belief; the recommended family strong, the others faint; the recommended number marked in both."""
    lines = families(data)
    looks = family_looks(lines, style)
    first = None if has_none(data.recommendations) else first_choice(data)
    strong = None if first is None else family_of(first)
    wide = style.width - _LEFT - _RIGHT
    figure.set_size_inches(style.width, _TOP + _SCORES + _GAP + _BELIEF + _BOTTOM)
    above = add_panel(figure, style, (_LEFT, _TOP, wide, _SCORES))
    below = add_panel(figure, style, (_LEFT, _TOP + _SCORES + _GAP, wide, _BELIEF))
    for axes in (above, below):
        scale_numbers(axes, data, style)
        mark_number(axes, data, style)
    for name in sorted(lines, key=lambda name: name == strong):
        _draw_family(above, data, lines[name], looks[name], strong=None if strong is None else name == strong, name=name)
    _scale_scores(above, data)
    above.tick_params(labelbottom=False)
    _draw_belief(below, data, style)
    if first is not None:
        _ring(figure, above, data, first, lines, looks[family_of(first)], style)
    if has_none(data.recommendations):
        say_none(above, style)
    name_axis(above, style, y="score, best = 0")
    name_axis(below, style, x="number of clusters" + scale_word(below), y="belief")
    draw_key(figure, looks, style, below=0.86, joined=tuple(looks))
    write_headline(figure, style, headline(data), notes(data))


def height(data: RecommendationDocument, entry: ConsideredCandidate) -> float:
    """Return a score as it is drawn: less the best of all, since only differences mean something."""
    return entry.score - max(other.score for other in data.recommendations.considered)


def _draw_family(
    axes: Axes,
    data: RecommendationDocument,
    line: Sequence[ConsideredCandidate],
    look: Look,
    *,
    strong: bool | None,
    name: str,
) -> None:
    """Draw a family's best scores. strong: it is the recommended one; None: none is."""
    numbers = sorted({entry.n_clusters for entry in data.recommendations.considered})
    alpha = {True: 1.0, False: 0.4, None: 0.6}[strong]
    look_of = {"color": look.colour, "marker": look.marker, "markersize": 6.5 if strong else 4.5, "alpha": alpha}
    k, values = [], []
    for stretch in stretches(line, numbers):
        k += [*(float(entry.n_clusters) for entry in stretch), float("nan")]
        values += [*(height(data, entry) for entry in stretch), float("nan")]
    axes.plot(k, values, linewidth=2.2 if strong else 1.1, zorder=4 if strong else 3, gid=f"family-{name}", **look_of)  # type: ignore[arg-type]


def stretches(line: Sequence[ConsideredCandidate], numbers: Sequence[int]) -> Iterator[list[ConsideredCandidate]]:
    """Yield the parts of a line that can be joined: between them lies a number of clusters at which other families have a partition.

    There the family's own may be one that nearly equals another's and is counted with it: a line would say that it lies low.
    """
    place = {k: at for at, k in enumerate(numbers)}
    part: list[ConsideredCandidate] = []
    for entry in line:
        if part and place[entry.n_clusters] != place[part[-1].n_clusters] + 1:
            yield part
            part = []
        part.append(entry)
    if part:
        yield part


def _scale_scores(axes: Axes, data: RecommendationDocument) -> None:
    axes.set_ylim(scale_axis(axes.yaxis, [height(data, entry) for entry in data.recommendations.considered], 5, 0.12))


def _draw_belief(axes: Axes, data: RecommendationDocument, style: Style) -> None:
    """Draw a bar a number of clusters, that of the recommended number strong, with its share."""
    told = data.recommendations
    belief = {int(k): value for k, value in told.belief_in_k.items()}
    for k, value in sorted(belief.items()):
        chosen = k == told.optimal_clusters
        axes.bar(k, value, width=_BAR, color=style.ink if chosen else style.other, linewidth=0, zorder=2, gid=f"belief-{k}")
    from matplotlib.ticker import MaxNLocator

    axes.set_ylim(0, 1.18 * max(belief.values()))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=3))
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    top = max(sorted(belief), key=lambda k: belief[k])
    for k in {top, told.optimal_clusters} & set(belief):
        axes.annotate(
            percent(belief[k]),
            (k, belief[k]),
            (0, 2),
            textcoords="offset points",
            ha="center",
            va="bottom",
            size=style.tick_size,
            weight="bold",
            color=style.ink,
            zorder=5,
            bbox={"facecolor": style.empty, "linewidth": 0, "pad": 0.5},  # the line at the number would cross it
            gid=f"belief-value-{k}",
        )


def _ring(
    figure: Figure,
    axes: Axes,
    data: RecommendationDocument,
    first: ConsideredCandidate,
    lines: Mapping[str, Sequence[ConsideredCandidate]],
    look: Look,
    style: Style,
) -> None:
    """Ring the recommended partition and name it where the name hides no point."""
    x, y = float(first.n_clusters), height(data, first)
    axes.plot(x, y, marker=look.marker, markersize=6.5, color=look.colour, zorder=4)
    axes.plot(
        x, y, marker="o", markersize=13, markerfacecolor="none", markeredgecolor=style.ink, markeredgewidth=1.5, zorder=5, gid="chosen-ring"
    )
    obstacles = Obstacles(axes, figure.dpi / 72)
    obstacles.add_ring(x, y, 6.5)
    numbers = sorted({entry.n_clusters for entry in data.recommendations.considered})
    for line in lines.values():
        for part in stretches(line, numbers):
            k, values = [float(entry.n_clusters) for entry in part], [height(data, entry) for entry in part]
            obstacles.add_points(k, values)
            obstacles.add_line(k, values)
    name = f"{data.recommendations.candidates[0].algorithm}, {count(first.n_clusters, 'cluster')}"
    write_label(figure, axes, name, (x, y), style.label_size, obstacles, style).set_gid("chosen-name")


def headline(data: RecommendationDocument) -> str:
    """Return the answer: how many clusters, and which other numbers are credible."""
    told = data.recommendations
    low, high = told.k_interval
    if has_none(told):
        return f"No clusters; if there were any, the evidence would speak for {credible(told)}"
    found = count(told.optimal_clusters, "cluster")
    also = "" if low == high else f", {low} to {high} are credible"
    return f"Weak evidence of {found}{also}" if told.evidence == "weak" else f"The evidence speaks for {found}{also}"


def notes(data: RecommendationDocument) -> list[str]:
    """Return how to read it, and how many families find the recommended partition."""
    told = data.recommendations
    support = told.candidates[0].evidence.get("support") if told.candidates and not has_none(told) else None
    found = [] if support is None else [f"{_of_families(support)} the recommended partition"]
    return [
        *otherwise_on_all(data),
        *found,
        f"best of each family among {count(len(told.considered), 'partition')}",
        rows_used(data),
        "nearly equal ones count for the first family alone",
        "shaded: four fifths of the belief",
    ]


def _of_families(support: float) -> str:
    """Return the share of families as the beginning of a sentence about what they find."""
    return "every family finds" if support >= 1 else f"{percent(support)} of the families find"
