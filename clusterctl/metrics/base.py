"""What a metric is: its direction, its range, what it needs, and how it is computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from clusterctl.values.score import Best, Score

if TYPE_CHECKING:
    import numpy as np

    from clusterctl.kernels.contingency import Contingency
    from clusterctl.kernels.moments import Moments
    from clusterctl.metrics.silhouette import Silhouettes
    from clusterctl.values.space import Metric, Points

Kind = Literal["internal", "external"]
Need = Literal["points", "two_clusters", "euclidean", "truth"]


@dataclass(frozen=True, slots=True)
class Truth:
    """A known grouping and the labels found, of the same rows; see `metrics.external.pair_up`.

    values: (m,) int64, the known group of each row. labels: (m,) int64, -1 (noise and excluded) being one cluster.
    """

    values: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class Subject:
    """One labelling to be scored, with the parts that several metrics share, each computed on first use.

    labels: (n,) int64 of the rows of `points`, noise -1. truth: a reason (str) where there is none.
    """

    points: Points
    labels: np.ndarray
    truth: Truth | str
    random_state: int
    n_jobs: int
    given: Silhouettes | None = None

    @cached_property
    def n_clusters(self) -> int:
        """Number of clusters, noise not counted."""
        return int(self.labels.max(initial=-1)) + 1

    @cached_property
    def n_noise(self) -> int:
        """Number of noise rows."""
        return int((self.labels < 0).sum())

    @cached_property
    def coverage(self) -> float:
        """Share of the rows that are in a cluster."""
        return 1.0 - self.n_noise / len(self.labels) if len(self.labels) else 0.0

    @cached_property
    def silhouettes(self) -> Silhouettes:
        """The silhouette of every row."""
        from clusterctl.metrics.silhouette import silhouettes

        return self.given or silhouettes(self.points, self.labels, random_state=self.random_state, n_jobs=self.n_jobs)

    @cached_property
    def moments(self) -> Moments:
        """Size, centre and spread of every cluster, and of the noise."""
        from clusterctl.kernels.moments import moments

        return moments(self.points.X, self.labels, self.n_clusters, self.n_jobs)

    @cached_property
    def contingency(self) -> Contingency:
        """How the known groups and the clusters cross; only where there is a truth."""
        from clusterctl.kernels.contingency import contingency

        if isinstance(self.truth, str):
            raise TypeError("there is no truth to cross with")
        return contingency(self.truth.values, self.truth.labels)


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """A metric and the facts about it; help, schema, ranking and the README's table are read off these.

    best: whether more or less is better. bounds: the range, None where it is open.
    needs: `points` and `two_clusters` (internal), `euclidean` (means must make sense, so not for Gower points), `truth`.
    default: when it is computed without being asked for, in words. policies: whether noise can be treated in three ways.
    compute: the score of a subject for which `needs` holds.
    """

    name: str
    title: str
    kind: Kind
    best: Best
    bounds: tuple[float | None, float | None]
    needs: frozenset[Need]
    default: str
    policies: bool
    source: str
    meaning: str
    compute: Callable[[Subject], Score]

    def applies(self, metric: Metric, has_truth: bool) -> bool:
        """Say whether it can be computed for points of this distance, with or without a truth."""
        return not ("euclidean" in self.needs and metric != "euclidean") and not ("truth" in self.needs and not has_truth)

    def better(self, left: float, right: float) -> bool:
        """Say whether `left` is strictly better than `right`."""
        return left > right if self.best == "max" else left < right

    def undefined(self, reason: str, coverage: float = 1.0) -> Score:
        """Return the score that does not exist, with its reason."""
        return Score(self.name, self.best, None, reason, coverage=coverage)
