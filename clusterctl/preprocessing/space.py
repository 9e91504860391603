"""A short name for a space: equal names mean the same points."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clusterctl.preprocessing.settings import PreprocessingConfiguration

LENGTH = 12


def space_id(dataset_sha256: str, settings: PreprocessingConfiguration, features: Sequence[str], random_state: int) -> str:
    """Return 12 hexadecimal digits that name the points which these features become: two analyses with one name share them.

    Settings that have no effect beside the others are left out, so that writing them does not make another space; `random_state`
    counts only where a step draws from it.
    """
    fields = settings.model_dump(mode="json")
    if not settings.outlier_detection:
        fields.update(outlier_action=None, outlier_fraction=None)
    if settings.categorical == "gower":
        fields.update(scaling=None)
    if settings.dimensionality_reduction == "none":
        fields.update(n_components=None)
    drawn = settings.outlier_detection or settings.feature_selection or settings.text == "tfidf"
    seed = random_state if drawn or settings.dimensionality_reduction in ("umap", "tsne") else None
    text = json.dumps([dataset_sha256, fields, list(features), seed], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]
