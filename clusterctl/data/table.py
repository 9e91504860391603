"""The values inside this room: a source as a file, and a table as it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from clusterctl.data.personal import PersonalColumn
from clusterctl.errors import DataLoadError
from clusterctl.values.privacy import OPEN, Privacy
from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Fetched:
    """A source as a local file of the bytes as fetched.

    path: the file. name: what the format is told from (the last part of the path or URL; empty for stdin).
    shown: how messages name the source. sha256: None until someone has read all bytes.
    """

    path: Path
    name: str
    shown: str
    sha256: str | None = None
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a reader gives: every column it could read, and what it has to say about the others.

    frame: columns in file order. Numbers: numeric dtypes, NaN for missing. Booleans: bool, or object with None where some are missing.
        Text: pandas' `str` dtype (Arrow-backed, so a million short texts cost little more than their bytes), NaN for missing.
        Dates: datetime64. The columns may be read-only views.
    unread: columns that cannot be part of a table of plain values (lists, records, bytes), with the reason.
    faults: columns that were read but must not be used as they are (infinities, numbers held as text): the error to raise when one is.
    """

    frame: pd.DataFrame
    unread: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, DataLoadError] = field(default_factory=dict)
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table read from its source, before anyone has said what its columns are for (see `Parsed` for the frame).

    personal: the columns that look like personal data, but for those that are hashed.
    """

    parsed: Parsed
    sha256: str
    shown: str
    data_format: str
    cautions: tuple[Caution, ...] = ()
    privacy: Privacy = OPEN
    personal: tuple[PersonalColumn, ...] = ()
