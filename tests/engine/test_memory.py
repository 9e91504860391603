"""How much memory is free: the least of machine, control groups and own limit, told on a made-up /proc and /sys."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from clusterctl.engine import memory
from clusterctl.engine.memory import available_bytes, peak_bytes, resident_bytes

GIB = 1 << 30
NONE_V1 = 9223372036854771712


@pytest.fixture(autouse=True)
def no_own_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda which: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def write(root: Path, files: dict[str, object]) -> Path:
    for name, content in {"proc/meminfo": f"MemTotal: 99 kB\nMemAvailable: {8 * GIB // 1024} kB\n", **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{content}\n")
    return root


def test_without_groups_it_is_what_the_machine_has_free(tmp_path: Path) -> None:
    free = available_bytes(write(tmp_path, {}))
    assert free.bytes == 8 * GIB
    assert "machine" in free.source


def test_version_2_limit_less_usage(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "proc/self/cgroup": "0::/job",
            "sys/fs/cgroup/job/memory.max": 2 * GIB,
            "sys/fs/cgroup/job/memory.current": GIB // 2,
            "sys/fs/cgroup/job/memory.stat": "anon 5\ninactive_file 0",
        },
    )
    free = available_bytes(root)
    assert free.bytes == 2 * GIB - GIB // 2
    assert "control group" in free.source


def test_file_cache_that_can_be_taken_back_counts_as_free(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "proc/self/cgroup": "0::/job",
            "sys/fs/cgroup/job/memory.max": 2 * GIB,
            "sys/fs/cgroup/job/memory.current": GIB,
            "sys/fs/cgroup/job/memory.stat": f"anon 5\ninactive_file {GIB // 4}",
        },
    )
    assert available_bytes(root).bytes == 2 * GIB - GIB + GIB // 4


def test_the_tightest_of_all_groups_above_counts(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "proc/self/cgroup": "0::/a/b",
            "sys/fs/cgroup/a/b/memory.max": "max",
            "sys/fs/cgroup/a/b/memory.current": 10,
            "sys/fs/cgroup/a/memory.max": 3 * GIB,
            "sys/fs/cgroup/a/memory.current": GIB,
            "sys/fs/cgroup/memory.max": 7 * GIB,
            "sys/fs/cgroup/memory.current": GIB,
            "sys/fs/cgroup/other/memory.max": 1,
            "sys/fs/cgroup/other/memory.current": 0,
        },
    )
    assert available_bytes(root).bytes == 2 * GIB


def test_in_a_container_the_group_is_the_mount_itself(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "proc/self/cgroup": "0::/../../outside/of/here",
            "sys/fs/cgroup/memory.max": GIB,
            "sys/fs/cgroup/memory.current": GIB // 4,
        },
    )
    assert available_bytes(root).bytes == GIB - GIB // 4


def test_version_1_limit_less_usage(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "proc/self/cgroup": "3:cpu,cpuacct:/job\n2:memory:/job",
            "sys/fs/cgroup/memory/job/memory.limit_in_bytes": 300 << 20,
            "sys/fs/cgroup/memory/job/memory.usage_in_bytes": 200 << 20,
            "sys/fs/cgroup/memory/job/memory.stat": f"inactive_file 1\ntotal_inactive_file {50 << 20}",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": NONE_V1,
            "sys/fs/cgroup/memory/memory.usage_in_bytes": GIB,
        },
    )
    assert available_bytes(root).bytes == 150 << 20


@pytest.mark.parametrize("limit", ["max", str(NONE_V1), str(2**63 - 4096), "", "garbage"])
def test_no_limit_is_no_bound(tmp_path: Path, limit: str) -> None:
    files: dict[str, object] = {
        "proc/self/cgroup": "0::/\n2:memory:/",
        "sys/fs/cgroup/memory.max": limit,
        "sys/fs/cgroup/memory.current": 10,
        "sys/fs/cgroup/memory/memory.limit_in_bytes": limit,
        "sys/fs/cgroup/memory/memory.usage_in_bytes": 10,
    }
    assert available_bytes(write(tmp_path, files)).bytes == 8 * GIB


def test_more_used_than_allowed_is_nothing_free(tmp_path: Path) -> None:
    files: dict[str, object] = {"proc/self/cgroup": "0::/", "sys/fs/cgroup/memory.max": 10, "sys/fs/cgroup/memory.current": 20}
    assert available_bytes(write(tmp_path, files)).bytes == 0


def test_own_address_space_is_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda which: (2 * GIB, 2 * GIB))
    root = write(tmp_path, {"proc/self/status": f"VmSize: {GIB // 1024} kB"})
    free = available_bytes(root)
    assert free.bytes == GIB
    assert "RLIMIT_AS" in free.source


def test_without_proc_the_system_is_asked(tmp_path: Path) -> None:
    assert available_bytes(tmp_path).bytes > 0


def test_without_free_pages_all_pages_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def sysconf(name: str) -> int:
        if name == "SC_AVPHYS_PAGES":
            raise ValueError(name)
        return {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 1000}[name]

    monkeypatch.setattr(memory.os, "sysconf", sysconf)
    assert available_bytes(tmp_path).bytes == 4096 * 1000


def test_peak_and_present_memory_follow_an_allocation() -> None:
    code = (
        "from clusterctl.engine.memory import peak_bytes, resident_bytes\n"
        "before = resident_bytes(); block = b'x' * (200 << 20); during = resident_bytes(); del block\n"
        "print(during - before, peak_bytes() - before, peak_bytes() - resident_bytes())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    grown, peak, given_back = (int(part) for part in done.stdout.split())
    assert all(150 << 20 < size < 300 << 20 for size in (grown, peak, given_back))


def test_this_process_has_some_memory() -> None:
    assert 0 < resident_bytes() <= peak_bytes() * 2
