"""A sweep beside refitting every trial with the libraries: the same scores on both sides, one process, two cores, start-up aside.

python benchmarks/bench_sweep.py [ward | hdbscan | dbscan | kmeans | mixed …] [--cheap]

--cheap leaves the silhouette out on both sides, so that the ratio is of the clusterings alone (and two cheap scores).
"""

import sys
import tempfile
import time
import warnings
from pathlib import Path

import hdbscan
import numpy as np
import pandas as pd
from sklearn import cluster, metrics, mixture, preprocessing
from sklearn.datasets import make_blobs

import clusterctl

SCORES = {
    "silhouette_score": metrics.silhouette_score,
    "calinski_harabasz_score": metrics.calinski_harabasz_score,
    "davies_bouldin_score": metrics.davies_bouldin_score,
}
ALGORITHM, N_CLUSTERS = "clustering_configuration.algorithm", "clustering_configuration.n_clusters"
PARAMETER = "clustering_configuration.parameters."
TELCO = Path(__file__).resolve().parents[1] / "sample_data" / "telco_customers.csv.gz"


def score(X, labels, names):
    """Score as a sweep does: noise left out."""
    kept = labels >= 0
    if len(set(labels[kept].tolist())) > 1:
        for name in names:
            SCORES[name](X[kept], labels[kept])


def blobs(n, d):
    """Return overlapping blobs, standardised."""
    X, _ = make_blobs(n, d, centers=12, cluster_std=2.5, random_state=1)
    return preprocessing.StandardScaler().fit_transform(X)


def ward():
    """ward, k = 2 .. 31, 10,000 x 10."""
    grid = {ALGORITHM: ["hierarchical"], PARAMETER + "linkage": ["ward"], N_CLUSTERS: list(range(2, 32))}
    return blobs(10_000, 10), [grid], [lambda k=k: cluster.AgglomerativeClustering(k) for k in range(2, 32)]


def by_hdbscan():
    """HDBSCAN, 10 min_cluster_size at min_samples 10, 50,000 x 5."""
    sizes = [15, 20, 30, 40, 60, 80, 120, 160, 240, 320]
    grid = {ALGORITHM: ["hdbscan"], PARAMETER + "min_samples": [10], PARAMETER + "min_cluster_size": sizes}
    fits = [lambda m=m: hdbscan.HDBSCAN(min_cluster_size=m, min_samples=10, core_dist_n_jobs=2) for m in sizes]
    return blobs(50_000, 5), [grid], fits


def dbscan():
    """DBSCAN, 10 eps at min_samples 10, 20,000 x 8."""
    every = np.linspace(0.3, 0.75, 10).round(3).tolist()
    grid = {ALGORITHM: ["dbscan"], PARAMETER + "min_samples": [10], PARAMETER + "eps": every}
    return blobs(20_000, 8), [grid], [lambda eps=eps: cluster.DBSCAN(eps=eps, min_samples=10, n_jobs=2) for eps in every]


def kmeans():
    """kmeans, k = 2 .. 15, n_init 10, 20,000 x 10."""
    grid = {ALGORITHM: ["kmeans"], N_CLUSTERS: list(range(2, 16))}
    return blobs(20_000, 10), [grid], [lambda k=k: cluster.KMeans(k, n_init=10, random_state=0) for k in range(2, 16)]


def mixed():
    """100 trials of six algorithms on the telco customers, 7,043 x 3."""
    frame = pd.read_csv(TELCO)[["tenure", "monthly_charges", "total_charges"]]
    X = preprocessing.StandardScaler().fit_transform(frame.fillna(frame.median(numeric_only=True)))
    ks, sizes, every = range(2, 17), [10, 20, 40, 60, 80, 100, 120, 160, 200, 250, 300, 400], np.linspace(0.05, 0.4, 13).round(3).tolist()
    grids = [
        {ALGORITHM: ["kmeans", "gaussian_mixture"], N_CLUSTERS: list(ks)},
        {ALGORITHM: ["hierarchical"], PARAMETER + "linkage": ["ward", "complete"], N_CLUSTERS: list(ks)},
        {ALGORITHM: ["hdbscan"], PARAMETER + "min_samples": [5], PARAMETER + "min_cluster_size": sizes},
        {ALGORITHM: ["dbscan"], PARAMETER + "min_samples": [8], PARAMETER + "eps": every},
        {ALGORITHM: ["spectral"], N_CLUSTERS: list(ks)},
    ]
    fits = [
        *(lambda k=k: cluster.KMeans(k, n_init=10, random_state=0) for k in ks),
        *(lambda k=k: mixture.GaussianMixture(k, random_state=0) for k in ks),
        *(lambda k=k, how=how: cluster.AgglomerativeClustering(k, linkage=how) for how in ("ward", "complete") for k in ks),
        *(lambda m=m: hdbscan.HDBSCAN(min_cluster_size=m, min_samples=5, core_dist_n_jobs=2) for m in sizes),
        *(lambda eps=eps: cluster.DBSCAN(eps=eps, min_samples=8, n_jobs=2) for eps in every),
        *(lambda k=k: cluster.SpectralClustering(k, affinity="nearest_neighbors", n_jobs=2, random_state=0) for k in ks),
    ]
    return X, grids, fits


CASES = {"ward": ward, "hdbscan": by_hdbscan, "dbscan": dbscan, "kmeans": kmeans, "mixed": mixed}


def sweep(path, grids, names):
    """Do the sweep from Python and return its rows."""
    config = {
        "clustering_data": {"data_source": str(path)},
        "preprocessing_configuration": {"scaling": "none"},
        "evaluation_configuration": {
            "evaluation_metrics": list(names),
            "silhouette_analysis": False,
            "cross_validation": False,
            "cluster_validation": False,
        },
        "visualization_configuration": {"generate_plots": False},
        "execution": {"n_jobs": 2},
        "sweep_configuration": {"grid": grids},
    }
    return clusterctl.sweep(config).document.sweep_results.trials


def refit(X, fits, names):
    """Fit and score each trial by itself with the libraries, as they come, threads and all."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for fit in fits:
            score(X, fit().fit_predict(X), names)


def timed(work):
    """Return the seconds that `work` takes, and what it returns."""
    start = time.perf_counter()
    value = work()
    return time.perf_counter() - start, value


def compare(name, names, folder):
    """Print one case."""
    X, grids, fits = CASES[name]()
    path = folder / f"{name}.parquet"
    pd.DataFrame(X, columns=[f"x{i}" for i in range(X.shape[1])]).to_parquet(path)
    ours, rows = timed(lambda: sweep(path, grids, names))
    assert len(rows) == len(fits), (len(rows), len(fits))
    assert all(row.status == "done" for row in rows), [row.error for row in rows if row.error]
    theirs, _ = timed(lambda: refit(X, fits, names))
    print(f"{CASES[name].__doc__} {len(rows)} trials: sweep {ours:.2f} s, refitting {theirs:.2f} s: {theirs / ours:.1f} times", flush=True)


def main():
    """Compare the cases named, by default all."""
    wanted = [name for name in sys.argv[1:] if name in CASES] or list(CASES)
    names = [name for name in SCORES if name != "silhouette_score" or "--cheap" not in sys.argv]
    print(f"scores: {', '.join(names)}")
    with tempfile.TemporaryDirectory() as folder:
        small = pd.DataFrame(make_blobs(200, 2, random_state=0)[0], columns=["a", "b"])
        small.to_parquet(Path(folder) / "small.parquet")
        sweep(Path(folder) / "small.parquet", mixed()[1], names)  # start-up of the libraries
        for name in wanted:
            compare(name, names, Path(folder))


if __name__ == "__main__":
    main()
