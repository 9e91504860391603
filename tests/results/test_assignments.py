"""assignments.parquet: a row an input row, null where a value does not exist."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from clusterctl.results.assignments import STATUSES, Fate, assignments_table, id_array

STATUS = np.array([STATUSES.index(name) for name in ("clustered", "noise", "excluded", "dropped")], dtype=np.uint8)


def fate(outlier_scores: np.ndarray | None = None, silhouette: np.ndarray | None = None) -> Fate:
    return Fate(np.array([3, -1, -1, 77]), STATUS, np.array([0.5, 0.0, 0.0, 0.9]), outlier_scores, silhouette)


def test_every_status_has_its_row() -> None:
    rows = assignments_table(id_array(None, 4), fate()).to_pylist()
    assert [row["sample_id"] for row in rows] == ["0", "1", "2", "3"]
    assert [row["status"] for row in rows] == ["clustered", "noise", "excluded", "dropped"]
    assert [row["cluster_id"] for row in rows] == [3, -1, -1, None]
    assert [row["confidence"] for row in rows] == [0.5, 0.0, 0.0, None]


def test_values_that_are_not_there_are_null_not_nan() -> None:
    table = assignments_table(id_array(None, 4), fate(np.array([1.5, 2.5, 9.5, np.nan]), np.array([0.25, np.nan, np.nan, np.nan])))
    assert table["outlier_score"].to_pylist() == [1.5, 2.5, 9.5, None]
    assert table["silhouette"].to_pylist() == [0.25, None, None, None]
    nothing = assignments_table(id_array(None, 4), fate())
    assert nothing["outlier_score"].to_pylist() == nothing["silhouette"].to_pylist() == [None] * 4


def test_the_types_are_the_same_whatever_is_there() -> None:
    expected = pa.schema(
        [
            ("sample_id", pa.string()),
            ("cluster_id", pa.int64()),
            ("status", pa.string()),
            ("confidence", pa.float64()),
            ("outlier_score", pa.float64()),
            ("silhouette", pa.float64()),
        ]
    )
    assert assignments_table(id_array(None, 4), fate()).schema.equals(expected)
    full = fate(np.zeros(4), np.zeros(4))
    assert assignments_table(id_array(np.array(["a", "b", "c", "d"], dtype=object), 4), full).schema.equals(expected)


def test_ids_stay_as_they_are_written() -> None:
    assert id_array(np.array(["007", "é", ""], dtype=object), 3).to_pylist() == ["007", "é", ""]


def test_dropped_rows_are_told_by_their_status() -> None:
    assert fate().dropped.tolist() == [False, False, False, True]
