"""Whether a fit would go into memory, told before it starts; how many jobs to run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from clusterctl.algorithms.base import AlgorithmSpec, Settings
from clusterctl.config.sizes import parse_size
from clusterctl.engine.memory import Available, available_bytes, resident_bytes
from clusterctl.errors import ResourceLimitError

if TYPE_CHECKING:
    from clusterctl.config.models import Config


def check_memory(
    spec: AlgorithmSpec,
    settings: Settings,
    n_rows: int,
    n_columns: int,
    max_memory: int | None,
    fewer_rows: str = "cluster fewer rows (a sample of the table)",
) -> int:
    """Return the bytes a fit is estimated to take beside the points. fewer_rows: how fewer rows are fitted on, for the hint.

    Raises ResourceLimitError if that is more than `max_memory` leaves beside what the process already holds, or more than the machine
    or its control group has free.
    """
    cost = spec.cost(n_rows, n_columns, settings, None)
    free = free_memory(max_memory)
    if cost.bytes > free.bytes:
        raise ResourceLimitError(
            f"{spec.name} on {n_rows:,} rows by {n_columns} columns would take about {as_size(cost.bytes)} ({cost.formula}), "
            f"but only {as_size(free.bytes)} is free ({free.source})",
            hint=_ways_out(spec, settings, fewer_rows),
        )
    return cost.bytes


def free_memory(max_memory: int | None) -> Available:
    """Return what the machine or its control group has free, or what `max_memory` leaves beside what the process holds if that is less."""
    free = available_bytes()
    if max_memory is None:
        return free
    left = max(0, max_memory - resident_bytes())
    return Available(left, f"left of --max-memory {as_size(max_memory)}") if left < free.bytes else free


def max_memory_of(config: Config) -> int | None:
    """Return `execution.max_memory` in bytes; None: no limit but what is free."""
    given = config.execution.max_memory
    return None if given is None else parse_size(given)


def _ways_out(spec: AlgorithmSpec, settings: Settings, fewer_rows: str) -> str:
    """Name three ways out that hold for the algorithm."""
    lean = "kmeans or hdbscan, whose memory grows with the rows alone"
    if spec.name == "hierarchical" and getattr(settings.parameters, "linkage", None) not in ("ward", "single", "genie"):
        lean = "linkage ward, single or genie, whose memory grows with the rows alone"
    elif spec.name == "spectral" and getattr(settings.parameters, "affinity", None) != "nearest_neighbors":
        lean = "affinity nearest_neighbors, whose memory grows with the rows alone"
    elif spec.name in ("kmeans", "hdbscan", "gaussian_mixture", "dbscan", "optics"):  # grow with rows and columns alone already
        lean = "fewer columns (dimensionality_reduction: pca)"
    return f"{fewer_rows}, or take {lean}, or give it more memory (a larger --max-memory or machine)"


def as_size(n_bytes: float) -> str:
    """Return bytes as a person reads them, in powers of 1024."""
    size = float(n_bytes)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"


def count_jobs(n_jobs: int, root: Path = Path("/")) -> int:
    """Return how many jobs to run at once: a negative number counts back from the processors this process may use (-1: all of them)."""
    processors = max(1, min(_own_processors(), _quota(root)))
    return n_jobs if n_jobs > 0 else max(1, processors + 1 + n_jobs)


def _own_processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _quota(root: Path) -> int:
    """Return the processors the control group allows (version 2 `cpu.max`, version 1 quota over period), rounded up."""
    group = root / "sys/fs/cgroup"
    try:
        quota, period = (group / "cpu.max").read_text().split()
    except (OSError, ValueError):
        try:
            quota, period = ((group / "cpu" / name).read_text().strip() for name in ("cpu.cfs_quota_us", "cpu.cfs_period_us"))
        except OSError:
            return 1 << 20
    if quota in ("max", "-1") or int(period) <= 0:
        return 1 << 20
    return -(-int(quota) // int(period))
