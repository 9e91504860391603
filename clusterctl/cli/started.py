"""What init found in a table, for a person: each column with its part, what was written, and what to type next."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from clusterctl.cli.console import clean
from clusterctl.cli.printing import answer_console, counted, print_hanging, print_table, print_text
from clusterctl.data.facts import SKEWED
from clusterctl.starter.choices import number

if TYPE_CHECKING:
    from clusterctl.commands.init import InitResult
    from clusterctl.results.starter import StarterColumn, StarterDocument

MOST_COLUMNS = 40
MOST_TOLD = 60
LONGEST_NAME = 28
PARTS = {"feature": "feature", "id": "id", "target": "target", "left_out": "left out"}
STYLES = {"feature": "", "id": "cyan", "target": "cyan", "left_out": "dim"}


def print_starter(result: InitResult) -> None:
    """Print the columns of a table and what was chosen for them, on stdout."""
    console = answer_console()
    document = result.document
    metadata = document.metadata
    n_features = sum(column.role == "feature" for column in document.columns)
    size = f"{counted(metadata.n_rows, 'row')}, {counted(metadata.n_columns, 'column')}"
    print_text(console, Text(clean(f"{size}; {n_features:,} to cluster on"), style="bold"))
    console.print()
    print_table(console, _columns(document))
    console.print()
    print_hanging(console, clean(f"for {document.use} ({document.use_reason}): {_settings(document)}"))
    for warning in metadata.warnings:
        print_text(console, Text.assemble(("! ", "yellow"), clean(warning.message)))
    if result.path is not None:
        console.print(Text.assemble(("→ ", "green"), clean(result.path)), soft_wrap=True)
        console.print(Text(f"next: clusterctl run {clean(shlex.quote(str(result.path)))}"), soft_wrap=True)


def _settings(document: StarterDocument) -> str:
    """Return the algorithm and what is done before it, in a line."""
    clustering = document.config["clustering_configuration"]
    preparation = document.config["preprocessing_configuration"]
    parts = [clustering["algorithm"]]
    if "n_clusters" in clustering:
        parts.append(f"n_clusters {clustering['n_clusters']}")
    off = {"missing_values": "error", "text": "drop"}
    parts += [
        f"{key} {str(value).lower()}"
        for key, value in preparation.items()
        if value not in (False, "none", off.get(key)) and not (key == "categorical" and value == "onehot")
    ]
    return ", ".join(parts)


def _columns(document: StarterDocument) -> Table:
    table = Table(box=None, padding=(0, 1), show_header=True, header_style="dim", pad_edge=False)
    table.add_column("column", max_width=LONGEST_NAME)
    table.add_column("holds", no_wrap=True)
    table.add_column("part", no_wrap=True)
    table.add_column("remarks")
    columns = document.columns
    if len(columns) > MOST_COLUMNS:  # the exceptions tell more than the rule
        columns = sorted(columns, key=lambda column: column.role == "feature")
    for column in columns[:MOST_COLUMNS]:
        style = STYLES[column.role]
        name = clean(column.name)
        table.add_row(
            Text(name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…", style=style),
            Text(column.kind, style=style),
            Text(PARTS[column.role], style=style),
            Text(clean(_remark(column)), style=style),
        )
    left = len(columns) - MOST_COLUMNS
    if left > 0:
        table.add_row("…", "", "", f"and {left:,} more, with --json")
    return table


def _remark(column: StarterColumn) -> str:
    """Return the reason against a column, else what is to be known of it."""
    if column.reason is not None:
        return column.reason if len(column.reason) <= MOST_TOLD else f"{column.reason[: MOST_TOLD - 1]}…"
    parts = []
    if column.low is not None and column.high is not None:
        parts.append(f"{number(column.low)} to {number(column.high)}")
    elif column.n_distinct is not None:
        parts.append(counted(column.n_distinct, "value"))
    if column.n_missing:
        parts.append(f"{column.n_missing:,} missing")
    if column.skewness is not None and abs(column.skewness) > SKEWED:
        parts.append("skewed")
    return ", ".join(parts)
