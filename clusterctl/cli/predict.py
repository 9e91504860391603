"""`clusterctl predict`: the clusters of new rows, by a finished run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from clusterctl.cli import options
from clusterctl.cli.supervision import in_child
from clusterctl.engine.supervise import Unfinished

Run = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run or sweep.", show_default=False)]
Data = Annotated[str, typer.Argument(metavar="DATA", help="The table of new rows; - reads standard input.", show_default=False)]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Set how DATA is read: clustering_data.read_options.separator=';'. Repeatable."),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write to this file: .csv, .parquet, .jsonl or .json. Default: CSV on stdout."),
]
Force = Annotated[bool, typer.Option("--force", help="Replace the file of --output if it is there.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON lines, a row each, on stdout; with --output what was found, as JSON.")]
BatchRows = Annotated[
    int | None, typer.Option("--batch-rows", metavar="N", min=1, help="Read so many rows at a time. Default: as many as go into 32 MB.")
]


def predict(
    run: Run,
    data: Data,
    set_: Set = None,
    output: Output = None,
    force: Force = False,
    json: Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    log_format: options.Log = options.LogFormat.text,
    n_jobs: options.Jobs = None,
    batch_rows: BatchRows = None,
) -> None:
    """Give the rows of DATA the clusters of a finished run: sample_id, cluster_id, confidence, distance, novel, a line a row."""
    view = options.View(json=json, quiet=quiet, verbose=verbose, log_format=log_format)

    def work(unfinished: Unfinished) -> int:
        import sys

        from clusterctl.cli import console
        from clusterctl.cli.streams import answer_stream
        from clusterctl.commands.predict import predict_to

        sys.stdout.flush()
        result = predict_to(
            run,
            data,
            output=output,
            stream=answer_stream(),
            form="jsonl" if json else "csv",
            force=force,
            overrides=tuple(set_ or ()),
            batch_rows=batch_rows,
            n_jobs=-1 if n_jobs is None else n_jobs,
            stdin=sys.stdin.buffer if sys.stdin is not None and not sys.stdin.isatty() else None,
            emit=console.listener(replace(view, json=True)),  # warnings are told at once: there may be no answer to list them
            unfinished=unfinished,
        )
        sys.stdout.buffer.flush()
        console.show_predictions(result, view)
        return 0

    raise typer.Exit(in_child(work, view))
