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
    evaluate: Annotated[bool, typer.Option("--evaluate", help="Of the output: evaluation.json.")] = False,
    compare: Annotated[bool, typer.Option("--compare", help="Of the output: what `compare` writes.")] = False,
    init: Annotated[bool, typer.Option("--init", help="Of the output: what `init --json` prints.")] = False,
    recommend: Annotated[bool, typer.Option("--recommend", help="Of the output: recommendation.json.")] = False,
) -> None:
    """Print the JSON Schema of the config (input) or of results.json (output)."""
    import json

    from clusterctl.commands.schema import schema as schema_of

    choices = {"sweep": sweep, "evaluate": evaluate, "compare": compare, "init": init, "recommend": recommend}
    asked = [f"--{name}" for name, given in choices.items() if given]
    if asked and document is Document.input:
        raise UsageError(f"{asked[0]} is for the output: one config serves all commands", hint=f"clusterctl schema output {asked[0]}")
    if len(asked) > 1:
        raise UsageError(f"{' and '.join(asked)}: one document at a time", hint=f"clusterctl schema output {asked[0]}")
    typer.echo(json.dumps(schema_of(document.value, **choices), indent=2, ensure_ascii=False))
