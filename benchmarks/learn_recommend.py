"""Learn the weights of `recommend` on the labelled benchmark, judge them by leaving batteries out, and write `recommendation/weights.py`.

`python benchmarks/learn_recommend.py ../shared/bench --cache DIR [--draws 10] [--heaps 10] [--write]`

Learnt on resamples of every table as well as on the whole: one that a single row decides teaches less. Every figure is printed twice:
cross-validated (each battery judged by weights learnt without it; each kind of heap likewise) and on the tables learnt from. The cache
(outside the repository) holds the evidence of each table, some seconds of work each; delete it when the evidence changes.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from recommend_learning import (
    Decision,
    Logistic,
    Ranking,
    confidence_rows,
    decide,
    learn_confidence,
    learn_none,
    learn_ranking,
    learn_tendency,
    left_out,
    left_out_confidence,
    left_out_none,
    left_out_tendency,
    tendency_rows,
)
from recommend_tables import SOLVABLE, Table, bench_tables, heap_tables
from recommend_weights import write_weights

WEAK_FROM, CLEAR_FROM = 0.36, 0.7
"""Strength of a tendency from which it is weak and clear. Chosen on heaps learnt from, and on others (`--fresh`), so that fewer than one in
twenty, and of no kind more than one in seven, are called structured."""
N_BINS = 5


def main() -> None:
    """Learn, print, and write the weights if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--budget", choices=("fast", "normal"), default="normal", help="of the evidence; weights are those of normal")
    parser.add_argument("--draws", type=int, default=10, help="resamples of each table, beside the whole")
    parser.add_argument("--heaps", type=int, default=10, help="simulated heaps of each kind")
    parser.add_argument("--fresh", type=int, default=0, help="fresh heaps of each kind that nothing is learnt from")
    parser.add_argument("--write", action="store_true", help="write clusterctl/recommendation/weights.py")
    options = parser.parse_args()
    tables = bench_tables(options.bench, options.cache, range(options.draws + 1), options.budget)
    structured = [table for table in tables if not table.is_null]
    nulls = [table for table in tables if table.is_null] + heap_tables(range(options.heaps), options.cache, options.budget)
    ranking, tendency = learn(structured, nulls, write=options.write)
    if options.fresh:
        print_fresh(heap_tables(range(1000, 1000 + options.fresh), options.cache, options.budget), ranking, tendency, WEAK_FROM)


def learn(structured: Sequence[Table], nulls: Sequence[Table], *, write: bool) -> tuple[Ranking, Logistic]:
    """Learn all three, print what each is worth, and write them if asked to."""
    ranking = learn_ranking(structured)
    apart, resubstituted = left_out(structured), [decide(table, ranking.scores(table)) for table in structured]
    print_choice("cross-validated", structured, apart)
    print_choice("resubstituted", structured, resubstituted)
    whole = [i for i, table in enumerate(structured) if table.draw == 0]
    print_choice("cross-validated, whole tables", [structured[i] for i in whole], [apart[i] for i in whole])
    every = [*structured, *nulls]
    decisions = [*apart, *(decide(table, ranking.scores(table)) for table in nulls)]
    rows = tendency_rows(every, decisions)
    strength = left_out_tendency(every, rows)
    tendency = learn_tendency(every, rows)
    every_strength = tendency.predict(rows)
    print_tendency("cross-validated", every, strength, WEAK_FROM)
    print_tendency("resubstituted", every, every_strength, WEAK_FROM)
    kept = strength[: len(structured)] >= WEAK_FROM
    print_choice("cross-validated, with the verdict", structured, apart, kept)
    right = np.array([table.exact[d.place] for table, d in zip(every, decisions, strict=True)])
    signs = confidence_rows(every, decisions, strength)
    sure = np.where(strength < WEAK_FROM, left_out_none(every, strength, WEAK_FROM), left_out_confidence(every, signs, right))
    print_answers(every, strength, sure, right)
    if write:
        none = learn_none(every, strength, WEAK_FROM)
        calibrated = learn_confidence(every, signs, right).learnt(), none.learnt()
        write_weights(ranking.learnt(), tendency.learnt(), *calibrated, WEAK_FROM, CLEAR_FROM)
    return ranking, tendency


def print_fresh(heaps: Sequence[Table], ranking: Ranking, tendency: Logistic, weak: float) -> None:
    """Print the share of fresh heaps called structured, in all and by kind."""
    rows = tendency_rows(heaps, [decide(table, ranking.scores(table)) for table in heaps])
    called = tendency.predict(rows) >= weak
    kinds = np.array([table.battery for table in heaps])
    print(f"fresh heaps called structured: {called.mean():.3f} of {len(heaps)}")
    print("  " + "  ".join(f"{kind} {called[kinds == kind].mean():.2f}" for kind in sorted(set(kinds.tolist()))))


def print_choice(title: str, tables: Sequence[Table], decisions: Sequence[Decision], kept: np.ndarray | None = None) -> None:
    """Print exact k, mean Rand index, k within one, by battery and over batteries; a table not `kept` has one cluster."""
    keep = np.ones(len(tables), dtype=bool) if kept is None else kept
    places = [d.place for d in decisions]
    k = np.array([t.numbers[p] if keeps else 1 for t, p, keeps in zip(tables, places, keep, strict=True)])
    exact = np.array([int(n) in t.true_ks for n, t in zip(k, tables, strict=True)], dtype=float)
    near = np.array([min(abs(int(n) - true) for true in t.true_ks) <= 1 for n, t in zip(k, tables, strict=True)], dtype=float)
    rand = np.array([t.rand_true[p] if keeps else 0.0 for t, p, keeps in zip(tables, places, keep, strict=True)])
    battery = np.array([t.battery for t in tables])
    names = sorted(set(battery.tolist()))
    macro = [float(np.mean([v[battery == name].mean() for name in names])) for v in (exact, rand)]
    print(
        f"{title}: exact k {exact.mean():.3f}  Rand {rand.mean():.3f}  within one {near.mean():.3f}  macro {macro[0]:.3f} / {macro[1]:.3f}"
    )
    print("  " + "  ".join(f"{b} {exact[battery == b].mean():.2f}/{rand[battery == b].mean():.2f}" for b in names))


def print_tendency(title: str, tables: Sequence[Table], strength: np.ndarray, weak: float) -> None:
    """Print how many heaps are called structured, by kind, how many solvable tables keep their structure, and the curve of both."""
    null = np.array([t.is_null for t in tables])
    solvable = np.array([t.ceiling >= SOLVABLE and not t.is_null for t in tables])
    print(f"{title}: false structure {(strength[null] >= weak).mean():.3f} of {null.sum()}, ", end="")
    print(f"kept {(strength[solvable] >= weak).mean():.3f} of {solvable.sum()} solvable, {(strength[~null] >= weak).mean():.3f} of all")
    curve = [(share, float(np.quantile(strength[null], 1 - share))) for share in (0.01, 0.02, 0.05, 0.1)]
    print("  false against kept: " + "  ".join(f"{share:.2f} {(strength[solvable] > level).mean():.3f}" for share, level in curve))
    kinds = np.array([t.battery for t in tables])
    print("  " + "  ".join(f"{kind} {(strength[kinds == kind] >= weak).mean():.2f}" for kind in sorted(set(kinds[null].tolist()))))
    print("  missed: " + ", ".join(t.name for t, s, use in zip(tables, strength, solvable, strict=True) if use and s < weak))


def print_answers(tables: Sequence[Table], strength: np.ndarray, sure: np.ndarray, right: np.ndarray) -> None:
    """Print the reliability of the answers as they would be given on the benchmark; that there are no clusters is one too."""
    none, null = strength < WEAK_FROM, np.array([table.is_null for table in tables])
    good = np.where(none, null, right)
    bench = np.array([not table.battery.startswith("heap") for table in tables])
    names = np.array([table.name for table in tables])
    print_reliability(sure[bench], good[bench], names[bench])


def print_reliability(said: np.ndarray, good: np.ndarray, names: np.ndarray) -> None:
    """Print how often answers were right in bins of equal mass, and the calibration error with a bootstrap interval over tables."""

    def error(places: np.ndarray) -> float:
        bins = np.array_split(places[np.argsort(said[places], kind="stable")], N_BINS)
        return float(sum(len(b) * abs(said[b].mean() - good[b].mean()) for b in bins) / len(places))

    rng = np.random.default_rng(0)
    of_table = [np.flatnonzero(names == name) for name in dict.fromkeys(names.tolist())]
    drawn = [error(np.concatenate([of_table[i] for i in rng.integers(len(of_table), size=len(of_table))])) for _ in range(1000)]
    low, high = np.quantile(drawn, (0.025, 0.975))
    whole = error(np.arange(len(said)))
    print(f"confidence, cross-validated: calibration error {whole:.3f} [{low:.3f}, {high:.3f}] of {len(said)} answers")
    for part in np.array_split(np.argsort(said, kind="stable"), N_BINS):
        print(f"  said {said[part].mean():.2f}  right {good[part].mean():.2f}  of {len(part)}")


if __name__ == "__main__":
    main()
