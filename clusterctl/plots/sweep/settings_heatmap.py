"""The first metric that ranks over a grid of two settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusterctl.plots.canvas import fit, write_headline
from clusterctl.plots.sweep.gridpanel import draw_grid, lay_out, shades_of
from clusterctl.plots.sweep.grids import Grid, find_grids, why_none
from clusterctl.plots.sweep.trials import Trial, chosen, read_trials
from clusterctl.plots.sweep.words import better, decimals_for, metric_title, metric_word, most, number, setting_text
from clusterctl.plots.words import count, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from clusterctl.plots.style import Style
    from clusterctl.results.sweep import RankedBy, SweepDocument

MOST_GRIDS = 6
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
    title = fit(figure, headline(data, every), style.width - 0.32, style.title_size, "bold")
    write_headline(figure, style, title, notes(data, every, numbered=numbered))


def _dot(grid: Grid, best: Trial | None) -> tuple[int, int] | None:
    """Return the chosen trial's cell where it is not the best one; None: there is nothing to mark."""
    place = None if best is None else grid.place_of(best)
    return None if place == grid.best else place


def headline(data: SweepDocument, grids: Sequence[Grid]) -> str:
    """Return where the metric is best: the settings of the best cell, or how many cells tie."""
    by = data.sweep_results.ranking.rank_by[0]
    able = [grid for grid in grids if grid.best is not None]
    if not able:
        return "No cell of the grid keeps the constraints"
    if able[0].space is not None and len(able) > 1:
        if len({_best_settings(grid) for grid in able}) > 1:
            return f"The best settings by {metric_word(by.metric)} differ between the {len(able)} grids"
        return f"{metric_title(by.metric)} is {most(by)} at {_best_settings(able[0])} in all {len(able)} grids"
    values = [(_best_value(grid), grid) for grid in able]
    top = (max if by.best == "max" else min)(value for value, _ in values)
    n_ties = sum(cell.why is None and cell.value == top for grid in able for cell in grid.cells.values())
    if n_ties > 1:
        return f"{metric_title(by.metric)} is {most(by)}, {number(top)}, in {count(n_ties, 'cell')}: a tie"
    grid = next(grid for value, grid in values if value == top)
    return f"{metric_title(by.metric)} is {most(by)} at {_best_settings(grid)}" + (
        f" ({plain(grid.algorithm, 30)})" if grid.algorithm else ""
    )


def _best_settings(grid: Grid) -> str:
    """Return `eps 0.3 and min_samples 5`: where the best cell is."""
    axes = zip((grid.across, grid.down), grid.best or (), strict=True)
    return " and ".join(f"{axis.name} {setting_text(axis.values[place])}" for axis, place in axes)


def _best_value(grid: Grid) -> float:
    value = None if grid.best is None else grid.cells[grid.best].value
    assert value is not None
    return value


def notes(data: SweepDocument, grids: Sequence[Grid], *, numbered: bool) -> list[str]:
    """Return how to read it and what is not shown. numbered: the values stand in the cells."""
    by, best = data.sweep_results.ranking.rank_by[0], chosen(data)
    shown = grids[:MOST_GRIDS]
    told = [f"{metric_word(by.metric)}, {better(by)}: darker", "frame: the best cell" + (" of each grid" if len(shown) > 1 else "")]
    if best is not None and any(_dot(grid, best) for grid in shown):
        told.append(f"dot: the chosen trial {best.row.trial_id}")
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
