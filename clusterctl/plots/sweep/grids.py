"""Which two settings make a grid, and what each cell of it holds. No drawing here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isclose
from typing import TYPE_CHECKING, Any

from clusterctl.plots.sweep.trials import ALGORITHM, Group, Trial, best_of, chosen, groups, identity, short_names, varying
from clusterctl.plots.sweep.words import setting_texts, space_words, why_no_value
from clusterctl.plots.words import plain

if TYPE_CHECKING:
    from clusterctl.results.sweep import RankedBy, SweepDocument

_MOST_CELLS = 40
_LEAST_FILLED = 0.5
BAND = -1


@dataclass(frozen=True, slots=True)
class Axis:
    """A setting and its distinct values: numbers by size, then other values in the order met."""

    path: str
    name: str
    values: tuple[Any, ...]

    @property
    def texts(self) -> list[str]:
        """The values as they are written in a config."""
        return setting_texts(self.path, self.values, 26)


@dataclass(frozen=True, slots=True)
class Cell:
    """The best trial of a combination. value: None where none has one. why: in words, why it is hatched; None: it is not."""

    trial: Trial
    value: float | None
    why: str | None


@dataclass(frozen=True, slots=True)
class Grid:
    """The trials of one algorithm (None: the algorithm goes down the side) in one space, by two settings.

    space_id, space: its name, and what sets it apart in words; None: the scores of all spaces compare.
    cells: (column, row) → cell; combinations that no trial has are absent. Column BAND: of an algorithm that does not have the setting
    that goes across, over all columns. others: names of further settings that vary.
    best: the cells with the best value of those that keep the constraints, several where they tie.
    """

    algorithm: str | None
    space_id: str | None
    space: str | None
    across: Axis
    down: Axis
    cells: dict[tuple[int, int], Cell]
    others: tuple[str, ...]
    best: tuple[tuple[int, int], ...]

    @property
    def framed(self) -> tuple[tuple[int, int], ...]:
        """The best cells, or none where all cells are."""
        return self.best if len(self.best) == 1 or len(self.best) < len(self.cells) else ()

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The algorithms of its cells, in the order of the rows."""
        return tuple(dict.fromkeys(self.cells[place].trial.algorithm for place in sorted(self.cells, key=lambda place: place[1])))

    def place_of(self, trial: Trial) -> tuple[int, int] | None:
        """Return the cell that a trial belongs to; None: it belongs to none."""
        own = self.algorithm in (None, trial.algorithm) and self.space_id in (None, trial.row.space_id)
        place = _place(trial, self.across, self.down) if own else None
        return place if place in self.cells else None


def _place(trial: Trial, across: Axis, down: Axis) -> tuple[int, int] | None:
    column, row = (_index(axis, trial) for axis in (across, down))
    return None if column is None or row is None else (column, row)


def _index(axis: Axis, trial: Trial) -> int | None:
    value = trial.algorithm if axis.path == ALGORITHM else trial.settings.get(axis.path)
    ids = [identity(value) for value in axis.values]
    if identity(value) in ids:
        return ids.index(identity(value))
    return BAND if value is None else None


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
    return grid.place_of(best) is not None


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
    found = varying(group.trials)
    names = short_names(list(found))
    axes = _axes(found, names, group.trials)
    if axes is None:
        return None
    across, down = axes
    by_place: dict[tuple[int, int], list[Trial]] = {}
    for trial in group.trials:
        place = _place(trial, across, down)
        if place is not None:
            by_place.setdefault(place, []).append(trial)
    by_place = {place: alike for place, alike in by_place.items() if place[0] != BAND or _is_alone(place, by_place)}
    cells = {place: _cell(alike, by) for place, alike in by_place.items()}
    if all(cell.value is None for cell in cells.values()):
        return None
    several = any(len(alike) > 1 for alike in by_place.values())
    others = tuple(names[path] for path in found if several and path not in (across.path, down.path))
    return Grid(algorithm, group.space_id, words.get(str(group.space_id)), across, down, cells, others, _best_places(cells, by))


def _is_alone(place: tuple[int, int], places: Mapping[tuple[int, int], Any]) -> bool:
    return not any(row == place[1] for column, row in places if column != BAND)


def _best_places(cells: Mapping[tuple[int, int], Cell], by: RankedBy) -> tuple[tuple[int, int], ...]:
    """Return the cells that keep the constraints with the best value; what differs by rounding alone is a tie."""
    best = best_of([cell.trial for cell in cells.values() if cell.why is None], by)
    top = None if best is None else best.value(by.metric)
    sound = {place: cell.value for place, cell in cells.items() if cell.why is None and cell.value is not None}
    return tuple(sorted(place for place, value in sound.items() if top is not None and isclose(value, top, rel_tol=1e-9, abs_tol=1e-12)))


def _axes(found: dict[str, list[Any]], names: dict[str, str], trials: Sequence[Trial]) -> tuple[Axis, Axis] | None:
    """Return the two settings with most distinct values whose combinations are mostly there; the one with more values goes across.

    The algorithm always goes down the side, and a setting that an algorithm does not have is no value then.
    """
    pairs = sorted(combinations(found, 2), key=lambda pair: -len(found[pair[0]]) * len(found[pair[1]]))
    for pair in pairs:
        by_algorithm = ALGORITHM in pair
        own = [trial for trial in trials if not by_algorithm or all(trial.settings.get(path) is not None for path in pair)]
        have = {tuple(identity(trial.settings.get(path)) for path in pair) for trial in own}
        values = [[value for value in found[path] if not by_algorithm or path == ALGORITHM or value is not None] for path in pair]
        if max(len(some) for some in values) <= _MOST_CELLS and _is_filled(have):
            axes = [
                Axis(path, plain("algorithm" if path == ALGORITHM else names[path], 40), _sorted(some))
                for path, some in zip(pair, values, strict=True)
            ]
            down, across = sorted(axes, key=_across_is_better)
            return across, down
    return None


def _is_filled(have: set[tuple[str, ...]]) -> bool:
    """Return whether at least half of the combinations are there, and at least half of the columns and rows have two.

    Values drawn at random meet each other once: half of the cells of two such columns are there, and nothing compares.
    """
    sides = [Counter(pair[side] for pair in have) for side in (0, 1)]
    enough = all(sum(n > 1 for n in side.values()) >= _LEAST_FILLED * len(side) for side in sides)
    return enough and len(have) >= _LEAST_FILLED * len(sides[0]) * len(sides[1])


def _across_is_better(axis: Axis) -> tuple[bool, bool, int]:
    """Long texts are read easily down the side alone, as are algorithms; else the longer axis goes across."""
    return axis.path != ALGORITHM, max(len(text) for text in axis.texts) <= 8, len(axis.values)


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
