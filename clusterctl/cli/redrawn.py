"""Which pictures were drawn again, for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from clusterctl.cli.console import clean
from clusterctl.cli.printing import answer_console, print_text

if TYPE_CHECKING:
    from clusterctl.commands.plot import PlotResult


def print_redrawn(result: PlotResult) -> None:
    """Print a line a file that was written, and a line a plot that does not apply, with its reason."""
    console = answer_console()
    for path in result.files:
        console.print(Text(f"→ {clean(path)}"), soft_wrap=True)
    for name, reason in result.skipped.items():
        print_text(console, Text(f"{name} not drawn: {clean(reason)}", style="dim"))
