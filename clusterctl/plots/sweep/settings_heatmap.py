"""The first metric that ranks over a grid of two settings."""

from __future__ import annotations

from math import isclose
from typing import TYPE_CHECKING

from clusterctl.plots.canvas import fit, measure, write_headline
from clusterctl.plots.sweep.gridpanel import draw_grid, lay_out, shades_of
from clusterctl.plots.sweep.grids import BAND, Grid, find_grids, why_none
from clusterctl.plots.sweep.trials import Trial, chosen, read_trials
from clusterctl.plots.sweep.words import better, metric_title, metric_word, most, trial_words
from clusterctl.plots.words import count, decimals_for, number, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from clusterctl.plots.style import Style
    from clusterctl.results.sweep import RankedBy, SweepDocument

MOST_GRIDS = 6
_MUCH_NOISE = 0.5
_TOP, _BETWEEN, _BELOW = 1.12, 0.45, 0.1


def applies(data: SweepDocument) -> str | None:
    """Return None, or why there is no grid."""
    trials, metric = read_trials(data), data.sweep_results.ranking.rank_by[0].metric
    if trials and all(trial.row.status == "failed" for trial in trials):
        return "every trial failed"
    if all(trial.value(metric) is None for trial in trials):
        return f"no trial has a value of {metric}"
    return None if find_grids(data) else why_none(data)


def draw(figure: Figure, data: SweepDocument, style: Style) -> None:
    """Draw a cell a combination, darker for better, hatched with a word where there is no value; the best cell of each grid is framed."""
    every, by, best = find_grids(data), data.sweep_results.ranking.rank_by[0], chosen(data)
    grids = every[:MOST_GRIDS]
    layouts = [lay_out(figure, grid, 0.42 if len(grids) == 1 else 0.3, style) for grid in grids]
    heights = [layout.height + layout.below for layout in layouts]
    figure.set_size_inches(style.width, _TOP + sum(heights) + _BETWEEN * (len(grids) - 1) + _BELOW)
    top, numbered = _TOP, True
    for grid, layout, height in zip(grids, layouts, heights, strict=True):
        title = " · ".join(plain(part, 70) for part in (grid.algorithm, grid.space) if part) or metric_title(by.metric)
        shades = shades_of(grids if grid.space is None else [grid], by)
        numbered &= draw_grid(figure, grid, layout, top, title, shades, _dot(grid, best), style)
        top += height + _BETWEEN
    titles = headlines(data, grids)
    room = style.width - 0.32
    title = next((title for title in titles if measure(figure, title, style.title_size, "bold") <= room), titles[-1])
    write_headline(figure, style, fit(figure, title, room, style.title_size, "bold"), notes(data, every, numbered=numbered))


def _dot(grid: Grid, best: Trial | None) -> tuple[int, int] | None:
    """Return the chosen trial's cell where it is not the only framed one; None: there is nothing to mark."""
    place = None if best is None else grid.place_of(best)
    return None if (place,) == grid.framed else place


def headlines(data: SweepDocument, grids: Sequence[Grid]) -> list[str]:
    """Return where the metric is best among the cells drawn, in ever fewer words: the first that fits is the title."""
    by = data.sweep_results.ranking.rank_by[0]
    able = [grid for grid in grids if grid.best]
    if not able:
        return ["No cell keeps the constraints"]
    if able[0].space is not None and len(able) > 1:
        return _of_spaces(able, by)
    values = [(_best_value(grid), grid) for grid in able]
    top = (max if by.best == "max" else min)(value for value, _ in values)
    ties = [(grid, place) for value, grid in values if isclose(value, top, rel_tol=1e-9, abs_tol=1e-12) for place in grid.best]
    findings = _finding(by, top, ties, sum(len(grid.cells) for grid in grids))
    if not any(able[0].space is not None or not is_better(top, trial, by) for trial in outside(data, grids)):
        return findings
    winners = {grid.algorithm for grid, _ in ties}
    return _within(_scopes(data, grids, winners), findings, f" ({plain(str(next(iter(winners))), 30)})" if len(winners) == 1 else "")


def _of_spaces(able: Sequence[Grid], by: RankedBy) -> list[str]:
    if len({_settings(grid, grid.best[0]) for grid in able}) > 1 or any(len(grid.best) > 1 for grid in able):
        return [f"The best settings by {metric_word(by.metric)} differ between the {len(able)} grids"]
    where = _settings(able[0], able[0].best[0])
    return [f"{metric_title(by.metric)} is {most(by)} at {where} in all {len(able)} grids", f"All {len(able)} grids have one best cell"]


def _finding(by: RankedBy, top: float, ties: Sequence[tuple[Grid, tuple[int, int]]], n_cells: int) -> list[str]:
    """Return the finding as it begins a sentence, the longest first."""
    metric = metric_title(by.metric)
    if len(ties) > 1:
        where = "all" if len(ties) == n_cells else f"{len(ties)} of {n_cells}"
        return [f"{metric} is {most(by)}, {number(top)}, in {where} cells: a tie", f"{len(ties)} of {n_cells} cells tie"]
    ((grid, place),) = ties
    noise = grid.cells[place].trial.row.noise_fraction or 0.0
    but = f", with {100 * noise:.0f} % noise" if noise >= _MUCH_NOISE else ""
    algorithm = f" ({plain(grid.algorithm, 30)})" if grid.algorithm else ""
    long = f"{metric} is {most(by)} at {_settings(grid, place)}"
    if place[0] == BAND:
        long = f"{metric} is {most(by)} for {trial_words(grid.cells[place].trial)}"
    framed = f"{metric} is {most(by)}, {number(top)}, in the framed cell"
    return [long + algorithm + but, long + but, framed + but, f"The framed cell is best{but}"]


def _within(scopes: Sequence[str], findings: Sequence[str], said: str) -> list[str]:
    """Say before each finding what it is about. said: what need not be said again then."""
    return [f"{scope}: {_lower(finding.replace(said, '') if said else finding)}" for finding in findings for scope in scopes]


def _scopes(data: SweepDocument, grids: Sequence[Grid], winners: set[str | None]) -> list[str]:
    """Return what a finding within the cells drawn is about: the algorithms of the best cells, or else the cells."""
    names = [plain(name, 30) for grid in grids if grid.algorithm in winners for name in grid.algorithms]
    n_algorithms = len({trial.algorithm for trial in read_trials(data)})
    several = len(dict.fromkeys(names))
    if several == n_algorithms or grids[0].space is not None:
        return ["Of the cells drawn"]
    return [f"Within {_listed(list(dict.fromkeys(names)))}", f"Within {several} algorithms" if several > 1 else "Of the cells drawn"]


def _lower(finding: str) -> str:
    """Return a finding as it goes on after a colon: names of people keep their capital."""
    first, _, rest = finding.partition(" ")
    return f"{metric_word(first)} {rest}" if not first.isdigit() else finding


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def is_better(value: float, trial: Trial, by: RankedBy) -> bool:
    """Return whether a value is better than a trial's, by more than rounding."""
    other = trial.value(by.metric)
    assert other is not None
    return not isclose(value, other, rel_tol=1e-9, abs_tol=1e-12) and (value > other) == (by.best == "max")


def outside(data: SweepDocument, grids: Sequence[Grid]) -> list[Trial]:
    """Return the trials that keep the constraints, have a value, and belong to no cell of these grids."""
    metric = data.sweep_results.ranking.rank_by[0].metric
    able = [trial for trial in read_trials(data) if trial.kept and trial.value(metric) is not None]
    return [trial for trial in able if all(grid.place_of(trial) is None for grid in grids)]


def _settings(grid: Grid, place: tuple[int, int]) -> str:
    """Return `eps 0.3 and min_samples 5`: where a cell is."""
    axes = zip((grid.across, grid.down), place, strict=True)
    return " and ".join(f"{axis.name} {axis.texts[at]}" if axis.values[at] is not None else f"no {axis.name}" for axis, at in axes)


def _best_value(grid: Grid) -> float:
    value = grid.cells[grid.best[0]].value
    assert value is not None
    return value


def notes(data: SweepDocument, grids: Sequence[Grid], *, numbered: bool) -> list[str]:
    """Return how to read it and what is not shown. numbered: the values stand in the cells."""
    by, best = data.sweep_results.ranking.rank_by[0], chosen(data)
    shown = grids[:MOST_GRIDS]
    told = [f"{metric_word(by.metric)}, {better(by)}: darker"]
    if any(grid.framed for grid in shown):
        several = any(len(grid.framed) > 1 for grid in shown)
        told.append(f"frame{'s' * several}: the best cell{'s' * several}" + (" of each grid" if len(shown) > 1 else ""))
    if best is not None:
        told.append(_of_chosen(best, shown, by))
    lacking = list(dict.fromkeys(grid.across.name for grid in shown for column, _ in grid.cells if column == BAND))
    if lacking:
        told.append(f"whole rows: no setting {_listed(lacking)}")
    others = list(dict.fromkeys(name for grid in shown for name in grid.others))
    if others:
        told.append(f"{plain(', '.join(others), 60)} at {'their' if len(others) > 1 else 'its'} best")
    if any(cell.why is not None and cell.value is not None for grid in shown for cell in grid.cells.values()):
        told.append("hatched number: a constraint is broken")
    if any(cell.value is None for grid in shown for cell in grid.cells.values()):
        told.append("hatched: no value")
    if not numbered:
        told.append(_range(shown, by))
    if len(grids) > len(shown):
        told.append(f"{len(shown)} of {count(len(grids), 'grid')} shown")
    if grids[0].space is not None:
        told.append("shades and scores do not compare between spaces")
    return told


def _range(grids: Sequence[Grid], by: RankedBy) -> str:
    """Return what the palest and the darkest shade stand for, in place of numbers."""
    values = [cell.value for grid in grids for cell in grid.cells.values() if cell.value is not None]
    pale, dark = (min(values), max(values)) if by.best == "max" else (max(values), min(values))
    decimals = decimals_for(values)
    return f"from {number(pale, decimals)} (pale) to {number(dark, decimals)} (dark)"


def _of_chosen(best: Trial, shown: Sequence[Grid], by: RankedBy) -> str:
    """Return which cell is the chosen trial's, or that it has none; empty: it is framed."""
    if any(_dot(grid, best) for grid in shown):
        return f"dot: the chosen trial {best.row.trial_id}"
    if any(grid.place_of(best) for grid in shown):
        return ""
    value = best.value(by.metric)
    return f"no cell: the chosen trial {best.row.trial_id} ({trial_words(best)}" + (f", {number(value)})" if value is not None else ")")
