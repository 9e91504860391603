"""Reading in batches takes no more memory for a larger table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clusterctl.data.access import Access
from clusterctl.data.batches import Wanted, read_batches
from clusterctl.data.settings import ClusteringData

N_ROWS, NAMES = 1_200_000, tuple(f"x{j}" for j in range(8))


@pytest.mark.parametrize("row_group_size", [N_ROWS, N_ROWS // 16])
def test_the_row_groups_of_a_parquet_file_are_never_held_whole(tmp_path: Path, row_group_size: int) -> None:
    table = pa.table({name: np.random.default_rng(j).normal(size=N_ROWS) for j, name in enumerate(NAMES)})
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=row_group_size)
    size = table.nbytes
    del table
    settings = ClusteringData(data_source="t.parquet")
    wanted = Wanted(NAMES, ("numeric",) * len(NAMES), None)
    before = pa.total_allocated_bytes()
    held, n_rows = [], 0
    for batch in read_batches(settings, wanted, 20_000, folder=tmp_path, shown="t.parquet", access=Access()):
        n_rows += len(batch.frame)
        held.append(pa.total_allocated_bytes() - before)
    assert n_rows == N_ROWS
    assert max(held) < 0.5 * size
