"""Reasons for nulls that always have the same one, so that the steps need not repeat them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from clusterctl.values.remarks import Note

REASONS: tuple[tuple[str, str], ...] = (
    ("clustering_results.model_info.fit.*", "this fit has no such value"),
    ("clustering_results.model_info.chosen.*.evidence", "it is not counted for this algorithm, or not defined for this number"),
    ("clustering_results.evaluation_metrics.noise_policies.*.*", "under this treatment of noise the metric is not defined"),
    ("clustering_results.cluster_analysis.feature_importance[*].importance", "there are no two clusters to tell apart, or no feature does"),
    ("clustering_results.cluster_analysis.cluster_profiles[*].characteristics.telling_features[*].category", "a number has no category"),
    ("clustering_results.cluster_analysis.cluster_profiles[*].characteristics.features.*.sd", "one value has no spread"),
    (
        "clustering_results.cluster_analysis.cluster_profiles[*].characteristics.features.*.*",
        "the cluster has no row with a value, or there is no row outside it to compare with",
    ),
    (
        "clustering_results.cluster_analysis.protected",
        "too few rows have a value for it, the value does not vary, or fewer than privacy.min_group would be told of",
    ),
    ("clustering_results.validation.stability.per_cluster[*]", "too few rows of the cluster are in the sample"),
    ("clustering_results.validation.null.*.mean", "no draw without clusters had a score"),
    ("clustering_results.validation.null.*.sd", "fewer than two draws without clusters had a score"),
    ("clustering_results.validation.gates[*].value", "the value does not exist for this result, so the gate fails"),
    ("metadata.data_statistics.preprocessing.explained_variance", "no principal components were taken"),
    ("metadata.data_statistics.preprocessing.outlier_method", "outlier_detection is off"),
    ("metadata.data_statistics.feature_statistics.*.*", "no row has a value, or fewer than privacy.min_group do"),
)


def standing_notes(document: dict[str, Any], known: tuple[Note, ...], reasons: tuple[tuple[str, str], ...] = REASONS) -> list[Note]:
    """Return a note for every kind of null in `document` that `known` does not explain and that has a standing reason.

    In a path `[*]` stands for every item of a list and `*` for any one key.
    """
    explained = [_pattern(note.path) for note in known]
    patterns = [(_pattern(path), Note(path, reason)) for path, reason in reasons]
    found: dict[str, Note] = {}
    for path in null_paths(document):
        if any(pattern.match(path) for pattern in explained):
            continue
        for pattern, note in patterns:
            if pattern.match(path):
                general = re.sub(r"\[\d+\]", "[*]", path)
                found[general] = Note(general, note.reason)
                break
    return list(found.values())


def null_paths(value: Any, path: str = "") -> Iterator[str]:
    """Yield the path of every null in plain data."""
    if value is None:
        yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from null_paths(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from null_paths(inner, f"{path}[{place}]")


def _pattern(path: str) -> re.Pattern[str]:
    escaped = re.escape(path).replace(re.escape("[*]"), r"\[\d+\]").replace(re.escape("*"), r"[^.]+")
    return re.compile(rf"{escaped}($|[.\[])")
