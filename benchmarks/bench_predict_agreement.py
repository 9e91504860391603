"""How well predict agrees with the fit, algorithm by algorithm, on the shared tables with clear clusters.

    python benchmarks/bench_predict_agreement.py [--held SHARE] [ALGORITHM …]

Clear: the algorithm, given the true number of clusters or 2 % of the rows as the smallest cluster, scores an ARI of at least 0.9 against
the known groups; the twenty best tables where there are fewer. For each such table two figures:
agreement: share of the fitted rows (all of them) that predict the label they have, none being its own neighbour;
new: a random share of the rows (by default a fifth) is held back and predicted by a fit on the rest: ARI of the predictions against the
known groups, less the ARI of the labels that the fit on all rows gives to those same rows. Much of what is lost there is lost by fitting
fewer rows, so beside it stands own: ARI of the labels of the rest, less that of the fit on all for the same rows. All is standardised.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from clusterctl.algorithms.base import AlgorithmSpec, Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.errors import ClusterctlError
from clusterctl.kernels.filters import library_warnings_ignored
from clusterctl.values.clustering import Clustering
from clusterctl.values.prediction import FittedModel, Predict
from clusterctl.values.space import Points

BENCH = Path(__file__).resolve().parents[2] / "shared" / "bench"
MAX_ROWS = 5_300
CLEAR = 0.9
N_TABLES = 20


def tables() -> list[tuple[str, np.ndarray, np.ndarray, int]]:
    listed = json.loads((BENCH / "manifest.json").read_text())["datasets"]
    found = []
    for entry in listed:
        if entry["n"] > MAX_ROWS or entry["d"] > 200 or not entry["labelings"]:
            continue
        frame = pd.read_csv(BENCH / entry["file"])
        X = frame[[name for name in frame if name.startswith("f")]].to_numpy(float)
        X = X[:, X.std(axis=0) > 0]
        truth = frame[entry["labelings"][0]["column"]].to_numpy()
        found.append((entry["name"], (X - X.mean(axis=0)) / X.std(axis=0), truth, entry["labelings"][0]["k"]))
    return found


def settings_of(spec: AlgorithmSpec, X: np.ndarray, k: int, **more: Any) -> Settings:
    n = len(X)
    size = max(5, n // 50)
    parameters: dict[str, Any] = {
        "hdbscan": {"min_cluster_size": size, "min_samples": 5},
        "optics": {"min_samples": max(10, n // 100), "min_cluster_size": max(5, n // 20)},
        "dbscan": {"min_samples": 5},
    }.get(spec.name, {})
    if spec.name == "dbscan":
        from clusterctl.recommendation.eps import choose_eps

        parameters["eps"] = choose_eps(Points(X), spec.parameters(**parameters)).value
    return Settings(spec.parameters(**{**parameters, **more}), k if spec.takes_n_clusters else None, 0)


def fit(spec: AlgorithmSpec, X: np.ndarray, settings: Settings) -> Clustering:
    with library_warnings_ignored():
        return spec.cut(spec.build(Points(X), settings, 1), settings)


def rule_of(spec: AlgorithmSpec, X: np.ndarray, found: Clustering, settings: Settings) -> Predict:
    return spec.predict.prepare(FittedModel(Points(X), found.labels, found.n_clusters, found.arrays, settings.parameters))


def figures(spec: AlgorithmSpec, X: np.ndarray, truth: np.ndarray, k: int, held: float, **more: Any) -> tuple[float, float, float, float]:
    """Return ARI against the known groups, agreement, and what the fit on fewer rows loses: on new rows, and on its own."""
    X = np.ascontiguousarray(X)
    settings = settings_of(spec, X, k, **more)
    found = fit(spec, X, settings)
    known = truth >= 0
    ari = adjusted_rand_score(truth[known], found.labels[known])
    predicted = rule_of(spec, X, found, settings)(Points(X), np.arange(len(X)), 1)
    agreement = float((predicted.labels == found.labels).mean())
    order = np.random.default_rng(0).permutation(len(X))
    n_fitted = round(len(X) * (1 - held))
    half, rest = np.sort(order[:n_fitted]), np.sort(order[n_fitted:])
    Y = np.ascontiguousarray(X[half])
    own = settings_of(spec, Y, k, **more)
    of_half = fit(spec, Y, own)
    placed = rule_of(spec, Y, of_half, own)(Points(np.ascontiguousarray(X[rest])), None, 1).labels

    def loss(rows: np.ndarray, labels: np.ndarray) -> float:
        has = known[rows]
        whole = adjusted_rand_score(truth[rows][has], found.labels[rows][has])
        return float(adjusted_rand_score(truth[rows][has], labels[has]) - whole)

    return ari, agreement, loss(rest, placed), loss(half, of_half.labels)


def report(name: str, title: str, every: list[tuple[str, np.ndarray, np.ndarray, int]], held: float, **more: Any) -> None:
    rows = []
    for table, X, truth, k in every:
        try:
            rows.append((table, *figures(ALGORITHMS[name], X, truth, k, held, **more)))
        except ClusterctlError as error:
            print(f"  {table}: {error.message}")
    rows.sort(key=lambda row: -row[1])
    clear = [row for row in rows if row[1] >= CLEAR]
    clear = clear if len(clear) >= N_TABLES else rows[:N_TABLES]
    print(f"{title}: {len(clear)} tables, worst ARI {min(row[1] for row in clear):.2f}")
    for table, ari, agreement, new, own in clear:
        print(f"  {table:28s} ARI {ari:.3f}  agreement {agreement:.4f}  new {new:+.3f}  own {own:+.3f}")
    agreement, new, own = (np.array([row[column] for row in clear]) for column in (2, 3, 4))
    print(f"  median agreement {np.median(agreement):.4f}, lowest {agreement.min():.4f}; new: median {np.median(new):+.3f}, ", end="")
    print(f"at least -0.05: {(new >= -0.05).sum()} of {len(new)}; new less own: median {np.median(new - own):+.3f}, ", end="")
    print(f"at least -0.05: {(new - own >= -0.05).sum()}\n", flush=True)


def main(names: list[str]) -> None:
    if not BENCH.is_dir():
        raise SystemExit(f"the shared tables are not beside the checkout: {BENCH}")
    held = 0.2
    if names[:1] == ["--held"]:
        held, names = float(names[1]), names[2:]
    every = tables()
    for name in names or list(ALGORITHMS):
        if name == "hierarchical":
            for linkage in ("ward", "average", "complete", "single"):
                report(name, f"hierarchical, {linkage}", every, held, linkage=linkage)
        else:
            report(name, name, every, held)


if __name__ == "__main__":
    main(sys.argv[1:])
