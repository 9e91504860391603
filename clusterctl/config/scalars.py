"""What a plain scalar means: the core schema of YAML 1.2, so that `1e-3` is a number and `no`, `12:30`, `2026-01-01` are text."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence

import yaml

NULL = "tag:yaml.org,2002:null"
BOOLEAN = "tag:yaml.org,2002:bool"
INTEGER = "tag:yaml.org,2002:int"
FLOAT = "tag:yaml.org,2002:float"
TEXT = "tag:yaml.org,2002:str"

RESOLVERS = (
    (NULL, re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""]),
    (BOOLEAN, re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")),
    (INTEGER, re.compile(r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$"), list("-+0123456789")),
    (
        FLOAT,
        re.compile(r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"),
        list("-+.0123456789"),
    ),
)


class Loader(yaml.SafeLoader):
    """PyYAML's safe loader with YAML 1.2's idea of numbers and booleans, and neither timestamps nor merge keys."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 (PyYAML's own interface; filled below)


class Nodes(yaml.composer.Composer, yaml.resolver.Resolver):
    """Composes nodes from parse events that have been checked, so that the text is read once."""

    yaml_implicit_resolvers = Loader.yaml_implicit_resolvers

    def __init__(self, events: Sequence[yaml.Event]) -> None:
        yaml.composer.Composer.__init__(self)
        yaml.resolver.Resolver.__init__(self)
        self._events = deque(events)

    def check_event(self, *choices: type[yaml.Event]) -> bool:
        """Tell whether the next event is one of these."""
        return bool(self._events) and (not choices or isinstance(self._events[0], choices))

    def peek_event(self) -> yaml.Event | None:
        """Return the next event."""
        return self._events[0] if self._events else None

    def get_event(self) -> yaml.Event | None:
        """Return the next event and move on."""
        return self._events.popleft() if self._events else None


class Dumper(yaml.SafeDumper):
    """Writes text so that YAML 1.1 and 1.2 readers both see it as text."""

    yaml_implicit_resolvers = {key: list(value) for key, value in yaml.SafeDumper.yaml_implicit_resolvers.items()}  # noqa: RUF012

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 (PyYAML's own interface)
        """Write every value out."""
        return True


for _tag, _pattern, _first in RESOLVERS:
    Loader.add_implicit_resolver(_tag, _pattern, _first)
    Dumper.add_implicit_resolver(_tag, _pattern, _first)


def tag_of(text: str) -> str:
    """Return the tag that a plain (unquoted) scalar resolves to."""
    for tag, pattern, _ in RESOLVERS:
        if pattern.match(text):
            return tag
    return TEXT


def value_of(text: str, tag: str) -> str | int | float | bool | None:
    """Return the value of a scalar of a known tag; ValueError, with the remedy, where it has none."""
    if tag == NULL:
        return None
    if tag == BOOLEAN:
        if text.lower() not in ("true", "false"):
            raise ValueError("is no boolean; write true or false")
        return text.lower() == "true"
    if tag == INTEGER:
        return integer(text)
    if tag == FLOAT:
        return real(text)
    return text


def integer(text: str) -> int:
    """Read an integer: decimal, 0x… or 0o…; a leading zero is refused, since readers differ about 010."""
    digits = text.lstrip("+-")
    if digits.startswith(("0x", "0o")):
        return int(digits, 0)
    if len(digits) > 1 and digits.startswith("0"):
        raise ValueError(f'has a leading zero; write {int(text[:40])} for a number, or "{text[:40]}" for text')
    if len(digits) > 400:
        raise ValueError("is too long for a number")
    return int(text)


def real(text: str) -> float:
    """Read a float; infinities and NaN are read, for the models to refuse."""
    lowered = text.lower()
    if lowered.endswith((".inf", ".nan")):
        return float(lowered.replace(".inf", "inf").replace(".nan", "nan"))
    return float(text)


def dump(value: object) -> str:
    """Write plain data as YAML, keys in the order given."""
    return yaml.dump(value, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=120, default_flow_style=False)
