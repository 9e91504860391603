"""The three things `recommend` learns, each judged by leaving groups of tables out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from recommend_fits import by_battery, fit_logistic, fit_ranking
from recommend_tables import SOLVABLE, Table
from recommend_weights import CONFIDENCE_SIGNS, NONE_SIGNS, SIGNS, TENDENCY_SIGNS, Learnt
from scipy.special import expit

from clusterctl.recommendation import confidence as confidences
from clusterctl.recommendation.ranking import belief_in_k, expected_truth, probabilities
from clusterctl.recommendation.tendency import signs_of

RANKING_PENALTY, TENDENCY_PENALTY, CONFIDENCE_PENALTY = 0.002, 0.003, 0.01
CLIPPED = 0.01
UNSOLVABLE_WEIGHT = 0.3
NULL_SHARE = 0.1
"""Share of tables without clusters that the confidence in `none` is calibrated for."""
NAMES = tuple(sorted(SIGNS))


@dataclass(frozen=True)
class Decision:
    """What is put forward of one table: place of the candidate, belief in each number, how right it is expected to be."""

    place: int
    belief: dict[int, float]
    expected: float
    scores: np.ndarray


def decide(table: Table, scores: np.ndarray) -> Decision:
    """Decide as `recommendation.assess` does."""
    share = probabilities(scores)
    expected = expected_truth(table.rand.astype(float), table.numbers, share)
    place = int(np.argmax(expected))
    return Decision(place, belief_in_k(table.numbers, share), float(expected[place]), scores)


def matrix(table: Table) -> np.ndarray:
    """Return (C, p) the evidence of a table."""
    return np.nan_to_num(np.stack([table.values[name] for name in NAMES], axis=1))


@dataclass(frozen=True)
class Ranking:
    """Weights of a unit of each value; the range it is clipped to."""

    weights: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def scores(self, table: Table) -> np.ndarray:
        """Return (C,) scores."""
        return np.asarray(np.clip(matrix(table), self.low, self.high) @ self.weights)

    def learnt(self) -> Learnt:
        """Return the weights by name."""
        rows = zip(NAMES, self.weights.tolist(), self.low.tolist(), self.high.tolist(), strict=True)
        return Learnt({name: (weight, low, high) for name, weight, low, high in rows})


def learn_ranking(tables: Sequence[Table]) -> Ranking:
    """Learn which candidate to put forward: useful is half the Rand index and half whether the number is right."""
    rows = [matrix(table) for table in tables]
    low, high = (np.quantile(np.concatenate(rows), share, axis=0) for share in (CLIPPED, 1 - CLIPPED))
    clipped = [np.clip(row, low, high) for row in rows]
    spread = np.concatenate([row - row.mean(axis=0) for row in clipped]).std(axis=0) + 1e-9
    useful = [0.5 * table.rand_true + 0.5 * table.exact for table in tables]
    weights = fit_ranking(
        [row / spread for row in clipped],
        useful,
        by_battery([table.battery for table in tables]),
        RANKING_PENALTY,
        [SIGNS[name] for name in NAMES],
    )
    return Ranking(weights / spread, low, high)


def left_out(tables: Sequence[Table]) -> list[Decision]:
    """Return the decision on each table by weights learnt without its battery."""
    found: dict[str, Ranking] = {}
    for battery in sorted({table.battery for table in tables}):
        found[battery] = learn_ranking([table for table in tables if table.battery != battery])
    return [decide(table, found[table.battery].scores(table)) for table in tables]


@dataclass(frozen=True)
class Logistic:
    """A logistic regression on named signs."""

    names: tuple[str, ...]
    coefficients: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def predict(self, rows: np.ndarray) -> np.ndarray:
        """Return (n,) probabilities."""
        return np.asarray(expit(np.clip(rows, self.low, self.high) @ self.coefficients[1:] + self.coefficients[0]))

    def learnt(self) -> Learnt:
        """Return the weights by name."""
        rows = zip(self.names, self.coefficients[1:].tolist(), self.low.tolist(), self.high.tolist(), strict=True)
        return Learnt({name: (weight, low, high) for name, weight, low, high in rows}, float(self.coefficients[0]))


def learn_logistic(rows: np.ndarray, truth: np.ndarray, weight: np.ndarray, signs: dict[str, int], penalty: float) -> Logistic:
    """Learn on standardised signs, give weights for the signs as they are."""
    low, high = np.quantile(rows, 0.005, axis=0), np.quantile(rows, 0.995, axis=0)
    clipped = np.clip(rows, low, high)
    centre, spread = clipped.mean(axis=0), clipped.std(axis=0) + 1e-9
    b = fit_logistic((clipped - centre) / spread, truth, weight / weight.sum(), penalty, list(signs.values()))
    weights = b[1:] / spread
    return Logistic(tuple(signs), np.concatenate(([b[0] - weights @ centre], weights)), low, high)


def tendency_rows(tables: Sequence[Table], decisions: Sequence[Decision]) -> np.ndarray:
    """Return (n, p) the signs of each table's best candidate."""
    found = [signs_of(t.values, d.place, t.dimension, t.modes, float(t.bends[d.place])) for t, d in zip(tables, decisions, strict=True)]
    return np.array([[signs[name] for name in TENDENCY_SIGNS] for signs in found])


def tendency_weights(tables: Sequence[Table]) -> np.ndarray:
    """Return weights of tables: structured ones and heaps count the same in all, batteries and kinds by the root of their size."""
    weight, null = by_battery([table.battery for table in tables]), np.array([table.is_null for table in tables])
    weight[null] /= weight[null].sum()
    weight[~null] /= weight[~null].sum()
    return weight


def learn_tendency(tables: Sequence[Table], rows: np.ndarray) -> Logistic:
    """Learn to tell tables with clusters from heaps; those whose clusters no algorithm finds count half."""
    truth = np.array([not table.is_null for table in tables], dtype=float)
    found = np.array([table.is_null or table.ceiling >= SOLVABLE for table in tables])
    weight = tendency_weights(tables) * np.where(found, 1.0, UNSOLVABLE_WEIGHT)
    return learn_logistic(rows, truth, weight, dict(TENDENCY_SIGNS), TENDENCY_PENALTY)


def left_out_tendency(tables: Sequence[Table], rows: np.ndarray) -> np.ndarray:
    """Return (n,) the strength of each table by weights learnt without its battery or kind of heap."""
    groups = np.array([table.battery for table in tables])
    strength = np.empty(len(tables))
    for group in sorted(set(groups.tolist())):
        kept = groups != group
        learnt = learn_tendency([table for table, keep in zip(tables, kept, strict=True) if keep], rows[kept])
        strength[~kept] = learnt.predict(rows[~kept])
    return strength


def confidence_rows(tables: Sequence[Table], decisions: Sequence[Decision], strength: np.ndarray) -> np.ndarray:
    """Return (n, p) the signs that the number of clusters is right."""
    rows = []
    for table, decision, strong in zip(tables, decisions, strength, strict=True):
        signs = confidences.signs_of(decision.belief, int(table.numbers[decision.place]), decision.expected, float(strong))
        rows.append([signs[name] for name in CONFIDENCE_SIGNS])
    return np.array(rows)


def learn_confidence(tables: Sequence[Table], rows: np.ndarray, right: np.ndarray) -> Logistic:
    """Learn how often the number is right where there are clusters."""
    kept = np.array([not table.is_null for table in tables])
    return learn_logistic(rows[kept], right[kept], np.ones(int(kept.sum())), dict(CONFIDENCE_SIGNS), CONFIDENCE_PENALTY)


def left_out_confidence(tables: Sequence[Table], rows: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return (n,) confidences by weights learnt without the table's battery."""
    groups = np.array([table.battery for table in tables])
    sure = np.empty(len(tables))
    for group in sorted(set(groups.tolist())):
        kept = groups != group
        learnt = learn_confidence([t for t, keep in zip(tables, kept, strict=True) if keep], rows[kept], right[kept])
        sure[~kept] = learnt.predict(rows[~kept])
    return sure


def learn_none(tables: Sequence[Table], strength: np.ndarray, weak: float) -> Logistic:
    """Learn how often it is right that there are no clusters, of the tables of which that is said; one table in ten has none."""
    null = np.array([table.is_null for table in tables])
    weight = by_battery([table.battery for table in tables])
    weight[null] *= NULL_SHARE / weight[null].sum()
    weight[~null] *= (1 - NULL_SHARE) / weight[~null].sum()
    said = strength < weak
    return learn_logistic(none_rows(strength[said]), null[said].astype(float), weight[said], dict(NONE_SIGNS), CONFIDENCE_PENALTY)


def none_rows(strength: np.ndarray) -> np.ndarray:
    """Return (n, 1) the sign that there are no clusters."""
    return np.array([[confidences.signs_of_none(float(value))[name] for name in NONE_SIGNS] for value in strength])


def left_out_none(tables: Sequence[Table], strength: np.ndarray, weak: float) -> np.ndarray:
    """Return (n,) confidences that there are no clusters, by weights learnt without the table's battery."""
    groups = np.array([table.battery for table in tables])
    sure = np.empty(len(tables))
    for group in sorted(set(groups.tolist())):
        kept = groups != group
        learnt = learn_none([t for t, keep in zip(tables, kept, strict=True) if keep], strength[kept], weak)
        sure[~kept] = learnt.predict(none_rows(strength[~kept]))
    return sure
