"""How often `n_clusters: auto` is right: python benchmarks/bench_auto_k.py FOLDER [--algorithm kmeans] [--every 1].

FOLDER holds a manifest.json (`datasets`: name, file, true_ks) and the tables it names, columns f0, f1, … being features.
Prints each table's choice and votes, then the share with exactly one of the right numbers, and how many tables without structure were
taken for structured.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd

from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.recommendation.n_clusters import choose_n_clusters
from clusterctl.values.space import Points


def read_points(path: Path) -> Points:
    frame = pd.read_csv(path)
    X = frame[[name for name in frame if name.startswith("f")]].to_numpy(float)
    return Points(np.ascontiguousarray((X - X.mean(axis=0)) / X.std(axis=0)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--algorithm", default="kmeans")
    parser.add_argument("--every", type=int, default=1, help="take every n-th table")
    options = parser.parse_args()
    spec = ALGORITHMS[options.algorithm]
    right, near, false, n_structured, n_flat, votes_right, slowest = 0, 0, 0, 0, 0, {}, 0.0
    for table in json.loads((options.folder / "manifest.json").read_text())["datasets"][:: options.every]:
        started = time.perf_counter()
        chosen = choose_n_clusters(read_points(options.folder / table["file"]), spec, spec.parameters(), 0, 2)
        seconds = time.perf_counter() - started
        slowest = max(slowest, seconds)
        votes = chosen.evidence.get("votes", {})
        told = f"true {table['true_ks']} chosen {chosen.value} by {chosen.rule} {votes}"
        print(f"{table['name']:30} {told} {seconds:.1f} s", flush=True)
        if max(table["true_ks"]) <= 1:
            n_flat += 1
            false += chosen.value > 1
            continue
        n_structured += 1
        right += chosen.value in table["true_ks"]
        near += any(abs(chosen.value - k) <= 1 for k in table["true_ks"])
        for name, vote in votes.items():
            votes_right[name] = votes_right.get(name, 0) + (vote in table["true_ks"])
    shares = {name: round(count / n_structured, 3) for name, count in votes_right.items()}
    print(f"{n_structured} tables with structure: exact {right / n_structured:.3f}, within one {near / n_structured:.3f}")
    print(f"each vote alone: {shares}")
    print(f"{n_flat} without: {false} taken for structured; slowest {slowest:.1f} s")


if __name__ == "__main__":
    main()
