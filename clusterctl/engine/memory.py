"""How much memory there is to work with: of the machine, of every control group above this process, and of its own limit."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

UNLIMITED = 2**60
"""Limits from here on stand for none (version 1 writes about 2^63)."""


@dataclass(frozen=True, slots=True)
class Available:
    """Memory that can still be taken, and what sets that bound."""

    bytes: int
    source: str


def available_bytes(root: Path = Path("/")) -> Available:
    """Return the least of: the machine's free memory, limit less usage of each control group above this process, RLIMIT_AS less size.

    File cache that the kernel can take back counts as free. root: where /proc and /sys are found, for tests. Never below 0.
    """
    bounds = [*_machine(root), *_groups(root), *_address_space(root)]
    if not bounds:
        bounds = [_by_sysconf()]
    least = min(bounds, key=lambda bound: bound.bytes)
    return Available(max(0, least.bytes), least.source)


def peak_bytes(root: Path = Path("/")) -> int:
    """Return the most resident memory that this process has had so far.

    Linux's getrusage also counts what the process was before its exec, that is its parent, so VmHWM is read where there is one.
    """
    kilobytes = _keyed(root / "proc/self/status", "VmHWM:")
    if kilobytes is not None:
        return kilobytes * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def resident_bytes(root: Path = Path("/")) -> int:
    """Return the resident memory of this process now (where the system does not tell: its peak)."""
    kilobytes = _keyed(root / "proc/self/status", "VmRSS:")
    return peak_bytes() if kilobytes is None else kilobytes * 1024


def _machine(root: Path) -> Iterator[Available]:
    value = _keyed(root / "proc/meminfo", "MemAvailable:")
    if value is not None:
        yield Available(value * 1024, "memory free on this machine")


def _groups(root: Path) -> Iterator[Available]:
    for line in _lines(root / "proc/self/cgroup"):
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers == "":
            names = ("memory.max", "memory.current", "inactive_file")
            mounts = [root / "sys/fs/cgroup", root / "sys/fs/cgroup/unified"]
        elif "memory" in controllers.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            mounts = [root / "sys/fs/cgroup/memory"]
        else:
            continue
        for mount in mounts:
            for group in _ancestors(path):
                yield from _group(mount / group, *names)


def _ancestors(path: str) -> list[str]:
    """Return the group and all above it, the mount itself last; in a container the path may lie outside and is then skipped."""
    parts = [part for part in PurePosixPath(path).parts if part not in ("/", "..")]
    return ["/".join(parts[:end]) for end in range(len(parts), -1, -1)]


def _group(folder: Path, limit_name: str, usage_name: str, cache_name: str) -> Iterator[Available]:
    limit, usage = _number(folder / limit_name), _number(folder / usage_name)
    if limit is None or usage is None or limit >= UNLIMITED:
        return
    cache = _keyed(folder / "memory.stat", cache_name) or 0
    yield Available(limit - max(0, usage - cache), f"memory left to the control group ({limit_name} {limit})")


def _address_space(root: Path) -> Iterator[Available]:
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY or limit >= UNLIMITED:
        return
    size = _keyed(root / "proc/self/status", "VmSize:") or 0
    yield Available(limit - size * 1024, f"address space left to this process (RLIMIT_AS {limit})")


def _by_sysconf() -> Available:
    """Return the pages free, or where that is not told (macOS) all of the machine's."""
    page = os.sysconf("SC_PAGE_SIZE")
    for name, source in (("SC_AVPHYS_PAGES", "memory free on this machine"), ("SC_PHYS_PAGES", "memory of this machine")):
        try:
            return Available(os.sysconf(name) * page, source)
        except (ValueError, OSError):
            continue
    return Available(UNLIMITED, "nothing: this system tells no limit")


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _number(path: Path) -> int | None:
    lines = _lines(path)
    return int(lines[0]) if lines and lines[0].strip().isdigit() else None


def _keyed(path: Path, key: str) -> int | None:
    for line in _lines(path):
        parts = line.split()
        if len(parts) >= 2 and parts[0] == key and parts[1].isdigit():
            return int(parts[1])
    return None
