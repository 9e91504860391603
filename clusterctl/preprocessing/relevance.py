"""Whether a feature can tell clusters apart: its own modes, and what the other features know of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clusterctl.kernels.dip import dip
from clusterctl.preprocessing.neighbours import nearest_others

if TYPE_CHECKING:
    from clusterctl.values.space import Metric

MAX_ROWS, MIN_ROWS = 2_000, 200
MIN_COLUMNS = 3
N_NEIGHBOURS = 10
N_DRAWS = 199
LEVEL = 0.1
CRITICAL_DIP = 0.48
"""sqrt(n) x dip that a tenth of uniform samples of 200 rows pass (simulated, 3,000 samples), and a few more of longer ones."""


def is_uninformative(X: np.ndarray, candidates: list[int], metric: Metric, random_state: int, n_jobs: int) -> list[bool]:
    """Return for each candidate column of `X` (n, d) whether it can be left out without losing a cluster.

    Both must hold, each at the 10 % level, so that a doubtful feature stays:
    its distribution has one mode (dip test, Hartigan and Hartigan 1985), and it does not vary smoothly over the 10-nearest-neighbour
    graph of all other columns: its Laplacian score (He, Cai, Niyogi 2005; as a ratio of variances Geary's c, 1954) is no lower than
    that of the column shuffled (199 draws). The graph leaves the column itself out, or it would vouch for itself.
    On at most 2,000 rows, drawn with `random_state`; below 200 rows or 3 columns the tests have no power and nothing is judged.
    """
    n, d = X.shape
    if n < MIN_ROWS or d < MIN_COLUMNS:
        return [False] * len(candidates)
    rng = np.random.default_rng(random_state)
    rows = X if n <= MAX_ROWS else X[np.sort(rng.choice(n, MAX_ROWS, replace=False))]
    shuffles = np.stack([rng.permutation(len(rows)) for _ in range(N_DRAWS)])
    return [_one_mode(rows[:, j]) and not _smooth(rows, j, metric, shuffles, n_jobs) for j in candidates]


def _one_mode(column: np.ndarray) -> bool:
    return float(np.sqrt(len(column))) * dip(column) <= CRITICAL_DIP


def _smooth(rows: np.ndarray, j: int, metric: Metric, shuffles: np.ndarray, n_jobs: int) -> bool:
    nearest = nearest_others(np.ascontiguousarray(np.delete(rows, j, axis=1)), N_NEIGHBOURS, metric, n_jobs)
    column = rows[:, j]
    observed = _roughness(column, nearest)
    drawn = np.array([_roughness(column[shuffle], nearest) for shuffle in shuffles])
    return bool((1 + (drawn <= observed).sum()) / (1 + len(drawn)) <= LEVEL)


def _roughness(column: np.ndarray, nearest: np.ndarray) -> float:
    return float(((column[:, None] - column[nearest]) ** 2).sum())
