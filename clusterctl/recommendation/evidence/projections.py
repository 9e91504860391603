"""Neighbouring clusters should look like two heaps when seen from the side, and each by itself like one.

Two clusters are projected on the direction that tells them apart best (Fisher 1936, the pooled covariance shrunk); a cluster on the one
that tells apart its own two halves (2-means started along its first principal axis). The direction is found on every other row, and the
rows between are seen from there, and the other way round: with few rows for the columns, any two groups look apart on the direction that
was fitted to them. The valley between the two heaps of the smoothed histogram is then measured: its depth relative to the lower heap, and
how many standard deviations of a count it lies below it.
"""

from __future__ import annotations

import numpy as np

from clusterctl.recommendation.ground import Ground
from clusterctl.recommendation.partitions import Partitions

N_BINS = 40
KERNEL = np.array([1.0, 2.0, 3.0, 2.0, 1.0])
MAX_COLUMNS = 40
"""Above this many columns directions are sought in the first principal components."""
N_STEPS = 6


def projections(ground: Ground, partitions: Partitions) -> dict[str, np.ndarray]:
    """Return depth and significance of the valleys between each cluster and its nearest, and inside clusters.

    between, between_least: depth in [0, 1], mean over clusters by size and least. between_z: mean of the root of the significance.
    apart, apart_least: mean and least of its share, z^2 / (z^2 + 9). within, within_most, within_z: depth, mean and most, and most
    significance, of the valley inside; parted: mean of its share.
    """
    X = reduce_columns(ground.points.X)
    seen: dict[int, tuple[float, float]] = {}
    key = np.random.default_rng(5).integers(1, 2**63, size=len(X), dtype=np.uint64)
    rows = [
        _of_partition(X, ground, labels, k, key, seen) for labels, k in zip(partitions.labels, partitions.n_clusters.tolist(), strict=True)
    ]
    names = ("between", "between_least", "between_z", "within", "within_most", "within_z", "apart", "apart_least", "parted")
    return {name: np.array([row[i] for row in rows]) for i, name in enumerate(names)}


def reduce_columns(X: np.ndarray) -> np.ndarray:
    """Return the rows in their first principal components where there are many columns, fewer than a fifth of the rows."""
    most = min(MAX_COLUMNS, max(2, len(X) // 5))
    if X.shape[1] <= most:
        return X
    centred = X - X.mean(axis=0)
    values, vectors = np.linalg.eigh(centred @ centred.T if X.shape[1] > len(X) else centred.T @ centred)
    first = vectors[:, ::-1][:, :most]
    return np.asarray(first * np.sqrt(np.maximum(values[::-1][:most], 0.0)) if X.shape[1] > len(X) else centred @ first)


def _of_partition(
    X: np.ndarray, ground: Ground, labels: np.ndarray, k: int, key: np.ndarray, seen: dict[int, tuple[float, float]]
) -> tuple[float, ...]:
    order = np.argsort(labels, kind="stable")
    edges = np.searchsorted(labels[order], np.arange(k + 1))
    members = [order[edges[c] : edges[c + 1]] for c in range(k)]
    codes = [int(np.bitwise_xor.reduce(key[m])) for m in members]
    size = np.array([len(m) for m in members], dtype=np.float64)
    partner = _partners(X, ground, labels, members)
    between, within = np.zeros((k, 2)), np.zeros((k, 2))
    for c in range(k):
        d = partner[c]
        pair = codes[c] * 3 + codes[d] * 3 if codes[c] != codes[d] else 0
        if pair not in seen:
            seen[pair] = valley_between(X[members[c]], X[members[d]])
        if codes[c] not in seen:
            seen[codes[c]] = valley_inside(X[members[c]])
        between[c], within[c] = seen[pair], seen[codes[c]]
    share = size / size.sum()
    return (
        float(between[:, 0] @ share),
        float(between[:, 0].min()),
        float(np.sqrt(np.maximum(between[:, 1], 0)) @ share),
        float(within[:, 0] @ share),
        float(within[:, 0].max()),
        float(within[:, 1].max()),
        float(_share(between[:, 1]) @ share),
        float(_share(between[:, 1]).min()),
        float(_share(within[:, 1]) @ share),
    )


def _share(z: np.ndarray) -> np.ndarray:
    """Return a significance as a number from 0 to 1, one half at three standard deviations."""
    square = np.maximum(z, 0.0) ** 2
    return np.asarray(square / (square + 9.0))


def _partners(X: np.ndarray, ground: Ground, labels: np.ndarray, members: list[np.ndarray]) -> np.ndarray:
    """Return the cluster that each touches most among near rows, or, where it touches none, the one of the nearest centre."""
    k = len(members)
    there = labels[ground.near[:, :10]].ravel()
    here = np.repeat(labels, ground.near[:, :10].shape[1])
    crossing = (here != there) & (here >= 0) & (there >= 0)
    touching = np.bincount(here[crossing] * k + there[crossing], minlength=k * k).reshape(k, k).astype(np.float64)
    touching += touching.T
    centers = np.stack([X[m].mean(axis=0) for m in members])
    apart = ((centers[:, None] - centers[None]) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    return np.asarray(np.where(touching.max(axis=1) > 0, touching.argmax(axis=1), apart.argmin(axis=1)))


def valley_between(A: np.ndarray, B: np.ndarray) -> tuple[float, float]:
    """Return depth in [0, 1] and significance of the valley between two groups of rows on Fisher's direction."""
    if min(len(A), len(B)) < 4:
        return 0.0, 0.0
    first, second = _seen_from(A[::2], B[::2], A[1::2], B[1::2]), _seen_from(A[1::2], B[1::2], A[::2], B[::2])
    return measure_valley(np.concatenate((first[0], second[0])), np.concatenate((first[1], second[1])))


def _seen_from(A: np.ndarray, B: np.ndarray, others: np.ndarray, others_b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return other rows of two groups on the direction found on A and B: their means' middle at 0, in units of their spread."""
    direction = fisher(A, B)
    a, b = others @ direction, others_b @ direction
    spread = np.sqrt((a.var() * len(a) + b.var() * len(b)) / (len(a) + len(b)))
    middle = (a.mean() + b.mean()) / 2
    return (a - middle) / max(spread, 1e-300), (b - middle) / max(spread, 1e-300)


def valley_inside(A: np.ndarray) -> tuple[float, float]:
    """Return depth and significance of the valley between the two halves of a group of rows."""
    if len(A) < 12:
        return 0.0, 0.0
    upper = halve(A)
    if not 4 <= upper.sum() <= len(A) - 4:
        return 0.0, 0.0
    return valley_between(A[~upper], A[upper])


def halve(A: np.ndarray) -> np.ndarray:
    """Return (n,) bool: the rows of one of two means, started from the halves along the first principal axis."""
    centred = A - A.mean(axis=0)
    axis = np.linalg.eigh(centred.T @ centred)[1][:, -1]
    upper: np.ndarray = centred @ axis > 0
    for _ in range(N_STEPS):
        if not 0 < upper.sum() < len(A):
            break
        high, low = A[upper].mean(axis=0), A[~upper].mean(axis=0)
        upper = (A - (high + low) / 2) @ (high - low) > 0
    return upper


def fisher(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return Fisher's direction, the pooled covariance shrunk towards a round one, more the fewer the rows."""
    difference = B.mean(axis=0) - A.mean(axis=0)
    d, n = A.shape[1], len(A) + len(B)
    a, b = A - A.mean(axis=0), B - B.mean(axis=0)
    pooled = (a.T @ a + b.T @ b) / n
    shrink = min(1.0, max(0.05, 2.0 * d / n))
    pooled = (1 - shrink) * pooled + (shrink * np.trace(pooled) / d + 1e-12) * np.eye(d)
    direction: np.ndarray = np.linalg.solve(pooled, difference)
    return direction / max(float(np.linalg.norm(direction)), 1e-300)


def measure_valley(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Return depth and significance of the valley between two heaps of numbers, the second the higher.

    depth: 1 - the lowest smoothed count between the heaps' peaks / the lower peak. significance: their difference in standard deviations
    of a smoothed count.
    """
    low, high = min(np.quantile(a, 0.02), b.min()), max(np.quantile(b, 0.98), a.max())
    if not high > low:
        return 0.0, 0.0
    scale = N_BINS / (high - low)
    count_a = np.bincount(np.clip((a - low) * scale, 0, N_BINS - 1).astype(np.int64), minlength=N_BINS)
    count_b = np.bincount(np.clip((b - low) * scale, 0, N_BINS - 1).astype(np.int64), minlength=N_BINS)
    smooth_a, smooth_b = np.convolve(count_a, KERNEL, "same"), np.convolve(count_b, KERNEL, "same")
    smooth = smooth_a + smooth_b
    first, second = int(smooth_a.argmax()), int(smooth_b.argmax())
    if second <= first:
        return 0.0, 0.0
    peak = min(smooth[first], smooth[second])
    floor = smooth[first : second + 1].min()
    unit = (KERNEL**2).sum() / KERNEL.sum()
    return float(1 - floor / peak), float((peak - floor) / np.sqrt(unit * (peak + floor)))
