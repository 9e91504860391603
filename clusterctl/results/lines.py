"""The lines of a journal: how a header, a trial and a space are written as one line each, and read again."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from clusterctl.results.sweep import SweptSpace, TrialOutcome

JOURNAL = "trials.jsonl"
JOURNAL_DRAFT = "trials.jsonl.new"
"""Where a journal's header is written before the journal takes its place."""
VERSION = 1
TRIAL_BEGINS = b'{"trial_id":'
LONGEST_HEADER = 1_000
COMPLETE = b'{"complete":true}\n'
"""The line that the journal of a sweep ends with once everything else is written."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a trial's outcome depends on, as hex: of its config, of the data's bytes, of the versions of clusterctl and its libraries."""

    config: str
    data: str
    versions: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A finished trial. seconds: its share of the work. labels: at the sampled rows, as text; None: it has none."""

    trial_id: int
    fingerprint: Fingerprint
    settings: Mapping[str, Any]
    outcome: TrialOutcome
    seconds: float
    labels: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """Where a line lies in the file: its content is read when it is asked for."""

    start: int
    length: int


def header_line(random_state: int) -> bytes:
    """Return the first line of a journal."""
    return _as_line({"journal": VERSION, "random_state": random_state})


def trial_line(entry: Entry) -> bytes:
    """Return the line of a trial; `trial_id` leads, so that trials can be counted by how their lines begin."""
    content = {
        "trial_id": entry.trial_id,
        "fingerprint": asdict(entry.fingerprint),
        "seconds": entry.seconds,
        "settings": dict(entry.settings),
        "outcome": entry.outcome.model_dump(mode="json"),
        "labels": entry.labels,
    }
    return _as_line(content)


def space_line(space: SweptSpace, fingerprint: Fingerprint) -> bytes:
    """Return the line of a space."""
    return _as_line({"space": space.model_dump(mode="json"), "fingerprint": asdict(fingerprint)})


def n_finished(path: Path) -> int:
    """Count the lines of trials in the journal at `path`, without looking into them; 0: there is no journal, or it cannot be read."""
    return sum(1 for _ in _trial_lines(path))


def has_finished(path: Path) -> bool:
    """Say whether the journal at `path` has a line of a trial."""
    return any(True for _ in _trial_lines(path))


def is_complete(path: Path) -> bool:
    """Say whether the journal at `path` is that of a sweep that came to its end, with nothing begun since."""
    with suppress(OSError), path.open("rb") as file:
        if file.seek(0, os.SEEK_END) >= len(COMPLETE):
            file.seek(-len(COMPLETE), os.SEEK_END)
            return file.read() == COMPLETE
    return False


def _trial_lines(path: Path) -> Iterator[bytes]:
    if read_header(path) is None:
        return
    with suppress(OSError), path.open("rb") as file:
        yield from (line for line in file if line.startswith(TRIAL_BEGINS) and line.endswith(b"\n"))


def read_header(path: Path) -> int | None:
    """Return the random state that a journal's header holds; None: there is no such file, or it does not begin as a journal of ours."""
    try:
        if path.is_symlink():
            return None
        with path.open("rb") as file:
            text = file.readline(LONGEST_HEADER)
    except OSError:
        return None
    header = parsed(text) if text.endswith(b"\n") else None
    if header is None or header.keys() != {"journal", "random_state"} or header["journal"] != VERSION:
        return None
    random_state = header["random_state"]
    return random_state if type(random_state) is int else None


def whole_lines(file: int) -> Iterator[tuple[Line, bytes]]:
    """Give the whole lines of an open file, from its begin, and where they lie."""
    start = 0
    with os.fdopen(os.dup(file), "rb") as reader:
        reader.seek(0)
        for text in reader:
            if not text.endswith(b"\n"):
                return
            yield Line(start, len(text)), text
            start += len(text)


def checked(text: bytes) -> tuple[str, Fingerprint] | None:
    """Return whether a line holds a trial or a space, and its fingerprint; None: it is damaged, or neither."""
    from pydantic import ValidationError

    from clusterctl.results.sweep import SweptSpace, TrialOutcome

    content = parsed(text)
    if content is None:
        return None
    try:
        given = content["fingerprint"]
        fingerprint = Fingerprint(*(sys.intern(given[name]) for name in ("config", "data", "versions")))
        if "space" in content:
            SweptSpace.model_validate(content["space"])
            return "space", fingerprint
        TrialOutcome.model_validate(content["outcome"])
        return ("trial", fingerprint) if content["labels"] is None or isinstance(content["labels"], str) else None
    except (KeyError, TypeError, ValidationError):
        return None


def parsed(text: bytes) -> dict[str, Any] | None:
    """Return the JSON object in a line; None: there is none."""
    try:
        content = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of a journal")


def _as_line(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, allow_nan=False, separators=(",", ":")).encode("ascii") + b"\n"
