"""`clusterctl compare`: two runs side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clusterctl.cli import options
from clusterctl.cli.supervision import in_child
from clusterctl.engine.supervise import Unfinished

A = Annotated[Path, typer.Argument(metavar="RUN_A", help="The earlier run's or sweep's folder, or a table of labels.", show_default=False)]
B = Annotated[Path, typer.Argument(metavar="RUN_B", help="The later one.", show_default=False)]
IdColumn = Annotated[
    str | None, typer.Option("--id-column", metavar="NAME", help="The column of ids in a table of labels. Default: sample_id.")
]
LabelColumn = Annotated[
    str | None, typer.Option("--label-column", metavar="NAME", help="The column of labels in a table. Default: cluster_id.")
]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the comparison, as JSON, to this file.")]
Plot = Annotated[
    Path | None,
    typer.Option("--plot", metavar="FILE", help="Draw which clusters became which: a .png, .svg or .pdf file."),
]
Force = Annotated[bool, typer.Option("--force", help="Replace files that are there.")]
FailUnder = Annotated[
    list[str] | None,
    typer.Option("--fail-under", metavar="NAME=VALUE", help="Exit 10 if the value is lower: adjusted_rand_score=0.9. Repeatable."),
]
FailOver = Annotated[
    list[str] | None,
    typer.Option("--fail-over", metavar="NAME=VALUE", help="Exit 10 if the value is higher: moved_fraction=0.1. Repeatable."),
]


def compare(
    a: A,
    b: B,
    id_column: IdColumn = None,
    label_column: LabelColumn = None,
    output: Output = None,
    plot: Plot = None,
    force: Force = False,
    fail_under: FailUnder = None,
    fail_over: FailOver = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    log_format: options.Log = options.LogFormat.text,
) -> None:
    """Say what became of the clusters of RUN_A in RUN_B: kept, grown, shrunk, split, merged, born, gone; and how the data drifted."""
    view = options.View(json=json, quiet=quiet, verbose=verbose, log_format=log_format)

    def work(_: Unfinished) -> int:
        from clusterctl.cli import console
        from clusterctl.commands.compare import GATE_NAMES
        from clusterctl.commands.compare import compare as compare_runs
        from clusterctl.commands.options import gates_of

        result = compare_runs(
            a,
            b,
            id_column=id_column,
            label_column=label_column,
            gates=gates_of(fail_under, fail_over, GATE_NAMES),
            output=output,
            plot=plot,
            force=force,
            emit=console.listener(view),
        )
        console.show_comparison(result, view)
        return result.exit_code

    raise typer.Exit(in_child(work, view))
