"""How the metrics that rank change with the number of clusters found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusterctl.plots.canvas import fit, name_axis, write_headline
from clusterctl.plots.kaxis import scale_k, scale_word
from clusterctl.plots.key import draw_key
from clusterctl.plots.labels import Obstacles, write_label
from clusterctl.plots.panels import Margins, add_panels, scale_axis, title_panel
from clusterctl.plots.sweep.kpanels import MOST_METRICS, MOST_SPACES, Panel, best_at_each_k, marked_trial, panels, shown_trials
from clusterctl.plots.sweep.looks import algorithm_looks, takes_n_clusters
from clusterctl.plots.sweep.trials import Trial, chosen, groups, read_trials, worth
from clusterctl.plots.sweep.words import (
    better,
    metric_title,
    metric_word,
    missing,
    most,
    trial_words,
)
from clusterctl.plots.words import cluster_counts, count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from clusterctl.plots.style import Look, Style
    from clusterctl.results.sweep import RankedBy, SweepDocument


def applies(data: SweepDocument) -> str | None:
    """Return None, or why there is nothing to draw."""
    if any(shown_trials(panel) for panel in panels(data)):
        return None
    trials = data.sweep_results.trials
    if trials and all(row.status == "failed" for row in trials):
        return "every trial failed"
    return f"no trial has a value of {' or '.join(by.metric for by in data.sweep_results.ranking.rank_by)}"


def draw(figure: Figure, data: SweepDocument, style: Style) -> None:
    """Draw an algorithm's best trial at each number of clusters, joined where it takes n_clusters, the others fainter.

    Crosses: a constraint is broken. Settings of algorithms that find the number of clusters have no order along it: no line joins them.
    """
    several = panels(data)
    looks = algorithm_looks((trial.algorithm for panel in several for trial in shown_trials(panel)), style)
    height = {1: 3.9, 2: 3.2}.get(len(several), 2.5)
    all_axes = add_panels(figure, style, len(several), height, Margins(top=1.42 if len(looks) > 1 else 1.12))
    for place, (axes, panel) in enumerate(zip(all_axes, several, strict=True)):
        _draw_panel(figure, axes, panel, looks, style)
        title_panel(figure, axes, panel.title, style)
        first, bottom = place % 2 == 0, place + 2 >= len(several) or len(several) == 1
        by_space = panel.title != f"{metric_title(panel.by.metric)}: {better(panel.by)}"
        y = f"{metric_word(panel.by.metric)} ({better(panel.by)})" if by_space and first else ""
        name_axis(axes, style, x="clusters found" + scale_word(axes) if bottom else "", y=y)
    if len(looks) > 1:
        draw_key(figure, looks, style, below=0.82, joined=[name for name in looks if takes_n_clusters(name)])
    write_headline(figure, style, fit(figure, headline(data), style.width - 0.32, style.title_size, "bold"), notes(data))


def _draw_panel(figure: Figure, axes: Axes, panel: Panel, looks: Mapping[str, Look], style: Style) -> None:
    shown = shown_trials(panel)
    axes.grid(axis="y", color=style.rule, linewidth=0.6, zorder=0)
    axes.set_axisbelow(True)
    if not shown:
        axes.text(0.5, 0.5, "no trial has a value", size=style.label_size, color=style.soft, ha="center", transform=axes.transAxes)
        axes.set(xticks=[], yticks=[])
        return
    for algorithm, look in looks.items():
        _draw_algorithm(axes, [trial for trial in shown if trial.algorithm == algorithm], panel.by, look, style)
    _set_limits(axes, shown, panel.by)
    if panel.marked is not None and panel.marked in shown:
        _mark(figure, axes, panel, panel.marked, looks[panel.marked.algorithm], style)


def _draw_algorithm(axes: Axes, trials: Sequence[Trial], by: RankedBy, look: Look, style: Style) -> None:
    line = best_at_each_k(trials, by)
    on_line = {trial.row.trial_id for trial in line}
    rest = [trial for trial in trials if trial.kept and trial.row.trial_id not in on_line]
    broken = [trial for trial in trials if not trial.kept]
    faint = 0.45 if len(rest) <= 100 else 0.25
    axes.scatter(*_places(rest, by), s=14, marker=look.marker, color=look.colour, alpha=faint, linewidth=0, zorder=2, gid="others")
    axes.scatter(*_places(broken, by), s=18, marker="x", color=look.colour, alpha=0.55, linewidth=0.9, zorder=2, gid="broken")
    axes.plot(
        *_places(line, by),
        color=look.colour,
        linewidth=1.6 if trials and takes_n_clusters(trials[0].algorithm) else 0,
        marker=look.marker,
        markersize=5.5,
        markeredgecolor=style.paper,
        markeredgewidth=0.5,
        zorder=3,
        gid="best",
    )


def _places(trials: Sequence[Trial], by: RankedBy) -> tuple[list[float], list[float]]:
    return [float(trial.row.n_clusters or 0) for trial in trials], [trial.value(by.metric) or 0.0 for trial in trials]


def _set_limits(axes: Axes, shown: Sequence[Trial], by: RankedBy) -> None:
    counts, values = _places(shown, by)
    scale_k(axes, min(counts), max(counts))
    axes.set_ylim(scale_axis(axes.yaxis, values, 5, 0.16))


def _mark(figure: Figure, axes: Axes, panel: Panel, trial: Trial, look: Look, style: Style) -> None:
    """Ring the trial and name it where the name hides neither points nor lines."""
    shown, by = shown_trials(panel), panel.by
    (x,), (y,) = _places([trial], by)
    axes.plot(x, y, marker=look.marker, markersize=5.5, color=look.colour, zorder=4)
    axes.plot(
        x, y, marker="o", markersize=13, markerfacecolor="none", markeredgecolor=style.ink, markeredgewidth=1.5, zorder=5, gid="chosen"
    )
    obstacles = Obstacles(axes, figure.dpi / 72)
    obstacles.add_points(*_places(shown, by))
    obstacles.add_ring(x, y, 6.5)
    for algorithm in {trial.algorithm: None for trial in shown}:
        if takes_n_clusters(algorithm):
            obstacles.add_line(*_places(best_at_each_k([trial for trial in shown if trial.algorithm == algorithm], by), by))
    write_label(figure, axes, trial_words(trial), (x, y), style.label_size, obstacles, style).set_gid("chosen-name")


def headline(data: SweepDocument) -> str:
    """Return what was found: where the metric is best, or which trial several metrics chose."""
    ranking, together, best = data.sweep_results.ranking, groups(data), chosen(data)
    by = ranking.rank_by[0]
    if best is None:
        return "No trial keeps the constraints" if ranking.constraints else "No trial could be ranked"
    if len(ranking.order) == 1:
        return f"Only one trial is ranked: {trial_words(best)}"
    if len(together) > 1:
        return _of_spaces(ranking.rank_by, [trial for group in together if (trial := marked_trial(group, best)) is not None])
    if len(ranking.rank_by) > 1:
        return f"Best by {len(ranking.rank_by)} metrics together: {trial_words(best)}"
    ties = [trial for trial in together[0].trials if trial.row.rank is not None and worth(trial, by) == worth(best, by)]
    counts = {trial.row.n_clusters or 0 for trial in ties}
    if len(counts) > 1:
        return f"{metric_title(by.metric)} is {most(by)} at {cluster_counts(counts)}: {count(len(ties), 'trial')} tie"
    return f"{metric_title(by.metric)} is {most(by)} at {cluster_counts(counts)} ({trial_words(best).split(',')[0]})"


def _of_spaces(rank_by: Sequence[RankedBy], firsts: Sequence[Trial]) -> str:
    counts = {trial.row.n_clusters or 0 for trial in firsts}
    where = f"in each of {count(len(firsts), 'space')}" if len(counts) == 1 else "depending on the space"
    found = cluster_counts(counts) + (" " if len(counts) == 1 else ", ") + where
    if len(rank_by) > 1:
        return f"The best trial by {len(rank_by)} metrics has {found}"
    return f"{metric_title(rank_by[0].metric)} is {most(rank_by[0])} at {found}"


def notes(data: SweepDocument) -> list[str]:
    """Return how to read it and what is not shown."""
    several, together = panels(data), groups(data)
    ranking, trials = data.sweep_results.ranking, data.sweep_results.trials
    told = [count(len(trials), "trial")]
    told += _marker_notes([trial.algorithm for panel in several for trial in shown_trials(panel) if trial.kept])
    if len(together) > 1:
        told.append("ring: the best of its space")
    if any(not trial.kept for panel in several for trial in shown_trials(panel)):
        told.append("×: breaks a constraint")
    if len(together) > 1:
        told.append("scores do not compare between spaces")
        if len(together) > MOST_SPACES:
            told.append(f"{MOST_SPACES} of {len(together)} spaces shown")
        if len(ranking.rank_by) > 1:
            told.append(f"{metric_word(ranking.rank_by[0].metric)} alone, the first of {len(ranking.rank_by)} metrics")
    elif len(ranking.rank_by) > MOST_METRICS:
        told.append(f"{MOST_METRICS} of {len(ranking.rank_by)} metrics shown")
    told.append(missing(read_trials(data), ranking.rank_by[0].metric))
    return told


def _marker_notes(algorithms: Sequence[str]) -> list[str]:
    """Return what lines and strong markers stand for, as far as there are any."""
    joined = {takes_n_clusters(algorithm) for algorithm in algorithms}
    if not joined:
        return []
    if joined == {True}:
        return ["line: the best at each number of clusters, faint: the others"]
    strong = "strong: an algorithm's best at each number of clusters, faint: the others"
    return [strong, "lines: algorithms that take n_clusters"] if True in joined else [strong]
