"""Standard input as a file."""

from __future__ import annotations

import hashlib
from pathlib import Path

from clusterctl.data.access import Access
from clusterctl.data.table import Fetched
from clusterctl.errors import DataLoadError

_BLOCK = 1 << 20


def spool(access: Access, scratch: Path) -> Fetched:
    """Copy standard input to a file in `scratch`, hashed on the way.

    Raises DataLoadError where there is none, it is a terminal, or it is longer than `access.max_bytes`.
    """
    stream = access.stdin
    if stream is None or stream.closed:
        raise DataLoadError(
            "standard input: there is none", hint='data_source "-" reads a table from a pipe: … | clusterctl run config.yaml'
        )
    if stream.isatty():
        raise DataLoadError(
            "standard input: nothing is piped in", hint='data_source "-" reads a table from a pipe: … | clusterctl run config.yaml'
        )
    sha256, size, target = hashlib.sha256(), 0, scratch / "stdin"
    with target.open("wb") as out:
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > access.max_bytes:
                raise DataLoadError(f"standard input: longer than {access.max_bytes:,} bytes", hint="save it to a file and name that")
            sha256.update(block)
            out.write(block)
    return Fetched(target, "", "standard input", sha256.hexdigest())
