"""A sweep's answer for a person: the best trials, those that failed, what to be careful of, where the files are."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from rich.text import Text

from clusterctl.cli.board import BEST, FRONT, Board, found, own_value_of, value_of
from clusterctl.cli.console import clean
from clusterctl.cli.listeners import EARLY
from clusterctl.cli.printing import answer_console, counted, print_text
from clusterctl.cli.summary import evidence
from clusterctl.cli.swept import SPACE, Swept, swept

if TYPE_CHECKING:
    from rich.console import Console

    from clusterctl.commands.sweep import SweepResult
    from clusterctl.results.models import WarningEntry
    from clusterctl.results.sweep import SweepDocument, TrialRow

MOST_ROWS = 10
MOST_REASONS = 3
MOST_NUMBERS = 10
NULL = "in data without clusters"
NOT_COMPARABLE = "scores_not_comparable"


def print_leaderboard(result: SweepResult) -> None:
    """Print the best trials of a sweep on stdout."""
    console = answer_console()
    document = result.document
    apart = swept(document)
    print_text(console, Text(_headline(document, apart), style="bold"))
    for line in _order(document):
        print_text(console, Text(line, style="dim"))
    for warning in document.metadata.warnings:
        if warning.code == NOT_COMPARABLE:
            _print_warning(console, warning)
    groups = _groups(document, apart)
    for heading, rows in groups:
        console.print()
        if heading:
            print_text(console, Text(heading))
        Board(document, apart, rows, bool(heading)).show(console)
    _print_rest(console, document, [len(rows) for _, rows in groups])
    _print_best(console, result, apart)


def _print_warning(console: Console, warning: WarningEntry) -> None:
    print_text(console, Text.assemble(("! ", "yellow"), clean(warning.message)))


def _print_rest(console: Console, document: SweepDocument, n_shown: list[int]) -> None:
    """Print what the tables do not show: the meaning of their signs, further trials, those without a rank, failures, warnings."""
    for line in _legend(document, n_shown):
        print_text(console, Text(line, style="dim"))
    console.print()
    for line in (*_unranked(document), *_failures(document)):
        print_text(console, Text(line))
    for warning in document.metadata.warnings:
        if warning.code not in ("trials_failed", NOT_COMPARABLE, *EARLY):  # said above
            _print_warning(console, warning)


def _print_best(console: Console, result: SweepResult, apart: Swept) -> None:
    """Print the best trial in a sentence, what its complete run says of it, and where everything is."""
    best = result.document.sweep_results.best
    if best is not None:
        print_text(console, Text(_best(result.document, apart, best.trial_id)))
        own = _own_space(result.document, best.trial_id)
        if own:
            print_text(console, Text(own))
        if result.best is not None:
            for line in evidence(result.best.document):
                print_text(console, Text(f"{line}, in its own space" if own and NULL in line else line))
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
    if document.sweep_results.ranking.rank_space is not None:
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


def _legend(document: SweepDocument, n_shown: list[int]) -> list[str]:
    results = document.sweep_results
    lines = [f"{BEST} its complete run is in best/"] if results.best is not None else []
    if len(results.ranking.rank_by) > 1 and results.ranking.pareto_front:
        lines.append(f"{FRONT} on the Pareto front: no other is as good in all of these and better in one")
    n_ranked = len(results.ranking.order)
    if sum(n_shown) < n_ranked:
        which = f"the best {max(n_shown):,}" + (" of each space" if len(n_shown) > 1 else "")
        lines.append(f"shown: {which}; all {n_ranked:,} ranked trials are in trials.parquet")
    return lines


def _unranked(document: SweepDocument) -> list[str]:
    """Say how many trials have no rank though they are done, and why."""
    rows = [row for row in document.sweep_results.trials if row.status == "done" and row.rank is None]
    broken = [row for row in rows if row.broken_constraints]
    lacking = [row for row in rows if not row.broken_constraints]
    by = [entry.metric for entry in document.sweep_results.ranking.rank_by]
    told = []
    if broken:
        names = Counter(name for row in broken for name in dict.fromkeys(text.split(" ")[0] for text in row.broken_constraints))
        told.append(f"{_counted_that(len(broken), 'break')} a constraint ({_by(names)})")
    if lacking:
        names = Counter(name for row in lacking for name in by if not value_of(row, name))
        told.append(f"{_counted_that(len(lacking), 'lack')} a score to rank by" + (f" ({_by(names)})" if names else ""))
    return [f"without a rank: {', '.join(told)}"] if told else []


def _counted_that(count: int, verb: str) -> str:
    return f"{count:,} that {verb}{'s' if count == 1 else ''}"


def _by(names: Counter[str]) -> str:
    """Return which how often: `noise_fraction by 30, smallest_cluster by 9`."""
    return clean(", ".join(f"{name} by {count:,}" for name, count in names.most_common()))


def _failures(document: SweepDocument) -> list[str]:
    """Return a line for each of the commonest reasons of failure; of those that differ in numbers alone the first is an example."""
    reasons: dict[tuple[str, str], list[TrialRow]] = {}
    for row in document.sweep_results.trials:
        if row.error is not None:
            reasons.setdefault((row.error.type, re.sub(r"\d[\d.,]*", "0", row.error.message)), []).append(row)
    commonest = sorted(reasons.values(), key=len, reverse=True)
    lines = [f"failed: {_numbers(rows)}{_example(rows)}: {_reason(rows[0])}" for rows in commonest[:MOST_REASONS]]
    left = sum(len(rows) for rows in commonest[MOST_REASONS:])
    return [*lines, f"failed: {left:,} more for other reasons, in sweep.json"] if left else lines


def _numbers(rows: list[TrialRow]) -> str:
    named = ", ".join(str(row.trial_id) for row in rows[:MOST_NUMBERS])
    more = len(rows) - MOST_NUMBERS
    return f"trial{'s' if len(rows) > 1 else ''} {named}" + (f" and {more:,} more" if more > 0 else "")


def _example(rows: list[TrialRow]) -> str:
    """Say which trial the reason told is that of, where it is not that of all."""
    return f", for example trial {rows[0].trial_id}" if len({_reason(row) for row in rows}) > 1 else ""


def _reason(row: TrialRow) -> str:
    return "" if row.error is None else clean(row.error.message)


def _best(document: SweepDocument, apart: Swept, trial_id: int) -> str:
    row = next(row for row in document.sweep_results.trials if row.trial_id == trial_id)
    reference = row.rank_space_metrics or {}
    scores = [
        f"{entry.metric} {value_of(row, entry.metric)}" + (" in the rank space" if entry.metric in reference else "")
        for entry in document.sweep_results.ranking.rank_by
    ]
    described = apart.described(row, [path for path in apart.names if not apart.is_found(row, path)], always=True)
    return f"best: trial {trial_id}, {described}: {', '.join((found(row), *scores))}"


def _own_space(document: SweepDocument, trial_id: int) -> str:
    """Say what the best trial's scores are in its own space, where it is ranked by those of another; empty: it is not."""
    row = next(row for row in document.sweep_results.trials if row.trial_id == trial_id)
    names = [entry.metric for entry in document.sweep_results.ranking.rank_by if entry.metric in (row.rank_space_metrics or {})]
    if not names:
        return ""
    scores = ", ".join(f"{name} {own_value_of(row, name) or 'not defined'}" for name in names)
    return f"in its own space: {scores} (what best/ says, and gates and constraints hold)"


def _files(result: SweepResult) -> Text:
    parts = ["sweep.json", "trials.parquet", "trials.jsonl"]
    parts += ["best/"] if result.best is not None else []
    parts += [counted(len(result.pictures), "plot")] if result.pictures else []
    return Text.assemble(("→ ", "green"), f"{result.directory}: {', '.join(parts)}")
