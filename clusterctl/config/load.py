"""From a config file, mapping or object to one checked Config, with what may be shown of it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from clusterctl.config.checks import check
from clusterctl.config.environment import expand, read_environment
from clusterctl.config.messages import config_error, problems_of, with_value
from clusterctl.config.models import Config, dump
from clusterctl.config.overrides import Override, apply, parse_overrides
from clusterctl.config.problems import KeyPath, Problem, has, lookup
from clusterctl.config.reading import read_document
from clusterctl.config.sources import moved, name_of, relative
from clusterctl.config.sweep_rules import is_sweep

DATA_SOURCE: KeyPath = ("clustering_data", "data_source")
ALIGN_TO: KeyPath = ("output", "align_to")
NOT_ALIGNED = "none"
PATHS = (DATA_SOURCE, ALIGN_TO)
"""Keys whose relative paths are relative to the config's folder, but on the command line to the current one."""
CLUSTERING = "clustering_configuration"
STRATEGY: KeyPath = ("execution", "strategy")
ALGORITHM: KeyPath = (CLUSTERING, "algorithm")
RESULTS = ("results.json", "sweep.json", "recommendation.json")


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """A config, resolved.

    config: with defaults filled in and `${NAME}` replaced; may hold secrets.
    shown: the same as plain data that may be written and printed: `${NAME}` in string values, numbers and booleans plain.
    folder: what a relative data_source is relative to: the config's folder; for mappings the current folder.
    name: of the config, or for mappings of the data: for the default output folder.
    path: the config file; None for mappings.
    environment: `.env` beside the config, overlaid with the environment; may hold secrets.
    written: the tree as written, overrides and all, before `${NAME}` was replaced; may hold secrets. places: where each path was written.
    """

    config: Config = field(repr=False)
    shown: dict[str, Any]
    folder: Path
    name: str
    path: Path | None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    written: Mapping[str, Any] = field(default_factory=dict, repr=False)
    places: Mapping[KeyPath, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a written tree comes to: a config and what may be shown of it, or what is wrong."""

    config: Config | None
    shown: dict[str, Any]
    problems: list[Problem]


def load_config(
    source: str | Path | Mapping[str, Any] | Config,
    *,
    overrides: Sequence[str] = (),
    data: str | None = None,
    environ: Mapping[str, str] | None = None,
    command: str = "run",
) -> LoadedConfig:
    """Read, resolve and check a config, and raise one ConfigError that lists everything wrong with it.

    overrides: `dotted.path=VALUE` with YAML values, each over the file. data: over `clustering_data.data_source`. Both may use `${NAME}`;
    a relative data_source in them is relative to the current folder. environ: None is this process's. command: what the config is for:
    `run` demands a `clustering_configuration`, `sweep` leaves it, or its algorithm, to the trials, `recommend` needs none;
    `any`: `sweep` where there is something
    to sweep, else `run`. UsageError for an override that is no `path=VALUE`.
    """
    document, folder, path = read_document(source)
    given = parse_overrides(overrides, data)
    document = apply(document, given)
    environment = read_environment(folder if path is not None else None, os.environ if environ is None else environ)
    written = _without_empty_sections(document.value)
    prefixes = {path: relative(Path.cwd(), folder) for path in PATHS if _is_from_command_line(given, path)}
    found = resolve(written, environment, command=command, prefixes=prefixes, problems=document.problems)
    if found.problems or found.config is None:
        raise config_error(str(path) if path is not None else "config", found.problems, document.places)
    name = _name(found.shown, path)
    return LoadedConfig(found.config, found.shown, folder, name, path, environment, written, document.places)


def resolve(
    written: dict[str, Any],
    environment: Mapping[str, str],
    *,
    command: str = "run",
    prefixes: Mapping[KeyPath, str] = MappingProxyType({}),
    data_source: str | None = None,
    problems: Sequence[Problem] = (),
) -> Resolution:
    """Replace `${NAME}` in a written tree, fill in defaults and check it; nothing is raised.

    prefixes: put before the relative path at a key, in `written` too. data_source: the place of the data, where that is settled already.
    problems: what is wrong with the text itself.
    """
    expansion = expand(written, environment)
    told = [*problems, *expansion.problems]
    for path, prefix in prefixes.items():
        _move(expansion.value, written, path, prefix)
    if data_source is not None:
        expansion.value[DATA_SOURCE[0]][DATA_SOURCE[1]] = data_source
    if command == "any":
        command = "sweep" if is_sweep(expansion.value) else "run"
    left_open = _left_open(expansion.value) if command in ("sweep", "recommend") else None
    config, found = _validated(expansion.value, written, command)
    broken = {problem.path for problem in told if lookup(expansion.value, problem.path) in (None, "")}
    told += [problem for problem in found if problem.path not in broken]
    told = [problem for problem in told if not _is_misspelt(problem, told)]
    if left_open is not None:
        told = [problem for problem in told if not (problem.path == ALGORITHM and problem.text.startswith("is required"))]
        config = None if told else Config.model_validate({name: part for name, part in expansion.value.items() if name != CLUSTERING})
    shown = {} if config is None else _shown(config, written, expansion.originals)
    if shown and left_open is not None:
        shown[CLUSTERING] = {key: lookup(written, (CLUSTERING, key)) if isinstance(item, str) else item for key, item in left_open.items()}
    return Resolution(config, shown, told)


def _left_open(tree: Any) -> dict[str, Any] | None:
    """Return a `clustering_configuration` that leaves the algorithm to the trials; None: it names one, or is not there."""
    section = lookup(tree, (CLUSTERING,))
    return section if isinstance(section, dict) and "algorithm" not in section else None


def random_state_of(loaded: LoadedConfig) -> int | None:
    """Return the seed that the config gives, also where it names no algorithm; None: one is to be drawn."""
    seed = loaded.shown.get(CLUSTERING, {}).get("random_state", 0)
    assert seed is None or isinstance(seed, int)
    return seed


def with_random_state(loaded: LoadedConfig, random_state: int) -> LoadedConfig:
    """Return the config with a seed of null replaced by the one drawn; one that has a seed as it is."""
    if random_state_of(loaded) is not None:
        return loaded
    section = {**loaded.shown[CLUSTERING], "random_state": random_state}
    loaded = replace(loaded, shown={**loaded.shown, CLUSTERING: section})
    clustering = loaded.config.clustering_configuration
    if clustering is None:
        return loaded
    update = {CLUSTERING: clustering.model_copy(update={"random_state": random_state})}
    return replace(loaded, config=loaded.config.model_copy(update=update))


def with_strategy(loaded: LoadedConfig, strategy: str) -> LoadedConfig:
    """Return the config with the strategy that is used in place of `auto`, or of a `${NAME}` that stood for one."""
    shown = {**loaded.shown, "execution": {**loaded.shown["execution"], "strategy": strategy}}
    execution = loaded.config.execution.model_copy(update={"strategy": strategy})
    return replace(loaded, shown=shown, config=loaded.config.model_copy(update={"execution": execution}))


def _without_empty_sections(tree: Any) -> Any:
    """Leave out sections that hold nothing, such as those whose keys are all commented out."""
    return {key: value for key, value in tree.items() if value is not None}


def _is_from_command_line(overrides: Sequence[Override], path: KeyPath) -> bool:
    """Tell whether the last word on a path was said on the command line."""
    return any(override.path == path or (override.path == path[:1] and has(override.value, path[1:])) for override in overrides)


def _move(expanded: Any, written: Any, path: KeyPath, prefix: str) -> None:
    """Make a file or folder given on the command line relative to the config's folder, where all others are read from."""
    source, original = lookup(expanded, path), lookup(written, path)
    if isinstance(source, str) and isinstance(original, str) and not (path == ALIGN_TO and source == NOT_ALIGNED):
        source, original = moved(source, original, prefix)
        expanded[path[0]][path[1]] = source
        written[path[0]][path[1]] = original


def _validated(tree: Any, written: Any, command: str) -> tuple[Config | None, list[Problem]]:
    problems: list[Problem] = []
    config: Config | None = None
    try:
        config = Config.model_validate(tree)
    except ValidationError as error:
        problems += problems_of(error, tree, written)
    problems += [with_value(problem, written) for problem in check(tree)]
    if command == "sweep" and lookup(tree, STRATEGY) == "auto":
        text = "the trials of a sweep have one strategy, so that they can be compared; set exact or sample"
        problems.append(with_value(Problem(STRATEGY, text), written))
    if command == "run" and CLUSTERING not in tree:
        text = "is required and not there; name at least its algorithm: kmeans, hdbscan, …"
        problems.append(Problem((CLUSTERING,), text))
    return config, problems


def _is_misspelt(missing: Problem, problems: Sequence[Problem]) -> bool:
    """Tell whether a key that is said to be missing is there under a misspelt name, which is told of already."""
    named = f"did you mean {missing.path[-1]}?" if missing.path else ""
    return missing.text.startswith("is required") and any(
        problem.path[:-1] == missing.path[:-1] and problem.text.endswith(named) for problem in problems
    )


def _shown(config: Config, written: Any, originals: Mapping[KeyPath, str]) -> dict[str, Any]:
    """Put `${NAME}` back wherever the config holds text that came from it."""
    shown = dump(config)
    for path in originals:
        parent: Any = shown
        original: Any = written
        for key in path[:-1]:
            parent = parent[key] if has(parent, (key,)) else {}
            original = original[key]
        if has(parent, path[-1:]) and isinstance(parent[path[-1]], str):
            parent[path[-1]] = original[path[-1]]
    return shown


def _name(shown: Mapping[str, Any], path: Path | None) -> str:
    if path is None:
        return name_of(shown["clustering_data"]["data_source"])
    if path.stem == "config" and any((path.parent / name).is_file() for name in RESULTS):
        return f"{path.resolve().parent.name}-again"
    return path.name.removesuffix(path.suffix) or "config"
