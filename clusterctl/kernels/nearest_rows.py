"""The nearest fitted rows of new rows, and what they say of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clusterctl.kernels.neighbors import Floats, Index, Integers, block_length, expand, index_rows, reduced


@dataclass(frozen=True, slots=True)
class FittedRows:
    """Rows that can be searched: X (n, d) and their index."""

    X: Floats
    metric: str
    index: Index

    @classmethod
    def of(cls, X: Floats, metric: str) -> FittedRows:
        """Index these rows."""
        return cls(X, metric, index_rows(X, metric))

    def nearest(self, Y: Floats, k: int, own: Integers | None, n_jobs: int) -> tuple[Integers, Floats]:
        """Return positions and distances (len(Y), k) of the k nearest rows, nearest first, equals by position.

        own: (len(Y),) the position of each row of Y itself, which is passed over; -1: it is not among them. At most n (n - 1 with
        `own`) are found: k is lowered to that.
        """
        n = len(self.X)
        k = min(k, n if own is None else n - 1)
        asked = k if own is None else k + 1
        rows = np.empty((len(Y), k), dtype=np.int64)
        distances = np.empty((len(Y), k))
        for start in range(0, len(Y), block_length(asked, self.X.shape[1])):
            block = slice(start, start + block_length(asked, self.X.shape[1]))
            rows[block], distances[block] = self._search(Y[block], asked, None if own is None else own[block], n_jobs)
        return rows, distances

    def _search(self, Y: Floats, k: int, own: Integers | None, n_jobs: int) -> tuple[Integers, Floats]:
        found = self.index.nearest(Y, k, np.inf, n_jobs)
        distances = np.empty(found.shape)
        for column in range(k):
            distances[:, column] = reduced(Y, self.X[found[:, column]], self.metric)
        if own is not None:
            itself = found == own[:, None]
            itself[~itself.any(axis=1), -1] = True  # among more than k equal rows it may be missing: then the last goes
            found, distances = (array[~itself].reshape(len(Y), k - 1) for array in (found, distances))
        order = np.lexsort((found, distances), axis=1)
        return np.take_along_axis(found, order, axis=1), expand(np.take_along_axis(distances, order, axis=1), self.metric)


@dataclass(frozen=True, slots=True)
class ClusteredRows:
    """The rows that are in a cluster; `position` (m,) is that of each among all fitted rows."""

    rows: FittedRows | None
    position: Integers

    @classmethod
    def of(cls, X: Floats, labels: Integers, metric: str, every: FittedRows | None = None) -> ClusteredRows:
        """Index the rows with a label of 0 or above; every: all rows, indexed already, to be shared where none is noise."""
        position = np.flatnonzero(labels >= 0)
        if not len(position):
            return cls(None, position)
        if len(position) == len(X):
            return cls(every or FittedRows.of(X, metric), position)
        return cls(FittedRows.of(np.ascontiguousarray(X[position]), metric), position)

    def nearest(self, Y: Floats, own: Integers | None, n_jobs: int) -> tuple[Integers, Floats]:
        """Return the position among all fitted rows (len(Y),) and the distance of the nearest clustered row; -1 and NaN: there is none."""
        none = np.full(len(Y), -1, dtype=np.int64), np.full(len(Y), np.nan)
        if self.rows is None:
            return none
        if own is not None:
            place = np.searchsorted(self.position, own)
            place[place == len(self.position)] = 0
            own = np.where(self.position[place] == own, place, -1)
        near, distance = self.rows.nearest(Y, 1, own, n_jobs)
        if not near.shape[1]:
            return none
        return self.position[near[:, 0]], distance[:, 0]


def vote(labels: Integers) -> tuple[Integers, Floats]:
    """Return the most common label of each line (n, k) and its share; of equally common ones that of the nearer row (further left)."""
    n, k = labels.shape
    counts = np.zeros((n, k), dtype=np.int64)
    for column in range(k):
        counts += labels == labels[:, column : column + 1]
    # counts[i, j] is how often labels[i, j] stands in line i; argmax takes the first of equals
    best = counts.argmax(axis=1)
    line = np.arange(n)
    return labels[line, best], counts[line, best] / k
