"""An earlier run that all tests of the command line share."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from bad_case import TABLE, config


@pytest.fixture(scope="session")
def earlier_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a real run, made once; copy it before changing it."""
    folder = tmp_path_factory.mktemp("earlier")
    (folder / "c.yaml").write_text(config())
    (folder / "t.csv").write_text(TABLE)
    command = [sys.executable, "-m", "clusterctl", "run", "c.yaml", "-o", "out", "--quiet"]
    subprocess.run(command, cwd=folder, check=True, timeout=300, stdin=subprocess.DEVNULL, env={**os.environ, "HOME": str(folder)})
    return folder / "out"
