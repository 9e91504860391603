"""A recommendation for a person: the answer, the candidates with what speaks for and against each, how sure, what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from clusterctl.cli.console import clean
from clusterctl.cli.printing import answer_console, percent, print_hanging, print_table

if TYPE_CHECKING:
    from clusterctl.commands.recommend import RecommendResult
    from clusterctl.results.recommendation import CandidateRow, Recommendations

COLOURS = {"none": "yellow", "weak": "yellow", "clear": "green"}
MOST_SETTINGS = 3


def print_recommendation(result: RecommendResult) -> None:
    """Print the answer on stdout, at most 80 columns wide in a pipe as on a terminal."""
    console = answer_console()
    told, metadata = result.document.recommendations, result.document.metadata
    console.print(Text.assemble((_headline(told), "bold"), f" (confidence {percent(told.confidence)})"))
    console.print(Text(_evidence(told, metadata.n_rows), style="dim"))
    for flag in told.red_flags:
        remedy = "" if flag.remedy is None else f" Set {flag.remedy}."
        print_hanging(console, clean(f"! {flag.message}{remedy}"))
    if told.candidates:
        console.print()
        print_table(console, _candidates(told.candidates))
        for row in told.candidates:
            console.print()
            print_hanging(console, clean(f"{row.rank}. {_said(row)}"))
    if told.sensitivity:
        console.print()
        for check in told.sensitivity:
            print_hanging(console, clean(f"{check.change}: {_found(check.optimal_clusters)}{'' if check.agrees else ' – another story'}"))
    console.print()
    for sentence in told.interpretation_guidance:
        print_hanging(console, clean(sentence))
    if result.directory is not None:
        console.print()
        drawn = f", {len(result.pictures)} plot{'s' * (len(result.pictures) != 1)}" if result.pictures else ""
        files = f"recommendation.json, labels.parquet, {len(result.configs)} configs in candidates/{drawn}"
        console.print(Text.assemble(("→ ", "green"), f"{result.directory}: {files}"), soft_wrap=True)
        if result.configs:
            console.print(Text(f"next: clusterctl run {result.directory}/candidates/1.yaml"), soft_wrap=True)


def _found(n_clusters: int) -> str:
    return "no clusters" if n_clusters == 1 else f"{n_clusters:,} clusters"


def _headline(told: Recommendations) -> str:
    if told.evidence == "none":
        return "No clusters: the rows look like one population"
    between = "" if told.k_interval[0] == told.k_interval[1] else f", credible from {told.k_interval[0]} to {told.k_interval[1]}"
    return f"{_found(told.optimal_clusters)}{between}, by {told.algorithm_recommendation}"


def _evidence(told: Recommendations, n_rows: int) -> str:
    used = f" of {n_rows:,}" if told.budget.n_used < n_rows else ""
    return f"evidence of clusters: {told.evidence}; {told.budget.n_candidates} partitions compared on {told.budget.n_used:,}{used} rows"


def _candidates(rows: list[CandidateRow]) -> Table:
    table = Table(box=None, padding=(0, 1), show_header=True, header_style="dim", pad_edge=False)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("algorithm", no_wrap=True)
    table.add_column("settings")
    for head in ("clusters", "noise", "sure"):
        table.add_column(head, justify="right", no_wrap=True)
    for row in rows:
        settings = [f"{name} {value}" for name, value in row.parameters.items()][:MOST_SETTINGS]
        noise = percent(row.noise_fraction) if row.noise_fraction else ""
        table.add_row(str(row.rank), row.algorithm, clean(", ".join(settings)), f"{row.n_clusters:,}", noise, percent(row.confidence))
    return table


def _said(row: CandidateRow) -> str:
    parts = [
        f"for it: {', '.join(row.speaks_for)}" if row.speaks_for else "",
        f"against it: {', '.join(row.speaks_against)}" if row.speaks_against else "",
    ]
    said = "; ".join(part for part in parts if part)
    return f"{said}. {row.fitness}" if said else row.fitness
