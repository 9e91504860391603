"""Whether the clusters are found again: Jaccard stability of every cluster over resamples, and prediction strength.

Sources: Hennig 2007, Cluster-wise assessment of cluster stability, Comput. Stat. Data Anal. 52, 258-271 (0.75 and more: stable; below
0.6: do not trust); Tibshirani and Walther 2005, Cluster validation by prediction strength, J. Comput. Graph. Stat. 14, 511-528 (0.8
and more: well supported).

Resamples are halves of the rows drawn without replacement, one of Hennig's schemes, not bootstraps: a bootstrap repeats rows, and
repeated rows are dense spots that DBSCAN, HDBSCAN and OPTICS take for clusters. Above 2,000 rows everything is done on a uniform sample of
2,000, the same for all resamples (uniform, since strata by cluster would change densities). A half has half the rows, so a parameter that
counts rows (min_samples, min_cluster_size) or measures density (eps) means something else there: whoever gives `cluster` scales it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import numpy as np

from clusterctl.errors import ClusteringError
from clusterctl.kernels.threads import parallel
from clusterctl.metrics.assignment import assign, choose_rule
from clusterctl.metrics.strata import subset
from clusterctl.results.models import Stability

if TYPE_CHECKING:
    from clusterctl.values.space import Points

    Cluster = Callable[[Points, int], np.ndarray]

N_ROWS = 2_000
"""Rows the resamples are drawn from, at most."""
N_RESAMPLES = 20
"""Halves drawn: ten random splits in two, each half compared with the clusters found on all rows, and the two with each other."""
N_LEAST = 10
"""Rows the resamples need at the least; a cluster needs two of them."""


def stability(
    points: Points,
    labels: np.ndarray,
    cluster: Cluster,
    *,
    random_state: int,
    n_jobs: int,
    n_resamples: int = N_RESAMPLES,
    n_rows: int = N_ROWS,
    assignment: Literal["auto", "centre", "neighbour"] = "auto",
) -> Stability | str:
    """Return how well the clusters of `labels` (n,) int, noise -1, are found again, or the reason why that cannot be said.

    cluster: (points, seed) -> labels of these points by the same algorithm and settings; called with one seed a half, in several threads.
    assignment: how prediction strength carries one half's clusters over to the other: to the nearest centre, or to the cluster of the
    nearest row; `auto` takes the centre where the nearest centre gives at least 90 % of the clustered rows their own cluster.
    n_rows: rows to draw from at most; an algorithm that is slow for its kind may be given fewer.
    A cluster with fewer than two rows in the sample has no stability (None). A half on which no clustering is possible counts for nothing;
    one in which fewer than two clusters are found has a prediction strength of 0. The same bits at any `n_jobs`.
    """
    n_clusters = int(labels.max(initial=-1)) + 1
    if n_clusters == 0:
        return "there is no cluster"
    rng = np.random.default_rng(random_state)
    rows = np.arange(points.n_rows) if points.n_rows <= n_rows else np.sort(rng.choice(points.n_rows, n_rows, replace=False))
    if len(rows) < N_LEAST:
        return f"resampling needs at least {N_LEAST} rows"
    sample, known = subset(points, rows), labels[rows]
    halves = _halves(len(rows), max(1, n_resamples // 2), rng)
    seeds = rng.integers(2**31, size=len(halves)).tolist()

    def again(job: tuple[np.ndarray, int]) -> np.ndarray | str:
        half, seed = job
        try:
            return np.asarray(cluster(subset(sample, half), seed))
        except ClusteringError as error:
            return error.message

    found = parallel(again, zip(halves, seeds, strict=True), n_jobs)
    done = [(half, new) for half, new in zip(halves, found, strict=True) if not isinstance(new, str)]
    if not done:
        return f"no resample could be clustered: {found[0]}"
    per_cluster = _mean_jaccard(known, done, n_clusters)
    rule = choose_rule(sample, known) if assignment == "auto" else assignment
    defined = [value for value in per_cluster if value is not None]
    return Stability(
        per_cluster=per_cluster,
        minimum=min(defined, default=None),
        mean=float(np.mean(defined)) if defined else None,
        prediction_strength=_mean_strength(sample, halves, found, rule) if n_clusters > 1 else None,
        n_resamples=len(done),
        n_used=len(rows),
    )


def _halves(n: int, n_splits: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Return both sorted halves of each random split, one after the other."""
    halves = []
    for _ in range(n_splits):
        order = rng.permutation(n)
        halves += [np.sort(order[: n // 2]), np.sort(order[n // 2 :])]
    return halves


def _mean_jaccard(known: np.ndarray, done: list[tuple[np.ndarray, np.ndarray]], n_clusters: int) -> list[float | None]:
    """Return each cluster's mean over resamples of its Jaccard similarity with its best match."""
    total, times = np.zeros(n_clusters), np.zeros(n_clusters)
    enough = np.bincount(known[known >= 0], minlength=n_clusters) >= 2
    for half, new in done:
        similarity, there = jaccard(known[half], new, n_clusters)
        total += similarity
        times += there
    return [float(total[c] / times[c]) if times[c] and enough[c] else None for c in range(n_clusters)]


def jaccard(known: np.ndarray, new: np.ndarray, n_clusters: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (k,) |c ∩ d| / |c ∪ d| of each known cluster c with the new cluster d that makes it largest, and whether c has any row.

    Noise (-1) is never a match, but its rows count in the unions.
    """
    n_new = int(new.max(initial=-1)) + 1
    size = np.bincount(known[known >= 0], minlength=n_clusters)
    both = (known >= 0) & (new >= 0)
    shared = np.bincount(known[both] * n_new + new[both], minlength=n_clusters * n_new).reshape(n_clusters, n_new)
    new_size = np.bincount(new[new >= 0], minlength=n_new)
    union = size[:, None] + new_size - shared
    return (shared / np.maximum(union, 1)).max(axis=1, initial=0.0), size > 0


def _mean_strength(sample: Points, halves: list[np.ndarray], found: list[np.ndarray | str], rule: str) -> float | None:
    """Return the mean prediction strength over the splits, in both directions."""
    strengths = []
    for i in range(0, len(halves), 2):
        first, second = found[i], found[i + 1]
        if isinstance(first, str) or isinstance(second, str):
            continue
        left, right = subset(sample, halves[i]), subset(sample, halves[i + 1])
        strengths += [
            prediction_strength(second, assign(right, left, first, rule)),
            prediction_strength(first, assign(left, right, second, rule)),
        ]
    return float(np.mean(strengths)) if strengths else None


def prediction_strength(own: np.ndarray, predicted: np.ndarray) -> float:
    """Return the least, over the clusters of `own`, of the share of its pairs that `predicted` keeps together too.

    A row predicted to be noise (-1) is together with none. Clusters of one row have no pair and are passed over. 0 where either
    labelling has fewer than two clusters: it predicts nothing.
    """
    n_own, n_predicted = int(own.max(initial=-1)) + 1, int(predicted.max(initial=-1)) + 1
    if n_own < 2 or n_predicted < 2:
        return 0.0
    size = np.bincount(own[own >= 0], minlength=n_own).astype(np.float64)
    both = (own >= 0) & (predicted >= 0)
    shared = np.bincount(own[both] * n_predicted + predicted[both], minlength=n_own * n_predicted).reshape(n_own, n_predicted)
    together = (shared * (shared - 1.0)).sum(axis=1)
    paired = size > 1
    return float((together[paired] / (size[paired] * (size[paired] - 1))).min()) if paired.any() else 0.0
