"""The rule behind `n_clusters: auto`: prediction strength, else silhouette, and a gate that says when there are no clusters at all."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from clusterctl.algorithms.base import AlgorithmSpec, Parameters, Settings
from clusterctl.errors import ClusteringError
from clusterctl.kernels.threads import one_thread, parallel
from clusterctl.recommendation.chosen import Chosen
from clusterctl.recommendation.votes import N_REFERENCES, N_SPLITS, STRONG, gap_statistic, prediction_strengths, silhouettes
from clusterctl.values.remarks import Caution
from clusterctl.values.space import Points

if TYPE_CHECKING:
    from clusterctl.values.clustering import Clustering

N_SAMPLE = 2_000
"""Rows that the votes are counted on, at most."""
N_TREE = 1_000
"""Rows that the gap statistic and prediction strength are counted on, at most: they cluster forty times and more."""
K_MAX = 15
STRENGTH_RULE, FALLBACK_RULE = "prediction_strength", "silhouette_or_bic"
REPEATED = 10
VERY_STRONG = 0.9
CONVINCING = 0.8
"""Prediction strength that supports a number of clusters by Tibshirani and Walther (2005)."""
_TITLES = {"silhouette": "silhouette", "gap": "gap statistic", "bic": "BIC", "prediction_strength": "prediction strength"}


def choose_n_clusters(points: Points, spec: AlgorithmSpec, parameters: Parameters, random_state: int, n_jobs: int) -> Chosen:
    """Choose how many clusters `spec` should make of the points, on a sample of at most 2,000 rows drawn by `random_state`.

    Of k = 2 … 15 the largest with a prediction strength of at least 0.9 is taken, else the largest with at least 0.6, else the one with
    the largest mean silhouette of the algorithm's own partitions, for gaussian_mixture the lowest BIC. The value is 1, with a caution,
    where there is no evidence of clusters: no k has a strength of 0.6 and the gap statistic's own one-standard-error rule says 1, or no k
    has a strength of 0.8 and the gap is largest at 1. A few rows that are repeated over and over are the clusters. The same value and
    evidence at any n_jobs. `benchmarks/bench_auto_k.py` compares rules.
    """
    rng = np.random.RandomState(random_state)
    rows = np.arange(points.n_rows) if points.n_rows <= N_SAMPLE else np.sort(rng.choice(points.n_rows, N_SAMPLE, replace=False))
    sample = Points(np.ascontiguousarray(points.X[rows]), points.metric)
    n_distinct = len(np.unique(sample.X, axis=0))
    k_max = min(K_MAX, n_distinct - 1, len(rows) // 4)
    if 2 <= n_distinct <= K_MAX and n_distinct * REPEATED <= len(rows):
        why = f"the {len(rows):,} rows looked at are {n_distinct} distinct ones, repeated"
        return Chosen(n_distinct, "distinct_rows", why, {"n_sample": len(rows), "n_distinct": n_distinct})
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
        "prediction_strength": _found_again(strength.tolist()),
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
    return _verdict(votes, gap.first_good, gap.best == 1 and max(strength, default=0.0) < CONVINCING, k_max, evidence)


def _found_again(strength: Sequence[float]) -> int:
    """Return the largest k with a strength of 0.9, else of 0.6; 1 if there is none. `strength` starts at k = 2."""
    for level in (VERY_STRONG, STRONG):
        reached = [k for k, value in enumerate(strength, start=2) if value >= level]
        if reached:
            return max(reached)
    return 1


def _verdict(votes: Mapping[str, int | None], gap_one_se: int, no_gap: bool, k_max: int, evidence: Mapping[str, Any]) -> Chosen:
    """Take the number that is found again on halves, else the silhouette's or BIC's, or 1 where there is no evidence of clusters."""
    told = ", ".join(f"{_TITLES[name]} {vote}" for name, vote in votes.items() if vote is not None)
    strong = votes["prediction_strength"] or 1
    if no_gap or (strong == 1 and gap_one_se == 1):
        how = "is largest at 1" if no_gap else "by its rule of one standard error says 1"
        why = f"no evidence of clusters: the gap statistic {how}, and no number of clusters is found again on half the rows often enough"
        return Chosen(1, "no_clusters", why, evidence, (Caution("no_clusters", "n_clusters auto found no evidence of clusters."),))
    if strong >= 2:
        why = f"the largest number of clusters that is found again on half the rows; votes: {told}"
        return Chosen(strong, STRENGTH_RULE, why, evidence, _spread(votes, strong, k_max))
    name = "bic" if "bic" in votes else "silhouette"
    value = max(2, votes[name] or 2)
    why = f"no number of clusters is found again on half the rows, so the {_TITLES[name]} decides; votes: {told}"
    return Chosen(value, FALLBACK_RULE, why, evidence, _spread(votes, value, k_max))


def _spread(votes: Mapping[str, int | None], value: int, k_max: int) -> tuple[Caution, ...]:
    """Warn where the votes lie far apart, or reach the largest number that was tried."""
    cast = [vote for vote in votes.values() if vote is not None]
    if max(cast) - min(cast) <= 3 and max(cast) < k_max:
        return ()
    ceiling = f" ({k_max} is the largest number tried: there may be more)" if max(cast) == k_max else ""
    message = f"n_clusters auto gave {value}, but the votes lie between {min(cast)} and {max(cast)}{ceiling}: look at several numbers."
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
