"""The combinations of a sweep that are no valid config, gathered so that one mistake is told once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clusterctl.config.combinations import Assigned, Source, written_at
from clusterctl.config.messages import printable, show
from clusterctl.config.problems import KeyPath, Problem, dotted, lookup, place_of
from clusterctl.errors import ConfigError

if TYPE_CHECKING:
    from clusterctl.config.load import LoadedConfig

MOST_LINES = 20
_GOT = re.compile(r"^got .*?; ")


@dataclass(slots=True)
class _Mistake:
    """One problem, the first combination that has it, and how many have it."""

    source: Source
    assigned: Assigned
    problem: Problem
    n: int = 0


@dataclass(slots=True)
class Refused:
    """What is wrong with the combinations seen so far; paths: all that the sweep sets."""

    base: LoadedConfig
    paths: tuple[str, ...]
    mistakes: dict[tuple[KeyPath, str], _Mistake] = field(default_factory=dict)
    n: int = 0
    _random: set[tuple[str, ...]] = field(default_factory=set)

    def __bool__(self) -> bool:
        return self.n > 0

    def add(self, source: Source, assigned: Assigned, problems: Sequence[Problem]) -> None:
        """Note a combination with all that is wrong with it."""
        self.n += 1
        for problem in problems:
            text = _GOT.sub("", problem.text) if source.path[-1] == "random" else problem.text  # draws hardly ever repeat
            self.mistakes.setdefault((problem.path, text), _Mistake(source, assigned, problem)).n += 1

    def raise_if_any(self) -> None:
        """Raise ConfigError that lists the mistakes, at most MOST_LINES of them."""
        if not self.n:
            return
        lines = [self._line(mistake) for mistake in self.mistakes.values()]
        n_more = len(lines) - MOST_LINES
        details = (*lines[:MOST_LINES], f"and {n_more} more") if n_more > 0 else tuple(lines)
        name = str(self.base.path) if self.base.path is not None else "config"
        hint = self._hint()
        if len(details) == 1:
            raise ConfigError(f"{name}: {details[0]}", hint=hint)
        told = "1 combination is" if self.n == 1 else f"{self.n:,} combinations are"
        raise ConfigError(f"{name}: {told} no valid config", hint=hint, details=details)

    def _hint(self) -> str:
        if any(mistake.source.path[1] == "grid" for mistake in self.mistakes.values()):
            way_out = (
                "mend the values, or split the grid: sweep_configuration.grid may be a list of grids, each of settings that go together"
            )
        else:
            way_out = "every entry of the list, and every random draw, must be a config that `run` takes"
        return f"{way_out}; nothing was started"

    def _line(self, mistake: _Mistake) -> str:
        problem, source = mistake.problem, mistake.source
        more = mistake.n - 1
        others = f" (and {more:,} more combination{'s' if more > 1 else ''})" if more else ""
        path = _culprit(mistake.assigned, dotted(problem.path))
        at = None if path is None else written_at(self.base, source, path, mistake.assigned[path])
        place = place_of(self.base.places, at or source.path)
        parts = [place, source.name, self._words(mistake.assigned) + others, dotted(problem.path)]
        return printable(": ".join([*(part for part in parts if part), problem.text + self._drawn(source, path, problem.text)]))

    def _drawn(self, source: Source, path: str | None, text: str) -> str:
        """Say how whole numbers are drawn, where others were."""
        if source.path[-1] != "random" or path is None or "allowed: an integer" not in text:
            return ""
        drawn = lookup(self.base.written, (*source.path, "space", path))
        ends = next((drawn[name] for name in ("uniform", "loguniform") if lookup(drawn, (name,))), None)
        return "" if ends is None else f"; draw it with {{integer: {show(ends)}}}"

    def _words(self, assigned: Assigned) -> str:
        """Write a combination short: `linkage: ward, categorical: gower`, with as much of each path as tells it from the others."""
        return ", ".join(f"{self._short(path)}: {_value(value)}" for path, value in assigned.items()) or "nothing set"

    def _short(self, path: str) -> str:
        last = path.rsplit(".", 1)[-1]
        return last if sum(other.rsplit(".", 1)[-1] == last for other in self.paths) == 1 else path


def _culprit(assigned: Assigned, wrong: str) -> str | None:
    """Return the swept path that sets what is wrong, or what that is a part of; None: none does."""
    within = [path for path in assigned if f"{wrong}.".startswith(f"{path}.") or f"{wrong}[".startswith(f"{path}[")]
    return max(within, key=len, default=None)


def _value(value: object) -> str:
    text = show(value)
    return value if isinstance(value, str) and text == f'"{value}"' else text
