"""assignments.parquet: a row an input row, in input order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

STATUSES = ("clustered", "noise", "excluded", "dropped")


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of every input row; all arrays are (n_rows,).

    labels: int64, -1 for noise and excluded; what stands for dropped rows is not read.
    status: uint8, a position in `STATUSES`.
    confidence: float64 in [0, 1]. outlier_scores, silhouette: float64 with NaN where there is none; None where there is none at all.
    """

    labels: np.ndarray
    status: np.ndarray
    confidence: np.ndarray
    outlier_scores: np.ndarray | None
    silhouette: np.ndarray | None

    @property
    def dropped(self) -> np.ndarray:
        """(n_rows,) bool."""
        dropped: np.ndarray = self.status == STATUSES.index("dropped")
        return dropped


def assignments_table(sample_ids: pa.Array, fate: Fate) -> pa.Table:
    """Return `sample_id, cluster_id, status, confidence, outlier_score, silhouette`; null where a value does not exist."""
    import pyarrow as pa

    n_rows = len(fate.labels)
    missing = fate.dropped

    def optional(values: np.ndarray | None) -> pa.Array:
        if values is None:
            return pa.nulls(n_rows, pa.float64())
        return pa.array(values, mask=np.isnan(values))

    status = pa.DictionaryArray.from_arrays(pa.array(fate.status.astype(np.int8)), pa.array(STATUSES))
    return pa.table(
        {
            "sample_id": sample_ids,
            "cluster_id": pa.array(fate.labels, mask=missing),
            "status": status.cast(pa.string()),
            "confidence": pa.array(fate.confidence, mask=missing),
            "outlier_score": optional(fate.outlier_scores),
            "silhouette": optional(fate.silhouette),
        }
    )


def id_array(ids: np.ndarray | None, n_rows: int) -> pa.Array:
    """Return the sample ids as Arrow strings; None: the row numbers from 0."""
    import pyarrow as pa

    if ids is None:
        return pa.array(np.arange(n_rows)).cast(pa.string())
    return pa.array(ids, type=pa.string())
