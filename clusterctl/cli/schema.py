"""`clusterctl schema`: the JSON Schema of what is read and written."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from clusterctl.errors import UsageError


class Document(StrEnum):
    """Which document the schema is of."""

    input = "input"
    output = "output"


def schema(
    document: Annotated[Document, typer.Argument(help="input: the config; output: results.json.", show_default=False)],
    sweep: Annotated[bool, typer.Option("--sweep", help="Of the output: sweep.json in place of results.json.")] = False,
) -> None:
    """Print the JSON Schema of the config (input) or of results.json (output)."""
    import json

    from clusterctl import commands

    if sweep and document is Document.input:
        raise UsageError("--sweep is for the output: one config serves all commands", hint="clusterctl schema output --sweep")
    typer.echo(json.dumps(commands.schema(document.value, sweep=sweep), indent=2, ensure_ascii=False))
