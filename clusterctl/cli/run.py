"""`clusterctl run`: the whole analysis, once."""

from __future__ import annotations

import typer

from clusterctl.cli import options
from clusterctl.cli.supervision import in_child
from clusterctl.engine.supervise import Unfinished


def run(
    config: options.Config,
    set_: options.Set = None,
    data: options.Data = None,
    output: options.Output = None,
    force: options.Force = False,
    align_to: options.AlignTo = None,
    fail_under: options.FailUnder = None,
    fail_over: options.FailOver = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    log_format: options.Log = options.LogFormat.text,
    n_jobs: options.Jobs = None,
    max_memory: options.MaxMemory = None,
    no_plots: options.NoPlots = False,
    offline: options.Offline = False,
) -> None:
    """Do the whole analysis of CONFIG: load, prepare, cluster, evaluate, explain, draw, write."""
    view = options.View(json=json, quiet=quiet, verbose=verbose, log_format=log_format)

    def work(unfinished: Unfinished) -> int:
        from clusterctl.cli import console
        from clusterctl.commands.options import overrides_of
        from clusterctl.commands.run import run_to_folder

        result = run_to_folder(
            config,
            overrides=overrides_of(
                set_,
                n_jobs=n_jobs,
                max_memory=max_memory,
                no_plots=no_plots,
                align_to=align_to,
                fail_under=fail_under,
                fail_over=fail_over,
            ),
            data=data,
            output=output,
            force=force,
            offline=offline,
            emit=console.listener(view),
            unfinished=unfinished,
        )
        console.show_run(result, view)
        return result.exit_code

    raise typer.Exit(in_child(work, view))
