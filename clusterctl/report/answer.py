"""The question, and the answer in three sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.analysis.words import joined, percent, plain, printable

if TYPE_CHECKING:
    from clusterctl.report.views import Verdict
    from clusterctl.results.models import ResultsDocument

NAMED = 3
MOST_TEXT = 400
ASKED = ("question", "description", "purpose", "title")
"""Keys of `clustering_data.metadata` under which people write what they want to know."""


def question(document: ResultsDocument) -> str:
    """Return the question that the config states in its metadata, else the one that every clustering asks of its table."""
    metadata = document.metadata
    for key in ASKED:
        stated = metadata.user_metadata.get(key)
        if isinstance(stated, str) and stated.strip():
            return _sentence(stated)
    features = document.clustering_results.model_info.features
    named = joined([plain(name) for name in features[:NAMED]])
    by = f"by {named}" if len(features) <= NAMED else f"by {len(features)} features"
    return f"Which groups are there among the {metadata.data_statistics.n_rows:,} rows of {data_name(document)}, {by}?"


def answer(document: ResultsDocument, verdict: Verdict) -> tuple[str, ...]:
    """Return what was found, what tells the clusters apart (or what to try), and how sure that is."""
    return (_found(document), _apart(document), verdict.sentence)


def data_name(document: ResultsDocument) -> str:
    """Return the table's name as a person would say it."""
    return plain(str(document.metadata.config["clustering_data"]["data_source"]))


def headline(document: ResultsDocument) -> str:
    """Return `6 clusters in telco_customers.csv.gz`."""
    n_clusters = document.clustering_results.model_info.n_clusters
    words = "No clusters" if n_clusters == 0 else "One cluster" if n_clusters == 1 else f"{n_clusters:,} clusters"
    return f"{words} in {data_name(document)}"


def _sentence(text: str) -> str:
    line = printable(" ".join(text.split())[:MOST_TEXT])
    shown = line[:1].upper() + line[1:]
    return shown if shown.endswith((".", "?", "!")) else f"{shown}?" if shown.lower().startswith(_ASKING) else f"{shown}."


_ASKING = ("which ", "what ", "who ", "how ", "where ", "why ", "when ", "are ", "is ", "do ", "does ", "can ")


def _found(document: ResultsDocument) -> str:
    results, counts = document.clustering_results, document.metadata.data_statistics
    title = ALGORITHMS[results.model_info.algorithm].title
    name = title[0].upper() + title[1:] if title != "k-means" else "K-means"
    n_clusters = results.model_info.n_clusters
    rows = counts.n_clustered + counts.n_noise
    if n_clusters == 0:
        return f"{name} finds no cluster in {rows:,} rows: at these settings every row is noise."
    noise = f"; {percent(counts.n_noise / rows)} of the rows are in none (noise)" if counts.n_noise else ""
    if n_clusters == 1:
        return f"{name} finds a single cluster in {rows:,} rows: at these settings nothing divides them{noise}."
    centers = results.clusters.cluster_centers
    largest = max(centers, key=lambda center: center.cluster_size)
    smallest = min(reversed(centers), key=lambda center: center.cluster_size)
    verb = "divides" if ALGORITHMS[results.model_info.algorithm].takes_n_clusters else "finds"
    what = f"{rows:,} rows into {n_clusters:,} clusters" if verb == "divides" else f"{n_clusters:,} clusters in {rows:,} rows"
    return (
        f"{name} {verb} {what}; the largest, cluster {largest.cluster_id}, holds {percent(largest.cluster_size / rows)} of them, "
        f"the smallest, cluster {smallest.cluster_id}, {percent(smallest.cluster_size / rows)}{noise}."
    )


def _apart(document: ResultsDocument) -> str:
    results = document.clustering_results
    if results.model_info.n_clusters < 2:
        suggestions = results.recommendations.parameter_suggestions
        if not suggestions:
            return "Nothing in this run says which other settings to try; other algorithms and scalings may see more."
        tried = [f"{path.rsplit('.', 1)[-1]} {', '.join(map(str, values))}" for path, values in suggestions.items()]
        return f"Worth a try next: {joined(tried)}."
    known = [entry for entry in results.cluster_analysis.feature_importance if entry.importance]
    names = [plain(entry.feature) for entry in known[:NAMED]]
    if not names:
        return "No single feature tells the clusters apart."
    return f"They differ most in {joined(names)}." if len(known) > 1 else f"They differ in {names[0]} alone."
