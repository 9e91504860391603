"""Limits on the text of a config, checked on parse events, before anything is constructed from them.

A few hundred bytes of nested aliases or merge keys can stand for gigabytes, and deep nesting ends a recursive reader.
"""

from __future__ import annotations

import yaml

from clusterctl.config.scalars import Loader
from clusterctl.errors import ConfigError

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 50
MAX_NODES = 20_000
MAX_ALIASES = 100
MANY = (
    "A config is written by hand. To sweep over many values of a setting, draw them: "
    "sweep_configuration.random, with {integer: [a, b]} or {uniform: [a, b]} for the setting."
)


def bounded_events(text: str, name: str) -> list[yaml.Event]:
    """Return the parse events of the YAML text.

    Raises ConfigError where it nests too deep, or has too many nodes, aliases or documents; yaml.YAMLError if it is no YAML.
    """
    events: list[yaml.Event] = []
    depth = n_nodes = n_aliases = n_documents = 0
    loader = Loader(text)
    try:
        while loader.check_event():
            event = loader.get_event()  # type: ignore[no-untyped-call]
            events.append(event)
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            n_nodes += isinstance(event, yaml.NodeEvent)
            n_aliases += isinstance(event, yaml.AliasEvent)
            n_documents += isinstance(event, yaml.DocumentStartEvent)
            told = _over(depth, n_nodes, n_aliases, n_documents)
            if told is not None:
                mark = event.start_mark
                hint = MANY if n_nodes > MAX_NODES else "A config is one document, written out plainly."
                raise ConfigError(f"{name}: line {mark.line + 1}: {told}", hint=hint)
    finally:
        loader.dispose()
    return events


def _over(depth: int, n_nodes: int, n_aliases: int, n_documents: int) -> str | None:
    if depth > MAX_DEPTH:
        return f"nested deeper than {MAX_DEPTH} levels"
    if n_nodes > MAX_NODES:
        return f"more than {MAX_NODES:,} values"
    if n_aliases > MAX_ALIASES:
        return f"more than {MAX_ALIASES} aliases"
    if n_documents > 1:
        return "a second document (---) begins here; a config is one document"
    return None
