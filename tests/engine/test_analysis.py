"""The steps of an analysis: what is refused once the table is known, before anything is computed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import clusterctl
from clusterctl.commands.validate import validate
from clusterctl.errors import ConfigError


@pytest.mark.parametrize("command", [clusterctl.run, validate])
@pytest.mark.parametrize("column", ["cluster_id", "confidence"])
def test_a_column_of_the_input_is_never_written_over_in_the_table(tmp_path: Path, column: str, command: Callable[..., object]) -> None:
    (tmp_path / "t.csv").write_text(f"a,{column}\n1,2.5\n2,3.5\n9,1.5\n")
    config = {
        "clustering_data": {"data_source": str(tmp_path / "t.csv")},
        "clustering_configuration": {"algorithm": "kmeans", "n_clusters": 2},
        "output": {"table": "csv"},
    }
    with pytest.raises(ConfigError, match=rf"output\.table: the input has a column {column}"):
        command(config)
