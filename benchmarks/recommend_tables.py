"""The tables that `recommend` learns from: the labelled benchmark, and simulated heaps without clusters; their evidence, cached."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from clusterctl.kernels.threads import one_thread
from clusterctl.recommendation.candidates import Budget
from clusterctl.recommendation.evidence.bending import bending
from clusterctl.recommendation.evidence.modality import modality
from clusterctl.recommendation.gathering import gather
from clusterctl.recommendation.ground import lay_ground
from clusterctl.values.space import Points

SOLVABLE = 0.8
"""Ceiling of the Rand index (best algorithm at the true number, `baselines.csv`) from which structure must not be missed."""
SHARE = 0.8
"""Share of a table's rows that a resample keeps."""
KINDS = ("gaussian", "correlated", "box", "ball", "lognormal", "exponential", "student", "band", "ring")
HEAPS = (*KINDS, "ring_plane", "box_plane", "elongated")
"""Kinds of heaps; the last three are there to learn from, being the hardest."""


@dataclass(frozen=True)
class Table:
    """A table with the evidence of its candidates.

    draw: 0: the whole table; above it: the resample of that number. battery: for heaps `heap <kind>`. true_ks: [1] without clusters.
    ceiling: see SOLVABLE. rand_true: (C,) Rand index of each candidate with the reference it is most like, reference noise left out;
    zeros without clusters. labels: (C, n) of the sample.
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
    labels: np.ndarray
    draw: int = 0

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

    band: a parabola with noise; ring: 150 to 300 degrees of a ring; both lie in a plane turned at random. ring_plane,
    box_plane: a ring and a box in 2 or 3 columns, which are most easily taken for clusters. elongated: a Gaussian of 60 to 600 rows in 4 to
    60 columns, the spread along its axes falling as their number to a power of -0.5 to -2.
    """
    rng = np.random.default_rng([seed, HEAPS.index(kind)])
    n, d = int(np.exp(rng.uniform(np.log(200), np.log(5000)))), round(float(np.exp(rng.uniform(np.log(2), np.log(20.4)))))
    d = 2 + seed % 2 if kind.endswith("_plane") else d
    if kind == "elongated":
        return standardise(_elongated(rng))
    normal = rng.normal(size=(n, d))
    if kind == "correlated":
        return standardise(normal @ rng.normal(size=(d, d)))
    if kind in ("box", "box_plane"):
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


def _elongated(rng: np.random.Generator) -> np.ndarray:
    n, d = int(np.exp(rng.uniform(np.log(60), np.log(600)))), round(float(np.exp(rng.uniform(np.log(4), np.log(60)))))
    normal, falling = rng.normal(size=(n, d)), np.arange(1, d + 1) ** -rng.uniform(0.5, 2.0)
    return np.asarray(normal * falling @ np.linalg.qr(rng.normal(size=(d, d)))[0])


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


def bench_tables(folder: Path, cache: Path, draws: range, budget: Budget) -> list[Table]:
    """Return the benchmark's tables, draw by draw: 0 is the whole table, each other one four fifths of its rows, without replacement."""
    entries = list(read_bench(folder))
    jobs = {
        name.replace("/", "__") + (f"@{draw}" if draw else ""): partial(
            _gather, budget, name, battery, true_ks, ceiling, points, truth, draw
        )
        for draw in draws
        for name, battery, true_ks, ceiling, points, truth in entries
    }
    return _cached(cache / budget, jobs)


def heap_tables(seeds: Sequence[int], cache: Path, budget: Budget) -> list[Table]:
    """Return simulated heaps, one of each kind a seed."""
    return _cached(cache / budget, {f"heap_{kind}_{seed}": partial(_gather_heap, budget, kind, seed) for seed in seeds for kind in HEAPS})


def _cached(cache: Path, jobs: dict[str, Callable[[], Table]]) -> list[Table]:
    """Return the tables of jobs, from the cache where they are there; the others are gathered by two processes."""
    cache.mkdir(parents=True, exist_ok=True)
    missing = {name: job for name, job in jobs.items() if not (cache / f"{name}.pickle").exists()}
    if missing:
        with ProcessPoolExecutor(2) as pool:
            for count, name in enumerate(pool.map(partial(_keep, cache), missing, missing.values()), 1):
                print(f"gathered {name}, {count} of {len(missing)}", flush=True)
    return [pickle.loads((cache / f"{name}.pickle").read_bytes()) for name in jobs]  # noqa: S301 (this script wrote them)


def _keep(cache: Path, name: str, job: Callable[[], Table]) -> str:
    half_done = cache / f"{name}.part"
    half_done.write_bytes(pickle.dumps(job()))
    half_done.rename(cache / f"{name}.pickle")
    return name


def _gather_heap(budget: Budget, kind: str, seed: int) -> Table:
    return _gather(budget, f"{kind} {seed}", f"heap {kind}", (1,), 0.0, draw_heap(kind, seed), None, 0)


def _gather(
    budget: Budget, name: str, battery: str, true_ks: tuple[int, ...], ceiling: float, points: Points, truth: np.ndarray | None, draw: int
) -> Table:
    if draw:
        points, truth = _resample(points, truth, draw)
    with one_thread():
        ground = lay_ground(points, 0)
        evidence = gather(ground, 0, budget, 1)
        modes = modality(ground, 0)
        bends = np.array([bending(ground, one.labels) for one in evidence.found])
    rand_true = np.zeros(len(evidence.found))
    if truth is not None and true_ks != (1,):
        known = truth[:, ground.rows]
        rand_true = np.array([max(adjusted_rand_score(t[t >= 0], one.labels[t >= 0]) for t in known) for one in evidence.found])
    numbers = np.array([one.n_clusters for one in evidence.found])
    labels = np.stack([one.labels for one in evidence.found]).astype(np.int8)
    return Table(
        name, battery, true_ks, ceiling, evidence.values, evidence.rand, numbers, rand_true, ground.dimension, modes, bends, labels, draw
    )


def _resample(points: Points, truth: np.ndarray | None, draw: int) -> tuple[Points, np.ndarray | None]:
    n = points.n_rows
    rows = np.sort(np.random.default_rng([draw, 80]).choice(n, round(SHARE * n), replace=False))
    return standardise(points.X[rows]), None if truth is None else truth[:, rows]
