"""The table of `compare`: 80 columns, every fate, and text of the data that cannot steer the terminal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import clusterctl
from clusterctl.cli.compared import print_comparison


def printed(folder: Path, capsys: pytest.CaptureFixture[str], a: list[object], b: list[object]) -> str:
    for name, labels in (("a", a), ("b", b)):
        pd.DataFrame({"sample_id": range(len(labels)), "cluster_id": labels}).to_csv(folder / f"{name}.csv", index=False)
    print_comparison(clusterctl.compare(folder / "a.csv", folder / "b.csv"))
    return capsys.readouterr().out


def test_every_fate_is_a_line_of_at_most_80_columns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a = np.repeat([0, 0, 1, 2, 3, 4, 5, 5, -1], [60, 40, 70, 30, 50, 40, 30, 8, 20])
    b = np.repeat([0, 6, 1, 1, 3, -1, 5, -1, 7], [60, 40, 70, 30, 50, 40, 30, 8, 20])
    lines = printed(tmp_path, capsys, a.tolist(), [*b.tolist(), *[3] * 30]).splitlines()
    assert max(map(len, lines)) <= 80
    told = [" ".join(line.split()) for line in lines]
    for line in (
        "split into 0 0, 6 100 → 100 60% in 0, 40% in 6",
        "merged from 1, 2 1 100 → 100 70% from 1, 30% from 2",
        "grown 3 3 50 → 80",
        "gone 4 – 40 → 0 100% now in no cluster",
        "shrunk 5 5 38 → 30",
        "born – 7 0 → 20 100% from no cluster",
    ):
        assert line in told
    assert "348 rows in both, matched by id; 30 only in B" in told


def test_many_clusters_show_what_happened_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a = np.repeat(np.arange(60), 10)
    b = np.where(a == 59, -1, a)
    out = printed(tmp_path, capsys, a.tolist(), b.tolist())
    assert "gone" in out
    assert "and 30 more that go on, with --json" in out


def test_labels_cannot_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels: list[object] = ["\x1b[31mred", "[bold]b[/bold]"] * 20
    out = printed(tmp_path, capsys, labels, labels)
    assert "\x1b[31m" not in out
    assert "\\x1b[31mred" in out
    assert "[bold]b[/bold]" in out
