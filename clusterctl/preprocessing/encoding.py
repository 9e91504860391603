"""Which encoder each feature gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusterctl.errors import PreprocessingError
from clusterctl.preprocessing.categories import fit_onehot, fit_ordinal
from clusterctl.preprocessing.encode import Encode, Encoder, Number
from clusterctl.preprocessing.tfidf import fit_tfidf
from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    from clusterctl.preprocessing.settings import PreprocessingConfiguration
    from clusterctl.preprocessing.table import Table

MAX_LEVELS = {"onehot": 50, "gower": 500}
"""Columns a category may become; more levels than that are joined into `(other)`."""


def fit_encode(
    table: Table, features: tuple[str, ...], kinds: tuple[str, ...], settings: PreprocessingConfiguration, random_state: int
) -> tuple[Encode, tuple[Caution, ...]]:
    """Choose and fit an encoder for each feature, on all rows of `table`.

    Raises PreprocessingError for a category with `categorical: error`, free text with `text: drop`, and text under `gower`.
    """
    _check(features, kinds, settings)
    encoders: list[Encoder] = []
    for feature, kind in zip(features, kinds, strict=True):
        if kind in ("numeric", "boolean"):
            encoders.append(Number(feature, boolean=kind == "boolean"))
        elif kind == "text":
            encoders.append(fit_tfidf(table.symbolic[feature], feature, random_state))
        elif settings.categorical == "ordinal":
            encoders.append(fit_ordinal(table.symbolic[feature], feature))
        else:
            # Two rows that differ in a category differ in two columns, so each counts half of the feature's 1 / p.
            value = 0.5 / len(features) if settings.categorical == "gower" else 1.0
            encoders.append(fit_onehot(table.symbolic[feature], feature, MAX_LEVELS[settings.categorical], value))
    cautions = _cautions(table, encoders)
    if settings.text == "tfidf" and "text" not in kinds:
        cautions = (
            *cautions,
            Caution("no_text", "text: tfidf is set, but no feature holds free text; list the column in clustering_data.features"),
        )
    return Encode(tuple(encoders)), cautions


def _check(features: tuple[str, ...], kinds: tuple[str, ...], settings: PreprocessingConfiguration) -> None:
    categories = [repr(name) for name, kind in zip(features, kinds, strict=True) if kind == "categorical"]
    texts = [repr(name) for name, kind in zip(features, kinds, strict=True) if kind == "text"]
    if categories and settings.categorical == "error":
        raise PreprocessingError(
            f"categorical columns among the features: {', '.join(categories)}",
            hint="preprocessing_configuration.categorical is error; set onehot, ordinal or gower, or leave the columns out",
        )
    if texts and settings.text == "drop":
        raise PreprocessingError(
            f"columns of free text among the features: {', '.join(texts)}",
            hint="set preprocessing_configuration.text: tfidf to cluster on their words, or leave the columns out",
        )
    if texts and settings.categorical == "gower":
        raise PreprocessingError(
            f"the Gower distance is not defined for free text: {', '.join(texts)}",
            hint="set preprocessing_configuration.categorical to onehot or ordinal, or leave the columns out",
        )


def _cautions(table: Table, encoders: list[Encoder]) -> tuple[Caution, ...]:
    cautions = []
    for encoder in encoders:
        if getattr(encoder, "other", False):
            n_levels = table.symbolic[encoder.feature].nunique()
            n_kept = len(encoder.columns) - 1
            cautions.append(
                Caution(
                    "many_levels",
                    f"column {encoder.feature!r} has {n_levels:,} levels: the {n_kept} most frequent have a column each, "
                    "the others share `(other)` and count as equal",
                )
            )
    return tuple(cautions)
