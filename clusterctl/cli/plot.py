"""`clusterctl plot`: the pictures of a finished run, sweep or recommendation, drawn again."""

from __future__ import annotations

import csv
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from clusterctl.cli import options
from clusterctl.cli.supervision import in_child
from clusterctl.engine.supervise import Unfinished
from clusterctl.errors import UsageError


class Format(StrEnum):
    """What a picture is written as."""

    png = "png"
    svg = "svg"
    pdf = "pdf"
    html = "html"


class Look(StrEnum):
    """How pictures look."""

    light = "light"
    dark = "dark"
    print = "print"


def plot(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run, a sweep or a recommendation.", show_default=False)],
    type_: Annotated[
        list[str] | None, typer.Option("--type", metavar="NAME", help="Draw this plot; by default all that apply. Repeatable.")
    ] = None,
    format_: Annotated[
        list[Format] | None, typer.Option("--format", help="png (the default), svg, pdf, or html: a page that opens offline. Repeatable.")
    ] = None,
    dpi: Annotated[
        int, typer.Option("--dpi", metavar="N", parser=options.whole_number, help="Pixels an inch; pictures are 8 inches wide.")
    ] = 150,
    style: Annotated[
        Look, typer.Option("--style", help="light; dark: for dark screens; print: black ink, clusters told apart by marker too.")
    ] = Look.light,
    columns: Annotated[
        str | None,
        typer.Option("--columns", metavar="X,Y", help="Show these features: two for the scatter, any for pairs, parallel, boxes."),
    ] = None,
    sample: Annotated[
        int | None, typer.Option("--sample", metavar="N", parser=options.whole_number, help="Draw at most so many rows.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FOLDER", help="Where the pictures go, in place of the run's own plots.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace pictures of the same names in a folder named with --output.")] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    log_format: options.Log = options.LogFormat.text,
) -> None:
    """Draw the pictures of the folder of a run, a sweep or a recommendation again, from what is stored in it; nothing is fitted."""
    view = options.View(json=json, quiet=quiet, verbose=verbose, log_format=log_format)

    def work(unfinished: Unfinished) -> int:
        from clusterctl.cli import console
        from clusterctl.commands.plot import plot as draw_again

        result = draw_again(
            run,
            types=type_ or None,
            formats=tuple(format_ or (Format.png,)),
            dpi=dpi,
            style=style,
            columns=None if columns is None else _names(columns),
            sample=sample,
            output=output,
            force=force,
            emit=console.listener(view),
            unfinished=unfinished,
        )
        console.show_plots(result, view)
        return result.exit_code

    raise typer.Exit(in_child(work, view))


def _names(text: str) -> tuple[str, ...]:
    """Return the names in a list separated by commas; one that holds a comma is put in double quotes, as in CSV."""
    try:
        rows = list(csv.reader([text], skipinitialspace=True, strict=True))
    except csv.Error as error:
        raise UsageError(f"--columns {text!r} is no list of names: {error}", hint='for example: --columns tenure,"a, b"') from None
    return tuple(name.strip() for row in rows for name in row if name.strip())
