"""`clusterctl sweep`: many analyses, sharing all work that can be shared."""

from __future__ import annotations

import typer

from clusterctl.cli import options
from clusterctl.cli.supervision import in_child
from clusterctl.engine.supervise import Unfinished
from clusterctl.errors import UsageError


def sweep(
    config: options.Config,
    dry_run: options.DryRun = False,
    resume: options.Resume = False,
    yes: options.Yes = False,
    executor: options.Execute = None,
    trial_timeout: options.TrialTimeout = None,
    fail_fast: options.FailFast = False,
    set_: options.Set = None,
    data: options.Data = None,
    output: options.Output = None,
    force: options.Force = False,
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
    """Do all the analyses that CONFIG's sweep_configuration describes, rank them, and run the best one whole."""
    view = options.View(json=json, quiet=quiet, verbose=verbose, log_format=log_format)

    def work(unfinished: Unfinished) -> int:
        if resume and force:
            raise UsageError("--resume goes on with a sweep and --force starts it anew: only one can be done", hint="leave one of them out")
        from clusterctl.cli import console
        from clusterctl.commands.options import overrides_of
        from clusterctl.commands.sweep import plan_trials, sweep_to_folder

        emit = console.listener(view)
        overrides = overrides_of(
            set_,
            n_jobs=n_jobs,
            executor=executor,
            max_memory=max_memory,
            no_plots=no_plots,
            fail_under=fail_under,
            fail_over=fail_over,
        )
        if dry_run:
            plan = plan_trials(config, overrides=overrides, data=data, offline=offline, many=yes, emit=emit)
            console.show_plan(plan, view)
            return 0
        result = sweep_to_folder(
            config,
            overrides=overrides,
            data=data,
            output=output,
            force=force,
            resume=resume,
            offline=offline,
            many=yes,
            trial_timeout=trial_timeout,
            fail_fast=fail_fast,
            emit=emit,
            unfinished=unfinished,
        )
        console.show_sweep(result, view)
        return result.exit_code

    raise typer.Exit(in_child(work, view))
