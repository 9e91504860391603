"""The table as it was read, and the part each column plays in the analysis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from clusterctl.values.privacy import OPEN, Privacy
from clusterctl.values.remarks import Caution, LeftOut

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

ColumnKind = Literal["numeric", "boolean", "categorical", "text", "date", "unusable"]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A table, read and checked; the rows keep their input order and count for ever.

    frame: every column of the table under its own name, in file order. Numeric columns are numeric dtypes with NaN for missing,
        booleans bool (or object with None), text and categories str with None/NaN for missing. Never changed.
    kinds: what each column holds.
    features: the columns to cluster on, in file order, or in the config's order when listed there.
    ids: unique strings, a row each; None: the id is the row number from 0.
    target: the truth a row (str, or float64 for a numeric one; None/NaN where unknown); None: no target_variable.
    left_out: usable-looking columns that are not clustered on, with the reason.
    sha256: of the bytes as fetched, before decompression (a SQL source: of the fetched values).
    source: as the config wrote it, `${NAME}` and all, credentials never.
    privacy: what was taken out or hashed, and what is not to be told of the rest.
    """

    frame: pd.DataFrame
    kinds: Mapping[str, ColumnKind]
    features: tuple[str, ...]
    ids: np.ndarray | None
    target: np.ndarray | None
    target_name: str | None
    id_name: str | None
    left_out: tuple[LeftOut, ...]
    sha256: str
    source: str
    data_format: str
    cautions: tuple[Caution, ...] = ()
    privacy: Privacy = OPEN

    @property
    def n_rows(self) -> int:
        """Number of rows of the input."""
        return len(self.frame)

    def sample_ids(self, rows: np.ndarray) -> list[str]:
        """Return the ids of the rows at these positions."""
        if self.ids is None:
            return [str(row) for row in rows.tolist()]
        return [str(value) for value in self.ids[rows]]

    @property
    def numeric_features(self) -> tuple[str, ...]:
        """The features that have a mean: numeric and boolean ones (False 0, True 1)."""
        return tuple(name for name in self.features if self.kinds[name] in ("numeric", "boolean"))
