from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clusterctl.data.access import Access
from clusterctl.data.load import load
from clusterctl.data.settings import ClusteringData
from clusterctl.values.dataset import Dataset

LoadText = Callable[..., Dataset]


@pytest.fixture
def load_file(tmp_path: Path) -> LoadText:
    """Load a file of the temporary folder by its name; further keywords are those of `clustering_data`."""

    def run(name: str, *, access: Access | None = None, use_text: bool = False, **settings: Any) -> Dataset:
        data = ClusteringData(data_source=name, **settings)
        return load(data, folder=tmp_path, shown_source=name, use_text=use_text, access=access or Access())

    return run


@pytest.fixture
def load_text(tmp_path: Path, load_file: LoadText) -> LoadText:
    """Write text (or bytes) to a file and load it."""

    def run(content: str | bytes, name: str = "t.csv", **settings: Any) -> Dataset:
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_file(name, **settings)

    return run
