"""Reading names out of a plain tree in which anything may be missing or of a wrong type, and telling of names that are not known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from clusterctl.config import registries
from clusterctl.config.problems import KeyPath, Problem, lookup

Tree = Any


def did_you_mean(given: Any, known: Sequence[str]) -> str:
    """Return `; did you mean X?` where one of the known names is close, else nothing."""
    if not isinstance(given, str):
        return ""
    by_lower = {name.lower(): name for name in known}
    lowered = given.lower()
    longer = [name for name in by_lower if len(lowered) > 2 and name.startswith(lowered)]
    close = get_close_matches(lowered, list(by_lower), n=1, cutoff=0.6) or longer
    return f"; did you mean {by_lower[close[0]]}?" if close else ""


def text_at(tree: Tree, *path: str) -> str | None:
    """Return the text at `path`; None: there is none."""
    value = lookup(tree, path)
    return value if isinstance(value, str) else None


def texts_at(tree: Tree, *path: str) -> list[tuple[KeyPath, str]]:
    """Return the texts of the list at `path`, each with its own path."""
    value = lookup(tree, path)
    items = value if isinstance(value, list | tuple) else ()
    return [((*path, position), item) for position, item in enumerate(items) if isinstance(item, str)]


def keys_at(tree: Tree, *path: str) -> list[str]:
    """Return the keys of the mapping at `path`."""
    value = lookup(tree, path)
    return [key for key in value if isinstance(key, str)] if isinstance(value, dict) else []


def unknown(path: KeyPath, given: str, known: Sequence[str], what: str) -> Problem:
    """Return the problem of a name that is none of those known."""
    return Problem(path, f"no such {what}; allowed: {', '.join(known)}{did_you_mean(given, known)}")


def repeats(items: Sequence[tuple[KeyPath, str]]) -> Iterator[Problem]:
    """Yield a problem for every name that was there before."""
    seen: set[str] = set()
    for path, name in items:
        if name in seen:
            yield Problem(path, "it is listed twice; keep one")
        seen.add(name)


def bounded(keys: Sequence[tuple[KeyPath, str]]) -> Iterator[Problem]:
    """Yield a problem for every name of a value that there is not, to be bounded by a gate or a constraint."""
    known = [*registries.metrics(), *registries.RESULT_VALUES]
    yield from (unknown(path, name, known, "value to bound") for path, name in keys if name not in known)
