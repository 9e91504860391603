"""A run's answer for a person: what was found, the clusters, how sure, what to be careful of, where the files are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.cli.console import clean
from clusterctl.cli.listeners import EARLY
from clusterctl.cli.printing import answer_console, counted, number, percent, print_table
from clusterctl.metrics.cautions import deciding
from clusterctl.metrics.registry import METRICS

if TYPE_CHECKING:
    from clusterctl.commands.run import RunResult
    from clusterctl.commands.validate import Validation
    from clusterctl.results.models import ClusterProfile, ResultsDocument, Stability, WarningEntry

MOST_CLUSTERS = 30
MOST_COLUMNS = 5
MOST_NUMBERS = 10
BAR = 12
COLOURS = ("blue", "yellow", "green", "magenta", "cyan", "red")


def print_summary(result: RunResult) -> None:
    """Print the summary of a run on stdout."""
    console = answer_console()
    document = result.document
    console.print(_headline(document), style="bold")
    for line in (*_left_out(document), *_chosen(document)):
        console.print(Text(line, style="dim"))
    if document.clustering_results.cluster_analysis.cluster_profiles or document.metadata.data_statistics.n_noise:
        console.print()
        print_table(console, _clusters(document))
    console.print()
    console.print(Text(_scores(document)))
    for line in evidence(document):
        console.print(Text(line))
    for warning in _warnings(document):
        console.print(Text.assemble(("! ", "yellow"), clean(warning.message)))
    if result.directory is not None:
        console.print()
        console.print(_files(result), soft_wrap=True)


def _headline(document: ResultsDocument) -> Text:
    info, counts = document.clustering_results.model_info, document.metadata.data_statistics
    n_clusters = info.n_clusters
    found = {0: "No clusters", 1: "One cluster"}.get(n_clusters, f"{n_clusters} clusters")
    rows = f"{counts.n_clustered + counts.n_noise:,} rows"
    beside = [
        f"{count:,} {word}"
        for count, word in ((counts.n_noise, "noise"), (counts.n_excluded, "excluded"), (counts.n_dropped, "dropped"))
        if count
    ]
    rest = f" ({', '.join(beside)})" if beside else ""
    return Text(f"{found} in {rows}{rest}, by {info.algorithm} on {counted(len(info.features), 'feature')}")


def _left_out(document: ResultsDocument) -> list[str]:
    """Say which columns were not clustered on, and why; no line where all were."""
    columns = document.metadata.data_statistics.features_left_out
    if not columns:
        return []
    named = [f"{entry.column} ({entry.reason})" for entry in columns]
    return [clean(f"left out: {_listed(named, MOST_COLUMNS)}") + (", in results.json" if len(named) > MOST_COLUMNS else "")]


def _listed(parts: list[str], most: int) -> str:
    """Return the first `most` parts and how many more there are."""
    left = len(parts) - most
    return ", ".join(parts[:most]) + (f" and {left} more" if left > 0 else "")


def _chosen(document: ResultsDocument) -> list[str]:
    chosen = document.clustering_results.model_info.chosen
    return [clean(f"{name}: auto became {entry['value']} ({entry['why']})") for name, entry in chosen.items()]


def _clusters(document: ResultsDocument) -> Table:
    results, counts = document.clustering_results, document.metadata.data_statistics
    total = counts.n_clustered + counts.n_noise
    sizes = {center.cluster_id: center.cluster_size for center in results.clusters.cluster_centers}
    largest = max([*sizes.values(), counts.n_noise, 1])
    table = Table(box=None, padding=(0, 1), show_header=True, header_style="dim", pad_edge=False)
    table.add_column("cluster", justify="right", no_wrap=True)
    table.add_column("rows", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True, width=BAR)
    table.add_column("share", justify="right", no_wrap=True)
    table.add_column("what sets it apart")
    for profile in results.cluster_analysis.cluster_profiles[:MOST_CLUSTERS]:
        number, size = profile.cluster_id, sizes[profile.cluster_id]
        colour = COLOURS[number % len(COLOURS)]
        table.add_row(
            str(number), f"{size:,}", Text(_bar(size / largest), style=colour), percent(size / total), Text(_description(profile))
        )
    left = len(results.cluster_analysis.cluster_profiles) - MOST_CLUSTERS
    if left > 0:
        table.add_row("…", "", "", "", f"and {left} smaller ones, in results.json")
    if counts.n_noise:
        table.add_row(
            "noise", f"{counts.n_noise:,}", Text(_bar(counts.n_noise / largest), style="bright_black"), percent(counts.n_noise / total), ""
        )
    return table


def _description(profile: ClusterProfile) -> str:
    return clean(profile.characteristics.description)


def _bar(share: float) -> str:
    """Return a bar of at most `BAR` cells in eighths."""
    eighths = max(1, round(share * BAR * 8))
    return "█" * (eighths // 8) + ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")[eighths % 8]


def _scores(document: ResultsDocument) -> str:
    metrics = document.clustering_results.evaluation_metrics
    named = [
        ("silhouette", metrics.silhouette_score),
        ("Calinski-Harabasz", metrics.calinski_harabasz_score),
        ("Davies-Bouldin", metrics.davies_bouldin_score),
        ("dbcv", metrics.dbcv),
        ("adjusted Rand", metrics.adjusted_rand_score),
    ]
    shown = [f"{name} {number(value)}" for name, value in named if value is not None]
    return " · ".join(shown) if shown else "no score exists for this result (the reasons are in metadata.notes)"


def evidence(document: ResultsDocument) -> list[str]:
    """Say how stable the clusters are, and whether data without any would give as good ones; no line for what was not computed."""
    validation = document.clustering_results.validation
    lines = []
    stability = _told_stability(document)
    if stability is not None and stability.minimum is not None:
        numbers = [center.cluster_id for center in document.clustering_results.clusters.cluster_centers]
        lines.append(f"stability: lowest {stability.minimum:.2f}, mean {stability.mean:.2f} ({_verdict(stability, numbers)})")
    name = deciding(validation.null, ALGORITHMS[document.clustering_results.model_info.algorithm].connected)
    if validation.null is not None and name is not None:
        null = validation.null[name]
        meaning = "better than chance" if null.p_value <= 0.05 else "no better than data without clusters"
        theirs = "none to score" if null.mean is None else f"{null.mean:.2f}" + ("" if null.sd is None else f" ± {null.sd:.2f}")
        lines.append(f"{METRICS[name].title} in data without clusters: {theirs}, p = {null.p_value:.2g} ({meaning})")
    lines += _protected(document)
    return lines


def _protected(document: ResultsDocument) -> list[str]:
    """Say how far the clusters go with each protected column; what differs strongly is among the warnings."""
    columns = document.clustering_results.cluster_analysis.protected
    names = {"cramers_v": "Cramér's V", "epsilon_squared": "epsilon²"}
    told = [
        f"{column.column} {names[column.association.measure]} {column.association.value:.2f}"
        for column in columns
        if column.association.value is not None
    ]
    return [clean(f"protected, with the clusters: {_listed(told, MOST_COLUMNS)}")] if told else []


def _told_stability(document: ResultsDocument) -> Stability | None:
    """Return the stability that is worth a line: one cluster holds all rows, so it is always found again."""
    stability = document.clustering_results.validation.stability
    if stability is None or stability.minimum is None or document.clustering_results.model_info.n_clusters < 2:
        return None
    return stability


def _warnings(document: ResultsDocument) -> list[WarningEntry]:
    """Return the warnings but for those that say again what a line above has said."""
    chosen = document.clustering_results.model_info.chosen
    stability_told = _told_stability(document) is not None

    def said(warning: WarningEntry) -> bool:
        if warning.code == "no_clusters":
            return any(warning.message.startswith(f"{name} auto ") for name in chosen)
        return warning.code in EARLY or (warning.code == "unstable_clusters" and stability_told)

    return [warning for warning in document.metadata.warnings if not said(warning)]


def _verdict(stability: Stability, numbers: list[int]) -> str:
    """Say in words what Hennig (2007) says of such mean Jaccard similarities, cluster by cluster."""
    found = list(zip(numbers, stability.per_cluster, strict=True))
    lost = [str(number) for number, value in found if value is not None and value < 0.6]
    doubtful = [str(number) for number, value in found if value is not None and 0.6 <= value < 0.75]
    said = [
        f"{words} {_listed(numbers, MOST_NUMBERS)}" for words, numbers in (("not to be trusted:", lost), ("doubtful:", doubtful)) if numbers
    ]
    return "; ".join(said) or "every cluster is found again"


def _files(result: RunResult) -> Text:
    drawn = f", {counted(len(result.pictures), 'plot')}" if result.pictures else ""
    return Text.assemble(("→ ", "green"), f"{result.directory}: report.html, results.json, assignments.parquet{drawn}")


def print_validation(checked: Validation) -> None:
    """Print the outcome of `validate` on stdout."""
    answer_console().print(Text(f"{clean(checked.name)} is valid", style="bold"))
    print_lines(checked.lines())


def print_lines(lines: list[str]) -> None:
    """Print lines on stdout as they are, however long."""
    console = answer_console()
    for line in lines:
        console.print(Text(clean(line)), soft_wrap=True)
