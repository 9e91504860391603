"""What predict says of the rows it wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from clusterctl.cli.printing import answer_console, counted, percent, print_table

if TYPE_CHECKING:
    from clusterctl.commands.predict import PredictResult


def print_sizes(result: PredictResult) -> None:
    """Print how many rows each cluster got, on stdout."""
    console = answer_console()
    table = Table(box=None, pad_edge=False)
    table.add_column("cluster")
    table.add_column("rows", justify="right")
    table.add_column("share", justify="right")
    for cluster, size in result.sizes.items():
        table.add_row("noise" if cluster < 0 else str(cluster), f"{size:,}", percent(size / max(1, result.n_rows)))
    print_table(console, table)
    console.print(summary_line(result), soft_wrap=True)


def summary_line(result: PredictResult) -> str:
    """Return what became of the rows, in a line."""
    parts = [f"{counted(result.n_rows, 'row')}: {result.n_novel:,} unlike anything fitted on"]
    if result.sizes.get(-1):
        parts.append(f"{result.sizes[-1]:,} noise")
    if result.n_dropped:
        parts.append(f"{result.n_dropped:,} dropped for missing values")
    where = f"; written to {result.output}" if result.output is not None else ""
    return ", ".join(parts) + where
