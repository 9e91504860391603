"""The command line: one file a command, and THE error boundary.

Importing this loads typer and nothing heavy: `clusterctl --help` must not pay for numpy.
"""

from __future__ import annotations

from typing import Annotated

import typer

from clusterctl import __version__
from clusterctl.cli import compare, evaluate, init, plot, predict, recommend, run, schema, sweep, validate
from clusterctl.cli.boundary import guarded
from clusterctl.cli.options import View
from clusterctl.errors import UsageError

app = typer.Typer(
    name="clusterctl",
    help="A whole cluster analysis from one YAML file: load, prepare, cluster, evaluate, explain, draw.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"clusterctl {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001 - its callback does all
        bool, typer.Option("--version", help="Print the version and exit.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Take the options that belong to no command, and say how the program is used where none is named."""
    if context.invoked_subcommand is None:
        raise UsageError("no command is named", hint=f"{context.get_usage().strip()}; clusterctl --help lists the commands")


app.command("run")(run.run)
app.command("sweep")(sweep.sweep)
app.command("evaluate")(evaluate.evaluate)
app.command("plot")(plot.plot)
app.command("recommend")(recommend.recommend)
app.command("predict")(predict.predict)
app.command("compare")(compare.compare)
app.command("init")(init.init)
app.command("validate")(validate.validate)
app.command("schema")(schema.schema)


def run_command_line(arguments: list[str]) -> int:
    """Run the command line `arguments` (without the program's name) and return its exit code; everything is printed by then."""
    view = View(json="--json" in arguments, verbose="--verbose" in arguments)
    return guarded(lambda: app(arguments, prog_name="clusterctl", standalone_mode=False) or 0, view)
