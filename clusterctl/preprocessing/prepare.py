"""From the table to the points that are clustered, and from new rows to the same space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from clusterctl.errors import PreprocessingError
from clusterctl.preprocessing.checks import check_finite, check_left, precision
from clusterctl.preprocessing.encode import Encode
from clusterctl.preprocessing.encoding import fit_encode
from clusterctl.preprocessing.missing import Missing, fit_missing
from clusterctl.preprocessing.moments import extremes, moments
from clusterctl.preprocessing.outliers import fit_outliers
from clusterctl.preprocessing.pca import Pca, fit_pca
from clusterctl.preprocessing.power import fit_transform
from clusterctl.preprocessing.scale import fit_scale
from clusterctl.preprocessing.select import fit_select
from clusterctl.preprocessing.table import read
from clusterctl.preprocessing.tsne import Tsne, fit_tsne
from clusterctl.preprocessing.umap import Umap, fit_umap
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
    _transform(draft, settings, n_jobs)
    _scale(draft, settings)
    outliers = _detect(draft, settings, random_state, n_jobs)
    _select(draft, settings, random_state, n_jobs)
    deviations = _deviations(draft)
    _reduce(draft, settings, random_state)
    return _finish(draft, dataset.n_rows, dropped, deviations, outliers)


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
    if len(X):
        check_finite(X, tuple(str(j) for j in range(X.shape[1])))
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
    before: np.ndarray | None = None


def _draft(dataset: Dataset, settings: PreprocessingConfiguration, random_state: int) -> tuple[_Draft, np.ndarray]:
    """Return the encoded rows and (n_rows,) bool: the rows dropped for missing values."""
    features = dataset.features
    kinds = tuple(dataset.kinds[feature] for feature in features)
    table = read(dataset.frame, features, kinds, lambda row: dataset.sample_ids(np.array([row]))[0])
    missing, notes = fit_missing(table, features, kinds, settings.missing_values)
    dropped = missing.dropped(table)
    check_left(dropped)
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
        remarks=[*notes, *cautions, *precision(table)],
    )
    return draft, dropped


def _scale(draft: _Draft, settings: PreprocessingConfiguration) -> None:
    method = "gower" if settings.categorical == "gower" else settings.scaling
    if method == "gower":
        reason = "range scaling in place of `scaling`: the Gower distance divides every numeric feature by its range"
        draft.remarks.append(Note(f"{PATH}.scaling", reason))
    if method != "none":
        weight = 1 / len(cast("Encode", draft.steps[1]).encoders) if method == "gower" else 1.0
        step = fit_scale(draft.X, method, draft.scaled, weight)
        draft.X = step.apply(draft.X)
        draft.steps.append(step)


def _transform(draft: _Draft, settings: PreprocessingConfiguration, n_jobs: int) -> None:
    if settings.transform == "none" or not draft.numeric.any():
        return
    if settings.transform == "log1p":
        low, _ = extremes(draft.X)
        negative = [name for name, value, numeric in zip(draft.columns, low, draft.numeric, strict=True) if numeric and value < 0]
        if negative:
            reason = f"sign(x) ln(1 + |x|) is used, since these columns have negative values: {', '.join(negative)}"
            draft.remarks.append(Note(f"{PATH}.transform", reason))
    step = fit_transform(draft.X, settings.transform, draft.numeric, n_jobs)
    draft.X = step.apply(draft.X)
    draft.steps.append(step)
    check_finite(draft.X, draft.columns)


@dataclass(frozen=True, slots=True)
class _Detected:
    """Outlier scores and judgements of the rows that are not dropped; `rows` are their positions in the dataset."""

    rows: np.ndarray
    scores: np.ndarray
    judged: np.ndarray
    method: str


def _detect(draft: _Draft, settings: PreprocessingConfiguration, random_state: int, n_jobs: int) -> _Detected | None:
    if not settings.outlier_detection:
        return None
    step, scores, judged = fit_outliers(draft.X, draft.metric, settings.outlier_fraction, random_state, n_jobs)
    draft.steps.append(step)
    detected = _Detected(draft.rows, scores, judged, step.method)
    if settings.outlier_action == "exclude" and judged.any():
        if (~judged).sum() < 2:
            hint = "set preprocessing_configuration.outlier_action: flag, or a smaller outlier_fraction"
            raise PreprocessingError(f"fewer than two rows are left of {len(judged):,} after leaving out outliers", hint=hint)
        draft.X, draft.rows = draft.X[~judged], draft.rows[~judged]
    return detected


def _select(draft: _Draft, settings: PreprocessingConfiguration, random_state: int, n_jobs: int) -> None:
    if not settings.feature_selection:
        return
    step, left_out = fit_select(draft.X, cast("Encode", draft.steps[1]), draft.metric, random_state, n_jobs)
    draft.remarks.extend(left_out)
    draft.X = step.apply(draft.X)
    draft.columns = tuple(draft.columns[j] for j in step.positions)
    draft.scaled, draft.numeric = draft.scaled[step.positions], draft.numeric[step.positions]
    draft.steps.append(step)


def _reduce(draft: _Draft, settings: PreprocessingConfiguration, random_state: int) -> None:
    method = settings.dimensionality_reduction
    if method == "none":
        return
    step: Pca | Umap | Tsne
    if method == "pca":
        step = fit_pca(draft.X, settings.n_components)
        draft.X = step.apply(draft.X)
        draft.explained = tuple(step.explained.tolist()) or None
        if draft.explained is None:
            draft.remarks.append(Note(f"{PATH}.explained_variance", "the rows are all equal, so there is no variance to explain"))
    else:
        fit = fit_umap if method == "umap" else fit_tsne
        draft.before = np.ascontiguousarray(draft.X)
        step, draft.X = fit(draft.X, settings.n_components, random_state)
        title = "UMAP" if method == "umap" else "t-SNE"
        message = (
            f"clusters are found and scored in a {title} map, which makes gaps and evens out densities of its own: "
            "scores in it say little about the data, and new rows cannot be placed in it"
        )
        draft.remarks.append(Caution("embedded_space", message))
    draft.columns, draft.embedding = step.columns, step.name
    draft.steps.append(step)


def _deviations(draft: _Draft) -> dict[str, float]:
    """Return the standard deviation of each numeric column as it stands."""
    _, variance = moments(draft.X)
    return {name: float(np.sqrt(variance[j])) for j, name in enumerate(draft.columns) if draft.scaled[j]}


def _finish(draft: _Draft, n_rows: int, dropped: np.ndarray, deviations: dict[str, float], outliers: _Detected | None) -> Space:
    X = np.ascontiguousarray(draft.X)
    check_finite(X, draft.columns)
    excluded = ~dropped
    excluded[draft.rows] = False
    scores = flagged = None
    if outliers is not None:
        scores, flagged = np.full(n_rows, np.nan), np.zeros(n_rows, dtype=bool)
        scores[outliers.rows], flagged[outliers.rows] = outliers.scores, outliers.judged
    for array in (X, draft.before, draft.rows, dropped, excluded, scores, flagged):
        if array is not None:
            array.setflags(write=False)
    return Space(
        points=Points(X, draft.metric),
        columns=draft.columns,
        rows=draft.rows,
        n_rows=n_rows,
        dropped=dropped,
        excluded=excluded,
        outlier_scores=scores,
        flagged=flagged,
        outlier_method=outliers.method if outliers else None,
        embedding=draft.embedding,
        explained_variance=draft.explained,
        steps=tuple(draft.steps),
        cautions=tuple(remark for remark in draft.remarks if isinstance(remark, Caution)),
        notes=tuple(remark for remark in draft.remarks if isinstance(remark, Note)),
        left_out=tuple(remark for remark in draft.remarks if isinstance(remark, LeftOut)),
        standard_deviations=deviations,
        before_embedding=draft.before,
    )
