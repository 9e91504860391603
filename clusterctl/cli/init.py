"""`clusterctl init`: a first config for a table."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from clusterctl.cli import options
from clusterctl.cli.supervision import in_child
from clusterctl.engine.supervise import Unfinished
from clusterctl.starter.uses import USES

STDOUT = "-"


def _use(name: str) -> str:
    if name not in USES:
        raise typer.BadParameter(f"{name!r} is no use; one of {', '.join(USES)}")
    return name


Data = Annotated[str, typer.Argument(metavar="DATA", help="The table: a path, an address, or - for standard input.", show_default=False)]
For = Annotated[
    str | None,
    typer.Option("--for", metavar="USE", parser=_use, help=f"What it is for: {', '.join(USES)}. Default: told from the columns."),
]
Output = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Where the config goes; -: to stdout. Default: the name of DATA with .yaml, in the current folder.",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Say how DATA is read, or what a column is: clustering_data.id_column=no. Repeatable.",
    ),
]


def init(
    data: Data,
    for_: For = None,
    output: Output = None,
    force: Force = False,
    set_: Set = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    log_format: options.Log = options.LogFormat.text,
    offline: options.Offline = False,
) -> None:
    """Look at the columns of DATA and write a config for it, with a comment beside every choice, that `run` takes as it is."""
    view = options.View(json=json, quiet=quiet, verbose=verbose, log_format=log_format)

    def work(_: Unfinished) -> int:
        from clusterctl.cli import console
        from clusterctl.commands.init import default_output
        from clusterctl.commands.init import init as write_config

        result = write_config(
            data,
            use=for_,
            output=None if output == STDOUT else output or default_output(data),
            force=force,
            overrides=tuple(set_ or ()),
            offline=offline,
            emit=console.listener(replace(view, json=True) if output == STDOUT else view),  # where no summary lists the warnings
        )
        console.show_starter(result, view)
        return 0

    raise typer.Exit(in_child(work, view))
