"""How well the true clusters are found by linkage genie, cut at the true number: python benchmarks/bench_genie.py FOLDER [--gini 0.3].

FOLDER holds a manifest.json (`datasets`: name, battery, file, true_ks, labellings) and the tables it names, columns f0, f1, … being
features, label0, label1, … reference labellings with -1 for noise. Features are standardised, none left out; a tree is built once a table
and cut for every true number; the adjusted Rand index leaves reference noise out, and of several labellings the best one counts. Prints
a line a table with --tables, then genie beside single linkage and Ward by battery, the mean over tables and that over batteries.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.hierarchical import SPEC, HierarchicalParameters
from clusterctl.values.space import Points


def read(path: Path) -> tuple[Points, list[np.ndarray]]:
    frame = pd.read_csv(path)
    X = frame[[name for name in frame if name.startswith("f")]].to_numpy(float)
    spread = X.std(axis=0)
    labellings = [frame[name].to_numpy() for name in frame if name.startswith("label")]
    return Points(np.ascontiguousarray((X - X.mean(axis=0)) / np.where(spread > 0, spread, 1))), labellings


def best_score(points: Points, labellings: list[np.ndarray], parameters: HierarchicalParameters) -> float:
    structure = SPEC.build(points, Settings(parameters, 1, 0), 1)
    scores = []
    for truth in labellings:
        known = truth >= 0
        k = min(len(np.unique(truth[known])), structure.n_distinct)
        found = SPEC.cut(structure, Settings(parameters, k, 0)).labels
        scores.append(adjusted_rand_score(truth[known], found[known]))
    return max(scores)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--gini", type=float, default=0.3)
    parser.add_argument("--tables", action="store_true", help="print every table")
    options = parser.parse_args()
    linkages = {
        f"genie {options.gini:g}": HierarchicalParameters(linkage="genie", gini_threshold=options.gini),
        "single": HierarchicalParameters(linkage="single"),
        "ward": HierarchicalParameters(),
    }
    scores: dict[str, list[list[float]]] = defaultdict(list)
    seconds = dict.fromkeys(linkages, 0.0)
    for table in json.loads((options.folder / "manifest.json").read_text())["datasets"]:
        if max(table["true_ks"]) <= 1:
            continue
        points, labellings = read(options.folder / table["file"])
        row = []
        for name, parameters in linkages.items():
            started = time.perf_counter()
            row.append(best_score(points, labellings, parameters))
            seconds[name] += time.perf_counter() - started
        scores[table["name"].split("/")[0]].append(row)
        if options.tables:
            print(f"{table['name']:32} {points.n_rows:>6} rows  " + "  ".join(f"{one:6.3f}" for one in row), flush=True)
    print(f"{'battery':12} {'tables':>6}  " + "  ".join(f"{name:>10}" for name in linkages))
    for battery, rows in scores.items():
        print(f"{battery:12} {len(rows):>6}  " + "  ".join(f"{one:>10.3f}" for one in np.mean(rows, axis=0)))
    every = [row for rows in scores.values() for row in rows]
    of_means = np.mean([np.mean(rows, axis=0) for rows in scores.values()], axis=0)
    print(f"{'mean':12} {len(every):>6}  " + "  ".join(f"{one:>10.3f}" for one in np.mean(every, axis=0)))
    print(f"{'of batteries':12} {len(scores):>6}  " + "  ".join(f"{one:>10.3f}" for one in of_means))
    print(f"{'seconds':12} {'':>6}  " + "  ".join(f"{seconds[name]:>10.1f}" for name in linkages))


if __name__ == "__main__":
    main()
