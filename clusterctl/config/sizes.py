"""Sizes of memory as people write them."""

from __future__ import annotations

import re

from clusterctl.errors import ConfigError

SIZE = r"^\s*([0-9]+(?:\.[0-9]+)?|\.[0-9]+)\s*([kKmMgGtTpP]?)((?:[iI]?[bB])?)\s*$"
_SIZE = re.compile(SIZE)
_POWER = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}


def parse_size(size: str | int) -> int:
    """Return a size in bytes: an integer is bytes; K, M, G, T, P (also KiB, KB, …) are powers of 1024. ConfigError otherwise."""
    told = f"{str(size)[:40]!r} is no size of memory"
    hint = "Write bytes as an integer above 0, or a number with K, M, G or T: 512M, 4G, 1.5GiB."
    if isinstance(size, bool):
        raise ConfigError(told, hint=hint)
    if isinstance(size, int):
        n_bytes = size
    else:
        match = _SIZE.match(size)
        if match is None:
            raise ConfigError(told, hint=hint)
        n_bytes = int(float(match.group(1)) * 1024 ** _POWER[match.group(2).lower()])
    if n_bytes <= 0:
        raise ConfigError(told, hint=hint)
    return n_bytes
