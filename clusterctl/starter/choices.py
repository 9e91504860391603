"""A setting with the reason for it, and how reasons name columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from clusterctl.config.messages import printable

N_NAMED = 3
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Choice:
    """A value for a key of the config, and what was seen that speaks for it."""

    value: Any
    why: str


def named(names: Sequence[str]) -> str:
    """Return the first names of many in words, each on one line and short: `a, b, c and 4 more`."""
    shown = [short(name) for name in names[:N_NAMED]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")


def short(text: str, longest: int = LONGEST) -> str:
    """Return text of the data on one line, control characters escaped, cut where it is long."""
    text = printable(text)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def counted(count: int, word: str) -> str:
    """Return a count with its noun: 1 column, 2,000 columns."""
    return f"{count:,} {word}{'s' if count != 1 else ''}"


def number(value: float) -> str:
    """Return a number as a person writes it, to four digits; a year is not broken by a comma."""
    if abs(value) < 1e9 and value == round(value):
        return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.0f}"
    return f"{value:.4g}"
