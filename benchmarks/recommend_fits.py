"""The fits behind the weights of `recommend`: a conditional logit with bound signs, and a logistic regression with bound signs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

MIX = 0.3
"""Share of the cross-entropy in the loss; the rest is expected usefulness, times 4."""
TEMPERATURE = 0.08
"""How sharply the target of the cross-entropy prefers the most useful candidates."""

Bounds = list[tuple[float | None, float | None]]
SIGN: dict[int, tuple[float | None, float | None]] = {1: (0.0, None), -1: (None, 0.0), 0: (None, None)}


def fit_ranking(
    X: Sequence[np.ndarray], useful: Sequence[np.ndarray], weight: np.ndarray, penalty: float, signs: Sequence[int]
) -> np.ndarray:
    """Return weights (p,) under which exp(score), normalised within each table, makes the expected usefulness large.

    X: (C, p) standardised evidence of each table. useful: (C,) in [0, 1]. weight: of each table. The loss is smooth but not convex; the
    search starts from 0.
    """
    sizes = [len(x) for x in X]
    rows, u = np.concatenate(X), np.concatenate(useful)
    start, table = np.concatenate(([0], np.cumsum(sizes)[:-1])), np.repeat(np.arange(len(X)), sizes)
    w = weight[table]

    def softmax(s: np.ndarray) -> np.ndarray:
        raised = np.exp(s - np.maximum.reduceat(s, start)[table])
        return np.asarray(raised / np.add.reduceat(raised, start)[table])

    target = softmax(u / TEMPERATURE)

    def loss(b: np.ndarray) -> tuple[float, np.ndarray]:
        share = softmax(rows @ b)
        expected = np.add.reduceat(share * u, start)
        value = -MIX * (w * target * np.log(share + 1e-300)).sum() - (1 - MIX) * 4 * (weight * expected).sum() + penalty * (b**2).sum()
        slope = MIX * (w * (share - target)) - (1 - MIX) * 4 * (w * share * (u - expected[table]))
        return float(value), rows.T @ slope + 2 * penalty * b

    found = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", bounds=[SIGN[s] for s in signs], options={"maxiter": 400})
    return np.asarray(found.x)


def fit_logistic(X: np.ndarray, y: np.ndarray, weight: np.ndarray, penalty: float, signs: Sequence[int]) -> np.ndarray:
    """Return (1 + p,) intercept and weights of a logistic regression, L2-penalised but for the intercept."""

    def loss(b: np.ndarray) -> tuple[float, np.ndarray]:
        p = expit(X @ b[1:] + b[0])
        value = -(weight * (y * np.log(p + 1e-12) + (1 - y) * np.log(1 - p + 1e-12))).sum() + penalty * (b[1:] ** 2).sum()
        miss = weight * (p - y)
        return float(value), np.concatenate(([miss.sum()], X.T @ miss + 2 * penalty * b[1:]))

    bounds: Bounds = [(None, None), *(SIGN[s] for s in signs)]
    return np.asarray(minimize(loss, np.zeros(X.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=bounds).x)


def by_battery(batteries: Sequence[str]) -> np.ndarray:
    """Return weights of tables, adding up to 1: a battery of 40 counts as much as four of 10 by the root of its size."""
    names = np.array(batteries)
    weight = np.array([1 / np.sqrt((names == name).sum()) for name in names])
    return np.asarray(weight / weight.sum())
