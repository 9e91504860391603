"""Missing values: refuse, drop the row, or fill in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from clusterctl.errors import PreprocessingError
from clusterctl.preprocessing.table import Table
from clusterctl.values.remarks import Note

if TYPE_CHECKING:
    import pandas as pd

PATH = "metadata.data_statistics.preprocessing.missing_values"


@dataclass(frozen=True, slots=True, eq=False)
class Missing:
    """What to do with missing values.

    features, kinds: what is read from a table. fills: a value a feature, for the policies that fill in; else empty.
    """

    name: ClassVar[str] = "missing"
    policy: str
    features: tuple[str, ...]
    kinds: tuple[str, ...]
    fills: tuple[float | str, ...]

    def dropped(self, table: Table) -> np.ndarray:
        """Return (n_rows,) bool: rows left out, for the policy `drop`.

        Raises PreprocessingError for the policy `error` where anything is missing.
        """
        if self.policy == "error":
            _refuse(table, self.features)
        dropped = np.zeros(table.n_rows, dtype=bool)
        if self.policy == "drop":
            for feature in self.features:
                dropped |= table.missing(feature)
        return dropped

    def apply(self, table: Table) -> Table:
        """Return the table with every gap filled; columns without one are the same arrays."""
        if not self.fills:
            return table
        numeric, symbolic = dict(table.numeric), dict(table.symbolic)
        for feature, fill in zip(self.features, self.fills, strict=True):
            gaps = table.missing(feature)
            if not gaps.any():
                continue
            if feature in symbolic:
                symbolic[feature] = symbolic[feature].fillna(str(fill))
            else:
                numeric[feature] = np.where(gaps, fill, numeric[feature])
        return Table(numeric, symbolic, table.n_rows)

    def state(self) -> Mapping[str, Any]:
        """Return the step as plain values."""
        return {"policy": self.policy, "features": list(self.features), "kinds": list(self.kinds), "fills": list(self.fills)}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Missing:
        """Return the step that `state` describes."""
        return cls(state["policy"], tuple(state["features"]), tuple(state["kinds"]), tuple(state["fills"]))


def fit_missing(table: Table, features: tuple[str, ...], kinds: tuple[str, ...], policy: str) -> tuple[Missing, tuple[Note, ...]]:
    """Learn what to fill in: the median, the mean or the most frequent value of the values there are.

    Categories and booleans have neither median nor mean: for both policies they take their most frequent value (ties: the first in
    sorted order; numbers: the smallest). Missing text is empty text. Raises PreprocessingError for a column with no value at all.
    """
    if policy in ("error", "drop"):
        return Missing(policy, features, kinds, ()), ()
    fills = tuple(_fill(table, feature, kind, policy) for feature, kind in zip(features, kinds, strict=True))
    replaced = [
        feature
        for feature, kind in zip(features, kinds, strict=True)
        if kind in ("categorical", "boolean") and table.missing(feature).any()
    ]
    notes: tuple[Note, ...] = ()
    if replaced and policy != "most_frequent":
        notes = (Note(PATH, f"{', '.join(replaced)}: filled with the most frequent value, since categories have no {policy}"),)
    return Missing(policy, features, kinds, fills), notes


def _fill(table: Table, feature: str, kind: str, policy: str) -> float | str:
    if kind == "text":
        return ""
    gaps = table.missing(feature)
    if gaps.all():
        raise PreprocessingError(
            f"column {feature!r} has no value at all, so there is nothing to fill in", hint="leave it out of `features`"
        )
    if feature in table.symbolic:
        return str(_most_frequent_level(table.symbolic[feature]))
    values = table.numeric[feature]
    known = values[~gaps] if gaps.any() else values
    if policy == "median" and kind == "numeric":
        return float(np.median(known))
    if policy == "mean" and kind == "numeric":
        return float(np.mean(known, dtype=np.float64))
    distinct, counts = np.unique(known, return_counts=True)
    return float(distinct[np.argmax(counts)])


def _most_frequent_level(column: pd.Series) -> str:
    counts = column.value_counts()
    return min(str(level) for level in counts.index[counts.to_numpy() == counts.iloc[0]])


def _refuse(table: Table, features: tuple[str, ...]) -> None:
    counts = {feature: int(table.missing(feature).sum()) for feature in features}
    found = [f"{feature}: {count:,} of {table.n_rows:,} rows" for feature, count in counts.items() if count]
    if found:
        columns = f"{len(found)} columns have" if len(found) > 1 else "1 column has"
        raise PreprocessingError(
            f"{columns} missing values",
            hint="set preprocessing_configuration.missing_values to drop (leave the rows out), to median, mean or most_frequent "
            "(fill them in), or list other columns in clustering_data.features",
            details=tuple(found),
        )
