"""Silhouettes of rows, clusters and whole labellings: exact up to 100,000 rows, above from a stratified sample that says so.

Source: Rousseeuw 1987, J. Comput. Appl. Math. 20, 53-65: s = (b - a) / max(a, b), a the mean distance to the other rows of the own
cluster, b the least mean distance to the rows of another cluster; 0 for a row alone in its cluster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from clusterctl.kernels.silhouette import Coefficients, Groups, coefficients
from clusterctl.metrics.strata import allocate, draw, grouped
from clusterctl.values.score import NoisePolicies

if TYPE_CHECKING:
    from clusterctl.values.space import Points

N_EXACT = 100_000
"""Up to this many rows silhouettes are exact."""
N_SAMPLE = 8_000
"""Rows whose silhouette is computed, above."""
N_AGAINST = 50_000
"""Rows that they are compared with."""
N_LEAST = 30
"""Rows of every cluster in either sample (all of a smaller one), while there are no more than 1,000 clusters."""
N_SHARED = 64
"""Labellings that share one pass over the distances."""


@dataclass(frozen=True, slots=True)
class Silhouettes:
    """The silhouettes of one labelling.

    samples: (n,) float64 in [-1, 1], NaN for noise and for rows that were not sampled. per_cluster: (k,) means.
    mean: over all clustered rows; None where it does not exist, and then `reason` says why. interval: 95 %, of a sampled mean.
    n_used: rows whose silhouette was computed and counts. policies: the mean under the three treatments of noise.
    """

    samples: np.ndarray
    per_cluster: np.ndarray
    mean: float | None
    method: Literal["exact", "sampled"]
    n_used: int
    interval: tuple[float, float] | None
    policies: NoisePolicies
    reason: str | None = None


def silhouettes(points: Points, labels: np.ndarray, *, random_state: int, n_jobs: int) -> Silhouettes:
    """Return the silhouettes of one labelling (n,) int, noise -1; the same bits at any `n_jobs`."""
    return silhouettes_many(points, [labels], random_state=random_state, n_jobs=n_jobs)[0]


def silhouettes_many(points: Points, labellings: Sequence[np.ndarray], *, random_state: int, n_jobs: int) -> list[Silhouettes]:
    """Return the silhouettes of several labellings of the same points, from one pass over the distances (64 labellings at a time).

    Each is bit for bit what `silhouettes` gives for it alone. Above 100,000 rows every labelling has a sample of its own, drawn with
    `random_state`, and nothing is shared.
    """
    if points.n_rows > N_EXACT:
        return [_sampled(points, labels, random_state, n_jobs) for labels in labellings]
    found: list[Silhouettes] = []
    for start in range(0, len(labellings), N_SHARED):
        found.extend(_exact(points, labellings[start : start + N_SHARED], n_jobs))
    return found


def _exact(points: Points, labellings: Sequence[np.ndarray], n_jobs: int) -> list[Silhouettes]:
    everyone = np.ones(points.n_rows, dtype=bool)
    groups, wanted = [], []
    for i, labels in enumerate(labellings):
        own, sizes, has_noise = grouped(labels)
        if len(sizes) > 1:
            groups.append(Groups(own, own, sizes, everyone, has_noise))
            wanted.append(i)
    computed = coefficients(points.X, points.X, points.metric, groups, n_jobs) if groups else []
    known = dict(zip(wanted, zip(groups, computed, strict=True), strict=True))
    rows = np.arange(points.n_rows)
    return [_summary(labels, rows, "exact", *known[i]) if i in known else _none(labels) for i, labels in enumerate(labellings)]


def _sampled(points: Points, labels: np.ndarray, random_state: int, n_jobs: int) -> Silhouettes:
    own, sizes, has_noise = grouped(labels)
    if len(sizes) < 2:
        return _none(labels)
    rng = np.random.default_rng(random_state)
    least = min(N_LEAST, max(2, N_LEAST * 1_000 // len(sizes)))
    rows = draw(own, allocate(sizes, N_SAMPLE, least), rng)
    columns = draw(own, allocate(sizes, N_AGAINST, least), rng)
    inside = np.isin(rows, columns, assume_unique=True)
    groups = Groups(own[rows], own[columns], sizes, inside, has_noise)
    computed = coefficients(points.X[rows], points.X[columns], points.metric, [groups], n_jobs)[0]
    return _summary(labels, rows, "sampled", groups, computed)


def _summary(labels: np.ndarray, rows: np.ndarray, method: Literal["exact", "sampled"], g: Groups, computed: Coefficients) -> Silhouettes:
    """Put the coefficients of `rows` together: means a cluster, weighted by the clusters' true sizes."""
    n_clusters = len(g.sizes) - g.has_noise
    ignored = _Stratified(computed.ignored, g, n_clusters)
    everything = n_clusters + g.has_noise
    policies = NoisePolicies(
        ignored.mean if n_clusters > 1 else None,
        _Stratified(computed.singletons, g, everything).mean,
        _Stratified(computed.one_cluster, g, everything).mean if everything > 1 else None,
    )
    if n_clusters < 2:
        return _none(labels, policies)
    samples = np.full(len(labels), np.nan)
    samples[rows] = computed.ignored
    n_used = int((g.rows < n_clusters).sum())
    interval = ignored.interval if method == "sampled" else None
    return Silhouettes(samples, ignored.means, ignored.mean, method, n_used, interval, policies)


class _Stratified:
    """The mean over the first `n_groups` groups, each group's mean weighted by its true size, with its interval."""

    def __init__(self, values: np.ndarray, g: Groups, n_groups: int) -> None:
        mine = g.rows < n_groups
        group, values = g.rows[mine], values[mine]
        used = np.bincount(group, minlength=n_groups)
        weight = g.sizes[:n_groups] / g.sizes[:n_groups].sum()
        self.means = np.bincount(group, values, n_groups) / used
        self.mean = float(np.clip(weight @ self.means, -1.0, 1.0))
        square = np.bincount(group, (values - self.means[group]) ** 2, n_groups) / np.maximum(used - 1, 1)
        variance = weight**2 @ ((1.0 - used / g.sizes[:n_groups]) * square / used)
        reach = 1.959963984540054 * float(np.sqrt(variance))
        self.interval = (max(-1.0, self.mean - reach), min(1.0, self.mean + reach))


def _none(labels: np.ndarray, policies: NoisePolicies | None = None) -> Silhouettes:
    """Return the silhouettes of a labelling with fewer than two clusters."""
    n_clusters = int(labels.max(initial=-1)) + 1
    reason = "there is no cluster" if n_clusters == 0 else "there is only one cluster"
    nothing = policies or NoisePolicies(None, None, None)
    return Silhouettes(np.full(len(labels), np.nan), np.full(n_clusters, np.nan), None, "exact", 0, None, nothing, reason)
