"""Memory is told before the work starts; jobs are counted by what this process may use."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.config.models import Config
from clusterctl.engine import resources
from clusterctl.engine.memory import Available
from clusterctl.engine.resources import as_size, check_memory, count_jobs, max_memory_of
from clusterctl.errors import ResourceLimitError

MIB = 1 << 20


def settings_of(name: str, **parameters: object) -> Settings:
    spec = ALGORITHMS[name]
    return Settings(spec.parameters(**parameters), 3 if spec.takes_n_clusters else None, 0)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch):
    def hold(free: int, resident: int = 100 * MIB) -> None:
        monkeypatch.setattr(resources, "available_bytes", lambda: Available(free, "memory free on this machine"))
        monkeypatch.setattr(resources, "resident_bytes", lambda: resident)

    return hold


def refusal(name: str, max_memory: int | None = None, n_rows: int = 100_000, **parameters: object) -> ResourceLimitError:
    with pytest.raises(ResourceLimitError) as caught:
        check_memory(ALGORITHMS[name], settings_of(name, **parameters), n_rows, 10, max_memory)
    return caught.value


def test_what_fits_is_let_through_with_its_estimate(machine) -> None:
    machine(500 * MIB)
    settings = settings_of("kmeans")
    assert check_memory(ALGORITHMS["kmeans"], settings, 1000, 10, None) == ALGORITHMS["kmeans"].cost(1000, 10, settings, None).bytes


def test_the_message_names_estimate_formula_and_what_is_free(machine) -> None:
    machine(3 * MIB)
    error = refusal("hierarchical", linkage="average")
    estimate = ALGORITHMS["hierarchical"].cost(100_000, 10, settings_of("hierarchical", linkage="average"), None)
    assert error.exit_code == 9
    assert "hierarchical on 100,000 rows by 10 columns" in error.message
    assert f"about {estimate.bytes / 2**30:.1f} GiB ({estimate.formula})" in error.message
    assert "only 3.0 MiB is free (memory free on this machine)" in error.message


def test_max_memory_counts_what_the_process_already_holds(machine) -> None:
    machine(1 << 40, resident=100 * MIB)
    assert "only 20.0 MiB is free (left of --max-memory 120.0 MiB)" in refusal("hierarchical", 120 * MIB, linkage="average").message
    assert "only 0 B is free" in refusal("kmeans", 50 * MIB).message


def test_the_smaller_of_limit_and_free_memory_is_named(machine) -> None:
    machine(3 * MIB)
    assert "memory free on this machine" in refusal("kmeans", 1 << 40).message


CASES = [
    ("hierarchical", {"linkage": "average"}, {"linkage": "ward"}),
    ("hierarchical", {"linkage": "complete"}, {"linkage": "single"}),
    ("hierarchical", {"linkage": "average"}, {"linkage": "genie"}),
    ("spectral", {"affinity": "rbf"}, {"affinity": "nearest_neighbors"}),
]


@pytest.mark.parametrize("name", ALGORITHMS)
def test_three_ways_out_are_named_and_none_is_the_algorithm_itself(machine, name: str) -> None:
    machine(MIB)
    hint = str(refusal(name).hint)
    assert hint.count(", or ") == 2
    assert "fewer rows" in hint
    assert "--max-memory" in hint
    assert f"take {name} " not in hint


@pytest.mark.parametrize(("name", "given", "proposed"), CASES)
def test_the_setting_proposed_takes_less_memory(machine, name: str, given: dict[str, str], proposed: dict[str, str]) -> None:
    machine(MIB)
    assert next(iter(proposed.values())) in str(refusal(name, **given).hint)
    before, after = (ALGORITHMS[name].cost(50_000, 10, settings_of(name, **one), None).bytes for one in (given, proposed))
    assert after < before / 10


@pytest.mark.parametrize("name", ["spectral"])
def test_the_algorithms_proposed_take_less_memory(machine, name: str) -> None:
    machine(MIB)
    hint = str(refusal(name).hint)
    own = ALGORITHMS[name].cost(1_000_000, 10, settings_of(name), None).bytes
    proposed = re.findall(r"\w+", hint.partition("or take ")[2].partition(", whose")[0].replace(" or ", " "))
    assert set(proposed) <= set(ALGORITHMS)
    for other in proposed:
        assert ALGORITHMS[other].cost(1_000_000, 10, settings_of(other), None).bytes < own


@pytest.mark.parametrize("name", ["kmeans", "hdbscan", "gaussian_mixture", "dbscan", "optics"])
def test_fewer_columns_take_less_memory_where_they_are_proposed(machine, name: str) -> None:
    machine(MIB)
    assert "fewer columns" in str(refusal(name).hint)
    costs = [ALGORITHMS[name].cost(100_000, d, settings_of(name), None).bytes for d in (2, 50)]
    assert costs[0] < costs[1] / 2


@pytest.mark.parametrize(
    ("n_bytes", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536 * MIB, "1.5 GiB"), (5 << 40, "5.0 TiB"), (5 << 60, "5242880.0 TiB")],
)
def test_bytes_are_read_in_powers_of_1024(n_bytes: int, text: str) -> None:
    assert as_size(n_bytes) == text


@pytest.mark.parametrize(("given", "n_bytes"), [(None, None), ("4G", 4 << 30), (12345, 12345), ("512M", 512 << 20)])
def test_max_memory_is_read_from_the_config(given: object, n_bytes: int | None) -> None:
    config = Config.model_validate({"clustering_data": {"data_source": "t.csv"}, "execution": {"max_memory": given}})
    assert max_memory_of(config) == n_bytes


@pytest.fixture
def eight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)


@pytest.mark.parametrize(("n_jobs", "expected"), [(1, 1), (3, 3), (64, 64), (-1, 8), (-2, 7), (-8, 1), (-100, 1)])
def test_jobs_count_back_from_the_processors_of_this_process(eight: None, tmp_path: Path, n_jobs: int, expected: int) -> None:
    assert count_jobs(n_jobs, tmp_path) == expected


@pytest.mark.parametrize(
    ("quota", "expected"), [("max 100000", 8), ("200000 100000", 2), ("150000 100000", 2), ("50000 100000", 1), ("900000 100000", 8)]
)
def test_a_control_group_of_version_2_caps_them(eight: None, tmp_path: Path, quota: str, expected: int) -> None:
    (tmp_path / "sys/fs/cgroup").mkdir(parents=True)
    (tmp_path / "sys/fs/cgroup/cpu.max").write_text(quota + "\n")
    assert count_jobs(-1, tmp_path) == expected


@pytest.mark.parametrize(("quota", "expected"), [("-1", 8), ("300000", 3), ("250000", 3)])
def test_a_control_group_of_version_1_caps_them(eight: None, tmp_path: Path, quota: str, expected: int) -> None:
    folder = tmp_path / "sys/fs/cgroup/cpu"
    folder.mkdir(parents=True)
    (folder / "cpu.cfs_quota_us").write_text(quota)
    (folder / "cpu.cfs_period_us").write_text("100000")
    assert count_jobs(-1, tmp_path) == expected
