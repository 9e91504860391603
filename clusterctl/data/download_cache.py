"""Downloads kept for the next run: a data file named by its hash, and a record that says what it is."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from clusterctl.data.digest import file_sha256


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept download that is what its record says. fetched: when, ISO 8601; conditions: the headers that ask whether it still holds."""

    path: Path
    sha256: str
    fetched: str
    conditions: Mapping[str, str]


def _key(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:32]


def kept_copy(folder: Path, url: str) -> Kept | None:
    """Return the kept copy of `url`; None where there is none, or file or record is damaged, foreign, or not what it says."""
    record_path = folder / f"{_key(url)}.json"
    try:
        if not _own(record_path):
            return None
        record = json.loads(record_path.read_text(encoding="utf-8"))
        sha256, fetched = str(record["sha256"]), str(record["fetched"])
        path = folder / f"{_key(url)}-{sha256[:16]}.data"
        if not _own(path) or file_sha256(path) != sha256:
            return None
        given = {"If-None-Match": record.get("etag"), "If-Modified-Since": record.get("last_modified")}
        conditions = {name: value for name, value in given.items() if isinstance(value, str) and value.isprintable()}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Kept(path, sha256, fetched, conditions)


def _own(path: Path) -> bool:
    """Tell whether this is a regular file of ours: no link, no one else's."""
    if path.is_symlink() or not path.is_file():
        return False
    return path.stat().st_uid == os.getuid()


def keep(folder: Path, url: str, path: Path, sha256: str, headers: Mapping[str, str]) -> Path:
    """Move a finished download into the cache and write its record; returns its place. Earlier copies of the address are removed."""
    target = folder / f"{_key(url)}-{sha256[:16]}.data"
    path.replace(target)
    record = {
        "sha256": sha256,
        "etag": headers.get("ETag"),
        "last_modified": headers.get("Last-Modified"),
        "fetched": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    with suppress(OSError):
        handle, temporary = tempfile.mkstemp(prefix=".record-", dir=folder)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(record, out)
        Path(temporary).replace(folder / f"{_key(url)}.json")
        for old in folder.glob(f"{_key(url)}-*.data"):
            if old != target:
                old.unlink(missing_ok=True)
    return target
