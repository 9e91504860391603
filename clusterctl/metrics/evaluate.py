"""Scores of a labelling, by the metrics' names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clusterctl.errors import EvaluationError
from clusterctl.metrics.base import MetricSpec, Subject, Truth
from clusterctl.metrics.registry import METRICS
from clusterctl.values.score import Score

if TYPE_CHECKING:
    import numpy as np

    from clusterctl.metrics.silhouette import Silhouettes
    from clusterctl.values.space import Points


def score(
    points: Points,
    labels: np.ndarray,
    truth: Truth | str | None,
    names: Sequence[str],
    *,
    random_state: int,
    n_jobs: int,
    silhouette: Silhouettes | None = None,
) -> tuple[Score, ...]:
    """Return a score for each of `names`, in that order; a value that does not exist is None with its reason.

    labels: (n,) int64 of the rows of `points`, clusters 0 … k - 1, noise -1. truth: what `external.pair_up` returned, a reason (str)
    where there is none. silhouette: given where it is known already. Deterministic; the same bits at any `n_jobs`
    (0: the caller has capped the threads itself, see `kernels.threads.parallel`).
    Raises EvaluationError for a name that is no metric, or labels of another length than the points.
    """
    unknown = [name for name in names if name not in METRICS]
    if unknown:
        raise EvaluationError(f"no such metric: {', '.join(unknown)}", hint=f"the metrics are {', '.join(METRICS)}")
    if len(labels) != points.n_rows:
        raise EvaluationError(f"there are {len(labels)} labels for {points.n_rows} rows", hint="give one label a row, in the rows' order")
    subject = Subject(points, labels, truth or "no target_variable is given", random_state, n_jobs, silhouette)
    return tuple(_one(METRICS[name], subject) for name in names)


def _one(spec: MetricSpec, subject: Subject) -> Score:
    """Return one score, or the reason why what the metric needs is not there."""
    if "euclidean" in spec.needs and subject.points.metric != "euclidean":
        return spec.undefined(f"{spec.title} rests on cluster means, which the Gower (city-block) distance does not have", subject.coverage)
    if "truth" in spec.needs and isinstance(subject.truth, str):
        return spec.undefined(subject.truth, subject.coverage)
    return spec.compute(subject)
