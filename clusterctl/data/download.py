"""A web address as a file: streamed, limited, kept for the next run, and never trusted to lead anywhere else."""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from clusterctl.data.access import Access
from clusterctl.data.download_cache import Kept, keep, kept_copy
from clusterctl.data.redaction import redact
from clusterctl.data.table import Fetched
from clusterctl.data.web import Deadline, open_following
from clusterctl.errors import ConfigError, DataLoadError
from clusterctl.values.remarks import Caution

_BLOCK = 1 << 16


def download(url: str, shown: str, checksum: str | None, access: Access, scratch: Path) -> Fetched:
    """Return the content at `url` as a file: a copy kept earlier where that is still valid, else fetched anew.

    A kept copy is used after revalidation (304 for its ETag or Last-Modified), when its SHA-256 is the one `checksum` names, or, with a
    caution that says its date, offline. A copy that is not what its record says is as good as none.
    Raises DataLoadError (no answer, an error status, a forbidden redirect, too large, too slow, cut short), ConfigError (a password in
    the address).
    """
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
        raise ConfigError(
            f"clustering_data.data_source: {redact(url)}: user and password do not belong in a web address",
            hint="download the file with a tool that keeps them safe; only a SQL address may hold ${NAME} for its password",
        )
    if not parts.hostname:
        raise ConfigError(f"clustering_data.data_source: {redact(url)}: no host in the address")
    name = parts.path.rpartition("/")[2]
    copy = kept_copy(access.cache_folder, url) if access.cache_folder is not None else None
    if copy is not None and checksum is not None and checksum.lower() == f"sha256:{copy.sha256}":
        return Fetched(copy.path, name, shown, copy.sha256)
    if access.offline:
        return _offline(copy, name, shown)
    return _fetch(url, name, shown, copy, access, scratch)


def _offline(copy: Kept | None, name: str, shown: str) -> Fetched:
    if copy is None:
        raise DataLoadError(f"{shown}: no copy of it was kept, and --offline forbids fetching it", hint="run once without --offline")
    caution = Caution("offline_copy", f"{shown} was not asked for again (--offline): the copy of {copy.fetched} was used.")
    return Fetched(copy.path, name, shown, copy.sha256, (caution,))


def _fetch(url: str, name: str, shown: str, copy: Kept | None, access: Access, scratch: Path) -> Fetched:
    from urllib3.exceptions import HTTPError

    conditions = copy.conditions if copy is not None else {}
    hint = f"the copy of {copy.fetched} is used with --offline" if copy is not None else "check the address and the network"
    with Deadline(access.total_seconds) as deadline:
        try:
            response = open_following(url, conditions, shown, access, deadline)
            try:
                if response.status == 304 and copy is not None:
                    return Fetched(copy.path, name, shown, copy.sha256)
                if response.status != 200:
                    raise DataLoadError(
                        f"{shown}: the server answers {response.status} {response.reason or ''}".rstrip(),
                        hint=_status_hint(response.status),
                    )
                return _save(response, url, name, shown, access, scratch, deadline)
            finally:
                response.close()
        except (HTTPError, OSError, ValueError) as error:
            if deadline.passed:
                raise _too_slow(shown, access) from None
            raise DataLoadError(f"{shown}: could not be fetched: {_plain(error, access)}", hint=hint) from None


def _status_hint(status: int) -> str:
    if status in (401, 403):
        return "the address needs a log-in or a valid signature: download the file and name the copy"
    return "check the address" if status in (404, 410) else "try again later"


def _too_slow(shown: str, access: Access) -> DataLoadError:
    return DataLoadError(
        f"{shown}: not complete after {access.total_seconds:g} seconds", hint="download the file with another tool and name the copy"
    )


def _plain(error: Exception, access: Access) -> str:
    """Return what happened in plain words, without the address that the library's own message repeats."""
    from urllib3 import exceptions

    if isinstance(error, exceptions.NameResolutionError):
        return "no such host"
    if isinstance(error, exceptions.NewConnectionError):
        return "the host refuses the connection, or cannot be reached"
    if isinstance(error, exceptions.ConnectTimeoutError):
        return f"no connection within {access.connect_seconds:g} seconds"
    if isinstance(error, exceptions.ReadTimeoutError | TimeoutError):
        return f"nothing came for {access.idle_seconds:g} seconds"
    if isinstance(error, exceptions.ProtocolError) and any(isinstance(part, exceptions.IncompleteRead) for part in (error, *error.args)):
        return "the connection ended before all bytes had come"
    if isinstance(error, exceptions.SSLError):
        return f"no secure connection: {error.args[0] if error.args else error}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return f"the connection broke ({type(error).__name__})"


def _save(response: Any, url: str, name: str, shown: str, access: Access, scratch: Path, deadline: Deadline) -> Fetched:
    length = response.headers.get("Content-Length")
    if length is not None and length.isdigit() and int(length) > access.max_bytes:
        raise _too_large(shown, access)
    folder = scratch
    if access.cache_folder is not None:
        with suppress(OSError):
            access.cache_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder = access.cache_folder
    try:
        handle, temporary = tempfile.mkstemp(prefix=".download-", dir=folder)
    except OSError:  # a cache that cannot be written is no reason to fail
        folder = scratch
        handle, temporary = tempfile.mkstemp(prefix=".download-", dir=folder)
    path = Path(temporary)
    try:
        with os.fdopen(handle, "wb") as out:
            sha256 = _stream(response, out, shown, access, deadline)
        if folder != scratch:
            path = keep(folder, url, path, sha256, response.headers)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Fetched(path, name, shown, sha256)


def _stream(response: Any, out: Any, shown: str, access: Access, deadline: Deadline) -> str:
    sha256, size = hashlib.sha256(), 0
    while block := response.read1(_BLOCK):
        size += len(block)
        if size > access.max_bytes:
            raise _too_large(shown, access)
        if deadline.passed:
            raise _too_slow(shown, access)
        sha256.update(block)
        out.write(block)
    length = response.headers.get("Content-Length")
    if deadline.passed:
        raise _too_slow(shown, access)
    if length is not None and length.isdigit() and int(length) != size:
        raise DataLoadError(f"{shown}: {size:,} bytes came, but the server had promised {int(length):,}", hint="try again")
    return sha256.hexdigest()


def _too_large(shown: str, access: Access) -> DataLoadError:
    return DataLoadError(f"{shown}: larger than {access.max_bytes:,} bytes", hint="download the file with another tool and name the copy")
