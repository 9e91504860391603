"""`clusterctl recommend`: which algorithm, how many clusters, or that there are none."""

from __future__ import annotations

from typing import Annotated

import typer

from clusterctl.cli import options
from clusterctl.cli.supervision import in_child
from clusterctl.engine.supervise import Unfinished

Subject = Annotated[
    str, typer.Argument(metavar="CONFIG|DATA", help="The YAML config; or a table, and defaults for all else.", show_default=False)
]
Budget = Annotated[
    str | None,
    typer.Option(
        "--budget",
        metavar="BUDGET",
        help="fast, normal (the default) or thorough: a fixed amount of work, the same answer every time; or seconds.",
    ),
]


def recommend(
    config: Subject,
    budget: Budget = None,
    set_: options.Set = None,
    data: options.Data = None,
    output: options.Output = None,
    force: options.Force = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    log_format: options.Log = options.LogFormat.text,
    n_jobs: options.Jobs = None,
    max_memory: options.MaxMemory = None,
    no_plots: options.NoPlots = False,
    offline: options.Offline = False,
) -> None:
    """Say which algorithm, how many clusters, and whether there are any in CONFIG's table, with the evidence and configs that run."""
    view = options.View(json=json, quiet=quiet, verbose=verbose, log_format=log_format)

    def work(unfinished: Unfinished) -> int:
        from clusterctl.cli import console
        from clusterctl.commands.options import overrides_of
        from clusterctl.commands.recommend import recommend_to_folder

        given = [*(set_ or ()), *([] if budget is None else [f"recommend_configuration.budget={budget}"])]
        result = recommend_to_folder(
            config,
            overrides=overrides_of(given, n_jobs=n_jobs, max_memory=max_memory, no_plots=no_plots),
            data=data,
            output=output,
            force=force,
            offline=offline,
            emit=console.listener(view),
            unfinished=unfinished,
        )
        console.show_recommendation(result, view)
        return result.exit_code

    raise typer.Exit(in_child(work, view))
