"""`execution.strategy: sample`: an algorithm is fitted on some of the points, and its rule for new rows gives the others their clusters."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.engine.resources import check_memory, free_memory
from clusterctl.errors import ClusteringError
from clusterctl.values.clustering import Clustering, Sample, canonical
from clusterctl.values.prediction import FittedModel
from clusterctl.values.remarks import Caution
from clusterctl.values.space import Points

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from clusterctl.algorithms.base import AlgorithmSpec, Settings

FITTED_ROWS = 20_000
"""Rows that are fitted on, at most. A fixed number, as FITTED_BYTES is: what is free on a machine must not change a result."""
FITTED_BYTES = 1 << 30
"""Of what a fit takes, so much may hang on the number of rows; where 20,000 would take more, fewer are fitted on."""
FEWEST_ROWS = 1_000
BATCH_NUMBERS = 1 << 22
"""Rows are assigned so many numbers of the points at a time."""
EXACT_SECONDS = 300.0
"""A fit on all rows that would take longer is not what the strategy `auto` chooses."""
SEEN = 5
"""A group that leaves fewer rows in the sample is one that no algorithm can be asked to find there."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What clustering is expected to take: rows fitted on, bytes beside the points with their formula, and seconds on one core.

    assigning: what of the seconds goes into the rows that are not fitted on.
    """

    n_fitted: int
    bytes: int
    formula: str
    seconds: float
    assigning: float


def n_fitted(strategy: str, spec: AlgorithmSpec, settings: Settings, n_rows: int, n_columns: int) -> int:
    """Return how many of the points are fitted on: all, or with the strategy `sample` at most 20,000.

    Fewer where, by the algorithm's own estimate, what grows with the rows would take more than 1 GiB; never fewer than 1,000.
    """
    if strategy != "sample" or n_rows <= FEWEST_ROWS:
        return n_rows
    most = min(n_rows, FITTED_ROWS)

    def grown(n: int) -> int:
        return spec.cost(n, n_columns, spec.shrunk(settings, n / n_rows), None).bytes

    least, fixed = min(FEWEST_ROWS, most), grown(1)
    if grown(most) - fixed <= FITTED_BYTES:
        return most
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (middle, most) if grown(middle) - fixed <= FITTED_BYTES else (least, middle)
    return least


def check_fit(strategy: str, spec: AlgorithmSpec, settings: Settings, n_rows: int, n_columns: int, max_memory: int | None) -> int:
    """Return the bytes that the fit is estimated to take beside the points. Raises ResourceLimitError if that is more than there is."""
    m = n_fitted(strategy, spec, settings, n_rows, n_columns)
    asked = settings if m == n_rows else spec.shrunk(settings, m / n_rows)
    if m == n_rows and n_fitted("sample", spec, settings, n_rows, n_columns) < n_rows:
        way = "set execution.strategy to sample, which fits on some of the rows and assigns the others"
        return check_memory(spec, asked, m, n_columns, max_memory, way)
    return check_memory(spec, asked, m, n_columns, max_memory)


def estimate(strategy: str, spec: AlgorithmSpec, settings: Settings, n_rows: int, n_columns: int) -> Estimate:
    """Return how many rows would be fitted on, and what that and the assigning of the others would take."""
    m = n_fitted(strategy, spec, settings, n_rows, n_columns)
    asked = settings if m == n_rows else spec.shrunk(settings, m / n_rows)
    grows = 0.0 if spec.predict.by_center else n_columns * min(n_columns, 20) / 20  # a tree helps less and less, then not at all
    assigning = (n_rows - m) * spec.predict.row_seconds * (1 + grows)
    cost = spec.cost(m, n_columns, asked, None)
    return Estimate(m, cost.bytes, cost.formula, spec.seconds(m, n_columns, asked) + assigning, assigning)


def first_that_fits(spec: AlgorithmSpec, settings: Settings, n_rows: int, n_columns: int, max_memory: int | None) -> str:
    """Return what the strategy `auto` is: `exact` if that fit goes into the memory there is and takes at most 5 minutes, else `sample`.

    `exact` too where `sample` would fit on all rows. Both by the algorithm's own estimates; the first hangs on the machine.
    """
    whole = estimate("exact", spec, settings, n_rows, n_columns)
    fits = whole.bytes <= free_memory(max_memory).bytes and whole.seconds <= EXACT_SECONDS
    return "exact" if fits or n_fitted("sample", spec, settings, n_rows, n_columns) == n_rows else "sample"


def draw(
    points: Points, spec: AlgorithmSpec, settings: Settings, strategy: str, settle: Callable[[Points], Settings] | None = None
) -> Sample | None:
    """Return the rows to fit on and what is asked of them; None: all points, as they are asked.

    settle: how a setting that `auto` chose is chosen for other points; then it is chosen anew for the sample. Rows are drawn uniformly
    without replacement by the seed alone: densities and shares stay what they are, and a smaller sample is part of a larger one, so that
    trials of one space share theirs.
    """
    m = n_fitted(strategy, spec, settings, points.n_rows, points.n_columns)
    if m >= points.n_rows:
        return None
    rows = np.sort(np.random.default_rng((settings.random_state, 1)).permutation(points.n_rows)[:m])
    X = np.ascontiguousarray(points.X[rows])
    X.setflags(write=False)
    part = Points(X, points.metric)
    return Sample(rows, part, _asked(points, spec, settings, m) if settle is None else settle(part))


def _asked(points: Points, spec: AlgorithmSpec, settings: Settings, n_rows: int) -> Settings:
    """Return what asks of so many rows drawn from the points what `settings` asks of all."""
    carry = spec.to_sample or spec.carry
    return carry(points, settings, n_rows) if carry is not None else spec.shrunk(settings, n_rows / points.n_rows)


def fit_sample(points: Points, spec: AlgorithmSpec, settings: Settings, sample: Sample, n_jobs: int) -> tuple[Clustering, Sample]:
    """Fit on the sample and give every other point its cluster; return the clustering of all points, and the sample with its own.

    Raises ClusteringError where no fit on the sample is possible.
    """
    with told_of_sample(sample, points.n_rows):
        found = spec.cut(spec.build(sample.points, sample.settings, n_jobs), sample.settings)
    return spread(points, spec, settings, replace(sample, clustering=found), n_jobs)


@contextmanager
def told_of_sample(sample: Sample, n_rows: int) -> Iterator[None]:
    """Let a ClusteringError say that it is about a sample."""
    try:
        yield
    except ClusteringError as error:
        hint = f"{error.hint}; or set execution.strategy to exact, which fits on all rows" if error.hint else None
        raise ClusteringError(f"on a sample of {len(sample.rows):,} of the {n_rows:,} rows: {error.message}", hint=hint) from error


def spread(points: Points, spec: AlgorithmSpec, settings: Settings, sample: Sample, n_jobs: int) -> tuple[Clustering, Sample]:
    """Give the points that were not fitted on the clusters of those that were, by the algorithm's rule for new rows.

    The rows of the sample keep what the fit gave them. Clusters are numbered by their size among all points. Memory beyond the answer
    is bounded by the batch, and the same comes out at any n_jobs.
    """
    found = sample.clustering
    assert found is not None  # it was fitted
    labels = np.empty(points.n_rows, dtype=np.int64)
    confidence = np.empty(points.n_rows)
    labels[sample.rows], confidence[sample.rows] = found.labels, _confidence(sample.points, found)
    others = np.ones(points.n_rows, dtype=bool)
    others[sample.rows] = False
    rest = np.flatnonzero(others)
    predict = spec.predict.prepare(FittedModel(sample.points, found.labels, found.n_clusters, found.arrays, sample.settings.parameters))
    for rows in _batches(rest, points.n_columns):
        predicted = predict(Points(np.ascontiguousarray(points.X[rows]), points.metric), None, n_jobs)
        labels[rows], confidence[rows] = predicted.labels, predicted.confidence
    labels, old = canonical(labels)
    carried = carried_over(settings, sample.settings)
    facts = {**found.facts, "strategy": "sample", "n_fitted": len(sample.rows), "n_assigned": len(rest), "carried_over": carried}
    cautions = (_caution(spec, len(sample.rows), points.n_rows, carried), *found.cautions)
    numbers = tuple(np.argsort(old).tolist())
    return Clustering(labels, len(old), confidence, {}, facts, cautions), replace(sample, numbers=numbers)


def _confidence(points: Points, found: Clustering) -> np.ndarray:
    from clusterctl.analysis.confidence import centre_confidence

    return centre_confidence(points, found.labels) if found.confidence is None else found.confidence


def _batches(rows: np.ndarray, n_columns: int) -> Iterator[np.ndarray]:
    length = max(1_000, BATCH_NUMBERS // max(1, n_columns))
    return (rows[start : start + length] for start in range(0, len(rows), length))


def carried_over(settings: Settings, used: Settings) -> Mapping[str, Any]:
    """Return the parameters that the sample was asked other values of than all rows, with the values used."""
    asked = settings.parameters.model_dump(mode="json")
    return {name: value for name, value in used.parameters.model_dump(mode="json").items() if value != asked[name]}


def _caution(spec: AlgorithmSpec, m: int, n: int, carried: Mapping[str, Any]) -> Caution:
    told = ", ".join(f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}" for name, value in carried.items())
    asked = f" Of the sample was asked what the settings ask of all rows: {told}." if told else ""
    return Caution(
        "sampled",
        f"{spec.title} was fitted on a sample of {m:,} of the {n:,} rows; the other {n - m:,} got their clusters by the rule for new rows "
        f"({spec.predict.name.replace('_', ' ')}).{asked} A group of fewer than about {-(-SEEN * n // m):,} rows leaves fewer than {SEEN} "
        "in the sample and may be missed.",
    )
