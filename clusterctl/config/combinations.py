"""What a sweep combines: each grid, the list and the random draws as a source that can be counted before anything is made."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

from clusterctl.config.draws import draw
from clusterctl.config.problems import KeyPath, dotted, lookup, place_of

if TYPE_CHECKING:
    from clusterctl.config.load import LoadedConfig

SECTION = "sweep_configuration"
Assigned = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """One grid, one entry of the list, or the random draws.

    path: where in the config it stands. n: how many combinations it makes. paths: what it sets. make: the combinations, one by one.
    """

    path: KeyPath
    n: int
    paths: tuple[str, ...]
    make: Callable[[], Iterator[Assigned]]

    @property
    def name(self) -> str:
        """What messages call it."""
        return dotted(self.path)


def sources_of(base: LoadedConfig) -> list[Source]:
    """Return what is swept: grids, then the list, then random draws. Values are those written, `${NAME}` and all."""
    section = lookup(base.written, (SECTION,)) or {}
    return [*_grids(section), *_entries(section), *_draws(base, section)]


def place_of_value(base: LoadedConfig, path: str, value: Any) -> str | None:
    """Return where the sweep gives a path this value, for a message: `c.yaml: line 8: sweep_configuration.grid[0]`; None: nowhere."""
    if value is None:
        return None
    for source in sources_of(base):
        at = written_at(base, source, path, value)
        if at is not None:
            place = place_of(base.places, at)
            parts = [str(base.path) if base.path is not None else "config", place, source.name]
            return ": ".join(part for part in parts if part)
    return None


def written_at(base: LoadedConfig, source: Source, path: str, value: Any) -> KeyPath | None:
    """Return where in the config a source has this value for a path: in a grid its place in the list; None: it has it not."""
    if path not in source.paths:
        return None
    if source.path[-1] == "random":
        return (*source.path, "space", path)
    given = lookup(base.written, (*source.path, path))
    if source.path[1] == "list":
        return (*source.path, path) if given == value else None
    at = [place for place, one in enumerate(given) if type(one) is type(value) and one == value]
    return (*source.path, path, at[0]) if at else None


def _grids(section: Mapping[str, Any]) -> Iterator[Source]:
    grid = section.get("grid")
    if isinstance(grid, Mapping):
        yield from _grid((SECTION, "grid"), grid)
        return
    for position, one in enumerate(grid or ()):
        yield from _grid((SECTION, "grid", position), one)


def _grid(path: KeyPath, grid: Mapping[str, Any]) -> Iterator[Source]:
    def make() -> Iterator[Assigned]:
        return (dict(zip(grid, values, strict=True)) for values in product(*grid.values()))

    if grid:
        yield Source(path, math.prod(len(values) for values in grid.values()), tuple(grid), make)


def _entries(section: Mapping[str, Any]) -> Iterator[Source]:
    for position, entry in enumerate(section.get("list") or ()):
        yield Source((SECTION, "list", position), 1, tuple(entry), partial(_once, entry))


def _once(entry: Assigned) -> Iterator[Assigned]:
    yield entry


def _draws(base: LoadedConfig, section: Mapping[str, Any]) -> Iterator[Source]:
    search = base.config.sweep_configuration.random
    if search is None:
        return
    space = section["random"]["space"]
    written = {
        path: one if one.choice is None else one.model_copy(update={"choice": tuple(space[path]["choice"])})
        for path, one in search.space.items()
    }
    yield Source((SECTION, "random"), search.n_trials, tuple(search.space), lambda: draw(written, search.n_trials, search.seed))
