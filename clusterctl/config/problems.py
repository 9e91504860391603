"""One mistake in a config: where it is and what is wrong; and the parsed tree that mistakes are found in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Key = str | int
KeyPath = tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at `path` (empty: the whole file). `place` overrides where that is said to be ("line 3", "--set")."""

    path: KeyPath
    text: str
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A config as parsed: plain dicts, lists and scalars.

    places: where each path was written: "line 3", "--set", "--data".
    problems: what is wrong with the text itself (duplicate keys, keys that are no text, numbers that are none).
    """

    value: Any
    places: Mapping[KeyPath, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def dotted(path: KeyPath) -> str:
    """Write a path as users do: `a.b`, list positions as `a[0]`."""
    text = ""
    for key in path:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            text += f".{key}" if text else key
    return text


def lookup(tree: Any, path: KeyPath) -> Any:
    """Return the value at `path`; None where there is none."""
    value: Any = tree
    for key in path:
        if not has(value, (key,)):
            return None
        value = value[key]
    return value


def has(tree: Any, path: KeyPath) -> bool:
    """Tell whether there is anything at `path`."""
    for key in path:
        if not _holds(tree, key):
            return False
        tree = tree[key]
    return True


def _holds(tree: Any, key: Key) -> bool:
    if isinstance(tree, list | tuple):
        return isinstance(key, int) and 0 <= key < len(tree)
    return isinstance(tree, Mapping) and key in tree


def place_of(places: Mapping[KeyPath, str], path: KeyPath) -> str | None:
    """Return where `path`, or else the nearest thing around it, was written."""
    for end in range(len(path), -1, -1):
        if path[:end] in places:
            return places[path[:end]]
    return None
