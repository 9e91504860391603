"""Distances between two sets of points, a small tile at a time, so that nothing n x n is ever held.

Euclidean tiles are one matrix product of augmented rows, (-2y, 1, |y|²) · (x, |x|², 1), which is several times faster than differences. Its
rounding error is absolute, about 1e-16 (|x|² + |y|²), so pairs that are near for their distance from the centre are computed again
by differences: every squared distance is right to about 1e-9 of itself, a distance of 0 is exactly 0, and none is negative.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.distance import cdist

if TYPE_CHECKING:
    from clusterctl.values.space import Metric

N_ROWS = 128
N_COLUMNS = 512
NEAR = 1e-6
"""Squared distances below this share of the squared norms are computed by differences."""
N_NEAR_SHARE = 50
"""More near pairs than one in this many: the whole tile is computed by differences."""


class Tiles:
    """Distance tiles between `rows` (n, d) and `columns` (m, d); in a tile the columns run down and the rows across.

    Holds one copy of the columns, no more. A tile's values depend on its bounds alone, so results do not depend on the number of threads.
    """

    def __init__(self, rows: np.ndarray, columns: np.ndarray, metric: Metric = "euclidean") -> None:
        self.rows = rows
        self.columns = columns
        self.metric = metric
        if metric == "euclidean":
            self.centre = columns.mean(axis=0)
            self.augmented = _augmented(columns, self.centre)

    def row_block(self, start: int, stop: int) -> Block:
        """Return what all tiles of these rows share."""
        return Block(self, self.rows[start:stop])

    def column_starts(self) -> range:
        """Return where the tiles begin."""
        return range(0, len(self.columns), N_COLUMNS)


class Block:
    """The rows of one stripe of tiles."""

    def __init__(self, tiles: Tiles, rows: np.ndarray) -> None:
        self.tiles = tiles
        self.points = rows
        if tiles.metric == "euclidean":
            centred = rows - tiles.centre
            square = np.einsum("ij,ij->i", centred, centred)
            self.right = np.ascontiguousarray(np.column_stack([centred, square, np.ones(len(rows))]).T)
            self.norm = float(square.max(initial=0.0))
            self.buffer = np.empty((N_COLUMNS, len(rows)))

    def distances(self, start: int) -> np.ndarray:
        """Return the distances (columns start … start + N_COLUMNS, rows); the array is used again by the next call."""
        tile = self.squared(start)
        return np.sqrt(tile, out=tile) if self.tiles.metric == "euclidean" else tile

    def squared(self, start: int) -> np.ndarray:
        """Return squared distances (Euclidean) or plain ones (city-block); the array is used again by the next call."""
        tiles, stop = self.tiles, min(start + N_COLUMNS, len(self.tiles.columns))
        if tiles.metric != "euclidean":
            return np.asarray(cdist(tiles.columns[start:stop], self.points, "cityblock"))
        left = tiles.augmented[start:stop]
        tile = np.matmul(left, self.right, out=self.buffer[: stop - start])
        near = NEAR * (float(left[:, -1].max()) + self.norm)
        if tile.min() <= near:
            _by_differences(tile, tiles.columns[start:stop], self.points, near)
        return tile


class Distances:
    """Squared (Euclidean) or plain (city-block) distances from one row at a time to a shrinking set of rows, as exact as a tile's."""

    def __init__(self, X: np.ndarray, metric: Metric) -> None:
        self.X, self.rest, self.metric = X, X, metric
        if metric == "euclidean":
            self.augmented = _augmented(X, X.mean(axis=0))
            self.left = self.augmented
            self.norm = float(self.augmented[:, -1].max())

    def to_row(self, row: int) -> np.ndarray:
        """Return the distances from all rows kept to the row at this place of X."""
        if self.metric != "euclidean":
            return np.asarray(cdist(self.rest, self.X[row : row + 1], "cityblock")[:, 0])
        point = self.augmented[row]
        square = point[-1]
        out = self.left @ np.concatenate([point[:-2] * -0.5, [square, 1.0]])
        near = NEAR * (self.norm + square)
        if out.min() <= near:
            close = np.flatnonzero(out <= near)
            difference = self.rest[close] - self.X[row]
            out[close] = np.einsum("ij,ij->i", difference, difference)
        return np.asarray(out)

    def keep(self, rows: np.ndarray) -> None:
        """Keep these of the rows."""
        self.rest = self.rest[rows]
        if self.metric == "euclidean":
            self.left = self.left[rows]


def _augmented(points: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Return (n, d + 2) rows (-2y, 1, |y|²) of the centred points."""
    n, d = points.shape
    out = np.empty((n, d + 2))
    np.subtract(points, centre, out=out[:, :d])
    out[:, d] = 1.0
    out[:, d + 1] = np.einsum("ij,ij->i", out[:, :d], out[:, :d])
    out[:, :d] *= -2.0
    return out


def _by_differences(tile: np.ndarray, columns: np.ndarray, rows: np.ndarray, near: float) -> None:
    """Compute the near pairs of a tile again, in place."""
    down, across = np.nonzero(tile <= near)
    if len(down) * N_NEAR_SHARE > tile.size:
        tile[...] = cdist(columns, rows, "sqeuclidean")
        return
    difference = columns[down] - rows[across]
    tile[down, across] = np.einsum("ij,ij->i", difference, difference)
