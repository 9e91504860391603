"""The journal of a sweep, `trials.jsonl`: a line a finished trial, synced as it ends, so that a killed sweep can go on.

The first line is the header; then come trials and the spaces they share, in order of completion. Lines are only ever added. A last
line that was cut short, and lines that do not hold what they should, count as not there.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusterctl.results.lines import (
    COMPLETE,
    JOURNAL,
    JOURNAL_DRAFT,
    Entry,
    Fingerprint,
    Line,
    checked,
    has_finished,
    header_line,
    is_complete,
    n_finished,
    read_header,
    space_line,
    trial_line,
    whole_lines,
)
from clusterctl.results.swap import cannot_write, sync

if TYPE_CHECKING:
    from clusterctl.results.sweep import SweptSpace, TrialOutcome

__all__ = ["JOURNAL", "JOURNAL_DRAFT", "Entry", "Fingerprint", "Journal", "has_finished", "is_complete", "n_finished", "read_header"]


@dataclass(slots=True)
class Journal:
    """An open journal; made by `start` or `resume`, for one writer, who holds the output folder's lock.

    random_state: of the sweep, from the header. n_finished: lines of trials. In memory is only where the lines lie.
    """

    path: Path
    random_state: int
    n_finished: int = 0
    _file: int = -1
    _end: int = 0
    _trials: dict[Fingerprint, Line] = field(default_factory=dict)
    _spaces: dict[Fingerprint, Line] = field(default_factory=dict)
    _last: dict[str, Fingerprint] = field(default_factory=dict)

    @classmethod
    def start(cls, path: Path, random_state: int) -> Journal:
        """Put a new journal in the place of any; its header is on the disk on return. Raises OutputError where the system refuses."""
        header = header_line(random_state)
        draft = path.with_name(JOURNAL_DRAFT)
        try:
            draft.unlink(missing_ok=True)
            with draft.open("xb") as file:
                file.write(header)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            sync(path.parent)
            return cls(path, random_state, _file=_open(path), _end=len(header))
        except OSError as error:
            raise cannot_write(path, error) from error

    @classmethod
    def resume(cls, path: Path) -> Journal | None:
        """Open the journal at `path` and cut off what was not written whole; None: there is none, or its header is not whole.

        Raises OutputError where the system refuses.
        """
        random_state = read_header(path)
        if random_state is None:
            return None
        journal = cls(path, random_state)
        try:
            journal._file = _open(path)
            for line, text in whole_lines(journal._file):
                journal._end = line.start + line.length
                journal._note(line, text)
            if os.fstat(journal._file).st_size != journal._end:
                os.ftruncate(journal._file, journal._end)
                os.fsync(journal._file)
        except OSError as error:
            journal.close()
            raise cannot_write(path, error) from error
        return journal

    def append(self, entries: Sequence[Entry]) -> None:
        """Add trials; they are on the disk on return. Raises OutputError where the system refuses: then none of them is there."""
        lines = [trial_line(entry) for entry in entries]
        for entry, line in zip(entries, self._write(lines), strict=True):
            self._note_trial(entry.fingerprint, line)

    def append_space(self, space: SweptSpace, fingerprint: Fingerprint) -> None:
        """Add the facts of a space; `fingerprint.config` is of the settings that make it. Raises as `append` does."""
        line = space_line(space, fingerprint)
        self._spaces[fingerprint] = self._write([line])[0]

    def outcome(self, fingerprint: Fingerprint) -> TrialOutcome | None:
        """Return what the last line of that fingerprint holds, every number to the last bit; None: there is no such line."""
        from clusterctl.results.sweep import TrialOutcome

        line = self._trials.get(fingerprint)
        return None if line is None else TrialOutcome.model_validate(self._read(line)["outcome"])

    def space(self, fingerprint: Fingerprint) -> SweptSpace | None:
        """Return the facts of a space; None: there is no such line."""
        from clusterctl.results.sweep import SweptSpace

        line = self._spaces.get(fingerprint)
        return None if line is None else SweptSpace.model_validate(self._read(line)["space"])

    def labels(self, fingerprint: Fingerprint) -> str | None:
        """Return the labels in the last line of that fingerprint; None: there is no such line, or it has none."""
        line = self._trials.get(fingerprint)
        return None if line is None else self._read(line)["labels"]

    def differences(self, wanted: Sequence[Fingerprint]) -> Counter[str]:
        """Count the journalled configs none of whose lines is wanted, by the first thing that differs.

        "config": it is not wanted any more. "data": it is, of other data. "versions": it is, of this data, by other versions.
        """
        kept = {fingerprint.config for fingerprint in wanted if fingerprint in self._trials}
        data = {fingerprint.config: fingerprint.data for fingerprint in wanted}
        found: Counter[str] = Counter()
        for config, last in self._last.items():
            if config not in data:
                found["config"] += 1
            elif config not in kept:
                found["versions" if data[config] == last.data else "data"] += 1
        return found

    def copy_to(self, path: Path) -> None:
        """Write the whole journal to `path`. Raises OutputError where the system refuses."""
        copy_journal(self.path, path)

    def close(self) -> None:
        """Close the file; nothing can be read or added after it."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __del__(self) -> None:
        self.close()

    def _write(self, lines: Sequence[bytes]) -> list[Line]:
        """Add whole lines in one write and wait for the disk; what the system refuses in the middle is taken back."""
        try:
            _write_whole(self._file, b"".join(lines))
            os.fsync(self._file)
        except OSError as error:
            _take_back(self._file, self._end)
            raise cannot_write(self.path, error) from error
        places = []
        for line in lines:
            places.append(Line(self._end, len(line)))
            self._end += len(line)
        return places

    def _read(self, line: Line) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(os.pread(self._file, line.length, line.start))
        return read

    def _note(self, line: Line, text: bytes) -> None:
        """Remember where a line lies, if it holds a trial or a space."""
        found = checked(text)
        if found is None:
            return
        kind, fingerprint = found
        if kind == "trial":
            self._note_trial(fingerprint, line)
        else:
            self._spaces[fingerprint] = line

    def _note_trial(self, fingerprint: Fingerprint, line: Line) -> None:
        self._trials[fingerprint] = line
        self._last[fingerprint.config] = fingerprint
        self.n_finished += 1


def discard_idle(path: Path) -> None:
    """Remove the journal at `path` if it has no trial."""
    with suppress(OSError):
        path.with_name(JOURNAL_DRAFT).unlink(missing_ok=True)
        if read_header(path) is not None and not has_finished(path):
            path.unlink(missing_ok=True)


def copy_journal(journal: Path, path: Path) -> None:
    """Write a copy of a journal, and at its end that it is complete. Raises OutputError where the system refuses.

    A link in place of a copy would need a file system that has them.
    """
    try:
        shutil.copyfile(journal, path)
        if not is_complete(path):
            with path.open("ab") as file:
                file.write(COMPLETE)
    except OSError as error:
        raise cannot_write(path, error) from error


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW)


def _write_whole(file: int, text: bytes) -> None:
    """Write all of `text`: at once, but where a signal or a nearly full disk cuts the write short."""
    rest = memoryview(text)
    while rest:
        rest = rest[os.write(file, rest) :]


def _take_back(file: int, end: int) -> None:
    with suppress(OSError):  # the disk is worse than full: `resume` will cut it
        os.ftruncate(file, end)
