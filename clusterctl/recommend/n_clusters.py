"""The rule behind `n_clusters: auto`: the median of three votes, and a gate that says when there are no clusters at all."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from statistics import median_low
from typing import TYPE_CHECKING, Any

import numpy as np

from clusterctl.algorithms.base import AlgorithmSpec, Parameters, Settings
from clusterctl.errors import ClusteringError
from clusterctl.kernels.threads import one_thread, parallel
from clusterctl.recommend.chosen import Chosen
from clusterctl.recommend.votes import N_REFERENCES, N_SPLITS, STRONG, gap_statistic, prediction_strengths, silhouettes
from clusterctl.values.remarks import Caution
from clusterctl.values.space import Points

if TYPE_CHECKING:
    from clusterctl.values.clustering import Clustering

N_SAMPLE = 2_000
"""Rows that the votes are counted on, at most."""
N_TREE = 1_000
"""Rows that the gap statistic and prediction strength are counted on, at most: they cluster forty times and more."""
K_MAX = 15
RULE = "median_of_votes"
_TITLES = {"silhouette": "silhouette", "gap": "gap statistic", "bic": "BIC", "prediction_strength": "prediction strength"}


def choose_n_clusters(points: Points, spec: AlgorithmSpec, parameters: Parameters, random_state: int, n_jobs: int) -> Chosen:
    """Choose how many clusters `spec` should make of the points, on a sample of at most 2,000 rows drawn by `random_state`.

    Three votes over k = 2 … 15, of which the median is taken: the largest mean silhouette of the algorithm's own partitions; the largest
    gap statistic; the largest k with a prediction strength of at least 0.6 (1 if there is none). For gaussian_mixture the lowest BIC
    votes in place of the gap statistic. If no k has that strength and the gap statistic by its own one-standard-error rule says 1, there
    is no evidence of clusters: the value is 1, with a caution. The same value and evidence at any n_jobs.
    """
    rng = np.random.RandomState(random_state)
    rows = np.arange(points.n_rows) if points.n_rows <= N_SAMPLE else np.sort(rng.choice(points.n_rows, N_SAMPLE, replace=False))
    sample = Points(np.ascontiguousarray(points.X[rows]), points.metric)
    n_distinct = len(np.unique(sample.X, axis=0))
    k_max = min(K_MAX, n_distinct - 1, len(rows) // 4)
    if k_max < 2:
        why = f"{len(rows)} rows, {n_distinct} of them distinct, are too few to tell how many clusters there are"
        return Chosen(1, "too_few_rows", why, {"n_sample": len(rows), "n_distinct": n_distinct})
    with one_thread():
        labellings, bic = _partitions(sample, spec, parameters, random_state, k_max, n_jobs)
        silhouette = silhouettes(sample, labellings)
        fewer = sample.X if len(rows) <= N_TREE else sample.X[np.sort(rng.choice(len(rows), N_TREE, replace=False))]
        gap = gap_statistic(fewer, k_max, random_state, n_jobs)
        strength = prediction_strengths(fewer, k_max, random_state, n_jobs)
    votes = {
        "silhouette": _argbest(silhouette),
        **({"bic": min(bic, key=lambda k: bic[k])} if bic else {"gap": gap.best}),
        "prediction_strength": max((k for k in range(2, k_max + 1) if strength[k - 2] >= STRONG), default=1),
    }
    evidence = {
        "votes": votes,
        "silhouette": {str(k): value for k, value in silhouette.items()},
        "gap": {str(k): float(value) for k, value in enumerate(gap.gap, start=1)},
        "gap_se": {str(k): float(value) for k, value in enumerate(gap.se, start=1)},
        "prediction_strength": {str(k): float(value) for k, value in enumerate(strength, start=2)},
        "bic": {str(k): bic[k] for k in sorted(bic)} or None,
        "gap_one_se": gap.first_good,
        "n_sample": len(rows),
        "n_sample_gap_and_strength": len(fewer),
        "random_state": random_state,
        "n_references": N_REFERENCES,
        "n_splits": N_SPLITS,
    }
    return _verdict(votes, gap.first_good, evidence)


def _verdict(votes: Mapping[str, int | None], gap_one_se: int, evidence: Mapping[str, Any]) -> Chosen:
    """Take the median of the votes, or 1 where neither the gap statistic nor prediction strength sees any cluster."""
    told = ", ".join(f"{_TITLES[name]} {vote}" for name, vote in votes.items() if vote is not None)
    if votes["prediction_strength"] == 1 and gap_one_se == 1:
        why = f"no evidence of clusters: the gap statistic says 1 and no number of clusters is found again on half the rows ({told})"
        return Chosen(1, "no_clusters", why, evidence, (Caution("no_clusters", f"n_clusters auto gave 1: {why}."),))
    value = max(2, median_low(sorted(vote for vote in votes.values() if vote is not None)))
    return Chosen(value, RULE, f"the median of the votes: {told}", evidence, _spread(votes, value))


def _spread(votes: Mapping[str, int | None], value: int) -> tuple[Caution, ...]:
    """Warn where the votes lie far apart."""
    cast = [vote for vote in votes.values() if vote is not None]
    if max(cast) - min(cast) <= 3:
        return ()
    message = f"n_clusters auto gave {value}, but the votes lie between {min(cast)} and {max(cast)}: look at several numbers of clusters."
    return (Caution("n_clusters_uncertain", message),)


def _argbest(scores: Mapping[int, float | None]) -> int | None:
    """Return the k of the largest score, the smaller of equals; None where there is none."""
    known = {k: score for k, score in scores.items() if score is not None}
    return max(sorted(known), key=lambda k: known[k]) if known else None


def _partitions(
    sample: Points, spec: AlgorithmSpec, parameters: Parameters, seed: int, k_max: int, n_jobs: int
) -> tuple[dict[int, np.ndarray], dict[int, float]]:
    """Return the algorithm's labels for every k it can make on the sample, and their BIC where it has one; structures are shared."""
    settings = {k: Settings(parameters, k, seed) for k in range(2, k_max + 1)}
    keys: dict[tuple[Hashable, ...], list[int]] = {}
    for k, setting in settings.items():
        keys.setdefault(spec.structure_key(setting), []).append(k)

    def build_and_cut(ks: list[int]) -> list[tuple[int, Clustering]]:
        try:
            structure = spec.build(sample, settings[ks[-1]], 1)
        except ClusteringError:
            return []
        return [(k, spec.cut(structure, settings[k])) for k in ks]

    found = dict(pair for pairs in parallel(build_and_cut, keys.values(), n_jobs) for pair in pairs)
    labels = {k: clustering.labels for k, clustering in found.items()}
    return labels, {k: float(clustering.facts["bic"]) for k, clustering in found.items() if "bic" in clustering.facts}
