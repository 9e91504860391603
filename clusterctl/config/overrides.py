"""`--set dotted.path=VALUE` and `--data PATH`: the command line's word, over the file's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from clusterctl.config.problems import Document, KeyPath, Problem
from clusterctl.config.reading import plain
from clusterctl.config.yaml import parse
from clusterctl.errors import UsageError


@dataclass(frozen=True, slots=True)
class Override:
    """One value from the command line and the option it came by."""

    path: KeyPath
    value: Any
    option: str
    problems: tuple[Problem, ...] = ()


def parse_overrides(texts: Sequence[str], data: str | None) -> list[Override]:
    """Read the options' texts; UsageError for one that is no `dotted.path=VALUE`, ConfigError for a VALUE that is no YAML."""
    overrides = [_parse(text) for text in texts]
    if data is not None:
        overrides.append(Override(("clustering_data", "data_source"), data, "--data"))
    return overrides


def _parse(text: str) -> Override:
    name, equals, value = text.partition("=")
    keys = tuple(name.strip().split("."))
    if not equals or not all(keys):
        raise UsageError(f"--set {text[:60]!r} is no dotted.path=VALUE", hint="For example: --set clustering_configuration.n_clusters=5")
    document = parse(value, f"--set {name.strip()[:60]}")
    problems = [Problem((*keys, *problem.path), problem.text, "--set") for problem in document.problems]
    return Override(keys, plain(document.value, keys, problems), "--set", tuple(problems))


def apply(document: Document, overrides: Sequence[Override]) -> Document:
    """Return the document with each value put in its place, in order; sections that are missing are made."""
    tree = document.value
    places = dict(document.places)
    problems = list(document.problems)
    for override in overrides:
        problems = [problem for problem in problems if problem.path[: len(override.path)] != override.path]
        problems += override.problems
        places = {path: place for path, place in places.items() if path[: len(override.path)] != override.path}
        places[override.path] = override.option
        told = _put(tree, override)
        if told is not None:
            problems.append(told)
    return Document(tree, places, tuple(problems))


def _put(tree: Any, override: Override) -> Problem | None:
    *parents, last = override.path
    for depth, key in enumerate(parents):
        if tree.get(key) is None:
            tree[key] = {}
        tree = tree[key]
        if not isinstance(tree, dict):
            path = override.path[: depth + 1]
            return Problem(path, "holds no keys to set; set it as a whole", override.option)
    tree[last] = override.value
    return None
