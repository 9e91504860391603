"""Points that break clustering code: each with what is odd about it in its name."""

from __future__ import annotations

import numpy as np

from clusterctl.values.space import Points


def frozen(X: np.ndarray, metric: str = "euclidean") -> Points:
    """Return points as preprocessing hands them on: float64, C order, not to be written to."""
    X = np.ascontiguousarray(X, dtype=np.float64)
    X.setflags(write=False)
    return Points(X, metric)


def groups(n_rows: int = 60, n_columns: int = 3, n_groups: int = 3, spread: float = 1.0, seed: int = 0) -> np.ndarray:
    """Return rows around `n_groups` centres 10 apart, in a mixed order."""
    rng = np.random.default_rng(seed)
    which = np.arange(n_rows) % n_groups
    return 10.0 * which[:, None] + spread * rng.normal(size=(n_rows, n_columns))


def _half_duplicated() -> np.ndarray:
    X = groups(30)
    return np.concatenate((X, X))


def _constant_column() -> np.ndarray:
    return np.column_stack((groups(40, 2), np.full(40, 7.0)))


def _collinear() -> np.ndarray:
    along = groups(45, 1)
    return np.column_stack((along, 2 * along, -3 * along))


POINTS: dict[str, Points] = {
    "two rows": frozen(np.array([[0.0, 1.0], [4.0, 2.0]])),
    "three rows": frozen(np.array([[0.0, 0.0], [0.1, 0.0], [9.0, 9.0]])),
    "all rows equal": frozen(np.full((20, 2), 3.5)),
    "all rows zero": frozen(np.zeros((12, 3))),
    "two distinct rows": frozen(np.repeat([[0.0, 0.0], [5.0, 5.0]], 10, axis=0)),
    "a constant column": frozen(_constant_column()),
    "half the rows twice": frozen(_half_duplicated()),
    "one column": frozen(groups(40, 1)),
    "collinear": frozen(_collinear()),
    "far from the origin": frozen(groups(45) + 1e12),
    "tiny": frozen(groups(45) * 1e-9),
    "huge": frozen(groups(45) * 1e100),
    "one row far away": frozen(np.concatenate((groups(40), [[1e9, 1e9, 1e9]]))),
    "more columns than rows": frozen(groups(8, 30, 2)),
    "integers with many ties": frozen(np.array(np.meshgrid(range(6), range(6))).reshape(2, -1).T),
    "negative zeros": frozen(np.array([[0.0, -0.0], [-0.0, 0.0], [1.0, 1.0], [1.0, 1.0], [2.0, -0.0], [2.0, 0.0]])),
    "city blocks": frozen(groups(40), "manhattan"),
    "city blocks, all rows equal": frozen(np.full((15, 2), 0.25), "manhattan"),
    "city blocks of categories alone": frozen(np.eye(4)[np.arange(36) % 4] / 2, "manhattan"),
}
