"""The partitions that are compared: one plan for each budget, its costly structures built once and cut many times.

A candidate is an algorithm with its settings, so that a config can ask for it again; partitions that are nearly the same are kept once.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.spatial.distance import cdist

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.errors import ClusterctlError
from clusterctl.kernels.linkage import cut_into, link
from clusterctl.kernels.threads import parallel
from clusterctl.recommendation.silhouettes import nested_silhouettes
from clusterctl.values.space import Points

Budget = Literal["fast", "normal", "thorough"]

MAX_MIXTURE_COLUMNS = {"full": 24, "tied": 48, "diag": 256}
MOST_COMPONENTS = 10
SIZE_SHARES = (0.01, 0.015, 0.02, 0.03, 0.05, 0.08, 0.12)
N_EPS = 12
LEAF_SAMPLES = (5, 10)
MANY = 60
FEW = 12
"""Clusters at most of the linkages that split off single rows."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An algorithm with its settings. family: what it is counted as where families vote (an algorithm, or a linkage of one)."""

    family: str
    algorithm: str
    settings: Settings


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate's labels (n,) on the sample: clusters by falling size, noise -1. objective: BIC of a mixture, else None."""

    candidate: Candidate
    labels: np.ndarray
    n_clusters: int
    objective: float | None = None


def largest_k(points: Points, budget: Budget) -> int:
    """Return the largest number of clusters that is tried at first: 20 (fast: 12), fewer on few rows; at least 2."""
    return max(2, min(12 if budget == "fast" else 20, points.n_rows // 5))


def plan(points: Points, seed: int, budget: Budget) -> list[Candidate]:
    """Return the candidates for these points, in the order in which equals are preferred; deterministic."""
    k_max = largest_k(points, budget)
    many = _many_clusters(points, k_max)
    found: list[Candidate] = []
    if points.metric == "euclidean":
        found += _by_number("kmeans", "kmeans", range(2, many + 1), seed, {"n_init": 5})
    for linkage, extra in _linkages(points, budget):
        quick = linkage == "ward" or extra.get("gini_threshold") == 0.3
        stop = many if quick else min(k_max, FEW if linkage in ("average", "single") else k_max)
        name = linkage if linkage != "genie" else f"genie {extra['gini_threshold']:g}"
        found += _by_number(name, "hierarchical", range(2, stop + 1), seed, {"linkage": linkage, **extra})
    found += _mixtures(points, k_max, seed, budget)
    found += _spectral(points, k_max, seed, budget)
    found += _densities(points, seed, budget)
    return found


def _many_clusters(points: Points, k_max: int) -> int:
    """Return where to stop for the quick algorithms: k_max, but where Ward's silhouette peaks above 15 clusters half as many again.

    The peak is looked for up to 60 clusters, on at most 1,000 rows.
    """
    wide = min(MANY, points.n_rows // 10)
    if points.metric != "euclidean" or wide <= k_max:
        return k_max
    X = points.X[:: max(1, -(-points.n_rows // 1_000))]
    distances, tree = cdist(X, X).astype(np.float32), link(X, "ward", "euclidean")
    wide = min(wide, len(X) // 5)
    peak = int(np.argmax(nested_silhouettes(distances, [cut_into(tree, k) for k in range(2, wide + 1)]))) + 2
    return max(k_max, min(wide, peak + peak // 2)) if peak > 15 else k_max


def _linkages(points: Points, budget: Budget) -> Iterator[tuple[str, dict[str, Any]]]:
    if points.metric == "euclidean":
        yield "ward", {}
    yield "average", {}
    for threshold in (0.3,) if budget == "fast" else (0.1, 0.3, 0.5):
        yield "genie", {"gini_threshold": threshold}
    yield "single", {}


def _by_number(family: str, algorithm: str, numbers: Sequence[int], seed: int, parameters: dict[str, Any]) -> Iterator[Candidate]:
    model = ALGORITHMS[algorithm].parameters(**parameters)
    for k in numbers:
        yield Candidate(family, algorithm, Settings(model, k, seed))


def _mixtures(points: Points, k_max: int, seed: int, budget: Budget) -> Iterator[Candidate]:
    """Yield mixtures whose parameters the rows suffice for: at least two rows a parameter of a component's own covariance."""
    if points.metric != "euclidean":
        return
    n, d = points.n_rows, points.n_columns
    shapes = ("full",) if budget == "fast" else ("full", "tied", "diag")
    for shape in shapes:
        if d > MAX_MIXTURE_COLUMNS[shape] or (d == 1 and shape != "full"):
            continue
        most = {"full": n // (2 * (d + 1)), "tied": k_max if n >= 2 * d else 0, "diag": n // 6}[shape]
        stop = min(k_max, most, MOST_COMPONENTS)
        yield from _by_number(
            f"mixture {shape}", "gaussian_mixture", range(2, stop + 1), seed, {"covariance_type": shape, "reg_covar": 1e-4}
        )


def _spectral(points: Points, k_max: int, seed: int, budget: Budget) -> Iterator[Candidate]:
    if budget == "fast" or points.n_rows < 20:
        return
    yield from _by_number("spectral", "spectral", range(2, min(k_max, FEW) + 1), seed, {"n_init": 4})


def _densities(points: Points, seed: int, budget: Budget) -> Iterator[Candidate]:
    """Yield HDBSCAN over smallest sizes (by number and by share of rows) and DBSCAN along the curve of near distances."""
    n = points.n_rows
    sizes = sorted({max(4, round(share * n)) for share in SIZE_SHARES} | ({5, 10, 15} if n >= 60 else {4, 6}))
    model, spec = ALGORITHMS["hdbscan"].parameters, ALGORITHMS["hdbscan"]
    for samples in (5,) if budget == "fast" else (3, 5, 10, 20):
        if samples > n // 8:
            continue
        for size in sizes:
            if size > n // 3:
                continue
            for method in ("eom", "leaf") if samples in LEAF_SAMPLES and budget != "fast" else ("eom",):
                parameters: dict[str, Any] = {"min_cluster_size": size, "min_samples": samples, "cluster_selection_method": method}
                yield Candidate(f"hdbscan {method}", spec.name, Settings(model(**parameters), None, seed))
    if budget == "fast":
        return
    for samples in (5, 10):
        if samples <= n // 8:
            for eps in _eps(points, samples):
                parameters = {"eps": eps, "min_samples": samples}
                yield Candidate("dbscan", "dbscan", Settings(ALGORITHMS["dbscan"].parameters(**parameters), None, seed))


def _eps(points: Points, min_samples: int) -> list[float]:
    """Return values of eps along the curve of distances to the min_samples-th row, to four digits."""
    from scipy.spatial import cKDTree

    power = 2 if points.metric == "euclidean" else 1
    curve = cKDTree(points.X).query(points.X, [min_samples], p=power)[0][:, 0]
    curve = curve[curve > 0]
    if len(curve) < 2:
        return []
    low, high = np.quantile(curve, 0.5), 2.5 * np.quantile(curve, 0.95)
    return sorted({float(f"{eps:.4g}") for eps in np.geomspace(low, high, N_EPS)}) if high > low else []


def cluster(points: Points, candidates: Sequence[Candidate], n_jobs: int) -> list[Found]:
    """Return the labels of all candidates that give any, in order; each structure is built once, structures side by side.

    Candidates that cannot be fitted (more clusters than distinct rows, a collapsed covariance) are left out. The same at any n_jobs.
    """
    groups: dict[tuple[str, tuple[Hashable, ...]], list[int]] = {}
    for place, candidate in enumerate(candidates):
        key = (candidate.algorithm, ALGORITHMS[candidate.algorithm].structure_key(candidate.settings))
        groups.setdefault(key, []).append(place)

    def fit(places: list[int]) -> list[tuple[int, Found]]:
        spec = ALGORITHMS[candidates[places[0]].algorithm]
        structure: Any = None
        done = []
        for place in places:
            settings = candidates[place].settings
            try:
                structure = spec.build(points, settings, 0) if structure is None else structure
                cut = spec.cut(structure, settings)
            except (ClusterctlError, ValueError, np.linalg.LinAlgError):
                continue
            done.append((place, Found(candidates[place], cut.labels, cut.n_clusters, cut.facts.get("bic"))))
        return done

    found = [pair for part in parallel(fit, list(groups.values()), n_jobs) for pair in part]
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]
