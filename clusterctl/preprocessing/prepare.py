"""From the table to the points that are clustered, and from new rows to the same space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from clusterctl.errors import PreprocessingError
from clusterctl.preprocessing.encode import Encode
from clusterctl.preprocessing.encoding import fit_encode
from clusterctl.preprocessing.missing import Missing, fit_missing
from clusterctl.preprocessing.pca import fit_pca
from clusterctl.preprocessing.scale import fit_scale, moments
from clusterctl.preprocessing.table import Table, read
from clusterctl.values.remarks import Caution, LeftOut, Note
from clusterctl.values.space import Points, Space

if TYPE_CHECKING:
    import pandas as pd

    from clusterctl.preprocessing.settings import PreprocessingConfiguration
    from clusterctl.preprocessing.steps import MatrixStep
    from clusterctl.values.dataset import Dataset
    from clusterctl.values.space import FittedStep, Metric

PATH = "metadata.data_statistics.preprocessing"


def prepare(dataset: Dataset, settings: PreprocessingConfiguration, *, random_state: int, n_jobs: int = 1) -> Space:
    """Return the points to cluster, by the steps missing, encode, transform, scale, outliers, select, reduce.

    Encoders and scaler are fitted on all rows that are not dropped, selection and reduction on those that are not excluded either.
    `dataset` is not changed. The same bits at any `n_jobs`; `random_state` decides outlier samples, UMAP and t-SNE.
    Raises PreprocessingError where a step cannot be done, or fewer than two rows are left.
    """
    if not dataset.features:
        raise PreprocessingError("there is no feature to cluster on", hint="list usable columns in clustering_data.features")
    draft, dropped = _draft(dataset, settings, random_state)
    _scale(draft, settings)
    deviations = _deviations(draft)
    _reduce(draft, settings)
    return _finish(draft, dataset.n_rows, dropped, deviations)


def transform(steps: Sequence[FittedStep], frame: pd.DataFrame) -> np.ndarray:
    """Do to the rows of `frame` what was done to the old: (n, d) float64 points of the space, in row order.

    A row that the policy `drop` leaves out is NaN throughout. Levels never seen are zero in all one-hot columns (`(other)` where
    there is one) and lie half-way between their neighbours in sorted order as ordinal codes; unknown words are passed over.
    Raises PreprocessingError for missing columns, infinite values, missing values under the policy `error`, and after UMAP or
    t-SNE, which cannot place new rows.
    """
    missing, encode, *rest = steps
    if not isinstance(missing, Missing) or not isinstance(encode, Encode):
        raise TypeError("the first steps are always missing and encode")
    table = read(frame, missing.features, missing.kinds)
    dropped = missing.dropped(table)
    X = encode.apply(missing.apply(table.where(~dropped)))
    for step in rest:
        X = cast("MatrixStep", step).apply(X)
    if not dropped.any():
        return X
    out = np.full((len(frame), X.shape[1]), np.nan)
    out[~dropped] = X
    return out


@dataclass(slots=True)
class _Draft:
    """The space while it is made.

    columns: names; scaled, numeric: (d,) bool, the columns that a scaler and that a transform work on. rows: positions in the dataset.
    """

    X: np.ndarray
    rows: np.ndarray
    columns: tuple[str, ...]
    scaled: np.ndarray
    numeric: np.ndarray
    steps: list[FittedStep]
    remarks: list[Note | Caution | LeftOut]
    metric: Metric = "euclidean"
    embedding: str = "none"
    explained: tuple[float, ...] | None = None


def _draft(dataset: Dataset, settings: PreprocessingConfiguration, random_state: int) -> tuple[_Draft, np.ndarray]:
    """Return the encoded rows and (n_rows,) bool: the rows dropped for missing values."""
    features = dataset.features
    kinds = tuple(dataset.kinds[feature] for feature in features)
    table = read(dataset.frame, features, kinds, lambda row: dataset.sample_ids(np.array([row]))[0])
    missing, notes = fit_missing(table, features, kinds, settings.missing_values)
    dropped = missing.dropped(table)
    _check_left(dropped)
    table = missing.apply(table.where(~dropped))
    encode, cautions = fit_encode(table, features, kinds, settings, random_state)
    draft = _Draft(
        X=encode.apply(table),
        rows=np.flatnonzero(~dropped),
        columns=encode.columns,
        scaled=encode.scaled(),
        numeric=encode.numeric(),
        steps=[missing, encode],
        metric="manhattan" if settings.categorical == "gower" else "euclidean",
        remarks=[*notes, *cautions, *_precision(table)],
    )
    return draft, dropped


def _scale(draft: _Draft, settings: PreprocessingConfiguration) -> None:
    method = "gower" if settings.categorical == "gower" else settings.scaling
    if method == "gower":
        reason = "range scaling in place of `scaling`: the Gower distance divides every numeric feature by its range"
        draft.remarks.append(Note(f"{PATH}.scaling", reason))
    if method != "none":
        n_features = len(cast("Encode", draft.steps[1]).encoders)
        step = fit_scale(draft.X, method, draft.scaled, 1 / n_features)
        draft.X = step.apply(draft.X)
        draft.steps.append(step)


def _reduce(draft: _Draft, settings: PreprocessingConfiguration) -> None:
    if settings.dimensionality_reduction == "none":
        return
    step = fit_pca(draft.X, settings.n_components)
    draft.explained = tuple(step.explained.tolist()) or None
    draft.X, draft.columns, draft.embedding = step.apply(draft.X), step.columns, step.name
    draft.steps.append(step)


def _deviations(draft: _Draft) -> dict[str, float]:
    """Return the standard deviation of each numeric column as it stands."""
    _, variance = moments(draft.X)
    return {name: float(np.sqrt(variance[j])) for j, name in enumerate(draft.columns) if draft.scaled[j]}


def _finish(draft: _Draft, n_rows: int, dropped: np.ndarray, deviations: dict[str, float]) -> Space:
    X = np.ascontiguousarray(draft.X)
    _check_finite(X, draft.columns)
    excluded = ~dropped
    excluded[draft.rows] = False
    for array in (X, draft.rows, dropped, excluded):
        array.setflags(write=False)
    return Space(
        points=Points(X, draft.metric),
        columns=draft.columns,
        rows=draft.rows,
        n_rows=n_rows,
        dropped=dropped,
        excluded=excluded,
        outlier_scores=None,
        flagged=None,
        outlier_method=None,
        embedding=draft.embedding,
        explained_variance=draft.explained,
        steps=tuple(draft.steps),
        cautions=tuple(remark for remark in draft.remarks if isinstance(remark, Caution)),
        notes=tuple(remark for remark in draft.remarks if isinstance(remark, Note)),
        left_out=tuple(remark for remark in draft.remarks if isinstance(remark, LeftOut)),
        standard_deviations=deviations,
    )


def _check_left(dropped: np.ndarray) -> None:
    n_left = int((~dropped).sum())
    if n_left >= 2:
        return
    hint = (
        "set preprocessing_configuration.missing_values to median, mean or most_frequent, or list other columns in clustering_data.features"
    )
    which = "no row is" if n_left == 0 else "1 row is"
    raise PreprocessingError(f"{which} left of {len(dropped):,} after dropping rows with missing values; two are needed", hint=hint)


def _check_finite(X: np.ndarray, columns: tuple[str, ...]) -> None:
    bad = [name for name, fine in zip(columns, np.isfinite(X.sum(axis=0)), strict=True) if not fine]
    if bad:
        hint = "set preprocessing_configuration.transform: log1p, or leave the columns out"
        raise PreprocessingError(f"after preprocessing these columns are not finite: {', '.join(bad)}", hint=hint)


def _precision(table: Table) -> list[Caution]:
    """Warn of columns whose values agree in nearly all the digits a float64 has."""
    lost = []
    for name, values in table.numeric.items():
        low, high = float(values.min()), float(values.max())
        if 0 < high - low < 1e-12 * max(abs(low), abs(high)):
            lost.append(name)
    message = "values differ only after the twelfth digit, near the limit of floating point; subtract a constant from them: "
    return [Caution("precision_lost", message + ", ".join(lost))] if lost else []
