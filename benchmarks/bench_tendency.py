"""How often `recommend` sees clusters in data that have none, and how far apart planted clusters must lie for it to see them.

    python benchmarks/bench_tendency.py [--draws 20] [--first 6000] [--picture power.png]

Nulls: `--draws` fresh tables of each kind of heap (`recommend_tables.draw_heap`; learnt from were the seeds 0 to 9), and of elongated
ones of few rows by themselves. Planted: mixtures of 2 to 12 round Gaussians of unit variance in 2 to 20 columns, 40 to 150 rows a
cluster, in which the nearest other centre of each is `separation` away; two such clusters have two modes from a separation of 2 on, and
at 4 the best rule there is puts 2 % of the rows into the wrong one. Each is assessed with the normal budget, standardised, the seed being
that of the draw.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from recommend_tables import KINDS, draw_heap, standardise
from sklearn.metrics import adjusted_rand_score

from clusterctl.recommendation.assess import assess
from clusterctl.values.space import Points

FEW_ROWS = ("elongated",)
"""Heaps of few rows for their columns, told apart from the others."""
SEPARATIONS = (1.0, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 8.0)


def draw_mixture(separation: float, seed: int) -> tuple[Points, np.ndarray]:
    """Return standardised rows and their clusters; each centre's nearest is `separation` away."""
    rng = np.random.default_rng([seed, round(1000 * separation)])
    k, d = 2 + seed % 11, round(float(np.exp(rng.uniform(np.log(2), np.log(20.4)))))
    centers = np.zeros((1, d))
    while len(centers) < k:
        step = rng.normal(size=d)
        new = centers[rng.integers(len(centers))] + separation * step / np.linalg.norm(step)
        if np.linalg.norm(centers - new, axis=1).min() >= separation * (1 - 1e-9):
            centers = np.vstack((centers, new))
    truth = np.repeat(np.arange(k), rng.integers(40, 151, size=k))
    return standardise(centers[truth] + rng.normal(size=(len(truth), d))), truth


def of_null(job: tuple[str, int]) -> tuple[str, float]:
    """Return the verdict on a heap and its strength."""
    tendency = assess(draw_heap(*job), job[1], "normal").tendency
    return tendency.verdict, tendency.strength


def of_mixture(job: tuple[float, int]) -> tuple[bool, bool, float]:
    """Return whether clusters are seen in a mixture, whether as many as there are, and the Rand index of the first candidate."""
    points, truth = draw_mixture(*job)
    found = assess(points, job[1], "normal")
    seen = found.tendency.verdict != "none"
    labels = found.choices[0].fitted.labels if found.choices else None
    rand = adjusted_rand_score(truth, labels) if seen and labels is not None else 0.0
    return seen, seen and found.n_clusters == truth.max() + 1, rand


def print_nulls(pool: ProcessPoolExecutor, seeds: range, kinds: Sequence[str]) -> None:
    """Print the share of heaps called structured, by kind and in all."""
    jobs = [(kind, seed) for kind in kinds for seed in seeds]
    called = {kind: 0 for kind in kinds}
    for (kind, seed), (verdict, strength) in zip(jobs, pool.map(of_null, jobs), strict=True):
        if verdict != "none":
            called[kind] += 1
            print(f"  {kind} {seed}: {verdict}, {strength:.2f}", flush=True)
    for kind, count in called.items():
        print(f"{kind:12s} {count} of {len(seeds)} called structured")
    print(f"{sum(called.values())} of {len(jobs)} called structured\n", flush=True)


def print_power(pool: ProcessPoolExecutor, seeds: range) -> np.ndarray:
    """Print and return (separations, 3) the share seen, the share with the right number, the mean Rand index."""
    jobs = [(separation, seed) for separation in SEPARATIONS for seed in seeds]
    found = np.array(list(pool.map(of_mixture, jobs)), dtype=float).reshape(len(SEPARATIONS), len(seeds), 3).mean(axis=1)
    print("separation  seen  right number  Rand index")
    for separation, (seen, right, rand) in zip(SEPARATIONS, found, strict=True):
        print(f"{separation:10.1f}  {seen:.2f}  {right:12.2f}  {rand:10.2f}")
    return found


def draw_power(found: np.ndarray, path: Path) -> None:
    """Draw the power against the separation."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.4), dpi=110, layout="constrained")
    axes = figure.subplots()
    for column, (name, colour, look) in enumerate((("clusters seen", "#0072B2", "o-"), ("the right number", "#D55E00", "s--"))):
        axes.plot(SEPARATIONS, found[:, column], look, color=colour, lw=2, ms=5)
        axes.annotate(name, (SEPARATIONS[-1], found[-1, column]), (6, 0 if column == 0 else -12), textcoords="offset points", color=colour)
    axes.set(xlabel="distance to the nearest other centre, in standard deviations", ylabel="share of tables", ylim=(-0.03, 1.08))
    axes.set_xlim(0.8, 10.2)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", alpha=0.3)
    figure.savefig(path)


def main() -> None:
    """Print all, draw if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--first", type=int, default=6000, help="the first seed")
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.draws)
    with ProcessPoolExecutor(2) as pool:
        print_nulls(pool, seeds, KINDS)
        print_nulls(pool, seeds, FEW_ROWS)
        found = print_power(pool, range(options.first, options.first + max(22, options.draws)))
    if options.picture:
        draw_power(found, options.picture)


if __name__ == "__main__":
    main()
