"""`clusterctl validate`: check a config and its columns without computing."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from clusterctl.cli import options
from clusterctl.cli.supervision import in_child
from clusterctl.engine.supervise import Unfinished


class Checked(StrEnum):
    """Commands that a config can be checked for."""

    run = "run"
    sweep = "sweep"


Plan = Annotated[bool, typer.Option("--plan", help="Also print what would be computed, with estimated time and memory.")]
For = Annotated[
    Checked | None,
    typer.Option(
        "--for",
        metavar="COMMAND",
        help="The command that the config is checked for: run or sweep. Default: sweep if it has something to sweep.",
    ),
]


def validate(
    config: options.Config,
    plan: Plan = False,
    for_: For = None,
    yes: options.Yes = False,
    set_: options.Set = None,
    data: options.Data = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    log_format: options.Log = options.LogFormat.text,
    n_jobs: options.Jobs = None,
    max_memory: options.MaxMemory = None,
    no_plots: options.NoPlots = False,
    offline: options.Offline = False,
) -> None:
    """Check CONFIG and the columns of its table; nothing is computed or written."""
    view = options.View(json=json, quiet=quiet, verbose=verbose, log_format=log_format)

    def work(_: Unfinished) -> int:
        from clusterctl.cli import console
        from clusterctl.commands.options import overrides_of
        from clusterctl.commands.validate import validate as check
        from clusterctl.events import Event, Warned

        heard = console.listener(view)

        def tell(event: Event) -> None:
            if view.json or not isinstance(event, Warned):  # the answer lists the warnings
                heard(event)

        checked = check(
            config,
            overrides=overrides_of(set_, n_jobs=n_jobs, max_memory=max_memory, no_plots=no_plots),
            data=data,
            command=None if for_ is None else for_.value,
            plan=plan,
            many=yes,
            offline=offline,
            emit=tell,
        )
        console.show_validation(checked, view)
        return 0

    raise typer.Exit(in_child(work, view))
