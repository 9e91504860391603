"""trials.parquet: a row a trial, in plan order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from clusterctl.metrics.registry import METRICS

if TYPE_CHECKING:
    import pyarrow as pa

    from clusterctl.results.sweep import TrialRow

INTERNAL = tuple(name for name, spec in METRICS.items() if spec.kind == "internal")


def trials_table(
    rows: Sequence[TrialRow], paths: Sequence[str], *, rank_space: bool | None = None, validated: bool | None = None
) -> pa.Table:
    """Return the trials as a table, in the order given; null where a value does not exist.

    Columns: trial_id int64; status, error (`Type: message`), space_id string; each of `paths` string, its value as JSON text, null where
    the config has none; n_clusters int64, noise_fraction float64, smallest_cluster int64; every metric float64 under its name;
    `rank_space.<metric>` float64 for the internal ones where there is a rank space; stability (the lowest of the clusters) and
    prediction_strength float64 where trials are validated; rank int64. The types do not depend on the values.
    rank_space, validated: whether there is one, they are; None: told from the rows.
    """
    import pyarrow as pa

    if rank_space is None:
        rank_space = any(row.rank_space_metrics is not None for row in rows)
    if validated is None:
        validated = any(row.stability is not None for row in rows)
    columns: dict[str, pa.Array] = {
        "trial_id": pa.array([row.trial_id for row in rows], pa.int64()),
        "status": pa.array([row.status for row in rows], pa.string()),
        "error": pa.array([_error(row) for row in rows], pa.string()),
        "space_id": pa.array([row.space_id for row in rows], pa.string()),
        **{path: pa.array([_json(row.settings.get(path)) for row in rows], pa.string()) for path in paths},
        "n_clusters": pa.array([row.n_clusters for row in rows], pa.int64()),
        "noise_fraction": pa.array([row.noise_fraction for row in rows], pa.float64()),
        "smallest_cluster": pa.array([row.smallest_cluster for row in rows], pa.int64()),
        **{name: pa.array([_metric(row, name) for row in rows], pa.float64()) for name in METRICS},
    }
    if rank_space:
        for name in INTERNAL:
            columns[f"rank_space.{name}"] = pa.array([(row.rank_space_metrics or {}).get(name) for row in rows], pa.float64())
    if validated:
        columns["stability"] = pa.array([row.stability.minimum if row.stability else None for row in rows], pa.float64())
        strengths = [row.stability.prediction_strength if row.stability else None for row in rows]
        columns["prediction_strength"] = pa.array(strengths, pa.float64())
    columns["rank"] = pa.array([row.rank for row in rows], pa.int64())
    return pa.table(columns)


def _error(row: TrialRow) -> str | None:
    return None if row.error is None else f"{row.error.type}: {row.error.message}"


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, allow_nan=False)


def _metric(row: TrialRow, name: str) -> float | None:
    if row.evaluation_metrics is None:
        return None
    value: float | None = getattr(row.evaluation_metrics, name)
    return value
