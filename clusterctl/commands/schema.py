"""The JSON Schemas of what is read and written."""

from __future__ import annotations

from typing import Any


def schema(document: str) -> dict[str, Any]:
    """Return the JSON Schema of the config (`input`) or of results.json (`output`), draft 2020-12."""
    if document == "input":
        from clusterctl.config.schema import input_schema

        return input_schema()
    from clusterctl.results.models import ResultsDocument

    return ResultsDocument.model_json_schema(mode="serialization")
