"""A sweep's answer for a person: the best trials, those that failed, what to be careful of, where the files are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from clusterctl.cli.console import clean
from clusterctl.cli.printing import answer_console, counted, number, percent, print_table
from clusterctl.cli.summary import evidence
from clusterctl.cli.swept import SPACE, Swept, swept
from clusterctl.metrics.registry import METRICS

if TYPE_CHECKING:
    from rich.console import Console

    from clusterctl.commands.sweep import SweepResult
    from clusterctl.results.sweep import SweepDocument, TrialRow

MOST_ROWS = 10
MOST_REASONS = 3
MOST_NUMBERS = 10
TITLES = {
    "noise_fraction": "noise",
    "smallest_cluster": "smallest cluster",
    "stability": "stability",
    "prediction_strength": "prediction strength",
}
BEST, FRONT = "*", "+"


def print_leaderboard(result: SweepResult) -> None:
    """Print the best trials of a sweep on stdout."""
    console = answer_console()
    document = result.document
    apart = swept(document)
    console.print(Text(_headline(document, apart), style="bold"))
    for line in _order(document):
        console.print(Text(line, style="dim"))
    for heading, rows in _groups(document, apart):
        console.print()
        if heading:
            console.print(Text(heading))
        print_table(console, _Board(document, apart, rows).table(console))
    _print_rest(console, document)
    _print_best(console, result, apart)


def _print_rest(console: Console, document: SweepDocument) -> None:
    """Print what the table does not show: the meaning of the signs, trials without a rank, failures, warnings."""
    lines = _legend(document)
    if lines:
        console.print(Text(lines, style="dim"))
    console.print()
    for line in (*_unranked(document), *_failures(document)):
        console.print(Text(line))
    for warning in document.metadata.warnings:
        console.print(Text.assemble(("! ", "yellow"), clean(warning.message)))


def _print_best(console: Console, result: SweepResult, apart: Swept) -> None:
    """Print the best trial in a sentence, what its complete run says of it, and where everything is."""
    best = result.document.sweep_results.best
    if best is not None:
        console.print(Text(_best(result.document, apart, best.trial_id)))
        if result.best is not None:
            for line in evidence(result.best.document):
                console.print(Text(line))
    if result.directory is not None:
        console.print()
        console.print(_files(result), soft_wrap=True)


def _headline(document: SweepDocument, apart: Swept) -> str:
    facts = document.metadata
    used = list(dict.fromkeys(apart.algorithms.values()))
    of = used[0] if len(used) == 1 else f"{len(used)} algorithms"
    n_done = facts.n_trials - facts.n_failed
    ended = f"{n_done:,} done, {facts.n_failed:,} failed" if facts.n_failed else "all done"
    merged = f"; {counted(facts.n_merged, 'combination')} merged with others that are the same" if facts.n_merged else ""
    return f"{counted(facts.n_trials, 'trial')} of {of}: {ended}{merged}"


def _order(document: SweepDocument) -> list[str]:
    """Say what the trials are ranked by, and what they must keep."""
    ranking = document.sweep_results.ranking
    named = [f"{entry.metric} ({'more' if entry.best == 'max' else 'less'} is better)" for entry in ranking.rank_by]
    lines = []
    if len(named) == 1:
        lines.append(f"ranked by {named[0]}")
    elif named:
        lines.append(f"ranked by the mean of the ranks in {', '.join(named[:-1])} and {named[-1]}")
    if any(row.rank_space_metrics is not None for row in document.sweep_results.trials):
        lines[-1:] = [f"{line}, scored in the rank space" for line in lines[-1:]]
    if ranking.constraints:
        bounds = [f"{name} {side} {bound:g}" for name, of in ranking.constraints.items() for side, bound in of.items()]
        lines.append(f"constraints: {', '.join(bounds)}")
    return lines


def _groups(document: SweepDocument, apart: Swept) -> list[tuple[str, list[TrialRow]]]:
    """Return the best trials, at most ten: of each space by itself where scores do not compare, the space of the best one first."""
    results = document.sweep_results
    rows = {row.trial_id: row for row in results.trials}
    ordered = [rows[trial_id] for trial_id in results.ranking.order]
    spaces = list(dict.fromkeys(row.space_id for row in ordered))
    if results.ranking.across_spaces or len(spaces) < 2:
        return [("", ordered[:MOST_ROWS])] if ordered else []
    if results.best is not None:
        first = rows[results.best.trial_id].space_id
        spaces.sort(key=lambda space: space != first)
    each = max(1, MOST_ROWS // len(spaces))
    groups = []
    for space in spaces[:MOST_ROWS]:
        inside = [row for row in ordered if row.space_id == space]
        told = apart.words(inside[0].trial_id, _of_space(apart))
        groups.append((clean(f"space {space}: {told}" if told else f"space {space}") + f" ({len(inside):,} ranked)", inside[:each]))
    return groups


def _of_space(apart: Swept) -> list[str]:
    return [path for path in apart.names if path.startswith(SPACE)]


@dataclass(frozen=True, slots=True)
class _Board:
    """The table of some ranked trials."""

    document: SweepDocument
    apart: Swept
    rows: list[TrialRow]

    def table(self, console: Console) -> Table:
        """Return the table: the settings a column each if that fits the console, else all in one."""
        wide = self._filled(self._columns())
        needed = Measurement.get(console, console.options.update(max_width=10_000), wide).maximum
        return wide if needed <= console.width else self._filled(None)

    def _columns(self) -> list[str]:
        """Return the settings worth a column: those that a trial of these has, and that no other column says."""
        shown = [path for path in self.apart.names if any(self.apart.text(row.trial_id, path) for row in self.rows)]
        if not self.document.sweep_results.ranking.across_spaces and len(self.document.sweep_results.spaces) > 1:
            shown = [path for path in shown if not path.startswith(SPACE)]
        return [path for path in shown if not self._is_found(path)]

    def _is_found(self, path: str) -> bool:
        """Say whether a setting is the number of clusters asked for, and each trial has found as many."""
        return path == "clustering_configuration.n_clusters" and all(
            self.apart.values[row.trial_id].get(path) in (None, row.n_clusters) for row in self.rows
        )

    def _filled(self, columns: list[str] | None) -> Table:
        """Return the table with a column for each of these settings; None: one for all."""
        names = [entry.metric for entry in self.document.sweep_results.ranking.rank_by]
        has_noise = "noise_fraction" not in names and any(row.noise_fraction for row in self.rows)
        has_algorithm = len(set(self.apart.algorithms.values())) > 1
        table = Table(box=None, padding=(0, 1), show_header=True, header_style="dim", pad_edge=False)
        for title in ("rank", "", "trial"):
            table.add_column(title, justify="left" if not title else "right", no_wrap=True)
        if has_algorithm:
            table.add_column("algorithm", no_wrap=True)
        if columns is None:
            table.add_column("settings")
        for path in columns or ():
            table.add_column(self.apart.names[path], no_wrap=True)
        table.add_column("clusters", justify="right", no_wrap=True)
        if has_noise:
            table.add_column("noise", justify="right", no_wrap=True)
        for entry in self.document.sweep_results.ranking.rank_by:
            table.add_column(f"{_title(entry.metric)} {'↑' if entry.best == 'max' else '↓'}", justify="right")
        for row in self.rows:
            cells = [str(row.rank), self._sign(row), str(row.trial_id)]
            cells += [self.apart.algorithms[row.trial_id]] * has_algorithm
            if columns is None:
                cells.append(self.apart.words(row.trial_id, self._columns()))
            cells += [self.apart.text(row.trial_id, path) for path in columns or ()]
            cells.append(str(row.n_clusters))
            cells += [_text(row, "noise_fraction")] * has_noise
            cells += [_text(row, name) for name in names]
            table.add_row(*(Text(cell) for cell in cells))
        return table

    def _sign(self, row: TrialRow) -> str:
        results = self.document.sweep_results
        best = BEST if results.best is not None and row.trial_id == results.best.trial_id else ""
        return best + (FRONT if row.on_pareto_front and len(results.ranking.rank_by) > 1 else "")


def _title(name: str) -> str:
    return METRICS[name].title if name in METRICS else TITLES[name]


def _value(row: TrialRow, name: str) -> float | None:
    """Return what a row is ranked by under this name."""
    if name in ("stability", "prediction_strength"):
        found = row.stability
        return None if found is None else found.minimum if name == "stability" else found.prediction_strength
    if name not in METRICS:
        return None if name not in TITLES else getattr(row, name)
    if row.rank_space_metrics is not None and name in row.rank_space_metrics:
        return row.rank_space_metrics[name]
    return None if row.evaluation_metrics is None else getattr(row.evaluation_metrics, name)


def _text(row: TrialRow, name: str) -> str:
    value = _value(row, name)
    if value is None:
        return ""
    return percent(value) if name == "noise_fraction" else number(value)


def _legend(document: SweepDocument) -> str:
    results = document.sweep_results
    words = [f"{BEST} its complete run is in best/"] if results.best is not None else []
    if len(results.ranking.rank_by) > 1 and results.ranking.pareto_front:
        words.append(f"{FRONT} none is better in one of these without being worse in another")
    return ", ".join(words)


def _unranked(document: SweepDocument) -> list[str]:
    """Say how many trials have no rank though they are done, and why."""
    rows = [row for row in document.sweep_results.trials if row.status == "done" and row.rank is None]
    n_broken = sum(bool(row.broken_constraints) for row in rows)
    reasons = []
    if n_broken:
        reasons.append(f"{n_broken:,} break{'s' if n_broken == 1 else ''} a constraint")
    if len(rows) > n_broken:
        reasons.append(f"{len(rows) - n_broken:,} lack{'s' if len(rows) - n_broken == 1 else ''} a score to rank by")
    return [f"without a rank: {counted(len(rows), 'trial')} ({', '.join(reasons)})"] if rows else []


def _failures(document: SweepDocument) -> list[str]:
    """Return a line for each of the commonest reasons of failure; messages that differ in their numbers alone are one reason."""
    reasons: dict[tuple[str, str], list[TrialRow]] = {}
    for row in document.sweep_results.trials:
        if row.error is not None:
            reasons.setdefault((row.error.type, re.sub(r"\d[\d.,]*", "0", row.error.message)), []).append(row)
    commonest = sorted(reasons.values(), key=len, reverse=True)
    lines = [f"failed: {_numbers(rows)}: {_reason(rows[0])}" for rows in commonest[:MOST_REASONS]]
    left = sum(len(rows) for rows in commonest[MOST_REASONS:])
    return [*lines, f"failed: {left:,} more for other reasons, in sweep.json"] if left else lines


def _numbers(rows: list[TrialRow]) -> str:
    named = ", ".join(str(row.trial_id) for row in rows[:MOST_NUMBERS])
    more = len(rows) - MOST_NUMBERS
    return f"trial{'s' if len(rows) > 1 else ''} {named}" + (f" and {more:,} more" if more > 0 else "")


def _reason(row: TrialRow) -> str:
    return "" if row.error is None else clean(row.error.message)


def _best(document: SweepDocument, apart: Swept, trial_id: int) -> str:
    row = next(row for row in document.sweep_results.trials if row.trial_id == trial_id)
    told = apart.words(trial_id, apart.names)
    found = {0: "no clusters", 1: "one cluster"}.get(row.n_clusters or 0, f"{row.n_clusters} clusters")
    scores = [f"{_title(entry.metric)} {_text(row, entry.metric)}" for entry in document.sweep_results.ranking.rank_by]
    return f"best: trial {trial_id}, {apart.algorithms[trial_id]}{f' with {told}' if told else ''}: {', '.join((found, *scores))}"


def _files(result: SweepResult) -> Text:
    parts = ["sweep.json", "trials.parquet", "trials.jsonl"]
    parts += ["best/"] if result.best is not None else []
    parts += [counted(len(result.pictures), "plot")] if result.pictures else []
    return Text.assemble(("→ ", "green"), f"{result.directory}: {', '.join(parts)}")
