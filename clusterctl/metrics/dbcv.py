"""Density-based clustering validation: exact up to 20,000 rows, above from a sample stratified by cluster.

Source: Moulavi, Jaskowiak, Campello, Zimek and Sander 2014, Density-based clustering validation, Proc. SIAM Int. Conf. Data Mining,
839-847. A cluster's validity is (separation - sparseness) / max of both: sparseness the heaviest edge inside its mutual reachability
tree, separation the least mutual reachability to another cluster; the score is their mean weighted by size over all rows, so noise
counts as 0.
A cluster of one row has no density: it is taken as noise, as the authors' program does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from clusterctl.kernels.density_validity import core_distances, internal, separations, spanning_tree
from clusterctl.kernels.threads import parallel
from clusterctl.metrics.strata import allocate, draw, grouped

if TYPE_CHECKING:
    from clusterctl.values.space import Metric, Points

N_EXACT = 20_000
"""Up to this many rows (noise counted) the score is exact."""
N_SAMPLE = 10_000
"""Rows it is computed on, above; at least `N_LEAST` of every cluster while there are no more than 300."""
N_LEAST = 30
N_BATCH = 2_048
"""Rows of the small clusters that are one piece of work."""


@dataclass(frozen=True, slots=True)
class DensityValidity:
    """The score in [-1, 1], or None with the reason; per_cluster (k,) validities, NaN for a cluster of one row."""

    value: float | None
    reason: str | None
    method: Literal["exact", "sampled"]
    n_used: int
    per_cluster: np.ndarray


def density_validity(points: Points, labels: np.ndarray, *, random_state: int, n_jobs: int) -> DensityValidity:
    """Return DBCV of the labels (n,) int, noise -1; the same bits at any `n_jobs`."""
    n_clusters = int(labels.max(initial=-1)) + 1
    rows, method = _rows(labels, random_state)
    sizes = np.bincount(labels[labels >= 0], minlength=n_clusters)
    dense = np.flatnonzero(sizes > 1)
    if len(dense) < 2:
        nothing = "there is no cluster" if n_clusters == 0 else "there is only one cluster"
        reason = nothing if n_clusters < 2 else "fewer than two clusters have more than one row"
        return DensityValidity(None, reason, method, 0, np.full(n_clusters, np.nan))
    validity = np.full(n_clusters, np.nan)
    validity[dense] = _validities(points.X[rows], labels[rows], dense, points.metric, n_jobs)
    if np.isnan(validity[dense]).any():
        return DensityValidity(None, "two clusters lie in one and the same place", method, len(rows), validity)
    value = float(np.clip((sizes[dense] / len(labels)) @ validity[dense], -1.0, 1.0))
    return DensityValidity(value, None, method, len(rows), validity)


def _rows(labels: np.ndarray, random_state: int) -> tuple[np.ndarray, Literal["exact", "sampled"]]:
    if len(labels) <= N_EXACT:
        return np.arange(len(labels)), "exact"
    groups, sizes, _ = grouped(labels)
    least = min(N_LEAST, max(2, N_SAMPLE // len(sizes)))
    return draw(groups, allocate(sizes, N_SAMPLE, least), np.random.default_rng(random_state)), "sampled"


def _validities(X: np.ndarray, labels: np.ndarray, clusters: np.ndarray, metric: Metric, n_jobs: int) -> np.ndarray:
    """Return the validity of each of `clusters`; NaN where separation and sparseness are both 0."""

    def density(cluster: int) -> tuple[np.ndarray, np.ndarray, float]:
        own = X[labels == cluster]
        core = core_distances(own, metric)
        nodes, sparseness = internal(spanning_tree(own, core, metric), len(own))
        return own[nodes], core[nodes], sparseness

    sizes = np.bincount(labels[labels >= 0])[clusters]
    batch = np.cumsum(sizes) // N_BATCH
    batches = [clusters[batch == b].tolist() for b in np.unique(batch)]
    found = [part for parts in parallel(lambda these: [density(c) for c in these], batches, n_jobs) for part in parts]
    sparseness = np.array([part[2] for part in found])
    own = np.repeat(np.arange(len(clusters)), [len(part[1]) for part in found])
    apart = separations(
        np.concatenate([part[0] for part in found]), np.concatenate([part[1] for part in found]), own, len(clusters), metric
    )
    with np.errstate(invalid="ignore"):
        return np.asarray((apart - sparseness) / np.maximum(apart, sparseness))
