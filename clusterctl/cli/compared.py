"""A comparison's answer for a person: what became of each cluster, how many rows moved, how the data drifted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from clusterctl.cli.console import clean
from clusterctl.cli.printing import answer_console, counted, number, percent, print_table, print_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from clusterctl.commands.compare import ComparisonResult
    from clusterctl.results.comparison import ClusterFate, Comparison, FeatureChange, FeatureDrift

MOST_CLUSTERS = 30
MOST_NAMED = 4
MOST_CHANGES = 2
NOTED = 0.2
"""Changes smaller than this, Cohen's small effect, are not worth a line."""
WORDS = {"split_into": "split into", "merged_from": "merged from"}
STYLES = {"kept": "", "grown": "", "shrunk": "", "split_into": "yellow", "merged_from": "yellow", "born": "green", "gone": "red"}
COUNTED = (
    ("n_kept", "kept"),
    ("n_grown", "grown"),
    ("n_shrunk", "shrunk"),
    ("n_split", "split"),
    ("n_merged", "merged"),
    ("n_born", "born"),
    ("n_gone", "gone"),
)


def print_comparison(result: ComparisonResult) -> None:
    """Print a comparison on stdout."""
    console = answer_console()
    document = result.document
    comparison = document.comparison
    print_text(console, Text(_headline(comparison), style="bold"))
    print_text(console, Text(_rows(comparison), style="dim"))
    console.print()
    print_table(console, _fates(comparison))
    console.print()
    scores = comparison.scores
    print_text(
        console,
        Text(
            f"adjusted Rand {number(scores.adjusted_rand_score)} · adjusted mutual information "
            f"{number(scores.adjusted_mutual_info_score)} · {scores.n_moved:,} rows moved ({percent(scores.moved_fraction)})"
        ),
    )
    for line in _drift(comparison.drift):
        print_text(console, Text(clean(line)))
    for warning in document.metadata.warnings:
        print_text(console, Text.assemble(("! ", "yellow"), clean(warning.message)))
    for file in (result.output, result.picture):
        if file is not None:
            console.print(Text.assemble(("→ ", "green"), clean(file)), soft_wrap=True)


def _headline(comparison: Comparison) -> str:
    a, b, counts = comparison.a, comparison.b, comparison.counts
    told = [f"{count} {word}" for name, word in COUNTED if (count := getattr(counts, name))]
    return clean(
        f"{counted(a.n_clusters, 'cluster')} in A ({a.name}), {b.n_clusters} in B ({b.name}): {', '.join(told) or 'none to follow'}"
    )


def _rows(comparison: Comparison) -> str:
    rows = comparison.rows
    how = "by id" if rows.matched_by == "sample_id" else "by position"
    alone = [f"{n:,} only in {side}" for side, n in (("A", rows.n_only_a), ("B", rows.n_only_b)) if n]
    text = f"{rows.n_common:,} rows in both, matched {how}" + (f"; {', '.join(alone)}" if alone else "")
    left = rows.n_common - rows.n_compared
    return text + (f"; {left:,} of them without a label on one side" if left else "")


def _fates(comparison: Comparison) -> Table:
    table = Table(box=None, padding=(0, 1), show_header=True, header_style="dim", pad_edge=False)
    table.add_column("what", no_wrap=True)
    table.add_column("A", justify="right")
    table.add_column("B", justify="right")
    table.add_column("rows", justify="right", no_wrap=True)
    table.add_column("what changed")
    by_pair: dict[object, list[FeatureChange]] = {}
    for change in comparison.feature_changes or []:
        by_pair.setdefault((change.cluster_a, change.cluster_b), []).append(change)
    shown = sorted(comparison.fates, key=lambda entry: entry.fate in ("kept", "grown", "shrunk"))[:MOST_CLUSTERS]
    for entry in [one for one in comparison.fates if one in shown]:
        table.add_row(
            Text(WORDS.get(entry.fate, entry.fate), style=STYLES[entry.fate]),
            _named(entry.clusters_a),
            _named(entry.clusters_b),
            f"{entry.n_rows_a:,} → {entry.n_rows_b:,}",
            Text(clean(_what_changed(entry, by_pair))),
        )
    left = len(comparison.fates) - len(shown)
    if left:
        table.add_row("…", "", "", "", f"and {left} more that go on, with --json")
    return table


def _named(clusters: Sequence[int | str]) -> str:
    left = len(clusters) - MOST_NAMED
    named = [clean(name)[:20] for name in clusters[:MOST_NAMED]]
    return ", ".join(named) + (f" and {left} more" if left > 0 else "") if named else "–"


def _what_changed(entry: ClusterFate, by_pair: dict[object, list[FeatureChange]]) -> str:
    """Return the largest changes of a cluster that goes on, the shares of one that splits or merges, and where others went or came from."""
    if entry.fate == "split_into":
        return ", ".join(f"{percent(flow.share_of_a)} in {flow.cluster_b}" for flow in entry.flows[:MOST_NAMED])
    if entry.fate == "merged_from":
        return ", ".join(f"{percent(flow.share_of_b)} from {flow.cluster_a}" for flow in entry.flows[:MOST_NAMED])
    if entry.fate == "gone":
        return _largest([(flow.share_of_a, f"now {_place(flow.cluster_b)}") for flow in entry.flows]) or "its rows are not in B"
    if entry.fate == "born":
        return _largest([(flow.share_of_b, f"from {_place(flow.cluster_a)}") for flow in entry.flows]) or "of rows that are not in A"
    changes = by_pair.get((entry.clusters_a[0], entry.clusters_b[0]), [])
    telling = [change for change in changes if change.effect is not None and abs(change.effect) >= NOTED]
    telling.sort(key=lambda change: -abs(change.effect or 0.0))
    return ", ".join(_in_words(change) for change in telling[:MOST_CHANGES])


def _place(cluster: int | str) -> str:
    return "in no cluster" if cluster == -1 else f"in {cluster}"


def _largest(shares: Iterable[tuple[float, str]]) -> str:
    return ", ".join(f"{percent(share)} {where}" for share, where in list(shares)[:MOST_CHANGES]).replace("from in", "from")


def _in_words(change: FeatureChange) -> str:
    if change.kind == "numeric":
        return f"{change.feature} {change.effect:+.1f} sd"
    return f"{change.feature} {change.category} {percent(change.value_a)} → {percent(change.value_b)}"


def _drift(drift: list[FeatureDrift] | None) -> list[str]:
    """Say which features drifted, the most drifted first; no line for tables of labels."""
    if not drift:
        return []
    known = [entry for entry in drift if entry.level is not None and entry.psi is not None]
    unknown = len(drift) - len(known)
    rest = f"; not known of {counted(unknown, 'feature')}" if unknown else ""
    told = []
    for level in ("large", "moderate"):
        found = sorted((entry for entry in known if entry.level == level), key=lambda entry: -(entry.psi or 0.0))
        if found:
            named = [f"{entry.feature} ({entry.psi:.2f})" for entry in found[:MOST_NAMED]]
            more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
            told.append(f"{level} in {', '.join(named)}{more}")
    if not told:
        return [f"drift of the data: none in {counted(len(known), 'feature')} (population stability index){rest}"] if known else []
    return [f"drift of the data (population stability index): {'; '.join(told)}{rest}"]
