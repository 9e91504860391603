"""The answer of `evaluate` for a person: what was scored, every cluster, every metric, every bound, what to be careful of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from clusterctl.cli.console import clean
from clusterctl.cli.printing import answer_console, counted, number, percent, print_table, print_text
from clusterctl.metrics.registry import METRICS

if TYPE_CHECKING:
    from clusterctl.commands.evaluate import EvaluationResult
    from clusterctl.results.evaluation import EvaluationDocument
    from clusterctl.results.models import GateResult

MOST_CLUSTERS = 30


def print_evaluation(result: EvaluationResult) -> None:
    """Print an evaluation on stdout."""
    console = answer_console()
    document = result.document
    print_text(console, Text(_headline(document), style="bold"))
    print_text(console, Text(_space(document), style="dim"))
    if document.evaluation_results.clusters:
        console.print()
        print_table(console, _clusters(document))
    console.print()
    print_table(console, _metrics(document))
    if untold := _untold(document):
        print_text(console, Text(clean(f"no external metric: {untold}"), style="dim"))
    if result.gates:
        console.print()
        print_table(console, _gates(result.gates))
    if document.metadata.warnings:
        console.print()
    for warning in document.metadata.warnings:
        print_text(console, Text.assemble(("! ", "yellow"), clean(warning.message)))
    if result.path is not None:
        console.print()
        console.print(Text.assemble(("→ ", "green"), clean(result.path)), soft_wrap=True)


def _headline(document: EvaluationDocument) -> str:
    results, told = document.evaluation_results, document.metadata.evaluated
    counts = results.counts
    found = {0: "No clusters", 1: "One cluster"}.get(results.n_clusters, f"{results.n_clusters:,} clusters")
    beside = [
        f"{count:,} {word}"
        for count, word in (
            (counts.n_noise, "noise"),
            (counts.n_excluded, "excluded"),
            (counts.n_unlabelled, "dropped" if told.algorithm is not None else "without a label"),
        )
        if count
    ]
    rest = f" ({', '.join(beside)})" if beside else ""
    by = f", by {told.algorithm}" if told.algorithm is not None else f", labelled by {told.label_column}"
    source = "" if told.labels is None else f" of {told.labels}, matched by {told.matched_by}"
    return clean(f"{found} in {counts.n_clustered + counts.n_noise:,} rows{rest} of {told.target}{by}{source}")


def _space(document: EvaluationDocument) -> str:
    space, counts = document.metadata.space, document.evaluation_results.counts
    made = "the run's own space" if space.source == "stored" else "a space made for this"
    kind = "Gower distance" if space.distance == "gower" else f"scaling {space.scaling}"
    if space.embedding != "none":
        kind += f", {space.embedding}"
    only = f"; {counts.n_scored:,} rows have a value in each" if counts.n_not_in_space else ""
    features, dimensions = counted(len(space.features), "feature"), counted(space.n_dimensions, "dimension")
    return f"scored in {made}: {features}, {dimensions}, {kind}{only}"


def _plain_table() -> Table:
    return Table(box=None, padding=(0, 1), show_header=True, header_style="dim", pad_edge=False)


def _clusters(document: EvaluationDocument) -> Table:
    results = document.evaluation_results
    stability = results.validation.stability
    named = any(cluster.label != str(cluster.cluster_id) for cluster in results.clusters)
    table = _plain_table()
    table.add_column("cluster", justify="right", no_wrap=True)
    if named:
        table.add_column("label", max_width=30, no_wrap=True, overflow="ellipsis")
    for name in ("rows", "share", "silhouette", *(("stability",) if stability else ())):
        table.add_column(name, justify="right", no_wrap=True)
    shown = results.clusters[:MOST_CLUSTERS]
    for place, cluster in enumerate(shown):
        cells = [str(cluster.cluster_id), *((clean(cluster.label),) if named else ()), f"{cluster.size:,}", percent(cluster.share)]
        cells.append(_two(cluster.silhouette))
        if stability:
            cells.append(_two(stability.per_cluster[place] if place < len(stability.per_cluster) else None))
        table.add_row(*cells)
    if len(results.clusters) > len(shown):
        table.add_row("…", *(("",) if named else ()), f"{len(results.clusters) - len(shown):,} more")
    return table


def _two(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _metrics(document: EvaluationDocument) -> Table:
    """Return every metric, an arrow telling which way is better; the external ones only where there is a truth (`_untold` says why not)."""
    results = document.evaluation_results
    metrics, null = results.evaluation_metrics, results.validation.null or {}
    reasons = _reasons(document)
    noisy = results.counts.n_noise > 0 and bool(metrics.noise_policies)
    table = _plain_table()
    table.add_column("metric", no_wrap=True)
    for name in ("value", "", *(("noise single", "one cluster") if noisy else ()), *(("chance p",) if null else ())):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("")
    for name, spec in METRICS.items():
        if _untold(document) and spec.kind == "external":
            continue
        value, policies, method = getattr(metrics, name), metrics.noise_policies.get(name), metrics.methods.get(name)
        cells = [name, _number(value), "↑" if spec.best == "max" else "↓"]
        if noisy:
            cells += ["", ""] if policies is None else [_number(policies.singletons), _number(policies.one_cluster)]
        if null:
            cells.append(f"{null[name].p_value:.2g}" if name in null else "")
        told = [reasons.get(name, "")] if value is None else []
        if method is not None and method.method == "sampled":
            told.append(f"from {method.n_used:,} rows")
        table.add_row(*cells, Text(clean("; ".join(told)), style="dim"))
    return table


def _reasons(document: EvaluationDocument) -> dict[str, str]:
    """Return why metrics are null, by their names."""
    path = "evaluation_results.evaluation_metrics."
    return {note.path.removeprefix(path): note.reason for note in document.metadata.notes if note.path.startswith(path)}


def _untold(document: EvaluationDocument) -> str | None:
    """Return the one reason why no external metric has a value; None: one has, or the reasons differ."""
    external = [name for name, spec in METRICS.items() if spec.kind == "external"]
    reasons = _reasons(document)
    if any(getattr(document.evaluation_results.evaluation_metrics, name) is not None for name in external):
        return None
    found = {reasons.get(name, "") for name in external}
    return found.pop() if len(found) == 1 else None


def _number(value: float | None) -> str:
    return "–" if value is None else number(value)


def _gates(gates: list[GateResult]) -> Table:
    """Return every bound with its value and direction, those that are broken first."""
    table = _plain_table()
    table.add_column("gate", no_wrap=True)
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("bound", no_wrap=True)
    table.add_column("level", no_wrap=True)
    table.add_column("")
    for gate in sorted(gates, key=lambda gate: (gate.passed, gate.level == "warn")):
        side, _, bound = gate.bound.partition(" ")
        value = "not defined" if gate.value is None else f"{gate.value:.6g}"
        sign = "≥" if side == "min" else "≤"
        style = "green" if gate.passed else "bold red" if gate.level == "error" else "yellow"
        word = "passed" if gate.passed else "failed" if gate.level == "error" else "warning"
        table.add_row(gate.metric, value, f"{sign} {float(bound):.6g}", gate.level, Text(word, style=style))
    return table
