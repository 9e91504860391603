"""How sure the answer is: each kind of evidence that the run has, and the verdict drawn from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.analysis.words import joined, number, percent, plain
from clusterctl.metrics.cautions import CHANCE, UNSTABLE, deciding
from clusterctl.metrics.registry import METRICS
from clusterctl.report.views import Check, Mark, Verdict

if TYPE_CHECKING:
    from clusterctl.report.material import Material
    from clusterctl.results.models import GateResult, ResultsDocument

STABLE = 0.75
"""Hennig (2007): a mean Jaccard of at least .75 is a stable cluster."""
VALIDATION = "clustering_results.validation"
METRIC = "clustering_results.evaluation_metrics"


def verdict(document: ResultsDocument) -> Verdict:
    """Return how far the clusters can be relied on, from stability and the comparison with data that has none."""
    results = document.clustering_results
    if results.model_info.n_clusters < 2:
        return _nothing_divided(results.model_info.n_clusters)
    p_value = _p_value(document)
    found_again = _found_again(document)
    if p_value is None and not found_again:
        return Verdict(
            "unknown",
            "not measured",
            "How sure that is was not measured: neither stability nor a comparison with data without clusters was computed.",
        )
    if p_value is not None and p_value > CHANCE:
        return Verdict(
            "bad",
            "no better than chance",
            f"Take it as a convenient division, not as a finding: data without any clusters would divide as well (p = {p_value:.2g}).",
        )
    lost = [name for name, value in found_again.items() if value < UNSTABLE]
    doubtful = [name for name, value in found_again.items() if UNSTABLE <= value < STABLE]
    beyond = "" if p_value is None else f", and data without clusters would not divide as well (p = {p_value:.2g})"
    if lost:
        return Verdict(
            "bad" if len(lost) * 2 > len(found_again) else "fair",
            "partly supported" if len(lost) < len(found_again) else "not found again",
            f"Do not build on {_clusters(lost)}: not found again when rows are left out (similarity below {UNSTABLE})"
            + (f"; the division as a whole is clearer than chance (p = {p_value:.2g})." if p_value is not None else "."),
        )
    if doubtful:
        return Verdict(
            "fair", "mostly supported", f"Most clusters are found again when rows are left out{beyond}; {_clusters(doubtful)} less surely."
        )
    if not found_again:
        return Verdict("fair", "clearer than chance", f"Data without clusters would not divide as well (p = {p_value:.2g}); {_UNMEASURED}.")
    return Verdict("good", "well supported", f"Every cluster is found again when rows are left out{beyond}.")


_UNMEASURED = "whether each cluster is found again was not measured"


def _nothing_divided(n_clusters: int) -> Verdict:
    if n_clusters == 0:
        sentence = "That may be the truth, or the settings may ask for more density than there is: other settings might find some."
        return Verdict("unknown", "no clusters", sentence)
    return Verdict("unknown", "one cluster", "With a single cluster there is nothing to compare, so most evidence does not exist.")


def checks(material: Material) -> tuple[Check, ...]:
    """Return the evidence, what counts most first; what was not computed is there with its reason."""
    document = material.document
    if document.clustering_results.model_info.n_clusters == 0:
        return tuple(_gate(gate) for gate in document.clustering_results.validation.gates)
    known = [_stability(material), _null(material), _silhouette(material), _dbcv(material), _truth(material), _predict(document)]
    return (*(check for check in known if check is not None), *map(_gate, document.clustering_results.validation.gates))


def _p_value(document: ResultsDocument) -> float | None:
    name = _deciding(document)
    null = document.clustering_results.validation.null
    return null[name].p_value if null is not None and name is not None else None


def _deciding(document: ResultsDocument) -> str | None:
    results = document.clustering_results
    return deciding(results.validation.null, ALGORITHMS[results.model_info.algorithm].connected)


def _found_again(document: ResultsDocument) -> dict[int, float]:
    """Return number → mean Jaccard, of the clusters that have one."""
    results = document.clustering_results
    if results.validation.stability is None:
        return {}
    numbers = [center.cluster_id for center in results.clusters.cluster_centers]
    every = zip(numbers, results.validation.stability.per_cluster, strict=True)
    return {name: value for name, value in every if value is not None}


def _stability(material: Material) -> Check:
    question = "Are the clusters found again when rows are left out?"
    found = _found_again(material.document)
    stability = material.document.clustering_results.validation.stability
    if not found or stability is None:
        return Check(question, "–", f"not known: {material.reason(f'{VALIDATION}.stability')}", "unknown")
    lost = [name for name, value in found.items() if value < UNSTABLE]
    doubtful = [name for name, value in found.items() if UNSTABLE <= value < STABLE]
    words = [f"not to be trusted: {_clusters(lost)}"] * bool(lost) + [f"doubtful: {_clusters(doubtful)}"] * bool(doubtful)
    mark: Mark = "bad" if lost else "fair" if doubtful else "good"
    return Check(
        question,
        f"lowest {min(found.values()):.2f}, mean {sum(found.values()) / len(found):.2f}",
        ("; ".join(words) or "yes, every one")
        + f" (Jaccard over {stability.n_resamples} random halves; 0.75 and more is stable, below 0.6 is not)",
        mark,
    )


def _null(material: Material) -> Check:
    question = "Would data without clusters divide as well?"
    name, null = _deciding(material.document), material.document.clustering_results.validation.null
    if null is None or name is None:
        return Check(question, "–", f"not known: {material.reason(f'{VALIDATION}.null')}", "unknown")
    compared = null[name]
    chance = compared.p_value > CHANCE
    theirs = "none to score" if compared.mean is None else number(compared.mean)
    return Check(
        question,
        f"{METRICS[name].title} {number(compared.observed)} against {theirs}; p = {compared.p_value:.2g}",
        ("yes: no better than chance" if chance else "no: better than chance")
        + f" ({compared.n_draws} draws of data without clusters, divided in the same way; {compared.n_used:,} rows)",
        "bad" if chance else "good",
    )


_SILHOUETTE: tuple[tuple[float, str, Mark], ...] = (
    (0.7, "clearly", "good"),
    (0.5, "mostly", "good"),
    (0.25, "weakly: the clusters touch", "fair"),
    (-1.0, "hardly: the clusters overlap", "bad"),
)
"""Kaufman and Rousseeuw (1990), table 2.4: above .70 strong, .50 reasonable, .25 weak structure."""


def _silhouette(material: Material) -> Check | None:
    metrics = material.document.clustering_results.evaluation_metrics
    question = "Are rows nearer to their own cluster than to the next?"
    if metrics.silhouette_score is None:
        return Check(question, "–", f"not known: {material.reason(f'{METRIC}.silhouette_score')}", "unknown")
    value = metrics.silhouette_score
    _, words, mark = next(entry for entry in _SILHOUETTE if value > entry[0] or entry[0] == -1.0)
    sampled = metrics.methods["silhouette_score"].method == "sampled"
    return Check(question, f"silhouette {value:.2f}{' (from a sample)' if sampled else ''}", words, mark)


def _dbcv(material: Material) -> Check | None:
    results = material.document.clustering_results
    value = results.evaluation_metrics.dbcv
    if value is None:
        return None
    connected = ALGORITHMS[results.model_info.algorithm].connected
    if value > 0:
        return Check("Are the gaps between clusters emptier than their insides?", f"DBCV {value:.2f}", "yes", "good")
    words = "no: they border on each other" + ("" if connected else ", as where a continuum is divided; fine for a segmentation")
    return Check("Are the gaps between clusters emptier than their insides?", f"DBCV {value:.2f}", words, "bad" if connected else "fair")


_AGREEMENT: tuple[tuple[float, str, Mark], ...] = (
    (0.9, "nearly the same grouping", "good"),
    (0.65, "to a good part", "good"),
    (0.2, "in part", "fair"),
    (-1.0, "hardly: the clusters are about something else, which need not be wrong", "unknown"),
)
"""Steinley (2004): an adjusted Rand index above .90 is excellent, above .65 moderate."""


def _truth(material: Material) -> Check | None:
    document = material.document
    target = document.metadata.config["clustering_data"]["target_variable"]
    value = document.clustering_results.evaluation_metrics.adjusted_rand_score
    if target is None:
        return None
    question = f"Do they match the known grouping {plain(str(target))}?"
    if value is None:
        return Check(question, "–", f"not known: {material.reason(f'{METRIC}.adjusted_rand_score')}", "unknown")
    _, words, mark = next(entry for entry in _AGREEMENT if value >= entry[0] or entry[0] == -1.0)
    return Check(question, f"adjusted Rand {value:.2f}", words, mark)


def _predict(document: ResultsDocument) -> Check:
    agreement = document.clustering_results.model_info.predict.agreement
    known = agreement >= 0.95
    words = "yes" if known else "not always: the rule of predict gives some of these very rows another cluster"
    return Check("Will new rows find their cluster?", f"{percent(agreement)} of its own rows do", words, "good" if known else "fair")


def _gate(gate: GateResult) -> Check:
    value = "undefined" if gate.value is None else number(gate.value)
    mark: Mark = "good" if gate.passed else "bad" if gate.level == "error" else "fair"
    words = "kept" if gate.passed else "broken" if gate.level == "error" else "broken (a warning)"
    return Check(f"Gate: {gate.metric} {gate.bound}", value, words, mark)


def _clusters(names: list[int]) -> str:
    return f"{'cluster' if len(names) == 1 else 'clusters'} {joined([str(name) for name in names])}"
