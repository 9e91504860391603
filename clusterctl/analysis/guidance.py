"""What this run's own evidence supports, and how to read it. Cheap: nothing is fitted here; the full evidence is `recommend`'s."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clusterctl.analysis.caveats import interpretation
from clusterctl.analysis.evidence import DISSOLVED, Evidence
from clusterctl.analysis.noted import Noted
from clusterctl.results.models import Recommendations
from clusterctl.values.remarks import Note

PATH = "clustering_results.recommendations"
STABLE = 0.75
"""Hennig (2007): a mean Jaccard of at least .75 is a stable cluster."""
CONVINCING_STRENGTH = 0.8
"""Tibshirani and Walther (2005): prediction strength of at least .8 supports the number of clusters."""
SIGNIFICANT = 0.05
NO_STRUCTURE = 0.25
"""Kaufman and Rousseeuw (1990): a mean silhouette up to .25 shows no substantial structure."""
MUCH_NOISE = 0.5


def recommendations(evidence: Evidence) -> Noted[Recommendations]:
    """Return what this run's evidence supports: the number of clusters, the algorithm, settings to try, and how to read the result.

    Null with a note where one run cannot tell; nothing is recommended that the evidence does not speak for. Deterministic.
    """
    k, k_reason = optimal_clusters(evidence)
    algorithm, algorithm_reason = algorithm_recommendation(evidence, k)
    notes = [Note(f"{PATH}.optimal_clusters", k_reason), Note(f"{PATH}.algorithm_recommendation", algorithm_reason)]
    result = Recommendations(
        optimal_clusters=k,
        algorithm_recommendation=algorithm,
        parameter_suggestions=parameter_suggestions(evidence, k),
        interpretation_guidance=interpretation(evidence, k),
    )
    return Noted(result, tuple(notes))


def optimal_clusters(evidence: Evidence) -> tuple[int | None, str]:
    """Return the number of clusters that this run supports, and on what evidence; 1: no clusters; None: it cannot tell."""
    p_value, stability = evidence.null_p_value, evidence.stability
    if evidence.n_clusters == 0:
        return None, "every row is noise: these settings found no cluster, others might"
    if p_value is not None and p_value > SIGNIFICANT:
        return 1, f"data without clusters would score as well (p = {p_value:.2g})"
    if evidence.n_clusters == 1:
        return None, "one cluster was found; a single run has nothing to compare it with"
    per_cluster = [value for value in stability.per_cluster if value is not None] if stability else []
    if stability is None or not per_cluster:
        return None, "neither stability nor anything else in this run speaks for a number; `clusterctl recommend` compares several"
    if max(per_cluster) < DISSOLVED:
        return None, f"no cluster is found again on resamples (Jaccard at most {max(per_cluster):.2f})"
    if min(per_cluster) < STABLE:
        return None, f"the least stable cluster has a Jaccard of {min(per_cluster):.2f}, below {STABLE}: another number may fit better"
    strength = stability.prediction_strength
    if strength is not None and strength < CONVINCING_STRENGTH:
        return None, f"prediction strength is {strength:.2f}, below {CONVINCING_STRENGTH}: another number may fit better"
    beside = "" if p_value is None else f", and data without clusters scores worse (p = {p_value:.2g})"
    return evidence.n_clusters, f"every cluster is found again on resamples (Jaccard at least {min(per_cluster):.2f}){beside}"


def algorithm_recommendation(evidence: Evidence, k: int | None) -> tuple[str | None, str]:
    """Return the algorithm that this run speaks for and why; None: one run cannot compare algorithms."""
    silhouette, dbcv = evidence.scores.get("silhouette_score"), evidence.scores.get("dbcv")
    if k == 1:
        return None, "there is no sign of clusters for any algorithm to find"
    if k is not None:
        return evidence.algorithm, "its clusters are stable here; whether another does better only `clusterctl recommend` can tell"
    if evidence.takes_n_clusters and silhouette is not None and silhouette < 0:
        return "hdbscan", f"the mean silhouette is negative ({silhouette:.2f}): the rows do not form compact clusters; try one by density"
    if evidence.takes_n_clusters and dbcv is not None and silhouette is not None and dbcv < 0 < NO_STRUCTURE <= silhouette:
        return None, f"compact by silhouette ({silhouette:.2f}) but not divided by sparse regions (dbcv {dbcv:.2f}): a matter of purpose"
    return None, "one run cannot compare algorithms; `clusterctl recommend` does"


def parameter_suggestions(evidence: Evidence, k: int | None) -> dict[str, Any]:
    """Return settings worth a try next, dotted config path -> values as a sweep's grid takes them; empty when nothing speaks for any."""
    suggestions: dict[str, Any] = {}
    found = evidence.n_clusters
    if evidence.takes_n_clusters and k is None and found:
        alternatives = sorted({max(2, found - 1), found + 1, max(2, found - len(evidence.unstable))} - {found})
        suggestions["clustering_configuration.n_clusters"] = [value for value in alternatives if value <= evidence.n_rows]
    noisy = evidence.noise_fraction is not None and evidence.noise_fraction > MUCH_NOISE
    if noisy or (found == 0 and not evidence.takes_n_clusters):
        suggestions.update(_for_much_noise(evidence))
    elif not evidence.takes_n_clusters and found == 1:
        suggestions.update(_for_one_cluster(evidence))
    return suggestions


def _for_much_noise(evidence: Evidence) -> dict[str, Any]:
    """Smaller clusters, or a wider neighbourhood, leave fewer rows as noise."""
    return _scaled(evidence, {"eps": (1.25, 1.5, 2.0), "min_cluster_size": (0.5, 0.25), "min_samples": (0.5, 0.25)})


def _for_one_cluster(evidence: Evidence) -> dict[str, Any]:
    """A narrower neighbourhood divides what has run together."""
    return _scaled(evidence, {"eps": (0.8, 0.65, 0.5), "min_cluster_size": (0.5, 0.25)})


def _scaled(evidence: Evidence, factors: Mapping[str, tuple[float, ...]]) -> dict[str, Any]:
    """Return multiples of the numeric parameters in use, whole ones not below 2."""
    result: dict[str, Any] = {}
    for name, by in factors.items():
        value = evidence.parameters.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        if isinstance(value, int):
            tried: list[float] = sorted({max(2, round(value * factor)) for factor in by} - {value})
        else:
            tried = [float(f"{value * factor:.3g}") for factor in by]
        if tried:
            result[f"clustering_configuration.parameters.{name}"] = tried
    return result
