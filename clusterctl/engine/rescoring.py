"""The scores of labels that are there already: nothing is fitted, no estimator is imported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.kernels.threads import one_thread
from clusterctl.metrics.registry import METRICS
from clusterctl.values.clustering import canonical

if TYPE_CHECKING:
    from clusterctl.engine.labelled import Marks, Placed
    from clusterctl.metrics.base import Truth
    from clusterctl.metrics.silhouette import Silhouettes
    from clusterctl.results.models import Stability
    from clusterctl.values.score import Score
    from clusterctl.values.space import Points


@dataclass(frozen=True, slots=True)
class Rescored:
    """What is known of a labelling without clustering anything again.

    scores: of every metric, in the order of the registry. sizes: (k,) rows of each cluster. noise_fraction: None: no row is clustered or
    noise. silhouettes: (k,) means, NaN where no row of a cluster was scored; None: there are no two clusters.
    labels: (n,) int64 of the scored points, clusters 0, 1, … by falling size as a fit numbers them; order: (k',) the place of each of
    these among the labelling's clusters.
    """

    scores: tuple[Score, ...]
    sizes: np.ndarray
    noise_fraction: float | None
    silhouettes: np.ndarray | None
    labels: np.ndarray
    order: np.ndarray


def rescore(marks: Marks, placed: Placed, target: np.ndarray | str, random_state: int, n_jobs: int) -> Rescored:
    """Compute every metric of the labels, and the silhouette of every cluster; the same bits at any `n_jobs`.

    target: the truth of all rows, or the reason why there is none.
    """
    from clusterctl.metrics.evaluate import score
    from clusterctl.metrics.silhouette import silhouettes

    labels, old = canonical(marks.labels[placed.rows])
    with one_thread():
        by_row = silhouettes(placed.points, labels, random_state=random_state, n_jobs=n_jobs)
        truth = _truth(marks, target)
        scores = score(placed.points, labels, truth, tuple(METRICS), random_state=random_state, n_jobs=n_jobs, silhouette=by_row)
    counted = marks.labels[marks.has_label & ~marks.excluded]
    n_clusters = len(marks.cluster_ids)
    return Rescored(
        scores=scores,
        sizes=np.bincount(counted[counted >= 0], minlength=n_clusters),
        noise_fraction=float((counted < 0).mean()) if len(counted) else None,
        silhouettes=_in_order(by_row, old, n_clusters),
        labels=labels,
        order=old,
    )


def gate_values(rescored: Rescored, scores: Sequence[Score], stability: Stability | None) -> dict[str, float | None]:
    """Return every value that a gate may bound; None where it does not exist."""
    sizes = rescored.sizes
    values: dict[str, float | None] = {score.name: score.value for score in scores}
    values["n_clusters"] = float(len(sizes))
    values["noise_fraction"] = rescored.noise_fraction
    values["smallest_cluster"] = float(sizes.min()) if len(sizes) else None
    values["stability"] = stability.minimum if stability else None
    values["prediction_strength"] = stability.prediction_strength if stability else None
    return values


def labels_differ(points: Points, labels: np.ndarray, refitted: np.ndarray) -> bool:
    """Tell whether a fit made anew divides the points in another way."""
    return points.n_rows != len(refitted) or not np.array_equal(canonical(refitted)[0], labels)


def _truth(marks: Marks, target: np.ndarray | str) -> Truth | str:
    from clusterctl.metrics.external import pair_up

    return target if isinstance(target, str) else pair_up(target, marks.labels, ~marks.has_label)


def _in_order(found: Silhouettes, old: np.ndarray, n_clusters: int) -> np.ndarray | None:
    """Return the clusters' silhouettes in the order of their own numbers."""
    if found.mean is None:
        return None
    values = np.full(n_clusters, np.nan)
    values[old] = found.per_cluster
    return values
