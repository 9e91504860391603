"""Calinski-Harabasz, Davies-Bouldin and inertia from the moments of the clusters, under the three treatments of noise.

`ignored`: noise rows are left out. `singletons`: each noise row is a cluster of its own. `one_cluster`: all noise rows are one cluster.
A value is None where it does not exist: too few clusters, no spread within them, or two centres in one place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.distance import cdist

if TYPE_CHECKING:
    from clusterctl.kernels.moments import Moments

N_BLOCK = 4_096


def inertia(moments: Moments, policy: str) -> float | None:
    """Return the sum of squared distances to the own centre, in squared units of the clustering space."""
    if moments.n_clusters == 0 and policy == "ignored":
        return None
    return float(_groups(moments, policy)[0].sum())


def calinski_harabasz(moments: Moments, policy: str) -> float | None:
    """Return (B / (k - 1)) / (W / (n - k)): B, W the squared spread between and within k clusters of n rows."""
    squares, sizes, centres = _groups(moments, policy)
    n_alone = int(moments.sizes[-1]) if policy == "singletons" else 0
    n, k, within = int(sizes.sum()) + n_alone, len(sizes) + n_alone, float(squares.sum())
    if k < 2 or k >= n or within == 0:
        return None
    total = sizes @ centres
    if n_alone:
        total = total + n_alone * moments.centres[-1]
    middle = total / n
    between = float(sizes @ ((centres - middle) ** 2).sum(axis=1))
    if n_alone:
        between += float(moments.squares[-1]) + n_alone * float(((moments.centres[-1] - middle) ** 2).sum())
    return between * (n - k) / (within * (k - 1))


def davies_bouldin(moments: Moments, policy: str, noise: np.ndarray) -> float | None:
    """Return the mean over clusters i of max over j of (s_i + s_j) / d_ij: s the mean distance to the centre, d between centres.

    noise: (m, d) the noise rows, needed for `singletons` alone (their own s is 0).
    """
    with_noise = policy == "one_cluster" and moments.sizes[-1] > 0
    stop = moments.n_clusters + with_noise
    centres, spread = moments.centres[:stop], moments.distances[:stop] / np.maximum(moments.sizes[:stop], 1)
    n_alone = len(noise) if policy == "singletons" else 0
    if stop + n_alone < 2 or (moments.sizes[:stop] <= 1).all():
        return None
    worst = _worst_ratios(centres, spread)
    total = float(worst.sum())
    if n_alone:
        total = _with_singletons(centres, spread, noise, worst)
    return None if not np.isfinite(total) else float(total / (stop + n_alone))


def _worst_ratios(centres: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Return max over j of (s_i + s_j) / d_ij for every i; 0 where there is no other."""
    worst = np.zeros(len(centres))
    for start in range(0, len(centres), 1024):
        block = slice(start, start + 1024)
        ratio = _ratio(spread[block, None] + spread, cdist(centres[block], centres))
        ratio[np.arange(len(ratio)), np.arange(start, start + len(ratio))] = 0.0
        worst[block] = ratio.max(axis=1, initial=0.0)
    return worst


def _with_singletons(centres: np.ndarray, spread: np.ndarray, noise: np.ndarray, worst: np.ndarray) -> float:
    """Return the sum of worst ratios when each noise row is a cluster of its own (two of them: ratio 0)."""
    total, worst = 0.0, worst.copy()
    for start in range(0, len(noise), N_BLOCK):
        ratio = _ratio(np.broadcast_to(spread, (1, len(spread))), cdist(noise[start : start + N_BLOCK], centres))
        total += float(ratio.max(axis=1, initial=0.0).sum())
        np.maximum(worst, ratio.max(axis=0), out=worst)
    return total + float(worst.sum())


def _ratio(spread: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """Return spread / distance, with 0 / 0 = 0 and anything else over 0 infinite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.asarray(spread / distance)
    ratio[np.isnan(ratio)] = 0.0
    return ratio


def _groups(moments: Moments, policy: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return squares, sizes and centres of the groups that count as clusters of more than one row."""
    stop = moments.n_clusters + int(policy == "one_cluster" and moments.sizes[-1] > 0)
    return moments.squares[:stop], moments.sizes[:stop], moments.centres[:stop]
