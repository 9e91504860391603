"""What a step has to say beside its result: reasons for what is missing, and cautions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """Why the value at `path` of results.json is null, or how it came about."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Caution:
    """A warning for the user; `code` is stable snake_case, `message` one or two plain sentences."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A column that is not clustered on, and why."""

    column: str
    reason: str
