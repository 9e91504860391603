"""What the answers for a person are printed with: one console, one look of tables, one form of numbers."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text


def answer_console() -> Console:
    """Return a console on stdout that takes no text for markup: brackets and colons of a column's name are printed as they are."""
    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False)


def print_table(console: Console, table: Table) -> None:
    """Print a table; in a pipe without the blanks that fill its lines."""
    if console.is_terminal:
        console.print(table)
        return
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        console.print(Text(line.rstrip()), soft_wrap=True)


def print_text(console: Console, text: Text) -> None:
    """Print text, broken between words where it is longer than a line, with no blanks at the ends of lines."""
    for line in text.wrap(console, console.width):
        line.rstrip()
        console.print(line, soft_wrap=True)


def print_hanging(console: Console, text: str) -> None:
    """Print text, broken between words, its further lines indented."""
    for number, line in enumerate(Text(text).wrap(console, max(1, console.width - 4))):
        line.rstrip()
        console.print(Text("    " if number else "").append_text(line), soft_wrap=True)


def counted(count: int, word: str) -> str:
    """Return a count with its noun: 1 feature, 2,000 features."""
    return f"{count:,} {word}{'s' if count != 1 else ''}"


def number(value: float) -> str:
    """Return a score as three digits tell it."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def percent(share: float) -> str:
    """Return a share, with a decimal where it is small."""
    return f"{share:.1%}" if share < 0.0995 else f"{share:.0%}"
