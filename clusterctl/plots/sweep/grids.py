"""Which two settings make a grid, and what each cell of it holds. No drawing here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from clusterctl.plots.sweep.trials import ALGORITHM, Group, Trial, best_of, chosen, groups, identity, short_names, varying
from clusterctl.plots.sweep.words import setting_text, space_words, why_no_value
from clusterctl.plots.words import plain

if TYPE_CHECKING:
    from clusterctl.results.sweep import RankedBy, SweepDocument

_MOST_CELLS = 40
_LEAST_FILLED = 0.5


@dataclass(frozen=True, slots=True)
class Axis:
    """A setting and its distinct values: numbers by size, then other values in the order met."""

    path: str
    name: str
    values: tuple[Any, ...]

    @property
    def texts(self) -> list[str]:
        """The values as they are written in a config."""
        return [setting_text(value, 18) for value in self.values]


@dataclass(frozen=True, slots=True)
class Cell:
    """The best trial of a combination. value: None where none has one. why: in words, why it is hatched; None: it is not."""

    trial: Trial
    value: float | None
    why: str | None


@dataclass(frozen=True, slots=True)
class Grid:
    """The trials of one algorithm (None: the algorithm is an axis) in one space, by two settings.

    space_id, space: its name, and what sets it apart in words; None: the scores of all spaces compare.
    cells: (column, row) → cell; combinations that no trial has are absent. others: names of further settings that vary.
    best: where the best of the cells that keep the constraints is.
    """

    algorithm: str | None
    space_id: str | None
    space: str | None
    across: Axis
    down: Axis
    cells: dict[tuple[int, int], Cell]
    others: tuple[str, ...]
    best: tuple[int, int] | None

    def place_of(self, trial: Trial) -> tuple[int, int] | None:
        """Return the cell that a trial belongs to; None: it belongs to none."""
        ids = ([identity(value) for value in axis.values] for axis in (self.across, self.down))
        (columns, rows), (column, row) = ids, (identity(trial.settings.get(axis.path)) for axis in (self.across, self.down))
        place = (columns.index(column), rows.index(row)) if column in columns and row in rows else None
        own = self.algorithm in (None, trial.algorithm) and self.space_id in (None, trial.row.space_id)
        return place if own and place in self.cells else None


def find_grids(document: SweepDocument) -> list[Grid]:
    """Return a grid for each algorithm (and space, where scores do not compare) whose trials fill one; that of the chosen trial first.

    Where no algorithm's settings make one, the algorithm is itself a setting. Empty: there is none.
    """
    by = document.sweep_results.ranking.rank_by[0]
    together = groups(document)
    words = space_words(document) if len(together) > 1 else {}
    found = [
        grid
        for group in together
        for algorithm in dict.fromkeys(trial.algorithm for trial in group.trials)
        if (grid := _grid(algorithm, Group(group.space_id, _of(group, algorithm)), by, words)) is not None
    ]
    if not found:
        found = [grid for group in together if (grid := _grid(None, group, by, words)) is not None]
    best = chosen(document)
    return sorted(found, key=lambda grid: (best is None or not _has(grid, best), -len(grid.cells)))


def _has(grid: Grid, best: Trial) -> bool:
    return any(cell.trial.row.trial_id == best.row.trial_id for cell in grid.cells.values())


def _of(group: Group, algorithm: str) -> tuple[Trial, ...]:
    return tuple(trial for trial in group.trials if trial.algorithm == algorithm)


def why_none(document: SweepDocument) -> str:
    """Return why there is no grid, in words."""
    together = groups(document)
    most = max((len(varying(_of(group, trial.algorithm))) for group in together for trial in group.trials), default=0)
    if most >= 2:
        return "no two settings make a grid: their values were drawn one by one, or most combinations are missing"
    where = " within one space, and scores of different spaces do not compare" if len(together) > 1 else ""
    return f"the trials of no algorithm differ in two settings{where}"


def _grid(algorithm: str | None, group: Group, by: RankedBy, words: Mapping[str, str]) -> Grid | None:
    trials = group.trials
    found = varying(trials)
    names = short_names(list(found))
    axes = _axes(found, names, trials)
    if axes is None:
        return None
    across, down = axes
    columns, rows = ({identity(value): place for place, value in enumerate(axis.values)} for axis in axes)
    by_place: dict[tuple[int, int], list[Trial]] = {}
    for trial in trials:
        place = columns[identity(trial.settings.get(across.path))], rows[identity(trial.settings.get(down.path))]
        by_place.setdefault(place, []).append(trial)
    cells = {place: _cell(alike, by) for place, alike in by_place.items()}
    if all(cell.value is None for cell in cells.values()):
        return None
    sound = {cell.trial.row.trial_id: place for place, cell in cells.items() if cell.why is None}
    best = best_of([cell.trial for cell in cells.values() if cell.why is None], by)
    several = any(len(alike) > 1 for alike in by_place.values())
    others = tuple(names[path] for path in found if several and path not in (across.path, down.path))
    space = words.get(str(group.space_id))
    return Grid(algorithm, group.space_id, space, across, down, cells, others, None if best is None else sound[best.row.trial_id])


def _axes(found: dict[str, list[Any]], names: dict[str, str], trials: Sequence[Trial]) -> tuple[Axis, Axis] | None:
    """Return the two settings with most distinct values whose combinations are mostly there; the one with more values goes across."""
    pairs = sorted(combinations(found, 2), key=lambda pair: -len(found[pair[0]]) * len(found[pair[1]]))
    for pair in pairs:
        n_cells = len(found[pair[0]]) * len(found[pair[1]])
        have = {tuple(identity(trial.settings.get(path)) for path in pair) for trial in trials}
        if max(len(found[path]) for path in pair) <= _MOST_CELLS and len(have) >= _LEAST_FILLED * n_cells:
            axes = [Axis(path, plain("algorithm" if path == ALGORITHM else names[path], 40), _sorted(found[path])) for path in pair]
            down, across = sorted(axes, key=_across_is_better)
            return across, down
    return None


def _across_is_better(axis: Axis) -> tuple[bool, int]:
    """Long texts are read easily down the side alone; else the longer axis goes across."""
    return max(len(text) for text in axis.texts) <= 8, len(axis.values)


def _sorted(values: Sequence[Any]) -> tuple[Any, ...]:
    numbers = sorted(value for value in values if isinstance(value, int | float) and not isinstance(value, bool))
    return (*numbers, *(value for value in values if not isinstance(value, int | float) or isinstance(value, bool)))


def _cell(alike: Sequence[Trial], by: RankedBy) -> Cell:
    """Return the best of the trials that keep the constraints; else the best that breaks one; else why there is no value."""
    best = best_of([trial for trial in alike if trial.kept], by)
    if best is not None:
        return Cell(best, best.value(by.metric), None)
    best = best_of([trial for trial in alike if trial.row.status == "done"], by)
    if best is not None:
        return Cell(best, best.value(by.metric), "constraint")
    return Cell(alike[0], None, why_no_value(alike[0]))
