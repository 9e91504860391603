"""One file put in the place of another in one step, so that a reader sees the old or the new one and never half of it."""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from pathlib import Path

from clusterctl.errors import OutputError
from clusterctl.results.swap import cannot_write, sync


def replace_file(path: Path, content: str | bytes, *, draft: Path | None = None) -> None:
    """Write text, as UTF-8, or bytes beside `path` and rename it into place; what was written beside goes if that fails.

    draft: where to write it first, on the same file system; None: a name of its own beside. Raises OutputError, worded by cause.
    """
    draft = draft or path.with_name(f".{path.name[:200]}.new-{uuid.uuid4().hex[:12]}")
    try:
        try:
            with draft.open("wb") as file:
                file.write(content if isinstance(content, bytes) else content.encode("utf-8", errors="backslashreplace"))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            sync(path.parent)
        except BaseException:
            with suppress(OSError):
                draft.unlink()
            raise
    except OSError as error:
        raise cannot_write(path, error) from error


def check_writable(path: Path) -> None:
    """Raise OutputError if a file cannot be put at `path`: told before the work starts."""
    try:
        if path.is_dir():
            raise OutputError(f"{path} is a folder, and a file is to be written there", hint="name a file with --output")
        parent = path.absolute().parent
        if not parent.is_dir():
            raise OutputError(f"there is no folder {parent} to write {path.name} into", hint="make it, or name another file")
        if not os.access(parent, os.W_OK | os.X_OK):
            raise OutputError(f"the folder {parent} cannot be written to", hint="name another file with --output")
    except OSError as error:
        raise cannot_write(path, error) from error
