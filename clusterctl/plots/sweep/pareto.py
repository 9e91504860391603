"""Two metrics against each other: which trials no other beats in both."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from clusterctl.plots.canvas import fit, name_axis, write_headline
from clusterctl.plots.key import draw_key
from clusterctl.plots.labels import Obstacles, write_label
from clusterctl.plots.panels import Margins, add_panels, scale_axis, title_panel
from clusterctl.plots.sweep.fronts import LEAST_METRICS, Front, FrontPoint, find_fronts, spaced_points
from clusterctl.plots.sweep.fronttable import list_points, point_label, table_height
from clusterctl.plots.sweep.looks import algorithm_looks
from clusterctl.plots.sweep.trials import chosen, read_trials
from clusterctl.plots.sweep.words import better, metric_word, missing, space_words, trial_words
from clusterctl.plots.words import count, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from clusterctl.plots.style import Look, Style
    from clusterctl.plots.sweep.trials import Trial
    from clusterctl.results.sweep import RankedBy, SweepDocument

MOST_SPACES, MOST_LISTED = 4, 14


def applies(data: SweepDocument) -> str | None:
    """Return None, or why there is no front."""
    ranking, trials = data.sweep_results.ranking, data.sweep_results.trials
    if len(ranking.rank_by) < LEAST_METRICS:
        return "a front needs two metrics in rank_by, and there is one"
    if trials and all(row.status == "failed" for row in trials):
        return "every trial failed"
    fronts = find_fronts(data)
    if not fronts:
        return "no trial is ranked, so that there is no front"
    if all(front.n_places == 1 for front in fronts):
        return "all trials that have both values have the same two: there is a single point"
    return None


def draw(figure: Figure, data: SweepDocument, style: Style) -> None:
    """Draw the trials, better up and to the right; the front as steps with the trials' numbers, listed below with their settings."""
    fronts = find_fronts(data)[:MOST_SPACES]
    listed = listed_points(fronts)
    looks = algorithm_looks((trial.algorithm for front in fronts for trial in front.trials), style)
    height = 3.9 if len(fronts) == 1 else 2.6
    table = table_height(len(listed))
    top = 0.8 + 0.27 * (len(looks) > 1) + 0.25 * (len(fronts) > 1)
    all_axes = add_panels(figure, style, len(fronts), height, Margins(top=top, bottom=0.6 + table))
    words = space_words(data)
    for axes, front in zip(all_axes, fronts, strict=True):
        _draw_front(figure, axes, data, front, [point for place, point in listed if place is front], looks, style)
        if front.space_id is not None:
            title_panel(figure, axes, words[front.space_id], style)
    list_points(figure, data, [point for _, point in listed], table, style)
    if len(looks) > 1:
        draw_key(figure, looks, style, below=0.82)
    write_headline(figure, style, fit(figure, headline(data), style.width - 0.32, style.title_size, "bold"), notes(data, listed))


def listed_points(fronts: Sequence[Front]) -> list[tuple[Front, FrontPoint]]:
    """Return the points that are numbered and listed: all, or as many of each front as there is room for."""
    each = max(2, MOST_LISTED // max(len(fronts), 1))
    return [(front, point) for front in fronts for point in spaced_points(front.points, each)]


def _draw_front(
    figure: Figure, axes: Axes, data: SweepDocument, front: Front, named: Sequence[FrontPoint], looks: Mapping[str, Look], style: Style
) -> None:
    x, y = data.sweep_results.ranking.rank_by[:LEAST_METRICS]
    axes.grid(color=style.rule, linewidth=0.6, zorder=0)
    axes.set_axisbelow(True)
    for algorithm, look in looks.items():
        _draw_trials(axes, [trial for trial in front.trials if trial.algorithm == algorithm], (x, y), look)
    joined = [point for point in front.points if point.joined]
    axes.plot(
        [point.x for point in joined],
        [point.y for point in joined],
        drawstyle="steps-pre",
        color=style.ink,
        linewidth=1.1,
        zorder=3,
        gid="front",
    )
    for algorithm, look in looks.items():
        own = [point for point in front.points if point.first.algorithm == algorithm]
        x_own, y_own = [point.x for point in own], [point.y for point in own]
        axes.scatter(x_own, y_own, s=49, marker=look.marker, color=look.colour, edgecolor=style.ink, linewidth=0.8, zorder=4)
    _set_limits(axes, front, x, y)
    _ring(axes, front, chosen(data), style)
    _number_points(figure, axes, named, _obstacles(figure, axes, data, front), style)
    fitted = [fit(figure, _axis_name(by), inches, style.label_size) for by, inches in zip((x, y), _extent(figure, axes), strict=True)]
    name_axis(axes, style, x=fitted[0], y=fitted[1])


def _ring(axes: Axes, front: Front, best: Trial | None, style: Style) -> None:
    point = ringed_point(front, best)
    if point is not None:
        ring = axes.plot(point.x, point.y, marker="o", markersize=15, markerfacecolor="none", zorder=5, gid="chosen")
        ring[0].set(markeredgecolor=style.ink, markeredgewidth=1.5)


def ringed_point(front: Front, best: Trial | None) -> FrontPoint | None:
    """Return the point of a front at which the chosen trial is; None: it is not on this front."""
    own = -1 if best is None else best.row.trial_id
    return next((point for point in front.points if any(trial.row.trial_id == own for trial in point.trials)), None)


def _extent(figure: Figure, axes: Axes) -> tuple[float, float]:
    box, (width, height) = axes.get_position(), figure.get_size_inches()
    return box.width * width, box.height * height + 0.2


def _axis_name(by: RankedBy) -> str:
    return f"{metric_word(by.metric)} ({better(by)}) →"


def _draw_trials(axes: Axes, trials: Sequence[Trial], by: tuple[RankedBy, RankedBy], look: Look) -> None:
    for kept, marker, size in ((True, look.marker, 20), (False, "x", 18)):
        some = [trial for trial in trials if trial.kept == kept]
        x, y = ([trial.value(metric.metric) or 0.0 for trial in some] for metric in by)
        gid = "kept" if kept else "broken"
        axes.scatter(x, y, s=size, marker=marker, color=look.colour, alpha=0.5, linewidth=0.9 if not kept else 0, zorder=2, gid=gid)


def _set_limits(axes: Axes, front: Front, x: RankedBy, y: RankedBy) -> None:
    for by, axis, limit in ((x, axes.xaxis, axes.set_xlim), (y, axes.yaxis, axes.set_ylim)):
        low, high = scale_axis(axis, [trial.value(by.metric) or 0.0 for trial in front.trials], 6, 0.1)
        limit((low, high) if by.best == "max" else (high, low))


def _obstacles(figure: Figure, axes: Axes, data: SweepDocument, front: Front) -> Obstacles:
    """Return what the numbers keep off: every trial, the steps of the front, and the ring."""
    x, y = data.sweep_results.ranking.rank_by[:LEAST_METRICS]
    obstacles = Obstacles(axes, figure.dpi / 72)
    obstacles.add_points([trial.value(x.metric) or 0.0 for trial in front.trials], [trial.value(y.metric) or 0.0 for trial in front.trials])
    joined = [point for point in front.points if point.joined]
    corners = [corner for here, then in pairwise(joined) for corner in ((here.x, here.y), (here.x, then.y), (then.x, then.y))]
    if corners:
        obstacles.add_line([corner[0] for corner in corners], [corner[1] for corner in corners])
    ringed = ringed_point(front, chosen(data))
    if ringed is not None:
        obstacles.add_ring(ringed.x, ringed.y, 7.5)
    return obstacles


def _number_points(figure: Figure, axes: Axes, points: Sequence[FrontPoint], obstacles: Obstacles, style: Style) -> None:
    """Write the trials' numbers beside their points, clear of everything drawn."""
    for point in points:
        label = write_label(figure, axes, point_label(point), (point.x, point.y), 8.5, obstacles, style)
        label.set_gid(f"trial-{point.first.row.trial_id}")


def headline(data: SweepDocument) -> str:
    """Return how many trials are on the front, or which is best in both metrics."""
    ranking, fronts, best = data.sweep_results.ranking, find_fronts(data), chosen(data)
    names = [metric_word(by.metric) for by in ranking.rank_by[:LEAST_METRICS]]
    n_metrics = len(ranking.rank_by)
    every = names if n_metrics == LEAST_METRICS else [f"{n_metrics} metrics"]
    if len(fronts) > 1:
        return f"The trade-off between {' and '.join(names)} in each of {count(len(fronts), 'space')}"
    (front,) = fronts
    if len(ranking.order) == 1 and best is not None:
        return f"Only one trial is ranked: {trial_words(best)}"
    if len(front.points) == 1 and best is not None:
        return f"{trial_words(best)}: best in {'both ' if n_metrics == LEAST_METRICS else ''}{' and '.join(every)}"
    n_ranked = sum(trial.row.rank is not None for trial in front.trials)
    n_front = sum(len(point.trials) for point in front.points)
    return f"{n_front} of {count(n_ranked, 'ranked trial')} are unbeaten in {' and '.join(every)}"


def notes(data: SweepDocument, listed: Sequence[tuple[Front, FrontPoint]]) -> list[str]:
    """Return how to read it and what is not shown."""
    ranking, fronts, best = data.sweep_results.ranking, find_fronts(data), chosen(data)
    turned = any(by.best == "min" for by in ranking.rank_by[:LEAST_METRICS])
    told = ["up and to the right is better" + (": where lower is better the axis is reversed" if turned else "")]
    if any(sum(point.joined for point in front.points) > 1 for front in fronts[:MOST_SPACES]):
        told.append("line: the front")
    if best is not None and any(ringed_point(front, best) for front in fronts[:MOST_SPACES]):
        told.append(f"ring: the chosen trial {best.row.trial_id}")
    if any(not trial.kept for front in fronts for trial in front.trials):
        told.append("×: breaks a constraint")
    if any(not point.joined for front in fronts[:MOST_SPACES] for point in front.points):
        rest = [metric_word(by.metric) for by in ranking.rank_by[LEAST_METRICS:]]
        told.append(f"points off the line are better in {plain(', '.join(rest), 60)}")
    if any(len(point.trials) > 1 for _, point in listed):
        told.append("+1: one more trial at the same point")
    if len(fronts) > 1:
        told.append("scores do not compare between spaces")
    if len(fronts) > MOST_SPACES:
        told.append(f"{MOST_SPACES} of {len(fronts)} spaces shown")
    n_points = sum(len(front.points) for front in fronts[:MOST_SPACES])
    if len(listed) < n_points:
        told.append(f"{len(listed)} of {n_points} points of the front are numbered")
    return [*told, missing(read_trials(data), ranking.rank_by[0].metric)]
