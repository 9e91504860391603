"""Which cluster of one labelling is which of another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from clusterctl.analysis.groups import Floats, Integers


MAJORITY = 0.5
"""More than this share of a cluster is its main part (the survival threshold of Spiliopoulou et al. 2006)."""
PART = 0.1
"""At least this share of a cluster is a part of it worth the name."""


@dataclass(frozen=True, slots=True)
class Match:
    """Cluster `a` of the first labelling is cluster `b` of the second: `n_common` rows in both, `jaccard` of them over rows in either."""

    a: int
    b: int
    n_common: int
    jaccard: float


@dataclass(frozen=True, slots=True)
class Matching:
    """One-to-one pairs of clusters by rising `a`, those without a partner, and all overlaps.

    overlaps: (m, 3) int64, a row for each pair of clusters with rows in common: a, b, rows. sizes_a, sizes_b: rows a cluster (k,).
    """

    pairs: tuple[Match, ...]
    only_a: tuple[int, ...]
    only_b: tuple[int, ...]
    overlaps: Integers
    sizes_a: Integers
    sizes_b: Integers

    def renumbered(self, next_number: int | None = None) -> Mapping[int, int]:
        """Return for each cluster of b its number in a; those without a partner get `next_number` on (default: one above a's last)."""
        numbers = {match.b: match.a for match in self.pairs}
        fresh = len(self.sizes_a) if next_number is None else next_number
        numbers.update({b: fresh + place for place, b in enumerate(self.only_b)})
        return numbers


def match(labels_a: Integers, labels_b: Integers, *, related_only: bool = False) -> Matching:
    """Pair the clusters of two labellings of the same rows so that the sum of the pairs' Jaccard indices is largest.

    labels: (n,), below 0 is in no cluster, but such rows count in the size of the other side's cluster. Clusters without a row in
    common are never paired; related_only: nor are those that are not `related`, so that what is left over on both sides is not taken for
    the same cluster. Hungarian method (Kuhn 1955), a group of overlapping clusters at a time. Deterministic.
    """
    a, b = np.asarray(labels_a, dtype=np.int64), np.asarray(labels_b, dtype=np.int64)
    if a.shape != b.shape:
        raise ValueError(f"labellings of {len(a)} and {len(b)} rows cannot be matched row by row")
    sizes_a, sizes_b = np.bincount(a[a >= 0]), np.bincount(b[b >= 0])
    both = (a >= 0) & (b >= 0)
    width = max(len(sizes_b), 1)
    keys, counts = np.unique(a[both] * width + b[both], return_counts=True)
    left, right = keys // width, keys % width
    jaccard = counts / (sizes_a[left] + sizes_b[right] - counts)
    overlaps = np.stack([left, right, counts], axis=1)
    allowed = np.flatnonzero(related(overlaps, sizes_a, sizes_b)) if related_only else np.arange(len(left))
    chosen = sorted(int(allowed[i]) for i in _assign(left[allowed], right[allowed], jaccard[allowed], len(sizes_a), len(sizes_b)))
    pairs = tuple(Match(int(left[i]), int(right[i]), int(counts[i]), float(jaccard[i])) for i in chosen)
    only_a = np.setdiff1d(np.flatnonzero(sizes_a), [pair.a for pair in pairs])
    only_b = np.setdiff1d(np.flatnonzero(sizes_b), [pair.b for pair in pairs])
    return Matching(pairs, tuple(only_a.tolist()), tuple(only_b.tolist()), overlaps, sizes_a, sizes_b)


def related(overlaps: Integers, sizes_a: Integers, sizes_b: Integers) -> NDArray[np.bool_]:
    """Return which overlaps (m, 3) say that a cluster goes on: more than half of one, and at least a tenth of the other.

    A cluster can be mostly in one other alone, so of two related clusters either is the other's main part.
    """
    counts = overlaps[:, 2]
    of_a, of_b = counts / sizes_a[overlaps[:, 0]], counts / sizes_b[overlaps[:, 1]]
    found: NDArray[np.bool_] = ((of_a > MAJORITY) & (of_b >= PART)) | ((of_b > MAJORITY) & (of_a >= PART))
    return found


def _assign(left: Integers, right: Integers, jaccard: Floats, n_a: int, n_b: int) -> list[int]:
    """Return which overlaps are pairs."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    if len(left) == 0:
        return []
    graph = csr_matrix((np.ones(len(left)), (left, right + n_a)), shape=(n_a + n_b, n_a + n_b))
    part = connected_components(graph, directed=False)[1][left]
    order = np.argsort(part, kind="stable")
    pieces = np.split(order, np.flatnonzero(np.diff(part[order])) + 1)
    return [int(i) for piece in pieces for i in _assign_part(piece, left, right, jaccard)]


def _assign_part(piece: Integers, left: Integers, right: Integers, jaccard: Floats) -> Integers:
    """Solve the assignment among the overlaps `piece` of one connected part."""
    from scipy.optimize import linear_sum_assignment

    if len(piece) == 1:
        return piece
    rows, row = np.unique(left[piece], return_inverse=True)
    columns, column = np.unique(right[piece], return_inverse=True)
    gain = np.zeros((len(rows), len(columns)))
    place = np.full(gain.shape, -1, dtype=np.int64)
    gain[row, column] = jaccard[piece]
    place[row, column] = piece
    found: Integers = place[linear_sum_assignment(gain, maximize=True)]
    return found[found >= 0]
