"""The standard streams, made safe before anything is opened or printed."""

from __future__ import annotations

import codecs
import io
import os
import re
import sys
from typing import IO, Any, cast

PLAIN = {"█": "#", "→": "->", "·": "-", "±": "+/-", "…": "...", "≥": ">=", "≤": "<=", "×": "x", "–": "-", "—": "-", "↑": "^", "↓": "v"}
EIGHTHS = "▏▎▍▌▋▊▉"
HANDLER = "clusterctl.plain"


def settle_streams() -> None:
    """Fill the places of closed streams, and print what a stream's encoding cannot hold in plain signs or as an escape.

    The number of a closed stream would go to the next file that is opened, and a library's message would be written into that file. In
    place of a closed stdout stands one that refuses every write, so that an answer that cannot be printed is an error, and --quiet none.
    """
    for number, flags in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        if not _is_open(number):
            os.open(os.devnull, flags)  # takes the lowest free number: this one
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    codecs.register_error(HANDLER, _in_plain_signs)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=HANDLER)


def give_up_stdout() -> None:
    """Send what stdout still holds nowhere, so that the flush at the end of the process does not complain too."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


class TerminalStream(io.RawIOBase):
    """Bytes of UTF-8 text on their way to a terminal: characters that could steer it become what they are in JSON."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, data: Any) -> int:
        """Write the text of these bytes, made harmless."""
        content = bytes(data)
        self._stream.write(visible(self._decoder.decode(content)).encode())
        return len(content)

    def flush(self) -> None:
        """Hand on what is held back."""
        self._stream.flush()


STEERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but for tabs and line ends, what turns the direction of text, and halves of characters, which no encoding has."""


def visible(text: str) -> str:
    """Return text with what could steer a terminal as JSON would escape it: a JSON document stays the same one."""
    return STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def answer_stream() -> IO[bytes]:
    """Return where the rows of an answer go: stdout, through `TerminalStream` where that is a terminal."""
    return cast("IO[bytes]", TerminalStream(sys.stdout.buffer)) if sys.stdout.isatty() else sys.stdout.buffer


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _in_plain_signs(error: UnicodeError) -> tuple[str, int]:
    """Stand in for characters that the stream's encoding does not have: our own signs by plain ones, others by their escape."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(_plain(character) for character in text), error.end


def _plain(character: str) -> str:
    if character in EIGHTHS:
        return "#" if EIGHTHS.index(character) > 3 else "."
    return PLAIN.get(character) or character.encode("ascii", "backslashreplace").decode()
