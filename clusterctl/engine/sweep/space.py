"""A space in the work folder: prepared once, read by every worker as a memory map."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.metrics.base import Truth
from clusterctl.metrics.external import Known, known_groups
from clusterctl.values.space import Points

if TYPE_CHECKING:
    from clusterctl.values.space import Metric, Space


@dataclass(frozen=True, slots=True)
class StoredSpace:
    """Where a space lies, and what little of it is needed without reading.

    folder: holds points.npy, rows.npy, dropped.npy and, where there is a truth, has_truth.npy and truth.npy. n_rows: rows of the input.
    untold: why there is no truth to compare with; None: there is one.
    """

    folder: Path
    space_id: str
    metric: Metric
    n_rows: int
    n_points: int
    n_dimensions: int
    untold: str | None

    def points(self) -> Points:
        """Return the points, mapped, not read."""
        return _points(self)

    def rows(self) -> np.ndarray:
        """Return the positions of the points in the input."""
        return np.asarray(np.load(self.folder / "rows.npy", mmap_mode="r"))

    def truth(self, labels: np.ndarray) -> Truth | str:
        """Return known groups beside the labels (n_points,) of a clustering, or why there are none; as `metrics.external.pair_up`."""
        if self.untold is not None:
            return self.untold
        known = Known(np.load(self.folder / "has_truth.npy", mmap_mode="r"), np.load(self.folder / "truth.npy", mmap_mode="r"))
        return known.beside(self.of_every_row(labels))

    def of_every_row(self, labels: np.ndarray, dropped: int = -1) -> np.ndarray:
        """Return (n_rows,) int64 labels of every input row from those of the points: -1 for excluded rows, `dropped` for dropped ones."""
        every = np.full(self.n_rows, -1, dtype=np.int64)
        every[np.load(self.folder / "dropped.npy", mmap_mode="r")] = dropped
        every[self.rows()] = labels
        return every


@lru_cache(maxsize=4)
def _points(space: StoredSpace) -> Points:
    return Points(np.asarray(np.load(space.folder / "points.npy", mmap_mode="r")), space.metric)


def forget_points() -> None:
    """Let go of the points that this process has mapped, so that a work folder that is removed takes no room."""
    _points.cache_clear()


def store_space(space: Space, space_id: str, target: np.ndarray | None, folder: Path) -> StoredSpace:
    """Write a space into `folder`, which is made."""
    folder.mkdir(parents=True)
    np.save(folder / "points.npy", space.points.X)
    np.save(folder / "rows.npy", space.rows)
    np.save(folder / "dropped.npy", space.dropped)
    known = known_groups(target, space.dropped)
    if isinstance(known, Known):
        np.save(folder / "has_truth.npy", known.has)
        np.save(folder / "truth.npy", known.codes)
    return StoredSpace(
        folder=folder,
        space_id=space_id,
        metric=space.points.metric,
        n_rows=space.n_rows,
        n_points=space.points.n_rows,
        n_dimensions=space.points.n_columns,
        untold=known if isinstance(known, str) else None,
    )
