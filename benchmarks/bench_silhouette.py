"""Silhouettes beside scikit-learn's, on the same data in one run: seconds, peak memory above the start, and the ratio.

python benchmarks/bench_silhouette.py [rows …]
"""

import resource
import sys
import time

import numpy as np
from sklearn.datasets import make_blobs
from sklearn.metrics import silhouette_samples

from clusterctl.kernels.threads import one_thread
from clusterctl.metrics.silhouette import silhouettes, silhouettes_many
from clusterctl.values.space import Points


def fastest(work, repeat=3):
    best, value = np.inf, None
    for _ in range(repeat):
        start = time.perf_counter()
        value = work()
        best = min(best, time.perf_counter() - start)
    return best, value


def peak_megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def compare(n, d=10, k=8):
    X, labels = make_blobs(n, d, centers=k, cluster_std=3, random_state=0)
    points, before = Points(X), peak_megabytes()
    ours, found = fastest(lambda: silhouettes(points, labels, random_state=0, n_jobs=1))
    memory = peak_megabytes() - before
    two, _ = fastest(lambda: silhouettes(points, labels, random_state=0, n_jobs=2))
    with one_thread():
        theirs, wanted = fastest(lambda: silhouette_samples(X, labels), repeat=3 if n <= 10_000 else 1)
    error = np.abs(found.samples - wanted).max()
    print(f"{n:,} x {d}, k = {k}: scikit-learn {theirs:.2f} s, one thread each")
    print(f"  one thread {ours:.2f} s (+{memory:.0f} MB): {theirs / ours:.1f} times")
    print(f"  two threads {two:.2f} s: {theirs / two:.1f} times; largest difference {error:.1e}")


def compare_sweep(n=10_000, d=10, n_labellings=30):
    X, _ = make_blobs(n, d, centers=8, cluster_std=3, random_state=0)
    labellings = [np.random.default_rng(k).integers(0, k, n) for k in range(2, 2 + n_labellings)]
    shared, _ = fastest(lambda: silhouettes_many(Points(X), labellings, random_state=0, n_jobs=1), repeat=1)
    with one_thread():
        theirs, _ = fastest(lambda: [silhouette_samples(X, labels) for labels in labellings], repeat=1)
    print(f"{n_labellings} labellings of {n:,} x {d}, one pass: {shared:.2f} s, scikit-learn {theirs:.2f} s: {theirs / shared:.1f} times")


def sampled(n=1_000_000, d=10):
    X, labels = make_blobs(n, d, centers=8, cluster_std=3, random_state=0)
    seconds, found = fastest(lambda: silhouettes(Points(X), labels, random_state=0, n_jobs=2))
    low, high = found.interval
    print(f"{n:,} x {d}, sampled, two threads: {seconds:.2f} s, {found.mean:.4f} in [{low:.4f}, {high:.4f}]")


if __name__ == "__main__":
    for rows in [int(argument) for argument in sys.argv[1:]] or [10_000, 20_000]:
        compare(rows)
    compare_sweep()
    sampled()
