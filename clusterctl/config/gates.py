"""Gates from a file of their own, a config or a mapping, checked as those of a config are, and put together."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from clusterctl.config.environment import read_environment
from clusterctl.config.load import resolve
from clusterctl.config.messages import config_error
from clusterctl.config.problems import Document, KeyPath, Problem
from clusterctl.config.reading import read_document
from clusterctl.errors import ConfigError
from clusterctl.metrics.settings import Gate

Gates = Mapping[str, Gate]
GATES: tuple[str, str] = ("evaluation_configuration", "gates")
HINT = "a gate is METRIC: {min: …, max: …, warn_min: …, warn_max: …}"


def read_gates(source: str | Path | Mapping[str, Any]) -> dict[str, Gate]:
    """Return the gates of a YAML or JSON file, or of a mapping, that has `gates`, or of a config with `evaluation_configuration.gates`.

    From Python a mapping may also be the gates themselves. Raises ConfigError, with every mistake in it, where it is none of these.
    """
    if isinstance(source, Mapping) and "gates" not in source and GATES[0] not in source:
        source = {"gates": source}
    document, folder, path = read_document(source)
    name = str(path) if path is not None else "gates"
    inner, at = _found(document, name)
    extra = [
        Problem((key,), "unknown key; allowed: gates, or a config's evaluation_configuration.gates")
        for key in document.value
        if at == GATES[1:] and key != at[0]
    ]
    places = {(*GATES, *key[len(at) :]): place for key, place in document.places.items() if key[: len(at)] == at}
    problems = [replace(told, path=(*GATES, *told.path[len(at) :])) for told in document.problems if told.path[: len(at)] == at]
    gates, told = _resolved(inner, problems, read_environment(folder if path is not None else None, os.environ))
    if told or extra:
        outside = [key for key in document.places.items() if len(key[0]) == 1]
        raise config_error(name, [*extra, *(_as_written(problem, at) for problem in told)], {**dict(outside), **_moved(places, at)})
    return gates


def merged(*layers: Gates) -> dict[str, Gate]:
    """Return all gates, bound by bound the last word said. Raises ConfigError where no value could pass."""
    found: dict[str, dict[str, float]] = {}
    for layer in layers:
        for name, gate in layer.items():
            found.setdefault(name, {}).update(gate.model_dump(exclude_none=True))
    gates, told = _resolved({name: dict(bounds) for name, bounds in found.items()}, [], {})
    if told:
        raise config_error("the gates, taken together", told, {})
    return gates


def _found(document: Document, name: str) -> tuple[Any, KeyPath]:
    """Return the gates as written and where they stand."""
    tree = document.value
    if "gates" in tree:
        return tree["gates"], GATES[1:]
    section = tree.get(GATES[0])
    if isinstance(section, dict) and GATES[1] in section:
        return section[GATES[1]], GATES
    raise ConfigError(f"{name}: there are no gates in it: neither gates nor evaluation_configuration.gates", hint=HINT)


def _resolved(gates: Any, problems: list[Problem], environment: Mapping[str, str]) -> tuple[dict[str, Gate], list[Problem]]:
    """Check gates as part of a config that has a target, so that every metric may be bounded."""
    tree: dict[str, Any] = {
        "clustering_data": {"data_source": "table", "target_variable": "truth"},
        GATES[0]: {GATES[1]: {} if gates is None else gates},
    }
    found = resolve(tree, environment, command="evaluate", problems=problems)
    gates_found = {} if found.config is None else dict(found.config.evaluation_configuration.gates)
    return gates_found, found.problems


def _as_written(problem: Problem, at: KeyPath) -> Problem:
    return replace(problem, path=(*at, *problem.path[len(GATES) :])) if problem.path[: len(GATES)] == GATES else problem


def _moved(places: Mapping[KeyPath, str], at: KeyPath) -> dict[KeyPath, str]:
    return {(*at, *path[len(GATES) :]): place for path, place in places.items()}
