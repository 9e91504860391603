"""A JSON document that a command wrote, read and checked."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from clusterctl.errors import DataLoadError
from clusterctl.results.base import Document

D = TypeVar("D", bound=Document)


def read_document(path: Path, model: type[D], *, what: str, command: str, again: str) -> D:
    """Read a document. Raises DataLoadError if it cannot be read, is damaged or of another version.

    what: `sweep`, in messages. command: the one that writes it. again: what to do if it is of another version.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise DataLoadError(
            f"{path} cannot be read: {error.strerror or error}", hint=f"name a folder that `clusterctl {command}` wrote"
        ) from error
    return parse_document(path, text, model, what=what, again=again)


def parse_document(path: Path, text: bytes, model: type[D], *, what: str, again: str) -> D:
    """Return the document in a text read from `path`. Raises DataLoadError if it is damaged or of another version."""
    from pydantic import ValidationError

    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise DataLoadError(f"{path} is no {what} of this version of clusterctl: {where}: {first['msg']}", hint=again) from error
