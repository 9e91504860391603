"""Outlier detection before clustering: the local outlier factor against a reference sample."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from clusterctl.preprocessing.fence import upper_fence
from clusterctl.preprocessing.neighbours import distinct_neighbours

if TYPE_CHECKING:
    from clusterctl.values.space import Metric

MAX_NEIGHBOURS = 20
MAX_REFERENCES, MIN_REFERENCES = 10_000, 1_000
MAX_WORK = 5e10
"""Row x reference x column steps that a search may take; above it there are fewer references."""
ORDINARY = 1.5
"""Factors up to this are never called outliers by `auto`."""
TINY = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True, slots=True, eq=False)
class Outliers:
    """How unusual a row is: its local outlier factor, about 1 inside a cluster of whatever density, larger the lonelier.

    The factor compares the density around a row with that around its neighbours, so it holds where clusters differ in density
    (Breunig, Kriegel, Ng, Sander 2000, LOF: identifying density-based local outliers, SIGMOD). Neighbours are looked for among
    `references` (m, d), distinct rows, so duplicates count once (the paper's k-distinct-distance) and a row is never its own
    neighbour. reach: (m,) distance of each to its k-th neighbour; density: (m,) local reachability density. A score above
    `threshold` is an outlier.
    """

    name: ClassVar[str] = "outliers"
    metric: Metric
    n_neighbours: int
    references: np.ndarray
    reach: np.ndarray
    density: np.ndarray
    threshold: float

    def apply(self, X: np.ndarray) -> np.ndarray:
        """Return `X` as it is: scoring changes no value."""
        return X

    def scores(self, X: np.ndarray, n_jobs: int = 1) -> np.ndarray:
        """Return (n,) local outlier factors of the rows of `X` (n, d)."""
        if not self.n_neighbours:
            return np.ones(len(X))
        nearest, distance = distinct_neighbours(X, self.references, self.n_neighbours, self.metric, n_jobs)
        around: np.ndarray = self.density[nearest].mean(axis=1)
        factor: np.ndarray = around / _density(self.reach, nearest, distance)
        return factor

    def state(self) -> Mapping[str, Any]:
        """Return the step as plain values."""
        arrays = {"references": self.references, "reach": self.reach, "density": self.density}
        return {"metric": self.metric, "n_neighbours": self.n_neighbours, "threshold": self.threshold, **arrays}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Outliers:
        """Return the step that `state` describes."""
        references, reach, density = (np.asarray(state[key], dtype=np.float64) for key in ("references", "reach", "density"))
        return cls(state["metric"], state["n_neighbours"], references, reach, density, state["threshold"])

    @property
    def method(self) -> str:
        """The method in words."""
        return (
            f"local outlier factor (Breunig et al. 2000), {self.n_neighbours} neighbours among {len(self.references):,} distinct rows; "
            f"outliers score above {self.threshold:.3g}"
        )


def fit_outliers(
    X: np.ndarray, metric: Metric, fraction: float | str, random_state: int, n_jobs: int
) -> tuple[Outliers, np.ndarray, np.ndarray]:
    """Return the fitted step, the scores (n,) and the rows judged outliers (n,) bool.

    References are all rows up to 10,000, else a random sample of that size (fewer, but at least 1,000, where rows x references x
    columns would pass 5e10); k is 20, or a fifth of the references where those are few.
    `auto`: scores above 1.5 and above the upper fence of the adjusted boxplot of all scores. A number: the ceil(fraction x n)
    highest scores, ties by row order.
    """
    references = np.unique(_sample(X, random_state), axis=0)
    m = len(references)
    n_neighbours = min(m - 1, max(5, min(MAX_NEIGHBOURS, m // 5)))
    if n_neighbours < 1:
        n_neighbours, reach, density = 0, np.empty(0), np.empty(0)
    else:
        nearest, distance = distinct_neighbours(references, references, n_neighbours, metric, n_jobs)
        reach = distance[:, -1]
        density = _density(reach, nearest, distance)
    step = Outliers(metric, n_neighbours, references, reach, density, math.inf)
    scores = step.scores(X, n_jobs)
    judged, threshold = _judge(scores, fraction)
    return replace(step, threshold=threshold), scores, judged


def _density(reach: np.ndarray, nearest: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """Return the local reachability density: one over the mean reachability distance to the neighbours."""
    reachability: np.ndarray = np.maximum(reach[nearest], distance).mean(axis=1)
    density: np.ndarray = 1.0 / np.maximum(reachability, TINY)
    return density


def _sample(X: np.ndarray, random_state: int) -> np.ndarray:
    n, d = X.shape
    size = int(min(MAX_REFERENCES, max(MIN_REFERENCES, MAX_WORK // (n * d))))
    if n <= size:
        return X
    return X[np.sort(np.random.default_rng(random_state).choice(n, size, replace=False))]


def _judge(scores: np.ndarray, fraction: float | str) -> tuple[np.ndarray, float]:
    """Return the outliers (n,) bool and the threshold that they score above."""
    if isinstance(fraction, str):
        threshold = max(ORDINARY, upper_fence(scores))
        return scores > threshold, threshold
    n_outliers = math.ceil(fraction * len(scores) - 1e-9)
    judged = np.zeros(len(scores), dtype=bool)
    judged[np.argsort(-scores, kind="stable")[:n_outliers]] = True
    return judged, float(np.nextafter(scores[judged].min(), -math.inf))
