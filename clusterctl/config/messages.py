"""From pydantic's errors to the one form of message: where, which key, what was given, what is allowed, did you mean."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from clusterctl.config.names import did_you_mean
from clusterctl.config.problems import KeyPath, Problem, dotted, has, lookup, place_of
from clusterctl.config.schema import allowed_keys, allowed_value, allowed_words
from clusterctl.config.shapes import example, unquoted
from clusterctl.config.sources import redact
from clusterctl.errors import ConfigError

MAX_SHOWN = 60
_YAML_11_BOOLEANS = ("yes", "no", "on", "off", "y", "n")
_FORMS = {"text of the form ^sha256:[0-9a-fA-F]{64}$": "sha256: and 64 hex digits"}
"""What pydantic can only say as a regular expression."""
_ELSEWHERE = ("n_clusters",)
"""Error types that `checks` tells of at a better place."""


def problems_of(error: ValidationError, tree: Any, written: Any) -> list[Problem]:
    """Return a problem for every value that pydantic refused, one a path.

    tree: the values it saw. written: the same as the user wrote them, with `${NAME}` in place; only this is ever shown.
    """
    problems: dict[KeyPath, Problem] = {}
    for detail in error.errors(include_url=False):
        path = _path(detail, tree)
        if path and detail["type"] not in _ELSEWHERE and path not in problems:
            problems[path] = Problem(path, _text(detail, path, tree, written))
    return list(problems.values())


def _path(detail: ErrorDetails, tree: Any) -> KeyPath:
    """Keep of pydantic's location the keys that are in the tree: the rest names branches of a union."""
    path: KeyPath = ()
    for position, key in enumerate(detail["loc"]):
        if has(tree, (*path, key)) or (detail["type"] == "missing" and position == len(detail["loc"]) - 1):
            path = (*path, key)
    return path


def _text(detail: ErrorDetails, path: KeyPath, tree: Any, written: Any) -> str:
    kind = detail["type"]
    if kind == "missing":
        return f"is required and not there; allowed: {allowed_value(path, tree)}"
    if kind == "extra_forbidden":
        known = allowed_keys(path[:-1], tree)
        listed = f"; allowed: {', '.join(known)}" if known else "; this section takes no keys"
        return f"unknown key{listed}{did_you_mean(path[-1], known)}"
    got = f"got {shown(path, tree, written, kind)}"
    if kind in ("value_error", "assertion_error"):
        return f"{got}; {detail['ctx']['error']}" if isinstance(lookup(tree, path), str | int | float) else str(detail["ctx"]["error"])
    words = allowed_words(path, tree)
    given = lookup(tree, path)
    allowed = allowed_value(path, tree)
    for form, in_words in _FORMS.items():
        allowed = allowed.replace(form, in_words)
    text = f"{got}; allowed: {allowed}"
    if isinstance(given, str) and given.lower() in _YAML_11_BOOLEANS:
        text += "; yes, no, on and off are text here, booleans are written true and false"
    if lookup(written, path) != given:  # from the environment: it may be a secret
        return text
    if kind.endswith("_type"):
        text += example(path, given)
    return text + (did_you_mean(given, words) or unquoted(given, allowed))


def with_value(problem: Problem, written: Any) -> Problem:
    """Say the value that a check is about, as the user wrote it, where it is a single one."""
    value = lookup(written, problem.path)
    return replace(problem, text=f"got {show(value)}; {problem.text}") if isinstance(value, str | int | float) else problem


def shown(path: KeyPath, tree: Any, written: Any, kind: str = "") -> str:
    """Return the value at `path` as the user wrote it, short and on one line; a number out of range also when it came from `${NAME}`."""
    value, source = lookup(tree, path), lookup(written, path)
    text = show(source)
    if source != value and isinstance(value, int | float) and not kind.endswith(("_type", "_parsing", "literal_error")):
        text += f" ({value})"
    return text


def show(value: Any) -> str:
    """Write a value on one line of at most 60 characters, control characters escaped, URLs without their secrets."""
    text = json.dumps(redact(value) if isinstance(value, str) else value, ensure_ascii=False, default=lambda item: type(item).__name__)
    text = printable(text)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


def config_error(name: str, problems: Sequence[Problem], places: Mapping[KeyPath, str]) -> ConfigError:
    """Gather all problems in one error: a single one in its message, several a line each, in the order of the file."""
    told = [(problem, problem.place or place_of(places, problem.path)) for problem in problems]
    told.sort(key=lambda pair: _line(pair[1]))
    lines = tuple(dict.fromkeys(_told(problem, place) for problem, place in told))
    hint = "`clusterctl schema input` prints every key with what it allows."
    if len(lines) == 1:
        return ConfigError(f"{name}: {lines[0]}", hint=hint)
    return ConfigError(f"{name}: {len(lines)} problems", hint=hint, details=lines)


def _line(place: str | None) -> int:
    if place is None:
        return 0
    return int(place.removeprefix("line ")) if place.startswith("line ") else 10**9


def _told(problem: Problem, place: str | None) -> str:
    parts = [part for part in (place, dotted(problem.path)) if part]
    return printable(": ".join([*parts, problem.text]))


def printable(text: str) -> str:
    """Return the text with control characters escaped."""
    return "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in text)
