"""How the metrics that rank change with the number of clusters found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.plots.canvas import LITERAL, fit, halo, name_axis, write_headline
from clusterctl.plots.sweep.looks import algorithm_looks, draw_key
from clusterctl.plots.sweep.panels import Margins, add_panels
from clusterctl.plots.sweep.trials import Group, Trial, best_of, chosen, groups, read_trials, worth
from clusterctl.plots.sweep.words import (
    better,
    cluster_counts,
    metric_title,
    metric_word,
    missing,
    most,
    number,
    space_words,
    trial_words,
)
from clusterctl.plots.words import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from clusterctl.plots.style import Look, Style
    from clusterctl.results.sweep import RankedBy, SweepDocument

MOST_METRICS, MOST_SPACES = 4, 6
_WIDE_RANGE = 40
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)


@dataclass(frozen=True, slots=True)
class Panel:
    """One metric over the trials of one space (or of all, where scores compare)."""

    title: str
    by: RankedBy
    trials: tuple[Trial, ...]
    marked: Trial | None


def applies(data: SweepDocument) -> str | None:
    """Return None, or why there is nothing to draw."""
    if any(_shown(panel) for panel in panels(data)):
        return None
    trials = data.sweep_results.trials
    if trials and all(row.status == "failed" for row in trials):
        return "every trial failed"
    return f"no trial has a value of {' or '.join(by.metric for by in data.sweep_results.ranking.rank_by)}"


def panels(data: SweepDocument) -> list[Panel]:
    """Return a panel a metric (at most 4), or where scores do not compare a panel a space (at most 6) for the first metric alone."""
    rank_by = data.sweep_results.ranking.rank_by
    together, best = groups(data), chosen(data)
    if len(together) == 1:
        return [Panel(f"{metric_title(by.metric)}: {better(by)}", by, together[0].trials, best) for by in rank_by[:MOST_METRICS]]
    words = space_words(data)
    shown = sorted(together, key=lambda group: not _holds(group, best))[:MOST_SPACES]
    return [Panel(_space_title(words, group, best), rank_by[0], group.trials, _marked(group, best)) for group in shown]


def _space_title(words: Mapping[str, str], group: Group, best: Trial | None) -> str:
    return words[str(group.space_id)] + (" (chosen)" if _holds(group, best) else "")


def _holds(group: Group, best: Trial | None) -> bool:
    return best is not None and best.row.space_id == group.space_id


def _marked(group: Group, best: Trial | None) -> Trial | None:
    """Return the chosen trial in its own space, and the first by rank in another."""
    if best is not None and _holds(group, best):
        return best
    return next((trial for trial in group.trials if trial.row.rank == 1), None)


def _shown(panel: Panel) -> list[Trial]:
    return [trial for trial in panel.trials if trial.value(panel.by.metric) is not None and trial.row.n_clusters is not None]


def draw(figure: Figure, data: SweepDocument, style: Style) -> None:
    """Draw the best trial at each number of clusters as a line an algorithm, the others fainter, crosses where a constraint is broken."""
    several = panels(data)
    looks = algorithm_looks(trial.algorithm for panel in several for trial in _shown(panel))
    height = {1: 3.9, 2: 3.2}.get(len(several), 2.5)
    all_axes = add_panels(figure, style, len(several), height, Margins(top=1.42 if len(looks) > 1 else 1.12))
    for place, (axes, panel) in enumerate(zip(all_axes, several, strict=True)):
        _draw_panel(axes, panel, looks, style)
        inches = axes.get_position().width * style.width
        title = fit(figure, panel.title, inches, style.label_size, "bold")
        axes.set_title(title, loc="left", size=style.label_size, weight="bold", color=style.ink, pad=7, **LITERAL)
        first, bottom = place % 2 == 0, place + 2 >= len(several) or len(several) == 1
        by_space = panel.title != f"{metric_title(panel.by.metric)}: {better(panel.by)}"
        y = f"{metric_word(panel.by.metric)} ({better(panel.by)})" if by_space and first else ""
        name_axis(axes, style, x="clusters found" + _scale_word(axes) if bottom else "", y=y)
    if len(looks) > 1:
        draw_key(figure, looks, style, below=0.82, joined=True)
    write_headline(figure, style, fit(figure, headline(data), style.width - 0.32, style.title_size, "bold"), notes(data))


def _draw_panel(axes: Axes, panel: Panel, looks: Mapping[str, Look], style: Style) -> None:
    shown = _shown(panel)
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
        _mark(axes, panel.marked, panel.by, looks[panel.marked.algorithm], style)


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
        linewidth=1.6,
        marker=look.marker,
        markersize=5.5,
        markeredgecolor=style.paper,
        markeredgewidth=0.5,
        zorder=3,
        gid="best",
    )


def best_at_each_k(trials: Sequence[Trial], by: RankedBy) -> list[Trial]:
    """Return the best trial at each number of clusters found, of those that keep the constraints, fewest clusters first."""
    by_k: dict[int, list[Trial]] = {}
    for trial in trials:
        if trial.kept and trial.row.n_clusters is not None:
            by_k.setdefault(trial.row.n_clusters, []).append(trial)
    found = [best_of(by_k[k], by) for k in sorted(by_k)]
    return [trial for trial in found if trial is not None]


def _places(trials: Sequence[Trial], by: RankedBy) -> tuple[list[float], list[float]]:
    return [float(trial.row.n_clusters or 0) for trial in trials], [trial.value(by.metric) or 0.0 for trial in trials]


def _set_limits(axes: Axes, shown: Sequence[Trial], by: RankedBy) -> None:
    from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

    counts, values = (np.array(part) for part in _places(shown, by))
    low, high = float(counts.min()), float(counts.max())
    if high > _WIDE_RANGE and high > 10 * max(low, 1):
        axes.set_xscale("symlog", linthresh=1.0, linscale=0.4)
        axes.set_xlim(max(low * 0.85, -0.3) if low else -0.3, high * 1.2)
        axes.xaxis.set_major_locator(FixedLocator([step for step in (0, *_STEPS) if low <= step <= high]))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(lambda k, _: f"{k:,.0f}")
    else:
        margin = 0.6 + 0.03 * (high - low)
        axes.set_xlim(low - margin, high + margin)
        axes.xaxis.set_major_locator(MaxNLocator(nbins="auto", integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    span = float(np.ptp(values)) or max(abs(float(values.max())), 1.0) * 0.1
    axes.set_ylim(float(values.min()) - 0.16 * span, float(values.max()) + 0.16 * span)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.yaxis.set_major_formatter(
        lambda value, _: number(float(f"{value:.10g}")) if abs(value) >= 1e4 else f"{value:.4g}".replace("-", "\u2212")
    )


def _scale_word(axes: Axes) -> str:
    return " (logarithmic)" if axes.get_xscale() == "symlog" else ""


def _mark(axes: Axes, trial: Trial, by: RankedBy, look: Look, style: Style) -> None:
    """Ring the trial and name it on the better side, or the one with more room where others may be better."""
    (x,), (y,) = _places([trial], by)
    axes.plot(x, y, marker=look.marker, markersize=5.5, color=look.colour, zorder=4)
    axes.plot(
        x, y, marker="o", markersize=13, markerfacecolor="none", markeredgecolor=style.ink, markeredgewidth=1.5, zorder=5, gid="chosen"
    )
    across, up = axes.transAxes.inverted().transform(axes.transData.transform((x, y)))
    above = up < 0.5 if 0.2 < up < 0.8 else by.best == "max"
    axes.annotate(
        trial_words(trial),
        (x, y),
        xytext=(0, 10 if above else -10),
        textcoords="offset points",
        ha="left" if across < 0.3 else "right" if across > 0.7 else "center",
        va="bottom" if above else "top",
        size=style.label_size,
        weight="bold",
        color=style.ink,
        zorder=6,
        path_effects=halo(3.0),
        gid="chosen-name",
        **LITERAL,
    )


def headline(data: SweepDocument) -> str:
    """Return what was found: where the metric is best, or which trial several metrics chose."""
    ranking, together, best = data.sweep_results.ranking, groups(data), chosen(data)
    by = ranking.rank_by[0]
    if best is None:
        return "No trial keeps the constraints" if ranking.constraints else "No trial could be ranked"
    if len(together) > 1:
        firsts = [trial for group in together if (trial := _marked(group, best)) is not None and trial.row.n_clusters is not None]
        found = cluster_counts(trial.row.n_clusters or 0 for trial in firsts)
        if len(ranking.rank_by) > 1:
            return f"Best by {len(ranking.rank_by)} metrics: {found} in {count(len(firsts), 'space')}"
        return f"{metric_title(by.metric)} is {most(by)} at {found} in {count(len(firsts), 'space')}"
    if len(ranking.rank_by) > 1:
        return f"Best by {len(ranking.rank_by)} metrics together: {trial_words(best)}"
    ties = [trial for trial in together[0].trials if trial.row.rank is not None and worth(trial, by) == worth(best, by)]
    counts = {trial.row.n_clusters or 0 for trial in ties}
    if len(counts) > 1:
        return f"{metric_title(by.metric)} is {most(by)} at {cluster_counts(counts)}: {count(len(ties), 'trial')} tie"
    return f"{metric_title(by.metric)} is {most(by)} at {cluster_counts(counts)} ({trial_words(best).split(',')[0]})"


def notes(data: SweepDocument) -> list[str]:
    """Return how to read it and what is not shown."""
    several, together = panels(data), groups(data)
    ranking, trials = data.sweep_results.ranking, data.sweep_results.trials
    told = [count(len(trials), "trial"), "line: the best at each number of clusters, faint: the others"]
    if len(together) > 1:
        told.append("ring: the best of its space")
    if any(not trial.kept for panel in several for trial in _shown(panel)):
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
