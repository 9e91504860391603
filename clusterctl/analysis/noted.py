"""A value with the reasons for what is null in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from clusterctl.values.remarks import Note

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Noted(Generic[Value]):
    """A part of the result and its notes, one for each kind of null in it; their paths are those of results.json."""

    value: Value
    notes: tuple[Note, ...] = ()
