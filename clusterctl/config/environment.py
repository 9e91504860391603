"""`${NAME}` in string values: from the environment and the `.env` file beside the config, after parsing, never in keys."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clusterctl.config.problems import KeyPath, Problem
from clusterctl.config.scalars import tag_of, value_of
from clusterctl.errors import ConfigError

REFERENCE = re.compile(r"\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-((?:[^}])*))?\}|\$\{")
_WHOLE = re.compile(r"^\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}$")


@dataclass(slots=True)
class Expansion:
    """A tree with its references replaced.

    originals: the text as written, for every string value that held a reference or an escape.
    """

    value: Any
    originals: dict[KeyPath, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_environment(folder: Path | None, environ: Mapping[str, str]) -> dict[str, str]:
    """Return `.env` of the folder (None: no such file is looked for) overlaid with the environment, which wins."""
    values: dict[str, str] = {}
    path = folder / ".env" if folder is not None else None
    if path is not None and path.is_file():
        from dotenv import dotenv_values
        from dotenv.parser import parse_stream

        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise ConfigError(f"{path}: cannot be read: {reason}", hint="It is read for ${NAME}; mend or remove it.") from None
        broken = [binding.original.line for binding in parse_stream(io.StringIO(text)) if binding.error]
        if broken:
            raise ConfigError(f"{path}: line {broken[0]}: is no NAME=VALUE", hint="It is read for ${NAME}; mend or remove the line.")
        found = dotenv_values(stream=io.StringIO(text), interpolate=False)
        values.update({name: value for name, value in found.items() if value is not None})
    values.update(environ)
    return values


def expand(tree: Any, environment: Mapping[str, str]) -> Expansion:
    """Replace `${NAME}` and `${NAME:-default}` in every string value; `$${` stands for a literal `${`.

    The default holds when NAME is unset or empty. A value that is wholly one reference is read again as a YAML scalar.
    """
    expansion = Expansion(None)
    expansion.value = _expand(tree, (), environment, expansion)
    return expansion


def _expand(value: Any, path: KeyPath, environment: Mapping[str, str], expansion: Expansion) -> Any:
    if isinstance(value, dict):
        return {key: _expand(item, (*path, key), environment, expansion) for key, item in value.items()}
    if isinstance(value, list):
        return [_expand(item, (*path, position), environment, expansion) for position, item in enumerate(value)]
    if not isinstance(value, str) or "${" not in value:
        return value
    expansion.originals[path] = value

    def replaced(match: re.Match[str]) -> str:
        if match.group() == "$${":
            return "${"
        name, default = match.group(1), match.group(2)
        if name is None:
            expansion.problems.append(Problem(path, "${ begins no ${NAME}; names are letters, digits and _; write $${ for a literal ${"))
            return ""
        found = environment.get(name)
        if default is not None and not found:
            return default
        if found is None:
            text = f"${{{name}}} is not set; set {name} in the environment or in .env beside the config, or write ${{{name}:-default}}"
            expansion.problems.append(Problem(path, text))
            return ""
        return found

    text = REFERENCE.sub(replaced, value)
    return read_scalar(text) if _WHOLE.match(value) else text


def read_scalar(text: str) -> str | int | float | bool | None:
    """Read text as one YAML scalar: a number, a boolean, null, quoted text, or the text as it is."""
    stripped = text.strip()
    if len(stripped) > 1 and stripped[0] == stripped[-1] == "'" and "'" not in stripped[1:-1].replace("''", ""):
        return stripped[1:-1].replace("''", "'")
    if len(stripped) > 1 and stripped[0] == stripped[-1] == '"' and "\\" not in stripped and '"' not in stripped[1:-1]:
        return stripped[1:-1]
    try:
        value = value_of(stripped, tag_of(stripped))
    except ValueError:
        return text
    return text if isinstance(value, str) else value


def escape(value: Any) -> Any:
    """Write `${` in string values as `$${`, so that reading them again gives the same text."""
    if isinstance(value, dict):
        return {key: escape(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [escape(item) for item in value]
    return value.replace("${", "$${") if isinstance(value, str) else value
