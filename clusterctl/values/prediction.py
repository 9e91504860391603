"""The clusters of new rows, and the fitted model that gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from clusterctl.values.space import Points


@dataclass(frozen=True, slots=True)
class Prediction:
    """The clusters of some rows.

    labels: (n,) int64, noise -1. confidence: (n,) float64 in [0, 1], noise 0, as `Clustering` has it for the rows of the fit.
    distance: (n,) float64 to the nearest centre or the nearest clustered row, as the rule says; NaN where there is no cluster at all.
    """

    labels: np.ndarray
    confidence: np.ndarray
    distance: np.ndarray


@dataclass(frozen=True, slots=True)
class FittedModel:
    """What a rule needs of a fit.

    points: the rows fitted on. labels: (n,) int64 theirs. arrays: `Clustering.arrays`. parameters: the algorithm's own model.
    """

    points: Points
    labels: np.ndarray
    n_clusters: int
    arrays: Mapping[str, np.ndarray]
    parameters: Any


Predict = Callable[["Points", "np.ndarray | None", int], Prediction]
"""(points, own, n_jobs) -> Prediction. `own` (n,) are the positions of these very rows in the fit, so that none is its own neighbour;
None: they are new rows. Deterministic, the same at any n_jobs and, but for rounding, in whatever batches the rows come."""


@dataclass(frozen=True, slots=True)
class PredictRule:
    """How an algorithm's clusters are given to new rows.

    name: snake_case. about: in a sentence. by_center: `distance` is that to the nearest centre, not to the nearest clustered row.
    prepare: model -> Predict; what is costly (an index of the rows) is made there, once.
    arrays: what is needed of `FittedModel.arrays`, with its shape: a letter a dimension, n rows, d columns, k clusters, other letters
        free but consistent.
    positions: the arrays of whole numbers whose values count along such a letter, from 0.
    row_seconds: what a row takes in few dimensions on one 3 GHz core beside 20,000 fitted rows, good to a factor of about three.
    """

    name: str
    about: str
    prepare: Callable[[FittedModel], Predict]
    by_center: bool = False
    arrays: Mapping[str, str] = field(default_factory=dict)
    positions: Mapping[str, str] = field(default_factory=dict)
    row_seconds: float = 4e-6
