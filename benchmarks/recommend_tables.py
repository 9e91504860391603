"""The tables that `recommend` learns from: the labelled benchmark, and simulated heaps without clusters; their evidence, cached."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from clusterctl.kernels.threads import one_thread
from clusterctl.recommendation.evidence.bending import bending
from clusterctl.recommendation.evidence.modality import modality
from clusterctl.recommendation.gathering import gather
from clusterctl.recommendation.ground import lay_ground
from clusterctl.values.space import Points

SOLVABLE = 0.8
"""Ceiling of the Rand index (best algorithm at the true number, `baselines.csv`) from which structure must not be missed."""
HEAPS = ("gaussian", "correlated", "box", "ball", "lognormal", "exponential", "student", "band", "ring", "ring_plane")


@dataclass(frozen=True)
class Table:
    """A table with the evidence of its candidates.

    battery: for heaps `heap <kind>`. true_ks: [1] without clusters. ceiling: see SOLVABLE. rand_true: (C,) Rand index of each candidate
    with the reference it is most like, reference noise left out; zeros without clusters.
    """

    name: str
    battery: str
    true_ks: tuple[int, ...]
    ceiling: float
    values: dict[str, np.ndarray]
    rand: np.ndarray
    numbers: np.ndarray
    rand_true: np.ndarray
    dimension: float
    modes: dict[str, float]
    bends: np.ndarray

    @property
    def is_null(self) -> bool:
        """Whether there are no clusters."""
        return self.true_ks == (1,)

    @property
    def exact(self) -> np.ndarray:
        """(C,) whether the number of clusters is a true one."""
        return np.isin(self.numbers, self.true_ks).astype(float)


def standardise(X: np.ndarray) -> Points:
    """Return columns of mean 0 and standard deviation 1, as `scaling: standard` does."""
    spread = X.std(axis=0)
    X = np.ascontiguousarray((X - X.mean(axis=0)) / np.where(spread > 0, spread, 1.0))
    X.flags.writeable = False
    return Points(X)


def read_bench(folder: Path) -> Iterator[tuple[str, str, tuple[int, ...], float, Points, np.ndarray]]:
    """Yield name, battery, true numbers, ceiling, points and reference labellings (r, n) of every table of the benchmark."""
    baselines = pd.read_csv(folder / "baselines.csv")
    best = baselines[baselines["method"].str.startswith("o_")].groupby("dataset")["ari"].max()
    for entry in json.loads((folder / "manifest.json").read_text())["datasets"]:
        frame = pd.read_csv(folder / entry["file"])
        features = [name for name in frame.columns if name.startswith("f")]
        truth = np.stack([frame[labelling["column"]].to_numpy() for labelling in entry["labelings"]])
        ceiling = float(best.get(entry["name"], 0.0))
        yield entry["name"], entry["battery"], tuple(entry["true_ks"]), ceiling, standardise(frame[features].to_numpy(float)), truth


def draw_heap(kind: str, seed: int) -> Points:
    """Draw a table without clusters: 200 to 5,000 rows, 2 to 20 columns, both log-uniform.

    band: a parabola with noise; ring: 150 to 300 degrees of a ring; both lie in a plane turned at random. ring_plane: a ring in 2 or 3
    columns, the heap that is most easily taken for clusters.
    """
    rng = np.random.default_rng([seed, HEAPS.index(kind)])
    n, d = int(np.exp(rng.uniform(np.log(200), np.log(5000)))), round(float(np.exp(rng.uniform(np.log(2), np.log(20.4)))))
    d = 2 + seed % 2 if kind == "ring_plane" else d
    normal = rng.normal(size=(n, d))
    if kind == "correlated":
        return standardise(normal @ rng.normal(size=(d, d)))
    if kind == "box":
        return standardise(rng.uniform(size=(n, d)))
    if kind == "ball":
        return standardise(normal * (rng.uniform(size=n) ** (1 / d) / np.linalg.norm(normal, axis=1))[:, None])
    if kind == "lognormal":
        return standardise(np.exp(normal * rng.uniform(0.4, 1.0)))
    if kind == "exponential":
        return standardise(rng.exponential(size=(n, d)))
    if kind == "student":
        freedom = rng.uniform(2.5, 6)
        return standardise(normal / np.sqrt(rng.chisquare(freedom, size=n) / freedom)[:, None])
    if kind in ("band", "ring", "ring_plane"):
        return standardise(_curve(kind, n, d, rng) + normal * (rng.uniform(0.05, 0.2) if kind == "band" else 0.05))
    return standardise(normal)


def _curve(kind: str, n: int, d: int, rng: np.random.Generator) -> np.ndarray:
    X = np.zeros((n, d))
    if kind == "band":
        X[:, 0] = rng.uniform(-1, 1, size=n)
        X[:, 1] = X[:, 0] ** 2 * rng.uniform(0.5, 1.5)
    else:
        angle = rng.uniform(0, np.deg2rad(rng.uniform(150, 300)), size=n)
        radius = 1 + rng.normal(size=n) * rng.uniform(0.04, 0.12)
        X[:, 0], X[:, 1] = radius * np.cos(angle), radius * np.sin(angle)
    return np.asarray(X @ np.linalg.qr(rng.normal(size=(d, d)))[0])


def bench_tables(folder: Path, cache: Path) -> list[Table]:
    """Return the benchmark's tables, their evidence from the cache where it is there."""
    return [
        _cached(cache, name.replace("/", "__"), lambda e=entry: _gather(*e))  # type: ignore[misc]
        for entry in read_bench(folder)
        for name in [entry[0]]
    ]


def heap_tables(seeds: range, cache: Path) -> list[Table]:
    """Return simulated heaps, one of each kind a seed."""
    drawn = [(kind, seed) for seed in seeds for kind in HEAPS]
    return [
        _cached(cache, f"heap_{kind}_{seed}", lambda k=kind, s=seed: _gather(f"{k} {s}", f"heap {k}", (1,), 0.0, draw_heap(k, s), None))  # type: ignore[misc]
        for kind, seed in drawn
    ]


def _cached(cache: Path, name: str, make) -> Table:  # type: ignore[no-untyped-def]
    path = cache / f"{name}.pickle"
    if path.exists():
        table: Table = pickle.loads(path.read_bytes())  # noqa: S301 (this script wrote it)
        return table
    table = make()
    path.write_bytes(pickle.dumps(table))
    print(f"gathered {name}", flush=True)
    return table


def _gather(name: str, battery: str, true_ks: tuple[int, ...], ceiling: float, points: Points, truth: np.ndarray | None) -> Table:
    with one_thread():
        ground = lay_ground(points, 0)
        evidence = gather(ground, 0, "normal", 1)
        modes = modality(ground, 0)
        bends = np.array([bending(ground, one.labels) for one in evidence.found])
    rand_true = np.zeros(len(evidence.found))
    if truth is not None and true_ks != (1,):
        known = truth[:, ground.rows]
        rand_true = np.array([max(adjusted_rand_score(t[t >= 0], one.labels[t >= 0]) for t in known) for one in evidence.found])
    numbers = np.array([one.n_clusters for one in evidence.found])
    return Table(name, battery, true_ks, ceiling, evidence.values, evidence.rand, numbers, rand_true, ground.dimension, modes, bends)
