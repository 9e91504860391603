"""`clusterctl schema`: the JSON Schema of what is read and written."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Document(StrEnum):
    """Which document the schema is of."""

    input = "input"
    output = "output"


def schema(document: Annotated[Document, typer.Argument(help="input: the config; output: results.json.", show_default=False)]) -> None:
    """Print the JSON Schema of the config (input) or of results.json (output)."""
    import json

    from clusterctl import commands

    typer.echo(json.dumps(commands.schema(document.value), indent=2, ensure_ascii=False))
