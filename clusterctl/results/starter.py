"""The schema of what `init` gives, as models, printed by `clusterctl schema output --init`.

Every key is always there. A value that does not exist is null, with its reason in `metadata.notes`.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict

from clusterctl.results.base import Document
from clusterctl.results.models import NoteEntry, WarningEntry


class StarterColumn(Document):
    """A column of the table and the part it gets."""

    name: str
    kind: Literal["numeric", "boolean", "categorical", "text", "date", "unusable"]
    role: Literal["feature", "id", "target", "left_out"]
    reason: str | None
    """Why it is left out; null for the other parts."""
    n_missing: int | None
    """Rows without a value."""
    n_distinct: int | None
    """Distinct values, missing ones not counted."""
    low: float | None
    """The smallest number, in original units."""
    high: float | None
    skewness: float | None
    """The third standardised moment."""
    levels: list[str] | None
    """The values of a category or boolean, the most frequent first, where there are at most six."""


class StarterChoice(Document):
    """A key of the config, its value, and what was seen that speaks for it."""

    path: str
    value: Any
    reason: str


class StarterMetadata(Document):
    """What was looked at, and by whom."""

    schema_version: Literal["1"]
    version: str
    source: str
    """The table, without credentials."""
    data_format: str
    data_sha256: str
    n_rows: int
    n_columns: int
    warnings: list[WarningEntry]
    notes: list[NoteEntry]


class StarterDocument(Document):
    """The document of `init`."""

    model_config = ConfigDict(title="clusterctl init")

    use: str
    """What the config is for, one of the uses of `--for`."""
    use_reason: str
    config: dict[str, Any]
    """The config as it is written: paths from its folder, `${NAME}` as it is."""
    path: str | None
    """The file that it was written to."""
    columns: list[StarterColumn]
    choices: list[StarterChoice]
    metadata: StarterMetadata
