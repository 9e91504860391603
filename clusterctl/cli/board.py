"""The table of the best trials: as many columns as the terminal has room for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from clusterctl.cli.printing import percent, print_hanging, print_table
from clusterctl.cli.swept import SPACE, Swept
from clusterctl.engine.sweep.standing import trial_values
from clusterctl.metrics.registry import METRICS

if TYPE_CHECKING:
    from rich.console import Console

    from clusterctl.results.sweep import RankedBy, SweepDocument, TrialRow

SETTINGS = "settings"
LEAST_SETTINGS = 24
BEST, FRONT = "*", "+"


@dataclass(frozen=True, slots=True)
class Board:
    """The table of some ranked trials. of_one_space: its heading says what sets the space apart."""

    document: SweepDocument
    apart: Swept
    rows: list[TrialRow]
    of_one_space: bool

    def show(self, console: Console) -> None:
        """Print the table: the settings a column each if that fits the console, else all in one, else a line or two a trial."""
        if _needed(console, wide := self._filled(self._wide())).maximum <= console.width:
            print_table(console, wide)
        elif _needed(console, narrow := self._filled(self._narrow())).minimum <= console.width:
            print_table(console, narrow)
        else:
            for row in self.rows:
                print_hanging(console, self._line(row))

    def _line(self, row: TrialRow) -> str:
        """Return a trial in words, for a terminal too narrow for a table."""
        facts = [found(row)]
        if self._has_noise():
            facts.append(f"noise {value_of(row, 'noise_fraction')}")
        names = [entry.metric for entry in self.document.sweep_results.ranking.rank_by if entry.metric != "noise_fraction"]
        facts += [f"{name} {value_of(row, name)}" for name in names]
        rank = f"{row.rank} {_sign(self.document, row)}".rstrip()
        head = ", ".join(filter(None, (f"{rank}  trial {row.trial_id}", self.apart.described(row, self._paths()))))
        return f"{head}: {', '.join(facts)}"

    def _has_noise(self) -> bool:
        ranked = any(entry.metric == "noise_fraction" for entry in self.document.sweep_results.ranking.rank_by)
        return ranked or any(row.noise_fraction for row in self.rows)

    def _filled(self, settings: dict[str, list[str]]) -> Table:
        """Return the table with these columns for the settings: title → a cell a row."""
        table = Table(box=None, padding=(0, 1), show_header=True, header_style="dim", pad_edge=False)
        columns = self._columns(settings)
        for title in columns:
            table.add_column(
                title,
                justify="left" if not title or title in settings else "right",
                no_wrap=title != SETTINGS,
                overflow="fold",
                min_width=_least_width(columns[title]) if title == SETTINGS else None,
            )
        for line in zip(*columns.values(), strict=True):
            table.add_row(*map(Text, line))
        return table

    def _columns(self, settings: dict[str, list[str]]) -> dict[str, list[str]]:
        """Return all columns from left to right."""
        ranking = self.document.sweep_results.ranking
        columns = {
            "rank": [str(row.rank) for row in self.rows],
            "": [_sign(self.document, row) for row in self.rows],
            "trial": [str(row.trial_id) for row in self.rows],
            **settings,
            "clusters": [str(row.n_clusters) for row in self.rows],
        }
        if self._has_noise():
            columns["noise"] = [value_of(row, "noise_fraction") for row in self.rows]
        for entry in ranking.rank_by:
            if entry.metric != "noise_fraction":
                columns[_heading(entry)] = [value_of(row, entry.metric) for row in self.rows]
        return columns

    def _wide(self) -> dict[str, list[str]]:
        """Return a column a setting."""
        columns = {"algorithm": [self.apart.algorithms[row.trial_id] for row in self.rows]} if self.apart.n_algorithms > 1 else {}
        return columns | {self.apart.names[path]: [self.apart.text(row.trial_id, path) for row in self.rows] for path in self._paths()}

    def _narrow(self) -> dict[str, list[str]]:
        """Return one column for the algorithm and all settings."""
        return {SETTINGS: [self.apart.described(row, self._paths()) for row in self.rows]}

    def _paths(self) -> list[str]:
        """Return the settings that a trial of these has, and that nothing else here says."""
        shown = [path for path in self.apart.names if any(self.apart.text(row.trial_id, path) for row in self.rows)]
        return [
            path
            for path in shown
            if not (self.of_one_space and path.startswith(SPACE)) and not all(self.apart.is_found(row, path) for row in self.rows)
        ]


def _needed(console: Console, table: Table) -> Measurement:
    return Measurement.get(console, console.options.update(max_width=10_000), table)


def _least_width(cells: list[str]) -> int:
    """Return the room in which settings take few lines and no word of theirs is broken."""
    return max(LEAST_SETTINGS, *(cell_len(word) for cell in cells for word in cell.split()))


def found(row: TrialRow) -> str:
    """Return how many clusters a trial found, in words."""
    return {0: "no clusters", 1: "one cluster"}.get(row.n_clusters or 0, f"{row.n_clusters} clusters")


def _heading(entry: RankedBy) -> str:
    """Return a metric's name in short lines, and which way is better."""
    title = METRICS[entry.metric].title if entry.metric in METRICS else entry.metric.replace("_", " ")
    lines = title.replace("-", "-\n").replace(" ", "\n")
    return f"{lines} {'↑' if entry.best == 'max' else '↓'}"


def _sign(document: SweepDocument, row: TrialRow) -> str:
    results = document.sweep_results
    best = BEST if results.best is not None and row.trial_id == results.best.trial_id else ""
    return best + (FRONT if row.on_pareto_front and len(results.ranking.rank_by) > 1 else "")


def value_of(row: TrialRow, name: str) -> str:
    """Return what a row is ranked by under this name; empty where it does not exist."""
    return shown_value({**trial_values(row), **(row.rank_space_metrics or {})}[name], name)


def own_value_of(row: TrialRow, name: str) -> str:
    """Return the same in the trial's own space."""
    return shown_value(trial_values(row)[name], name)


def shown_value(value: float | None, name: str) -> str:
    """Return a value by which trials are ranked, in few digits; empty where it does not exist."""
    if value is None:
        return ""
    if name == "noise_fraction":
        return percent(value) if value else "0%"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:#.4g}"
