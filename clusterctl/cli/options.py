"""Options that mean the same in every command."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class LogFormat(StrEnum):
    """How messages on stderr look."""

    text = "text"
    json = "json"


class Executor(StrEnum):
    """Where the trials of a sweep are computed."""

    processes = "processes"
    threads = "threads"
    inline = "inline"


@dataclass(frozen=True, slots=True)
class View:
    """How much is said, and in what form."""

    json: bool = False
    quiet: bool = False
    verbose: bool = False
    log_format: LogFormat = LogFormat.text


def whole_number(text: str) -> int:
    """Return the number that an option gives."""
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no whole number") from None


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no number of seconds") from None
    if not math.isfinite(seconds):
        raise typer.BadParameter(f"{text} is no number of seconds")
    return seconds


Config = Annotated[str, typer.Argument(metavar="CONFIG", help="The YAML config.", show_default=False)]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Set a config key, as YAML: clustering_configuration.n_clusters=4. Repeatable."),
]
Data = Annotated[str | None, typer.Option("--data", metavar="PATH", help="Read this table in place of the config's data_source.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FOLDER", help="Where the results go.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the earlier run in a folder named with --output.")]
Json = Annotated[bool, typer.Option("--json", help="Print the JSON document on stdout, and nothing else there.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless something is wrong.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="Say more; show tracebacks.")]
Log = Annotated[LogFormat, typer.Option("--log-format", help="Messages on stderr as text or as JSON lines.")]
Jobs = Annotated[int | None, typer.Option("--n-jobs", metavar="N", parser=whole_number, help="How many jobs at once; -1: one a processor.")]
MaxMemory = Annotated[str | None, typer.Option("--max-memory", metavar="SIZE", help="Refuse work that would need more, e.g. 4G.")]
NoPlots = Annotated[bool, typer.Option("--no-plots", help="Draw no pictures.")]
Offline = Annotated[bool, typer.Option("--offline", help="Use downloads as they are in the cache, without asking the server.")]
AlignTo = Annotated[
    Path | None,
    typer.Option("--align-to", metavar="FOLDER", help="Let clusters that carry on those of this earlier run keep their numbers."),
]
FailUnder = Annotated[
    list[str] | None,
    typer.Option("--fail-under", metavar="METRIC=VALUE", help="Exit 10 if the value is lower: silhouette_score=0.25. Repeatable."),
]
FailOver = Annotated[
    list[str] | None,
    typer.Option("--fail-over", metavar="METRIC=VALUE", help="Exit 10 if the value is higher: noise_fraction=0.3. Repeatable."),
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with the sweep that was stopped in this folder: only what is missing is done.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Accept more than 10,000 trials.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Print what would be shared and computed, and stop: nothing is computed or written.")
]
TrialTimeout = Annotated[
    float | None,
    typer.Option(
        "--trial-timeout", metavar="SECONDS", parser=_seconds, help="Give a trial up that takes longer; for --executor processes."
    ),
]
FailFast = Annotated[bool, typer.Option("--fail-fast", help="Stop at the first trial that fails.")]
Execute = Annotated[
    Executor | None, typer.Option("--executor", help="Where trials are computed: worker processes, threads, or one by one.")
]
