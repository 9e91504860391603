"""How distances to near rows grow when rows are left out: what carries a radius over from all rows to some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from clusterctl.values.space import Points

MOST_ASKED = 2_000
"""Rows whose distances are looked at, at most."""


def growth(points: Points, n_rows: int, eps: float, metric: str, n_near: int, n_near_drawn: int) -> float:
    """Return by what factor `eps` grows when `n_rows` of the points are drawn: as their distances to the nearest rows do; deterministic.

    The factor is that of the quantile at which eps lies among the distances to the n_near-th nearest row (between 5 and 99 %), held
    against the same quantile of the drawn rows' distances to their n_near_drawn-th. 1 where rows are equal.
    """
    import numpy as np

    rng = np.random.default_rng(0)
    asked = np.sort(rng.choice(points.n_rows, min(points.n_rows, MOST_ASKED), replace=False))
    drawn = np.ascontiguousarray(points.X[np.sort(rng.choice(points.n_rows, n_rows, replace=False))])
    among_all = _to_nearest(points.X, points.X[asked], n_near, metric)
    among_drawn = _to_nearest(drawn, drawn[:: -(-n_rows // MOST_ASKED)], n_near_drawn, metric)
    share = min(max(float((among_all <= eps).mean()), 0.05), 0.99)
    before, after = float(np.quantile(among_all, share)), float(np.quantile(among_drawn, share))
    return after / before if before > 0 and after > 0 else 1.0


def _to_nearest(X: np.ndarray, rows: np.ndarray, n_near: int, metric: str) -> np.ndarray:
    """Return the distance of each of `rows` (of X) to its n_near-th nearest row of X, itself counted."""
    from clusterctl.kernels.neighbors import expand, index_rows, reduced

    near = index_rows(X, metric).nearest(rows, min(n_near, len(X)), float("inf"), 1)[:, -1]
    return expand(reduced(rows, X[near], metric), metric)
