"""Where a config comes from: a file, a mapping, a config object."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clusterctl.config.bounds import MAX_BYTES, MAX_DEPTH
from clusterctl.config.environment import escape
from clusterctl.config.models import Config, dump
from clusterctl.config.problems import Document, KeyPath, Problem
from clusterctl.config.yaml import parse
from clusterctl.errors import ConfigError


def read_document(source: str | Path | Mapping[str, Any] | Config) -> tuple[Document, Path, Path | None]:
    """Return the config as plain values, the folder its relative paths start from, and its file (None: there is none)."""
    if isinstance(source, Config):
        return Document(escape(dump(source))), Path.cwd(), None
    if isinstance(source, Mapping):
        problems: list[Problem] = []
        value = plain(source, (), problems)
        return Document(value, {}, tuple(problems)), Path.cwd(), None
    path = Path(source)
    document = parse(_read_text(path), str(path))
    if document.value is None and not document.problems:
        raise ConfigError(
            f"{path}: the config is empty", hint="It needs at least clustering_data.data_source and clustering_configuration.algorithm."
        )
    if not isinstance(document.value, dict):
        told = "a list" if isinstance(document.value, list) else "a single value"
        hint = "Write clustering_data: and under it data_source: …; is this the data rather than the config?"
        raise ConfigError(f"{path}: the config is {told}; it must be a mapping of sections", hint=hint)
    problems = list(document.problems)
    value = plain(document.value, (), problems)
    return Document(value, document.places, tuple(problems)), path.parent.resolve(), path


def _read_text(path: Path) -> str:
    if path.is_dir():
        raise ConfigError(f"{path}: is a folder, not a config file", hint=_nearby(path))
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file", hint="Check the path.") from None
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}", hint="Check the path and its permissions."
        ) from None
    if len(raw) > MAX_BYTES:
        raise ConfigError(f"{path}: larger than 1 MiB", hint="Is this the data rather than the config?")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ConfigError(f"{path}: is UTF-16 text", hint="Save it as UTF-8.")
    if b"\0" in raw:
        raise ConfigError(f"{path}: is a binary file, not a config", hint="Is this the data rather than the config?")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}: line {line}: is not UTF-8 text", hint="Save it as UTF-8.") from None


def _nearby(folder: Path) -> str:
    found = sorted(path.name for path in folder.glob("*.y*ml"))[:3]
    return f"Name one of the files in it: {', '.join(found)}." if found else "Name the config file itself."


def plain(value: Any, path: KeyPath, problems: list[Problem]) -> Any:
    """Return dicts, lists and scalars alone; anything else, and numbers that are not finite, become None and a problem."""
    if len(path) > MAX_DEPTH:
        problems.append(Problem(path[:1], f"nested deeper than {MAX_DEPTH} levels"))
        return None
    if isinstance(value, Mapping):
        problems.extend(Problem(path, f"the key {str(key)[:40]} is no text") for key in value if not isinstance(key, str))
        return {key: plain(item, (*path, key), problems) for key, item in value.items() if isinstance(key, str)}
    if isinstance(value, list | tuple):
        return [plain(item, (*path, position), problems) for position, item in enumerate(value)]
    if isinstance(value, Path):
        return escape(str(value))
    if isinstance(value, float) and not math.isfinite(value):
        problems.append(Problem(path, f"got {value}; allowed: a finite number"))
        return None
    if value is None or type(value) in (str, int, float, bool):
        return value
    problems.append(
        Problem(path, f"got an object of type {type(value).__name__}; allowed: text, numbers, true, false, null, lists, mappings")
    )
    return None
