"""A config as YAML that a person reads: a comment beside every choice, further keys as lines that can be taken in.

Every name and text that comes from the data is written so that the config loads to exactly it, and no comment can be broken out of.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from clusterctl.config.messages import printable
from clusterctl.config.scalars import Dumper

WIDTH = 118
COMMENT_AT = 34
"""Comments of a section stand below each other here; a line that is longer has its own above."""
LONGEST_KEY = 1000
_PLAIN = re.compile(r"(?:\.{0,2}/)*[^\W\d]\w*(?:[ ./-]\w+)*")


@dataclass(frozen=True, slots=True)
class Listed:
    """A list with a line for each value, and what is said of each."""

    items: tuple[tuple[Any, str], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a section. off: a line that only shows what there is, commented out. An empty key: a comment alone."""

    key: str
    value: Any = None
    why: str = ""
    off: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a config; off: commented out as a whole."""

    name: str
    entries: tuple[Entry, ...]
    why: str = ""
    off: bool = False


def tree_of(sections: Sequence[Section]) -> dict[str, Any]:
    """Return the config as the plain values that the text loads to."""
    return {
        section.name: {entry.key: _plain_value(entry.value) for entry in section.entries if entry.key and not entry.off}
        for section in sections
        if not section.off
    }


def text_of(head: Sequence[str], sections: Sequence[Section]) -> str:
    """Return the text of a config: comments at its head, then its sections."""
    lines = [line for text in head for line in _comment_lines(text, "")]
    for section in sections:
        mark = "# " if section.off else ""
        lines += ["", *_with_comment(f"{mark}{section.name}:", section.why, "")]
        for entry in section.entries:
            lines += _entry_lines(entry, mark or ("# " if entry.off else ""))
    return "\n".join(lines) + "\n"


def _plain_value(value: Any) -> Any:
    return [item for item, _ in value.items] if isinstance(value, Listed) else value


def _entry_lines(entry: Entry, mark: str) -> Iterator[str]:
    if not entry.key:
        yield from _comment_lines(entry.why, "  ")
    elif isinstance(entry.value, Listed):
        yield from _with_comment(f"  {mark}{entry.key}:", entry.why, "  ")
        for item, why in entry.value.items:
            yield from _with_comment(f"    {mark}- {flow(item)}", why, "    ")
    else:
        first, *rest = _broken(f"{entry.key}: {flow(entry.value)}", entry.value)
        yield from _with_comment(f"  {mark}{first}", entry.why, "  ")
        yield from (f"  {mark}  {line}" for line in rest)


def _broken(text: str, value: Any) -> list[str]:
    """Break a long list of values between them; texts with blanks in them are in one piece."""
    if len(text) <= WIDTH or not isinstance(value, list | tuple):
        return [text]
    key, _, _ = text.partition(": ")
    lines, line = [], f"{key}: ["
    for position, item in enumerate(value):
        part = flow(item) + (", " if position < len(value) - 1 else "]")
        if len(line) + len(part) > WIDTH:
            lines.append(line.rstrip())
            line = ""
        line += part
    return [*lines, line]


def _with_comment(text: str, why: str, indent: str) -> Iterator[str]:
    """Yield a line with its comment beside it and below, or above where the line is long."""
    if not why:
        yield text
    elif len(text) > COMMENT_AT - 2 and len(text) + len(printable(why)) + 4 <= WIDTH:
        yield f"{text}  # {' '.join(_wrapped(why, WIDTH))}"
    elif len(text) > COMMENT_AT - 2:
        yield from _comment_lines(why, indent)
        yield text
    else:
        first, *rest = _wrapped(why, WIDTH - COMMENT_AT - 2)
        yield f"{text:<{COMMENT_AT}}# {first}"
        yield from (f"{'':<{COMMENT_AT}}# {line}" for line in rest)


def _comment_lines(text: str, indent: str) -> Iterator[str]:
    yield from (f"{indent}# {line}" for line in _wrapped(text, WIDTH - len(indent) - 2))


def _wrapped(text: str, width: int) -> list[str]:
    """Return text as lines without a control character: nothing in it can end the comment that it stands in."""
    return wrap(printable(text), width, break_on_hyphens=False) or [""]


def flow(value: Any) -> str:
    """Write plain data on one line of YAML, so that our reader and those of YAML 1.1 read the same."""
    if isinstance(value, str):
        return value if _is_plain(value) else _quoted(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(flow, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_key(key)}: {flow(item)}' for key, item in value.items())}}}"
    return json.dumps(value)


def _key(text: str) -> str:
    """Write a key; YAML wants those of more than 1,024 characters marked."""
    written = flow(text)
    return written if len(written) < LONGEST_KEY else f"? {written} "


def _is_plain(text: str) -> bool:
    """Tell whether text may stand without quotes and is text to every reader: neither a number nor `yes` nor a date."""
    if not _PLAIN.fullmatch(text) or not text.isprintable():
        return False
    resolvers = Dumper.yaml_implicit_resolvers
    return not any(pattern.match(text) for _, pattern in [*resolvers.get(text[0], ()), *resolvers.get(None, ())])


def _quoted(text: str) -> str:
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
