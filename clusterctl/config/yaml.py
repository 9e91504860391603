"""From bounded YAML (or JSON) text to plain values, each with the line it was written on."""

from __future__ import annotations

import re
from typing import Any

import yaml

from clusterctl.config.bounds import MAX_BYTES, MAX_DEPTH, MAX_NODES, bounded_events
from clusterctl.config.problems import Document, KeyPath, Problem
from clusterctl.config.scalars import FLOAT, INTEGER, TEXT, Nodes, tag_of, value_of
from clusterctl.errors import ConfigError

SEQUENCE = "tag:yaml.org,2002:seq"
MAPPING = "tag:yaml.org,2002:map"


def parse(text: str, name: str) -> Document:
    """Read one YAML or JSON document; `name` is what messages call it.

    Raises ConfigError where the text is no YAML or over the limits of `bounds`. What is wrong with single keys and values is
    collected in the document's `problems`. An empty text is the value None. Aliases are written out, within the same limits.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise ConfigError(f"{name}: larger than 1 MiB", hint="Is this the data rather than the config?")
    if text.lstrip().startswith("{"):
        text = _json_as_yaml(text)
    try:
        node = Nodes(bounded_events(text, name)).get_single_node()
    except yaml.YAMLError as error:
        raise _told(error, name) from None
    builder = _Builder(name)
    value = builder.build(node, (), 0) if node is not None else None
    return Document(value, builder.places, tuple(builder.problems))


class _Builder:
    """Makes values from composed nodes, writing aliases out, so that every path has a line and a size limit holds for the whole."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.places: dict[KeyPath, str] = {}
        self.problems: list[Problem] = []
        self.n_built = 0

    def build(self, node: yaml.Node, path: KeyPath, depth: int) -> Any:
        self.n_built += 1
        line = f"line {node.start_mark.line + 1}"
        self.places.setdefault(path, line)
        if self.n_built > MAX_NODES or depth > MAX_DEPTH:
            raise ConfigError(f"{self.name}: {line}: its aliases stand for too much", hint="Write the values out.")
        if isinstance(node, yaml.MappingNode) and node.tag == MAPPING:
            return self.mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode) and node.tag == SEQUENCE:
            return [self.build(item, (*path, position), depth + 1) for position, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, path)
        self.problems.append(Problem(path, f"the tag {_short(node.tag)} is not accepted; write plain values", line))
        return None

    def mapping(self, node: yaml.MappingNode, path: KeyPath, depth: int) -> dict[str, Any]:
        value: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = self.key(key_node, path)
            if key is None:
                continue
            if key in lines:
                text = f"given twice, here and on line {lines[key]}; keep one"
                self.problems.append(Problem((*path, key), text, f"line {line}"))
                continue
            lines[key] = line
            self.places[(*path, key)] = f"line {line}"
            value[key] = self.build(value_node, (*path, key), depth + 1)
        return value

    def key(self, node: yaml.Node, path: KeyPath) -> str | None:
        line = f"line {node.start_mark.line + 1}"
        if not isinstance(node, yaml.ScalarNode):
            self.problems.append(Problem(path, "a list or mapping stands where a key should; quote texts with braces or brackets", line))
            return None
        if node.value == "<<" and node.style is None:
            self.problems.append(Problem(path, "merge keys (<<) are not accepted; write the keys out", line))
            return None
        if node.tag != TEXT:
            self.problems.append(Problem(path, f'the key {node.value[:40]} is no text; write "{node.value[:40]}"', line))
            return None
        return str(node.value)

    def scalar(self, node: yaml.ScalarNode, path: KeyPath) -> Any:
        line = f"line {node.start_mark.line + 1}"
        if not node.tag.startswith("tag:yaml.org,2002:") or node.tag.count("/"):
            self.problems.append(Problem(path, f"the tag {_short(node.tag)} is not accepted; write plain values", line))
            return None
        plain = tag_of(node.value) if node.style is None else TEXT
        if node.tag not in (TEXT, plain) and not (node.tag == FLOAT and plain == INTEGER):
            self.problems.append(Problem(path, f"the tag {_short(node.tag)} is not accepted; write plain values", line))
            return None
        try:
            return value_of(node.value, node.tag)
        except ValueError as error:
            self.problems.append(Problem(path, f"{node.value[:40]} {error}", line))
            return None


def _short(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")[:60]


_STRING_OR_TAB = re.compile(r'"(?:[^"\\]|\\.)*"|\t')
_SURROGATES = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


def _json_as_yaml(text: str) -> str:
    """Smooth out the two things of JSON that PyYAML does not read: tabs between tokens, and surrogate pairs."""

    def smooth(match: re.Match[str]) -> str:
        token = match.group()
        return " " if token == "\t" else _SURROGATES.sub(_joined, token)

    return _STRING_OR_TAB.sub(smooth, text)


def _joined(match: re.Match[str]) -> str:
    high, low = (int(part, 16) for part in match.groups())
    return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"


def _told(error: yaml.YAMLError, name: str) -> ConfigError:
    """Word PyYAML's complaint for the user."""
    if isinstance(error, yaml.reader.ReaderError):
        return ConfigError(
            f"{name}: is not text: it holds the control character #x{int(error.character):02x}", hint="Save it as UTF-8 text."
        )
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return ConfigError(f"{name}: is not YAML: {error}")
    mark = error.problem_mark
    place = f"line {mark.line + 1}, column {mark.column + 1}"
    if "'\\t'" in (error.problem or ""):
        return ConfigError(f"{name}: {place}: a tab stands where YAML wants spaces", hint="Indent with spaces.")
    context = f" ({error.context})" if error.context else ""
    hint = "Quote values that hold : # { } [ ] , & * ! | > % @ or begin with a quote; indent keys of one section alike."
    return ConfigError(f"{name}: {place}: is not YAML: {error.problem}{context}", hint=hint)
