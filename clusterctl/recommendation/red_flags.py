"""What in the table itself would mislead any clustering, told before anything is recommended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.analysis.words import joined, number, percent, plain
from clusterctl.metrics.cautions import cautions

if TYPE_CHECKING:
    from clusterctl.values.dataset import Dataset
    from clusterctl.values.space import Space

MANY_SKEWED = 2.0
"""Moment skewness: an exponential distribution has 2."""
NEARLY_THE_SAME = 0.95
ONE_HOT_SHARE = 0.5
N_LOOKED_AT = 20_000
MOST_PAIRED = 300


@dataclass(frozen=True, slots=True)
class RedFlag:
    """Something that makes any recommendation doubtful. code: snake_case. columns: those concerned. remedy: what to set, or None."""

    code: str
    message: str
    columns: tuple[str, ...] = ()
    remedy: str | None = None


def red_flags(dataset: Dataset, space: Space) -> tuple[RedFlag, ...]:
    """Return what speaks against believing any answer, the gravest first; deterministic.

    Skew and near-duplicates are looked for on the first 20,000 rows, near-duplicates among at most 300 features.
    """
    nothing_found = np.zeros(space.points.n_rows, dtype=np.int64)
    general = cautions(space, nothing_found, None, None)
    flags = [
        *(RedFlag(caution.code, caution.message, (), _REMEDIES.get(caution.code)) for caution in general if caution.code in _REMEDIES),
        *_too_few_rows(space),
        *_one_hot(dataset, space),
        *_skewed(dataset, space),
        *_near_duplicates(dataset),
        *_columns_by_name(dataset),
    ]
    return tuple(flags)


_REMEDIES: Mapping[str, str | None] = {
    "unscaled_features": "preprocessing_configuration.scaling: standard",
    "embedding_space": "preprocessing_configuration.dimensionality_reduction: none",
    "ties": None,
}
"""Of the cautions about any labelling, those about the points themselves, with what to set."""


def _too_few_rows(space: Space) -> list[RedFlag]:
    n_rows, n_columns = space.points.n_rows, space.points.n_columns
    if n_rows > n_columns:
        return []
    words = f"{n_rows:,} rows in {n_columns:,} dimensions: with no more rows than dimensions nearly any grouping can look separate."
    return [RedFlag("more_columns_than_rows", words, (), "preprocessing_configuration.dimensionality_reduction: pca")]


def _one_hot(dataset: Dataset, space: Space) -> list[RedFlag]:
    """Tell whether categories, one-hot and unscaled, make up most of the spread that distances are made of."""
    numeric, coded = set(dataset.numeric_features), [name for name in dataset.features if dataset.kinds[name] == "categorical"]
    if not numeric or not coded or space.embedding != "none" or space.points.metric != "euclidean":
        return []
    spread = space.points.X.var(axis=0)
    owners = [_owner(column, coded) for column in space.columns]
    share = float(spread[[owner is not None for owner in owners]].sum() / (spread.sum() or 1.0))
    if share <= ONE_HOT_SHARE:
        return []
    named = joined([plain(name) for name in coded], 5)
    words = f"{percent(share)} of the spread comes from the categories of {named}: clusters may just repeat them."
    return [RedFlag("one_hot_dominates", words, tuple(coded), "preprocessing_configuration.categorical: gower, or name fewer features")]


def _owner(column: str, coded: Sequence[str]) -> str | None:
    return next((name for name in coded if column.startswith(f"{name}=")), None)


def _skewed(dataset: Dataset, space: Space) -> list[RedFlag]:
    if any(step.name == "transform" for step in space.steps):
        return []
    found = {}
    for name in dataset.numeric_features:
        if dataset.kinds[name] == "numeric" and abs(value := _skewness(_known(dataset, name))) > MANY_SKEWED:
            found[name] = value
    if not found:
        return []
    worst = max(found, key=lambda name: abs(found[name]))
    named = joined([plain(name) for name in found], 5)
    words = (
        f"Heavily skewed: {named} (skewness of {plain(worst)}: {number(found[worst])}). A few rows in a long tail can pass for clusters."
    )
    return [RedFlag("skewed_features", words, tuple(found), "preprocessing_configuration.transform: yeo_johnson")]


def _near_duplicates(dataset: Dataset) -> list[RedFlag]:
    names = [name for name in dataset.numeric_features if dataset.kinds[name] == "numeric"][:MOST_PAIRED]
    columns = [_column(dataset, name) for name in names]
    repeated: dict[str, str] = {}
    for place, name in enumerate(names):
        twin = next((other for other in range(place) if names[other] not in repeated and _alike(columns[place], columns[other])), None)
        if twin is not None:
            repeated[name] = names[twin]
    if not repeated:
        return []
    shown = joined([f"{plain(name)} repeats {plain(other)}" for name, other in repeated.items()], 5)
    words = f"Said more than once, so it counts more than once: {shown} (|r| above {NEARLY_THE_SAME})."
    return [RedFlag("near_duplicates", words, tuple(repeated), "preprocessing_configuration.feature_selection: true")]


def _columns_by_name(dataset: Dataset) -> list[RedFlag]:
    """Tell of features that name the rows, and of columns that were left out by themselves: a reader should know."""
    flags = [RedFlag(caution.code, caution.message) for caution in dataset.cautions if caution.code == "id_like_feature"]
    if dataset.left_out:
        words = f"Not clustered on: {joined([f'{plain(entry.column)} ({entry.reason})' for entry in dataset.left_out], 5)}."
        flags.append(RedFlag("columns_left_out", words, tuple(entry.column for entry in dataset.left_out)))
    return flags


def _column(dataset: Dataset, name: str) -> np.ndarray:
    column: np.ndarray = dataset.frame[name].iloc[:N_LOOKED_AT].to_numpy(dtype=float, na_value=np.nan)
    return column


def _known(dataset: Dataset, name: str) -> np.ndarray:
    column = _column(dataset, name)
    known: np.ndarray = column[np.isfinite(column)]
    return known


def _skewness(values: np.ndarray) -> float:
    """Return the moment skewness; 0 where there is no spread."""
    if len(values) < 3:
        return 0.0
    away = values / (np.abs(values).max() or 1.0)
    away = away - away.mean()
    spread = float((away**2).mean())
    return float((away**3).mean() / spread**1.5) if spread > 0 else 0.0


def _alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Tell whether two columns are correlated by more than 0.95, either way, on the rows where both have a value."""
    known = np.isfinite(one) & np.isfinite(other)
    if known.sum() < 3:
        return False
    a, b = (_centred(column if known.all() else column[known]) for column in (one, other))
    return abs(float(a @ b)) > NEARLY_THE_SAME


def _centred(known: np.ndarray) -> np.ndarray:
    """Return the column with mean 0 and length 1; all 0 where it is constant."""
    away: np.ndarray = known / (np.abs(known).max() or 1.0)
    away = away - away.mean()
    length = float(np.sqrt(away @ away))
    return away / length if length > 0 else away
