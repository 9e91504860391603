"""A sweep's answer for a person: the best trials, those that failed, what to be careful of, where the files are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.text import Text

from clusterctl.cli.board import BEST, FRONT, Board, value_of
from clusterctl.cli.console import clean
from clusterctl.cli.printing import answer_console, counted, print_table, print_text
from clusterctl.cli.summary import evidence
from clusterctl.cli.swept import SPACE, Swept, swept

if TYPE_CHECKING:
    from rich.console import Console

    from clusterctl.commands.sweep import SweepResult
    from clusterctl.results.sweep import SweepDocument, TrialRow

MOST_ROWS = 10
MOST_REASONS = 3
MOST_NUMBERS = 10


def print_leaderboard(result: SweepResult) -> None:
    """Print the best trials of a sweep on stdout."""
    console = answer_console()
    document = result.document
    apart = swept(document)
    print_text(console, Text(_headline(document, apart), style="bold"))
    for line in _order(document):
        print_text(console, Text(line, style="dim"))
    groups = _groups(document, apart)
    for heading, rows in groups:
        console.print()
        if heading:
            print_text(console, Text(heading))
        print_table(console, Board(document, apart, rows, bool(heading)).table(console))
    _print_rest(console, document, sum(len(rows) for _, rows in groups))
    _print_best(console, result, apart)


def _print_rest(console: Console, document: SweepDocument, n_shown: int) -> None:
    """Print what the tables do not show: the meaning of their signs, further trials, those without a rank, failures, warnings."""
    for line in _legend(document, n_shown):
        print_text(console, Text(line, style="dim"))
    console.print()
    for line in (*_unranked(document), *_failures(document)):
        print_text(console, Text(line))
    for warning in document.metadata.warnings:
        if warning.code == "trials_failed":  # said above
            continue
        print_text(console, Text.assemble(("! ", "yellow"), clean(warning.message)))


def _print_best(console: Console, result: SweepResult, apart: Swept) -> None:
    """Print the best trial in a sentence, what its complete run says of it, and where everything is."""
    best = result.document.sweep_results.best
    if best is not None:
        print_text(console, Text(_best(result.document, apart, best.trial_id)))
        if result.best is not None:
            for line in evidence(result.best.document):
                print_text(console, Text(line))
    if result.directory is not None:
        console.print()
        console.print(_files(result), soft_wrap=True)


def _headline(document: SweepDocument, apart: Swept) -> str:
    facts = document.metadata
    used = list(dict.fromkeys(apart.algorithms.values()))
    of = used[0] if len(used) == 1 else f"{len(used)} algorithms"
    n_done = facts.n_trials - facts.n_failed
    ended = f"{n_done:,} done, {facts.n_failed:,} failed" if facts.n_failed else "all done"
    merged = f"; {counted(facts.n_merged, 'duplicate')} merged" if facts.n_merged else ""
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


def _legend(document: SweepDocument, n_shown: int) -> list[str]:
    results = document.sweep_results
    lines = [f"{BEST} its complete run is in best/"] if results.best is not None else []
    if len(results.ranking.rank_by) > 1 and results.ranking.pareto_front:
        lines.append(f"{FRONT} on the Pareto front: no other is as good in all of these and better in one")
    if n_shown < len(results.ranking.order):
        lines.append(f"{n_shown:,} of {len(results.ranking.order):,} ranked trials; trials.parquet has all")
    return lines


def _unranked(document: SweepDocument) -> list[str]:
    """Say how many trials have no rank though they are done, and why."""
    rows = [row for row in document.sweep_results.trials if row.status == "done" and row.rank is None]
    n_broken = sum(bool(row.broken_constraints) for row in rows)
    reasons = ((n_broken, "break a constraint"), (len(rows) - n_broken, "lack a score to rank by"))
    told = ", ".join(f"{count:,} that {reason}" for count, reason in reasons if count)
    return [f"without a rank: {told}"] if told else []


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
    found = {0: "no clusters", 1: "one cluster"}.get(row.n_clusters or 0, f"{row.n_clusters} clusters")
    scores = [f"{entry.metric} {value_of(row, entry.metric)}" for entry in document.sweep_results.ranking.rank_by]
    described = apart.described(row, [path for path in apart.names if not apart.is_found(row, path)], always=True)
    return f"best: trial {trial_id}, {described}: {', '.join((found, *scores))}"


def _files(result: SweepResult) -> Text:
    parts = ["sweep.json", "trials.parquet", "trials.jsonl"]
    parts += ["best/"] if result.best is not None else []
    parts += [counted(len(result.pictures), "plot")] if result.pictures else []
    return Text.assemble(("→ ", "green"), f"{result.directory}: {', '.join(parts)}")
