"""Whether each algorithm gives the reference library's partition with the same settings, on every table of a labelled benchmark.

usage: bench_equal.py FOLDER [--rows 3000] [--algorithm kmeans]

FOLDER holds a manifest.json (`datasets`: name, file, true_ks) and the tables it names, columns f0, f1, … being features. Prints for each
algorithm on how many tables the adjusted Rand index is 1, the mean, the least, and the tables below 1; `well defined` are those on which
the reference's own exact routes agree with each other (for linkages: no two merges are at one height).
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.kernels.threads import one_thread
from clusterctl.values.space import Points

Labels = np.ndarray
Reference = Callable[[np.ndarray, int], list[Labels]]


def kmeans(X: np.ndarray, k: int) -> list[Labels]:
    from sklearn.cluster import KMeans

    return [KMeans(k, n_init=10, random_state=0).fit_predict(X)]


def dbscan(X: np.ndarray, _: int) -> list[Labels]:
    from sklearn.cluster import DBSCAN

    return [DBSCAN(eps=0.3, min_samples=5).fit_predict(X)]


def hierarchical(X: np.ndarray, k: int) -> list[Labels]:
    from scipy.cluster.hierarchy import cut_tree, linkage
    from sklearn.cluster import AgglomerativeClustering

    return [AgglomerativeClustering(k).fit_predict(X), cut_tree(linkage(X, "ward"), k)[:, 0]]


def spectral(X: np.ndarray, k: int) -> list[Labels]:
    from sklearn.cluster import SpectralClustering

    def fit(solver: str) -> Labels:
        return SpectralClustering(k, affinity="nearest_neighbors", eigen_solver=solver, random_state=0).fit_predict(X)

    return [fit("lobpcg"), fit("arpack")]


def gaussian_mixture(X: np.ndarray, k: int) -> list[Labels]:
    from sklearn.mixture import GaussianMixture

    return [GaussianMixture(k, random_state=0).fit_predict(X)]


def hdbscan(X: np.ndarray, _: int) -> list[Labels]:
    from hdbscan import HDBSCAN

    def fit(route: str) -> Labels:
        return HDBSCAN(min_cluster_size=10, approx_min_span_tree=False, algorithm=route, core_dist_n_jobs=1).fit_predict(X)

    return [fit("boruvka_kdtree"), fit("prims_kdtree")]


def optics(X: np.ndarray, _: int) -> list[Labels]:
    from sklearn.cluster import OPTICS

    return [OPTICS(min_samples=5).fit_predict(X)]


REFERENCES: dict[str, Reference] = {
    "kmeans": kmeans,
    "dbscan": dbscan,
    "hierarchical": hierarchical,
    "spectral": spectral,
    "gaussian_mixture": gaussian_mixture,
    "hdbscan": hdbscan,
    "optics": optics,
}
PARAMETERS = {"dbscan": {"eps": 0.3}, "hdbscan": {"min_cluster_size": 10}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=3000)
    parser.add_argument("--algorithm", choices=REFERENCES)
    options = parser.parse_args()
    tables = json.loads((options.folder / "manifest.json").read_text())["datasets"]
    warnings.simplefilter("ignore")
    for name, reference in REFERENCES.items():
        if options.algorithm not in (None, name):
            continue
        spec = ALGORITHMS[name]
        found: dict[str, tuple[float, bool]] = {}
        for table in tables:
            if table["n"] > options.rows:
                continue
            X, k = standardised(options.folder / table["file"]), max(2, *table["true_ks"])
            settings = Settings(spec.parameters(**PARAMETERS.get(name, {})), k if spec.takes_n_clusters else None, 0)
            with one_thread():
                ours = spec.cut(spec.build(Points(X), settings, 2), settings).labels
                theirs = reference(X, k)
            agree = adjusted_rand_score(theirs[0], theirs[-1]) == 1 and not (name == "hierarchical" and has_tied_merges(X))
            found[table["name"]] = (max(adjusted_rand_score(labels, ours) for labels in theirs), agree)
        report(name, found)


def has_tied_merges(X: np.ndarray) -> bool:
    from scipy.cluster.hierarchy import linkage

    heights = linkage(X, "ward")[:, 2]
    return bool((np.diff(heights) <= 1e-12 * heights[1:]).any())


def standardised(path: Path) -> np.ndarray:
    frame = pd.read_csv(path)
    X = frame[[name for name in frame if name.startswith("f")]].to_numpy(float)
    return np.ascontiguousarray((X - X.mean(axis=0)) / X.std(axis=0))


def report(name: str, found: dict[str, tuple[float, bool]]) -> None:
    values = np.array([value for value, _ in found.values()])
    defined = [value for value, agree in found.values() if agree]
    equal = sum(value == 1 for value in defined)
    below = {table: round(value, 3) for table, (value, _) in found.items() if value < 1}
    print(
        f"{name:<17} {len(values)} tables, mean {values.mean():.4f}; well defined {len(defined)}, equal there {equal}; below 1: {below}",
        flush=True,
    )


if __name__ == "__main__":
    main()
