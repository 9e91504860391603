"""What a `data_source` text is, how it is shown without secrets, and how its relative path is moved to another folder."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from clusterctl.config.environment import REFERENCE

_URL = re.compile(r"^([A-Za-z][A-Za-z0-9+.\-]*)://")
_AUTHORITY = re.compile(r"^([A-Za-z][A-Za-z0-9+.\-]*://)([^/?#]*)@")
_SQLITE = re.compile(r"^(sqlite(?:\+[a-z0-9_]+)?:///)([^?]+)(\?.*)?$", re.IGNORECASE)
_SECRET_NAME = re.compile(r"token|secret|password|passwd|pwd|signature|credential|api_?key|access_?key|^key$|^sig$|auth", re.IGNORECASE)


def is_local(source: str) -> bool:
    """Tell whether this names a file of this machine: neither a URL nor `-`."""
    return source != "-" and not _URL.match(source)


def redact(text: str) -> str:
    """Return the text of a URL without user, password and the values of its query; anything else as it is."""
    if not _URL.match(text):
        return text
    return _around_references(text, _redacted)


def _redacted(text: str) -> str:
    plain = _AUTHORITY.sub(r"\1", text)
    base, mark, _ = plain.partition("?")
    return base + ("?…" if mark else "")


def without_secrets(text: str) -> str:
    """Return the text of a URL with a password written in it, and query values by tell-tale names, replaced by `${…}` to be set.

    `user:secret@host` becomes `user:${DATA_SOURCE_PASSWORD}@host`, `?token=secret` becomes `?token=${DATA_SOURCE_TOKEN}`.
    """
    if not _URL.match(text):
        return text
    return _around_references(text, _parametrised)


def _parametrised(text: str) -> str:
    match = _AUTHORITY.match(text)
    if match is not None:
        user, colon, password = match.group(2).partition(":")
        if colon and password and not _is_mask(password):
            text = f"{match.group(1)}{user}:${{DATA_SOURCE_PASSWORD}}@{text[match.end() :]}"
    base, mark, query = text.partition("?")
    if not mark:
        return text
    return base + mark + "&".join(_parametrised_value(pair) for pair in query.split("&"))


def _parametrised_value(pair: str) -> str:
    name, equals, value = pair.partition("=")
    if not equals or not value or _is_mask(value) or not _SECRET_NAME.search(name):
        return pair
    return f"{name}=${{DATA_SOURCE_{re.sub('[^A-Z0-9]+', '_', name.upper()).strip('_')}}}"


def moved(source: str, original: str, prefix: str) -> tuple[str, str]:
    """Put `prefix`, a relative folder, before a relative path: the path itself and the text it was written as, alike."""
    sqlite = _SQLITE.match(source)
    if sqlite is not None and not sqlite.group(2).startswith(("/", ":memory:", "file:")):
        written = _SQLITE.match(original)
        before = (written or sqlite).group(1)
        rest = original[len(before) :] if original.startswith(before) else None
        moved_source = sqlite.group(1) + _joined(prefix, sqlite.group(2)) + (sqlite.group(3) or "")
        return moved_source, moved_source if rest is None else before + _joined(prefix, rest)
    if not is_local(source) or os.path.isabs(source):  # noqa: PTH117 (a text, not a path of this system)
        return source, original
    return _joined(prefix, source), _joined(prefix, original)


def _joined(prefix: str, text: str) -> str:
    if prefix in ("", "."):
        return text
    return _around_references(text, lambda masked: os.path.normpath(f"{prefix}/{masked}"))


def canonical_source(text: str) -> str:
    """Return what is the same wherever the file lies: its name; a URL without its secrets."""
    sqlite = _SQLITE.match(text)
    if sqlite is not None:
        return sqlite.group(1) + _name(sqlite.group(2))
    return _name(text) if is_local(text) else redact(text)


def _name(text: str) -> str:
    return _around_references(text, lambda masked: PurePosixPath(masked).name)


def relative(start: Path, folder: Path) -> str:
    """Return the way from `folder` to `start`, both with symbolic links followed."""
    return os.path.relpath(os.path.realpath(start), os.path.realpath(folder))


def name_of(source: str) -> str:
    """Return a short name for a run from what its data are called, fit for a folder."""
    if source == "-":
        return "stdin"
    last = PurePosixPath(redact(source).split("?")[0].rstrip("/")).name
    stem = last.split(".")[0] if not last.startswith(".") else last
    return re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip("-.")[:80] or "data"


_MASK = 0xE000


def _is_mask(text: str) -> bool:
    return len(text) == 1 and ord(text) >= _MASK


def _around_references(text: str, change: Callable[[str], str]) -> str:
    """Apply `change` while each `${…}` counts as one plain character."""
    found: list[str] = []

    def mask(match: re.Match[str]) -> str:
        found.append(match.group())
        return chr(_MASK + len(found) - 1)

    changed = change(REFERENCE.sub(mask, text))
    for position, reference in enumerate(found):
        changed = changed.replace(chr(_MASK + position), reference)
    return changed
