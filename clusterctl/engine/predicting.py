"""From a stored model to the clusters of new rows: the preprocessing of the fit, then the rule of its algorithm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from clusterctl.algorithms.neighbour_vote import EMBEDDED
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.errors import ClusterctlError, DataLoadError
from clusterctl.kernels.threads import one_thread
from clusterctl.preprocessing.categories import OneHot, Ordinal
from clusterctl.preprocessing.encode import Encode
from clusterctl.preprocessing.missing import Missing
from clusterctl.preprocessing.prepare import transform
from clusterctl.preprocessing.steps import from_state
from clusterctl.results.model import AGAIN, StoredModel
from clusterctl.values.prediction import FittedModel, Predict, PredictRule
from clusterctl.values.space import Points

if TYPE_CHECKING:
    import pandas as pd

    from clusterctl.values.space import FittedStep

EMBEDDINGS = ("umap", "tsne")


@dataclass(frozen=True, slots=True)
class Placed:
    """Rows with their clusters; all arrays are (n_rows,).

    cluster_ids: int64, noise -1. confidence, distance: float64; the distance is NaN where there is no cluster at all.
    novel: bool. dropped: bool; where it holds the other values say nothing.
    """

    cluster_ids: np.ndarray
    confidence: np.ndarray
    distance: np.ndarray
    novel: np.ndarray
    dropped: np.ndarray


@dataclass(frozen=True, slots=True)
class Predictor:
    """A model ready for rows. cluster_ids: (k,) the number that each label is known by."""

    steps: tuple[FittedStep, ...]
    predict: Predict
    metric: Any
    cluster_ids: np.ndarray
    novelty_distance: float | None

    @property
    def missing(self) -> Missing:
        """The first step: which features are read, what each holds, and what is done about gaps."""
        return cast("Missing", self.steps[0])

    def place(self, frame: pd.DataFrame, n_jobs: int) -> Placed:
        """Return the clusters of the rows of `frame`, which has the features as `data.batches` gives them.

        Raises PreprocessingError where a row cannot be prepared as the fitted ones were (missing values under the policy `error`).
        """
        with one_thread():
            X = transform(self.steps, frame)
        dropped = np.isnan(X).any(axis=1)
        kept = np.flatnonzero(~dropped)
        ids, confidence, distance = np.full(len(X), -1, dtype=np.int64), np.zeros(len(X)), np.full(len(X), np.nan)
        if len(kept):
            points = Points(X if len(kept) == len(X) else np.ascontiguousarray(X[kept]), self.metric)
            found = self.predict(points, None, n_jobs)
            ids[kept] = self.cluster_ids[found.labels]
            confidence[kept], distance[kept] = found.confidence, found.distance
        far = np.inf if self.novelty_distance is None else self.novelty_distance
        return Placed(ids, confidence, distance, distance > far, dropped)


def predictor_of(stored: StoredModel) -> Predictor:
    """Return a stored model ready for rows. Raises DataLoadError if its parts do not fit each other."""
    try:
        made = _made(stored)
        _try_out(made, stored)
    except (
        KeyError,
        IndexError,
        ValueError,
        TypeError,
        AttributeError,
        OverflowError,
        ArithmeticError,
        AssertionError,
        ClusterctlError,
    ) as error:
        if isinstance(error, DataLoadError):
            raise
        raise _unfit(stored, f"{type(error).__name__}: {error}") from error
    return made


def _made(stored: StoredModel) -> Predictor:
    facts = stored.facts
    spec = ALGORITHMS[facts.algorithm]
    steps = tuple(from_state(name, state) for name, state in stored.steps())
    is_embedded = steps[-1].name in EMBEDDINGS
    rule = EMBEDDED if is_embedded else spec.predict
    ids = np.array([*facts.cluster_ids, -1], dtype=np.int64)
    X, labels = _rows(stored, "before_embedding" if is_embedded else "points"), _labels(stored, ids)
    if "fitted" in stored.arrays and not is_embedded:
        X, labels = _of_sample(stored, X, labels)
    model = FittedModel(
        points=Points(X, facts.distance),
        labels=labels,
        n_clusters=facts.n_clusters,
        arrays={} if is_embedded else stored.fit_arrays(),
        parameters=spec.parameters.model_validate_json(_json(facts.parameters)),
    )
    _check_shapes(rule, model, stored)
    if facts.predict.rule != rule.name:
        raise _unfit(stored, f"it is for the rule {facts.predict.rule!r}, not {rule.name!r}")
    kept = steps[:-1] if is_embedded else steps
    return Predictor(kept, rule.prepare(model), facts.distance, ids, facts.predict.novelty_distance)


def _json(value: Any) -> str:
    import json

    return json.dumps(value, allow_nan=False)


def _rows(stored: StoredModel, name: str) -> np.ndarray:
    X = stored.arrays[name]
    if X.ndim != 2 or X.dtype != np.float64 or not len(X) or not X.shape[1] or not np.isfinite(X).all():
        raise _unfit(stored, f"{name} is no table of finite numbers")
    return np.ascontiguousarray(X)


def _of_sample(stored: StoredModel, X: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the points that a fit on a sample was made on, and their labels."""
    rows = stored.arrays["fitted"]
    if rows.dtype.kind != "i" or rows.ndim != 1 or not len(rows) or rows[0] < 0 or rows[-1] >= len(X) or (np.diff(rows) <= 0).any():
        raise _unfit(stored, "its sample points to rows that are not there")
    if len(labels) != len(X) or len(np.unique(labels[rows][labels[rows] >= 0])) != stored.facts.n_clusters:
        raise _unfit(stored, "its sample has not all its clusters")
    return np.ascontiguousarray(X[rows]), labels[rows]


def _labels(stored: StoredModel, ids: np.ndarray) -> np.ndarray:
    """Return the labels of the fitted rows from the numbers that clusters are known by."""
    named, k = stored.arrays["labels"], len(ids) - 1
    if k != stored.facts.n_clusters or len(np.unique(ids)) != len(ids):
        raise _unfit(stored, "its cluster numbers are not those of its clusters")
    order = np.argsort(ids)
    places = np.searchsorted(ids[order], named)
    places[places == len(ids)] = 0
    labels = order[places]
    labels[labels == k] = -1
    if named.dtype.kind != "i" or named.ndim != 1 or (ids[labels] != named).any():
        raise _unfit(stored, "its labels are not those of its clusters")
    if len(np.unique(labels[labels >= 0])) != k:
        raise _unfit(stored, "it has clusters without rows")
    return labels.astype(np.int64)


def _check_shapes(rule: PredictRule, model: FittedModel, stored: StoredModel) -> None:
    """Raise DataLoadError for an array that is missing, or not of the shape that the rule wants, or of numbers that are none."""
    n, d = model.points.X.shape
    lengths = {"n": n, "d": d, "k": model.n_clusters}
    if len(model.labels) != n:
        raise _unfit(stored, "it has not as many labels as rows")
    for name, letters in rule.arrays.items():
        array = model.arrays[name]
        shape = tuple(lengths.setdefault(letter, length) for letter, length in zip(letters, array.shape, strict=False))
        if array.ndim != len(letters) or array.shape != shape:
            raise _unfit(stored, f"{name} has the shape {array.shape}")
        if array.dtype.kind == "f" and np.isnan(array).any():
            raise _unfit(stored, f"{name} holds NaN")
    for name, letter in rule.positions.items():
        array = model.arrays[name]
        if array.dtype.kind != "i" or (array < 0).any() or (array >= lengths[letter]).any():
            raise _unfit(stored, f"{name} points to what is not there")


def _try_out(made: Predictor, stored: StoredModel) -> None:
    """Prepare no row, and predict the first fitted one: parts that do not fit each other fail here, not in the midst of the work."""
    import pandas as pd

    columns = {
        name: np.empty(0) if kind in ("numeric", "boolean") else pd.Series([], dtype="str")
        for name, kind in zip(made.missing.features, made.missing.kinds, strict=True)
    }
    X = transform(made.steps, pd.DataFrame(columns))
    fitted = stored.arrays["before_embedding" if "before_embedding" in stored.arrays else "points"]
    if X.shape[1] != fitted.shape[1] or list(made.missing.features) != stored.facts.features:
        raise _unfit(stored, "its preprocessing does not lead to the space that it was fitted in")
    made.predict(Points(np.ascontiguousarray(fitted[:1]), made.metric), None, 1)


def _unfit(stored: StoredModel, what: str) -> DataLoadError:
    return DataLoadError(f"{stored.path} and model.npz are no whole model: {what}", hint=AGAIN)


@dataclass(slots=True)
class Unseen:
    """Categories that the fitted rows did not have, counted batch by batch. rows: feature → rows; levels: feature → some of them."""

    encode: Encode
    rows: dict[str, int] = field(default_factory=dict)
    levels: dict[str, set[str]] = field(default_factory=dict)

    def count(self, frame: pd.DataFrame) -> None:
        """Count those of these rows; where rare levels were put together as `(other)`, a new one is one of these and not counted."""
        for encoder in self.encode.encoders:
            if isinstance(encoder, Ordinal) or (isinstance(encoder, OneHot) and not encoder.other):
                column = frame[encoder.feature]
                new = column[column.notna() & ~column.isin(encoder.levels)]
                if len(new):
                    self.rows[encoder.feature] = self.rows.get(encoder.feature, 0) + len(new)
                    known = self.levels.setdefault(encoder.feature, set())
                    known.update(new.unique()[: max(0, 100 - len(known))])

    def message(self) -> str | None:
        """Return one line about them; None: there were none."""
        if not self.rows:
            return None
        said = [f"{name!r} in {count:,} row{'s' * (count != 1)} ({_listed(self.levels[name])})" for name, count in self.rows.items()]
        return (
            f"categories that the model was not fitted on: {'; '.join(said)}: as one-hot columns they are none of the known ones, "
            "as codes half-way between their neighbours in sorted order"
        )


def _listed(levels: set[str]) -> str:
    shown = sorted(levels)[:3]
    return ", ".join(repr(level[:40]) for level in shown) + (", …" if len(levels) > 3 else "")


def counts_of(ids: np.ndarray, dropped: np.ndarray) -> Mapping[int, int]:
    """Return how many rows each cluster number (-1: noise) has."""
    known, counts = np.unique(ids[~dropped], return_counts=True)
    return dict(zip(known.tolist(), counts.tolist(), strict=True))
