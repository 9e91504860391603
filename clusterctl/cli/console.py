"""The one place that prints: results on stdout, progress and messages on stderr."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from clusterctl.cli.options import LogFormat, View
from clusterctl.events import Emit, Event, StageFinished, StageStarted, Warned, ignore

if TYPE_CHECKING:
    from clusterctl.commands import RunResult, Validation

STAGES = {
    "load": "loading the table",
    "prepare": "preparing the rows",
    "choose": "choosing what is left to `auto`",
    "cluster": "clustering",
    "evaluate": "scoring",
    "validate": "checking stability and chance",
    "explain": "explaining the clusters",
    "draw": "drawing",
    "write": "writing",
}


def listener(view: View) -> Emit:
    """Return who listens to the events of a command: JSON lines, a status line on a terminal, or a line now and then."""
    if view.log_format is LogFormat.json:
        from clusterctl.engine.log import log_listener

        return log_listener(lambda line: print(line, file=sys.stderr, flush=True))
    if view.quiet:
        return ignore
    if sys.stderr.isatty():
        return _StatusLine(view)
    return _Lines(view)


class _Lines:
    """A line for what takes long and for each warning; nothing that moves."""

    SLOW = 2.0

    def __init__(self, view: View) -> None:
        self.view = view

    def __call__(self, event: Event) -> None:
        """Print what is worth a line."""
        if isinstance(event, Warned) and self.view.json:  # without --json the summary lists the warnings
            print(f"warning: {clean(event.message)}", file=sys.stderr)
        elif isinstance(event, StageFinished) and (self.view.verbose or event.seconds >= self.SLOW):
            print(f"{STAGES.get(event.stage, event.stage)}: {event.seconds:.1f} s", file=sys.stderr, flush=True)


class _StatusLine(_Lines):
    """One line at the bottom of the terminal that says what is being done; gone when the command ends."""

    def __call__(self, event: Event) -> None:
        """Show the step under way."""
        if isinstance(event, StageStarted):
            text = STAGES.get(event.stage, event.stage)
            detail = f" {clean(event.detail)}" if event.detail else ""
            print(f"\r\033[2K{text}{detail} …", end="", file=sys.stderr, flush=True)
        elif isinstance(event, StageFinished):
            clear_status_line()
        super().__call__(event)


def clear_status_line() -> None:
    """Wipe what a command that did not get to its end left at the bottom of the terminal."""
    if sys.stderr.isatty():
        print("\r\033[2K", end="", file=sys.stderr, flush=True)


def show_run(result: RunResult, view: View) -> None:
    """Print the answer of a run: the document with --json, else a short summary; with --quiet nothing but the document and breaches."""
    if view.json:
        from clusterctl.results.store import document_text

        write(document_text(result.document))
    elif not view.quiet:
        from clusterctl.cli.summary import print_summary

        print_summary(result)
    show_breaches(result)


def show_breaches(result: RunResult) -> None:
    """Print every gate that failed, on stderr."""
    for gate in result.gates:
        if not gate.passed:
            value = "not defined" if gate.value is None else f"{gate.value:.10g}"
            print(
                f"{'gate failed' if gate.level == 'error' else 'gate warning'}: {gate.metric} is {value}, bound {gate.bound}",
                file=sys.stderr,
            )


def show_validation(checked: Validation, view: View) -> None:
    """Print what a check found."""
    if view.json:
        write(json.dumps(checked.as_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    elif not view.quiet:
        from clusterctl.cli.summary import print_validation

        print_validation(checked)


def write(text: str) -> None:
    """Write a JSON document to stdout, in UTF-8 whatever the terminal's encoding is, and make sure it got there."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()


def clean(text: Any) -> str:
    """Return text of the data or the config with control characters made visible, so that it cannot steer the terminal."""
    return "".join(character if character.isprintable() else character.encode("unicode_escape").decode() for character in str(text))
