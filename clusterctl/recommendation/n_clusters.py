"""The rule behind `n_clusters: auto`: what the fast budget of `recommend` finds credible, seen through the algorithm that was named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from clusterctl.algorithms.base import AlgorithmSpec, Parameters, Settings
from clusterctl.analysis.words import joined, percent
from clusterctl.kernels.threads import one_thread
from clusterctl.recommendation.appraisal import N_LEAST, Appraisal, appraise
from clusterctl.recommendation.candidates import Budget, Candidate, cluster
from clusterctl.recommendation.chosen import Chosen
from clusterctl.recommendation.ground import N_SAMPLE, draw_sample
from clusterctl.recommendation.partitions import Partitions, draw_pairs, rand_matrix
from clusterctl.recommendation.ranking import expected_truth, interval
from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    from clusterctl.values.space import Points

BUDGET: Budget = "fast"
MOST_DISTINCT = 15
REPEATED = 10
"""At most so many distinct rows, each there so often on average, are the clusters themselves."""
CREDIBLE = 0.05
"""Share of the largest belief from which a number of clusters is tried with the algorithm."""
DOUBTFUL = 0.5
"""Confidence below which a number is more likely wrong than right."""
WHOLE = "clusterctl recommend gives the whole evidence"


def choose_n_clusters(points: Points, spec: AlgorithmSpec, parameters: Parameters, random_state: int, n_jobs: int) -> Chosen:
    """Choose how many clusters `spec` should make of the points, by the fast assessment of `recommend` on at most 2,000 rows.

    Candidates of many algorithms are compared (`appraisal`). The value is 1, with a caution, where the verdict is that there is no
    evidence of clusters, and where rows are too few to tell. Else the algorithm itself divides the sample into every number of clusters
    whose belief is at least a twentieth of the largest, and the number is taken whose partition is expected to be right most
    (`ranking.expected_truth`). A few rows that are repeated over and over are the clusters. The same value and evidence at any n_jobs.
    `benchmarks/bench_auto_k.py` compares rules.
    """
    sample, rows = draw_sample(points, N_SAMPLE, random_state)
    n_distinct = len(np.unique(sample.X, axis=0))
    looked_at = {"n_sample": len(rows), "n_distinct": n_distinct}
    if 2 <= n_distinct <= MOST_DISTINCT and n_distinct * REPEATED <= len(rows):
        return Chosen(n_distinct, "distinct_rows", f"the {len(rows):,} rows looked at are {n_distinct} distinct ones, repeated", looked_at)
    with one_thread():
        known = appraise(points, random_state, BUDGET, n_jobs)
        if known is None:
            why = f"{len(rows):,} rows, {n_distinct:,} of them distinct, are too few to tell how many clusters there are"
            return Chosen(1, "too_few_rows", why, looked_at | {"n_least": N_LEAST})
        return suited(known, spec, parameters, random_state, n_jobs)


def suited(known: Appraisal, spec: AlgorithmSpec, parameters: Parameters, random_state: int, n_jobs: int) -> Chosen:
    """Return the number that suits an algorithm best of what is known of the points; to be called within `one_thread`."""
    best = int(known.numbers[known.best])
    evidence = {
        "budget": BUDGET,
        "verdict": known.tendency.verdict,
        "strength": known.tendency.strength,
        "most_credible": best,
        "belief_in_k": {str(k): share for k, share in known.belief.items()},
        "n_candidates": len(known.numbers),
        "n_sample": known.ground.n_rows,
        "random_state": random_state,
    }
    if known.tendency.verdict == "none":
        return _none(known, best, evidence)
    expected = expected_by_k(known, spec, parameters, random_state, n_jobs)
    value = max(sorted(expected), key=lambda k: expected[k])
    evidence["expected_by_k"] = {str(k): share for k, share in expected.items()}
    return _credible(known, spec.name, value, expected[value], evidence)


def expected_by_k(known: Appraisal, spec: AlgorithmSpec, parameters: Parameters, seed: int, n_jobs: int) -> dict[int, float]:
    """Return for each credible number of clusters how right the algorithm's own partition into so many is expected to be.

    Where the algorithm can make none of them: how right the best candidate is, under its own number.
    """
    least = CREDIBLE * max(known.belief.values())
    numbers = [k for k, share in known.belief.items() if share >= least]
    own = cluster(known.ground.points, [Candidate(spec.name, spec.name, Settings(parameters, k, seed)) for k in numbers], n_jobs)
    if not own:
        return {int(known.numbers[known.best]): float(known.expected[known.best])}
    every = (*own, *known.evidence.found)
    rand = rand_matrix(Partitions.of([one.labels for one in every], [""] * len(every)), draw_pairs(known.ground.n_rows, seed))
    share = np.concatenate((np.zeros(len(own)), known.share))
    expected = expected_truth(rand, np.array([one.n_clusters for one in every]), share)
    return {int(one.candidate.settings.n_clusters or 0): float(value) for one, value in zip(own, expected, strict=False)}


def _none(known: Appraisal, best: int, evidence: Mapping[str, Any]) -> Chosen:
    """Return one cluster, and what to take if a division is wanted all the same."""
    sure = known.confidence_in_none
    why = (
        f"the fast assessment of clusterctl recommend finds no evidence of clusters (confidence {percent(sure)}); "
        f"if a division is wanted all the same, {best} is the most credible number; {WHOLE}"
    )
    caution = Caution("no_clusters", f"n_clusters auto found no evidence of clusters, so it gave 1; {WHOLE}.")
    return Chosen(1, "no_clusters", why, {**evidence, "confidence": sure, "k_interval": [1, 1]}, (caution,))


def _credible(known: Appraisal, algorithm: str, value: int, expected: float, evidence: Mapping[str, Any]) -> Chosen:
    sure = known.confidence(value, expected)
    low, high = interval(known.belief, value)
    verdict, best = known.tendency.verdict, int(known.numbers[known.best])
    told = [f"{verdict} evidence of clusters", f"confidence {percent(sure)}"]
    told += [f"{low} to {high} credible"] * (low < high) + [f"{best} over all algorithms"] * (best != value)
    why = f"{value} suits {algorithm} best by the fast assessment of clusterctl recommend: {', '.join(told)}"
    doubts = [f"the confidence is {percent(sure)}"] * (sure < DOUBTFUL) + ["the evidence of clusters is weak"] * (verdict == "weak")
    doubts += ["no larger number was compared, so there may be more"] * (value == max(known.belief))
    cautions: tuple[Caution, ...] = ()
    if doubts:
        credible = f"any number from {low} to {high} is credible" if low < high else "look at other numbers too"
        message = f"n_clusters auto gave {value}, but {joined(doubts)}: {credible}, and {WHOLE}."
        cautions = (Caution("n_clusters_uncertain", message),)
    return Chosen(value, "fast_assessment", why, {**evidence, "confidence": sure, "k_interval": [low, high]}, cautions)
