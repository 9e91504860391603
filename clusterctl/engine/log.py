"""Events as structured log lines: what log.jsonl holds and what `--log-format json` prints."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from clusterctl.events import Emit, Event, Warned


def log_listener(write: Callable[[str], object]) -> Emit:
    """Return a listener that hands each event to `write` as one JSON line, through structlog.

    The event's name is its class in snake_case (clustering_started, clusters_created, evaluation_completed, …), its fields are the
    event's own, and `timestamp` is UTC.
    """
    import structlog

    logger = structlog.wrap_logger(
        _Lines(write),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(sort_keys=True, ensure_ascii=False),
        ],
    )

    def listen(event: Event) -> None:
        level = logger.warning if isinstance(event, Warned) else logger.info
        level(event_name(event), **asdict(event))

    return listen


def event_name(event: Event) -> str:
    """Return the event's name as logs carry it."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()


class _Lines:
    """The end of structlog's chain: a logger whose every level writes the rendered line."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write

    def info(self, line: str) -> Any:
        return self._write(line)

    warning = info
