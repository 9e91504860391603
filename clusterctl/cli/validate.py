"""`clusterctl validate`: check a config and its columns without computing."""

from __future__ import annotations

from typing import Annotated

import typer

from clusterctl.cli import options
from clusterctl.cli.supervision import in_child
from clusterctl.engine.supervise import Unfinished

Plan = Annotated[bool, typer.Option("--plan", help="Also print what would be computed, with estimated time and memory.")]


def validate(
    config: options.Config,
    plan: Plan = False,
    set_: options.Set = None,
    data: options.Data = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    offline: options.Offline = False,
) -> None:
    """Check CONFIG and the columns of its table; nothing is computed or written."""
    view = options.View(json=json, quiet=quiet, verbose=verbose)

    def work(_: Unfinished) -> int:
        from clusterctl import commands
        from clusterctl.cli import console

        checked = commands.validate(config, overrides=tuple(set_ or ()), data=data, plan=plan, offline=offline)
        console.show_validation(checked, view)
        return 0

    raise typer.Exit(in_child(work, view))
