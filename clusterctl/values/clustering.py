"""A partition of points, in the one form that everything else reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    import numpy as np

    from clusterctl.values.space import Points


@dataclass(frozen=True, slots=True)
class Clustering:
    """Labels of the points of a space.

    labels: (n,) int64; clusters 0, 1, … by falling size, ties by first row; noise -1. See `canonical`.
    n_clusters: how many there are (0: all noise).
    confidence: (n,) float64 in [0, 1] where the algorithm itself says how sure it is; noise 0. None: the centre rule is used.
    arrays: what plots and predict need of the fit, by the field's names (linkage, reachability, ordering, core, means, …).
    facts: plain values worth reporting (n_iter, converged, eps chosen, …).
    """

    labels: np.ndarray
    n_clusters: int
    confidence: np.ndarray | None = None
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """The rows that an algorithm is fitted on where these are not all points.

    rows: (m,) int64, rising positions in the points; points: those rows. settings: what is asked of them (an `algorithms.base.Settings`).
    clustering: what was found in them, its clusters by falling size there; None: nothing is fitted yet. numbers: (k,) the label that
    each of its clusters has once every point is in one and all are counted.
    """

    rows: np.ndarray
    points: Points
    settings: Any
    clustering: Clustering | None = None
    numbers: tuple[int, ...] = ()


def canonical(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number clusters by falling size, ties by first row; anything negative becomes -1.

    Returns the new labels (n,) int64 and `old`, the old label of each new number, so that centres and the like can be reordered.
    """
    import numpy as np

    labels = np.asarray(labels)
    known, first, inverse, count = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    clusters = np.flatnonzero(known >= 0)
    order = clusters[np.lexsort((first[clusters], -count[clusters]))]
    number = np.full(len(known), -1, dtype=np.int64)
    number[order] = np.arange(len(order))
    return number[inverse.reshape(-1)], known[order]
