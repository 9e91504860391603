"""How often `n_clusters: auto` is right, and what it is worth: python benchmarks/bench_auto_k.py FOLDER [--algorithm ward …] [--every 1].

FOLDER holds a manifest.json (`datasets`: name, file, true_ks, labelings) and the tables it names, columns f0, f1, … being features.
For each algorithm named (kmeans, ward, average, genie, gaussian_mixture, spectral) prints each table's choice; then for three rules the
share of tables with exactly one of the right numbers, and with one at most 1 off, the mean adjusted Rand index of the algorithm's own
partition (with the reference it is most like; reference noise left out), and how many tables without structure were taken for
structured. The rules: `auto` as it is; the number most credible over all algorithms; the number of the most credible candidate of the
algorithm's own kind (else the former). All three are 1 where the verdict is that there is no evidence of clusters; below stands what
they would be without that. Last, the algorithm at a true number. Resubstitution: the weights of `recommend` were learnt on the tables of
`shared/bench`.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.errors import ClusterctlError
from clusterctl.kernels.threads import one_thread
from clusterctl.recommendation.appraisal import Appraisal, appraise
from clusterctl.recommendation.n_clusters import BUDGET, expected_by_k, suited
from clusterctl.values.space import Points

KINDS: dict[str, tuple[str, dict[str, Any], str]] = {
    "kmeans": ("kmeans", {}, "kmeans"),
    "ward": ("hierarchical", {}, "ward"),
    "average": ("hierarchical", {"linkage": "average"}, "average"),
    "genie": ("hierarchical", {"linkage": "genie"}, "genie 0.3"),
    "gaussian_mixture": ("gaussian_mixture", {}, "mixture full"),
    "spectral": ("spectral", {}, "spectral"),
}
"""Name → algorithm, parameters, and what its candidates are called."""


def read_table(folder: Path, table: dict[str, Any]) -> tuple[Points, np.ndarray]:
    """Return the standardised points and the references (r, n)."""
    frame = pd.read_csv(folder / table["file"])
    X = frame[[name for name in frame if name.startswith("f")]].to_numpy(float)
    truth = np.stack([frame[labelling["column"]].to_numpy() for labelling in table["labelings"]])
    return Points(np.ascontiguousarray((X - X.mean(axis=0)) / X.std(axis=0))), truth


def own_number(known: Appraisal, family: str, otherwise: int) -> int:
    """Return the number of the candidate of this family that is expected to be right most; `otherwise` where there is none."""
    own = [place for place, one in enumerate(known.evidence.found) if one.candidate.family == family]
    return int(known.numbers[max(own, key=lambda place: known.expected[place])]) if own else otherwise


def worth(points: Points, truth: np.ndarray, kind: str, k: int) -> float:
    """Return the Rand index of the algorithm's partition into k with the reference it is most like; 0 where it cannot be made."""
    name, parameters, _ = KINDS[kind]
    spec = ALGORITHMS[name]
    settings = Settings(spec.parameters(**parameters), k, 0)
    try:
        labels = spec.cut(spec.build(points, settings, 1), settings).labels
    except ClusterctlError:
        return 0.0
    return max(float(adjusted_rand_score(t[t >= 0], labels[t >= 0])) for t in truth)


def judge(points: Points, truth: np.ndarray, true_ks: list[int], kind: str, known: Appraisal, seconds: float) -> dict[str, Any]:
    """Return for each rule its number, and the worth of every number that one of them takes. seconds: that `known` took."""
    name, parameters, family = KINDS[kind]
    spec = ALGORITHMS[name]
    started = time.perf_counter()
    with one_thread():
        chosen = suited(known, spec, spec.parameters(**parameters), 0, 1)
    seconds += time.perf_counter() - started
    best = int(known.numbers[known.best])
    with one_thread():
        expected = expected_by_k(known, spec, spec.parameters(**parameters), 0, 1)
    freely = {
        "auto": max(sorted(expected), key=lambda k: expected[k]),
        "over all algorithms": best,
        "own kind": own_number(known, family, best),
    }
    with one_thread():
        rand = {k: worth(points, truth, kind, k) for k in sorted({1, *freely.values(), *true_ks})}
    none = known.tendency.verdict == "none"
    ruled = {rule: 1 if none else k for rule, k in freely.items()} | {f"{rule}, without the verdict": k for rule, k in freely.items()}
    return {"chosen": chosen, "rules": ruled, "rand": rand, "true": true_ks, "seconds": seconds}


def report(rows: list[dict[str, Any]]) -> None:
    """Print the shares and means of every rule."""
    structured = [row for row in rows if max(row["true"]) > 1]
    flat = [row for row in rows if max(row["true"]) <= 1]
    print(f"{len(structured)} tables with structure, {len(flat)} without")
    print(f"{'rule':40} {'exact':>6} {'within 1':>8} {'mean ARI':>8}   taken for structured")
    for rule in rows[0]["rules"]:
        numbers = [row["rules"][rule] for row in structured]
        exact = np.mean([k in row["true"] for k, row in zip(numbers, structured, strict=True)])
        near = np.mean([min(abs(k - t) for t in row["true"]) <= 1 for k, row in zip(numbers, structured, strict=True)])
        rand = np.mean([row["rand"][k] for k, row in zip(numbers, structured, strict=True)])
        print(f"{rule:40} {exact:6.3f} {near:8.3f} {rand:8.3f}   {sum(row['rules'][rule] > 1 for row in flat)} of {len(flat)}")
    best = np.mean([max(row["rand"][k] for k in row["true"]) for row in structured])
    print(f"{'at a true number':40} {'':6} {'':8} {best:8.3f}")
    seconds = [row["seconds"] for row in rows]
    print(f"time of auto: median {np.median(seconds):.1f} s, slowest {max(seconds):.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--algorithm", nargs="+", default=["kmeans"], choices=KINDS)
    parser.add_argument("--every", type=int, default=1, help="take every n-th table")
    options = parser.parse_args()
    rows: dict[str, list[dict[str, Any]]] = {kind: [] for kind in options.algorithm}
    for table in json.loads((options.folder / "manifest.json").read_text())["datasets"][:: options.every]:
        points, truth = read_table(options.folder, table)
        started = time.perf_counter()
        with one_thread():
            known = appraise(points, 0, BUDGET, 1)
        seconds = time.perf_counter() - started
        if known is None:
            raise SystemExit(f"{table['name']} has too few rows to say anything of")
        for kind, told in rows.items():
            row = judge(points, truth, table["true_ks"], kind, known, seconds)
            told.append(row)
            chosen = row["chosen"]
            found = f"true {table['true_ks']} chosen {chosen.value} by {chosen.rule}, {chosen.evidence['verdict']}"
            sure = f"confidence {chosen.evidence['confidence']:.2f}, ARI {row['rand'][chosen.value]:.3f}"
            print(f"{table['name']:30} {kind:16} {found}, {sure}, {row['seconds']:.1f} s", flush=True)
    for kind, told in rows.items():
        print(f"\n{kind}")
        report(told)


if __name__ == "__main__":
    main()
