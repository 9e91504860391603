"""Calinski-Harabasz, Davies-Bouldin, external scores and DBCV beside the libraries', on the same data in one run.

python benchmarks/bench_scores.py
"""

import time

import numpy as np
from sklearn import metrics
from sklearn.datasets import make_blobs

from clusterctl.metrics.base import Truth
from clusterctl.metrics.evaluate import score
from clusterctl.values.space import Points

EXTERNAL = (
    "adjusted_rand_score",
    "normalized_mutual_info_score",
    "adjusted_mutual_info_score",
    "v_measure_score",
    "fowlkes_mallows_score",
)


def seconds(work, repeat=3):
    best = np.inf
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def report(what, ours, theirs):
    print(f"{what}: clusterctl {ours:.2f} s, library {theirs:.2f} s: {theirs / ours:.1f} times")


def internal(n=1_000_000):
    X, labels = make_blobs(n, 10, centers=8, random_state=0)
    names = ("calinski_harabasz_score", "davies_bouldin_score", "inertia")
    ours = seconds(lambda: score(Points(X), labels, None, names, random_state=0, n_jobs=2))
    theirs = seconds(lambda: (metrics.calinski_harabasz_score(X, labels), metrics.davies_bouldin_score(X, labels)))
    report(f"Calinski-Harabasz, Davies-Bouldin (and inertia), {n:,} x 10", ours, theirs)


def external(n=1_000_000, k=30):
    rng = np.random.default_rng(0)
    left, right, points = rng.integers(0, k, n), rng.integers(0, k, n), Points(np.zeros((n, 1)))
    ours = seconds(lambda: score(points, right, Truth(left, right), EXTERNAL, random_state=0, n_jobs=1))
    theirs = seconds(lambda: [getattr(metrics, name)(left, right) for name in EXTERNAL], repeat=1)
    report(f"the five external scores, {n:,} rows, {k} x {k} groups", ours, theirs)


def density(n=4_000):
    from hdbscan.validity import validity_index

    X, labels = make_blobs(n, 5, centers=4, random_state=0)
    ours = seconds(lambda: score(Points(X), labels, None, ("dbcv",), random_state=0, n_jobs=1))
    report(f"DBCV, {n:,} x 5", ours, seconds(lambda: validity_index(X, labels), repeat=1))
    X, labels = make_blobs(20_000, 10, centers=4, random_state=0)
    largest = seconds(lambda: score(Points(X), labels, None, ("dbcv",), random_state=0, n_jobs=2), repeat=1)
    print(f"DBCV, exact, 20,000 x 10: {largest:.2f} s")


if __name__ == "__main__":
    internal()
    external()
    density()
