"""What the right shape of a value looks like, where the wrong one is easily written: `{integer: [2, 10]}`, `{min: 0.3}`, `[2, 3, 4]`."""

from __future__ import annotations

import re
from typing import Any

from clusterctl.config import registries
from clusterctl.config.environment import read_scalar
from clusterctl.config.names import did_you_mean
from clusterctl.config.problems import KeyPath

SWEEP = "sweep_configuration"
MOST_VALUES = 6
_RANGE = re.compile(r"^\s*(\d+)\s*(?:-|\.\.+|:|to)\s*(\d+)\s*$")


def example(path: KeyPath, given: Any) -> str:
    """Return `; write it as …` for a value of a wrong type at a path of the config that is often written so; else nothing."""
    if path[:3] == (SWEEP, "random", "space") and len(path) == 4:
        written = _drawn(given)
    elif path[:2] in ((SWEEP, "constraints"), ("evaluation_configuration", "gates")) and len(path) == 3:
        written = _bounded(str(path[2]), given)
    elif path[:2] == (SWEEP, "grid") and len(path) == (4 if isinstance(path[2:3] and path[2], int) else 3):
        written = _listed(given)
    elif path == (SWEEP, "rank_by") and isinstance(given, str):
        known = registries.rankable()
        meant = did_you_mean(given, known).removeprefix("; did you mean ").removesuffix("?")
        return f"; write it as [{given if given in known else meant or known[0]}]"
    else:
        return ""
    return f"; write it as {written}" if written else ""


def unquoted(given: Any, allowed: str) -> str:
    """Return `; without quotes it is a number` for text that reads as one where a number is allowed, else nothing."""
    is_number = isinstance(given, str) and isinstance(read_scalar(given), int | float) and not isinstance(read_scalar(given), bool)
    return "; without quotes it is a number" if is_number and re.search(r"\b(integer|number)\b", allowed) else ""


def _drawn(given: Any) -> str | None:
    """Return a distribution as it is to be written, from what was given for it."""
    if isinstance(given, list) and len(given) == 2 and all(type(end) is int for end in given):
        return f"{{integer: [{given[0]}, {given[1]}]}}, or {{choice: [{given[0]}, {given[1]}]}} for the two alone"
    if isinstance(given, list) and len(given) == 2 and all(type(end) in (int, float) for end in given):
        return f"{{uniform: [{given[0]}, {given[1]}]}}"
    if isinstance(given, list):
        return f"{{choice: {_short(given)}}}"
    return f"{{choice: [{given}]}}" if isinstance(given, str | int | float) else "{integer: [2, 10]}"


def _bounded(name: str, given: Any) -> str | None:
    from clusterctl.metrics.ranking import direction

    if isinstance(given, bool) or not isinstance(given, int | float):
        return "{min: 0.3}"
    known = name in registries.rankable()
    side = direction(name) if known else "min"
    return f"{{{'max' if side == 'min' and known else 'min'}: {given}}}"


def _listed(given: Any) -> str | None:
    """Return a list of values as it is to be written: `2-6` and `{range: [2, 6]}` written out."""
    ends: list[Any] = []
    if isinstance(given, dict) and len(given) == 1:
        ends = next(iter(given.values()))
    elif isinstance(given, str) and (found := _RANGE.match(given)):
        ends = [int(end) for end in found.groups()]
    if isinstance(ends, list) and len(ends) == 2 and all(type(end) is int for end in ends) and ends[0] < ends[1]:
        return _short(list(range(ends[0], ends[1] + 1)))
    return f"[{given}]" if isinstance(given, str | int | float) and not isinstance(given, bool) else "[2, 3, 4]"


def _short(values: list[Any]) -> str:
    shown = [str(value) for value in values]
    return f"[{', '.join(shown if len(shown) <= MOST_VALUES else [*shown[: MOST_VALUES - 2], '…', shown[-1]])}]"
