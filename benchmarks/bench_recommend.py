"""How often `recommend` is right on the labelled benchmark beside the checkout, as a user would ask it.

    python benchmarks/bench_recommend.py [--budget fast|normal|thorough] [--results FOLDER] [TABLE …]

Every table of ../shared/bench is given to `clusterctl.recommend` with all its columns f*, scaling standard and the normal budget. Answers
go to FOLDER in the form that the benchmark's own score.py reads, which then prints the summary, by battery too; before it the tables
missed, and what another threshold of the verdict would keep and call structured. Resubstitution: the weights were learnt on these tables;
what they are worth on tables not learnt from is printed by `benchmarks/learn_recommend.py`. Nothing of the benchmark is copied.
"""

from __future__ import annotations

import csv
import gzip
import json
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from clusterctl.recommendation.weights import WEAK_FROM

SOLVABLE = 0.8
"""Rand index of the best algorithm at the true number from which structure must not be missed."""
BENCH = Path(__file__).resolve().parents[2] / "shared" / "bench"


def answer(entry: dict[str, Any], budget: str, results: str) -> dict[str, Any]:
    """Recommend for one table, and write what score.py reads."""
    import clusterctl

    path = BENCH / entry["file"]
    with gzip.open(path, "rt") as file:
        features = [name for name in file.readline().strip().split(",") if name.startswith("f")]
    start = time.perf_counter()
    result = clusterctl.recommend(
        {
            "clustering_data": {"data_source": str(path), "features": features},
            "recommend_configuration": {"budget": budget},
            "execution": {"n_jobs": 1},
        }
    )
    seconds = time.perf_counter() - start
    told = result.document.recommendations
    labels = [0] * entry["n"] if told.optimal_clusters == 1 else result.labels.column("candidate_1").to_pylist()
    found = {"dataset": entry["name"], "k": told.optimal_clusters, "labels": labels}
    (Path(results) / f"{entry['name'].replace('/', '_')}.json").write_text(json.dumps(found))
    return {"name": entry["name"], "k": told.optimal_clusters, "true": entry["true_ks"], "verdict": told.evidence,
            "strength": told.tendency.strength, "confidence": told.confidence, "seconds": seconds}  # fmt: skip


def print_curve(rows: list[dict[str, Any]]) -> None:
    """Print how many tables keep their structure, and how many without any are called structured, for every strength to ask for."""
    with (BENCH / "baselines.csv").open() as file:
        best: dict[str, float] = {}
        for line in csv.DictReader(file):
            if line["method"].startswith("o_") and line["ari"]:
                best[line["dataset"]] = max(best.get(line["dataset"], 0.0), float(line["ari"]))
    flat = sorted(row["strength"] for row in rows if row["true"] == [1])
    solvable = [row["strength"] for row in rows if row["true"] != [1] and best.get(row["name"], 0.0) >= SOLVABLE]
    print(f"strength from  of {len(flat)} structureless called structured  of {len(solvable)} solvable kept")
    for level in sorted({0.1, 0.2, 0.3, WEAK_FROM, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9}):
        kept = sum(strength >= level for strength in solvable) / max(1, len(solvable))
        print(f"{level:13.2f}  {sum(strength >= level for strength in flat):34d}  {kept:19.3f}")


def main(arguments: list[str]) -> None:
    budget, results, named = "normal", tempfile.mkdtemp(prefix="recommend-"), []
    while arguments:
        word = arguments.pop(0)
        if word == "--budget":
            budget = arguments.pop(0)
        elif word == "--results":
            results = arguments.pop(0)
            Path(results).mkdir(parents=True, exist_ok=True)
        else:
            named.append(word)
    if not BENCH.is_dir():
        raise SystemExit(f"the shared tables are not beside the checkout: {BENCH}")
    entries = [entry for entry in json.loads((BENCH / "manifest.json").read_text())["datasets"] if not named or entry["name"] in named]
    rows = []
    with ProcessPoolExecutor(2) as pool:
        for row in pool.map(answer, entries, [budget] * len(entries), [results] * len(entries)):
            rows.append(row)
            print(
                f"{row['name']:28s} k {row['k']:3d} of {row['true']}  {row['verdict']:5s} {row['confidence']:.2f} {row['seconds']:.1f} s",
                flush=True,
            )
    missed = [f"{row['name']} ({row['k']} for {row['true']})" for row in rows if row["k"] not in row["true"]]
    print(f"\nmissed: {', '.join(missed)}\n")
    print_curve(rows)
    print(flush=True)
    subprocess.run([sys.executable, BENCH / "score.py", results, BENCH, "--by-battery"], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
