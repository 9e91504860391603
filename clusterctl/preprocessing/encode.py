"""The columns of a table as one matrix: numbers as they are, categories and text by their encoders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from clusterctl.preprocessing.categories import OneHot, Ordinal
from clusterctl.preprocessing.moments import blocks
from clusterctl.preprocessing.table import Table
from clusterctl.preprocessing.tfidf import Tfidf


@dataclass(frozen=True, slots=True, eq=False)
class Number:
    """A numeric or boolean feature as it is (False 0, True 1)."""

    feature: str
    boolean: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns: one."""
        return (self.feature,)

    def state(self) -> Mapping[str, Any]:
        """Return the encoder as plain values."""
        return {"kind": "number", "feature": self.feature, "boolean": self.boolean}


Encoder = Number | OneHot | Ordinal | Tfidf


@dataclass(frozen=True, slots=True, eq=False)
class Encode:
    """An encoder a feature, in feature order; their columns stand side by side."""

    name: ClassVar[str] = "encode"
    encoders: tuple[Encoder, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of the matrix."""
        return tuple(column for encoder in self.encoders for column in encoder.columns)

    def scaled(self) -> np.ndarray:
        """Return (d,) bool: the columns a scaler works on: numbers, booleans and ordinal codes."""
        return np.array([isinstance(encoder, Number | Ordinal) for encoder in self.encoders for _ in encoder.columns])

    def numeric(self) -> np.ndarray:
        """Return (d,) bool: the columns of numeric features, booleans left out."""
        return np.array([isinstance(encoder, Number) and not encoder.boolean for encoder in self.encoders for _ in encoder.columns])

    def features(self) -> tuple[int, ...]:
        """Return for each column the position of the feature it comes from."""
        return tuple(i for i, encoder in enumerate(self.encoders) for _ in encoder.columns)

    def apply(self, table: Table) -> np.ndarray:
        """Return the matrix (n_rows, d) float64 in C order, freshly made."""
        starts = np.concatenate(([0], np.cumsum([len(encoder.columns) for encoder in self.encoders])))
        X = np.zeros((table.n_rows, int(starts[-1])))
        numbers = [(int(starts[i]), table.numeric[e.feature]) for i, e in enumerate(self.encoders) if isinstance(e, Number)]
        row = 0
        for block in blocks(X):
            for column, values in numbers:
                block[:, column] = values[row : row + len(block)]
            row += len(block)
        for i, encoder in enumerate(self.encoders):
            if not isinstance(encoder, Number):
                encoder.write(table.symbolic[encoder.feature], X[:, starts[i] : starts[i + 1]])
        return X

    def state(self) -> Mapping[str, Any]:
        """Return the step as plain values."""
        return {"encoders": [encoder.state() for encoder in self.encoders]}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Encode:
        """Return the step that `state` describes."""
        return cls(tuple(_encoder(entry) for entry in state["encoders"]))


def _encoder(state: Mapping[str, Any]) -> Encoder:
    if state["kind"] == "number":
        return Number(state["feature"], state["boolean"])
    if state["kind"] == "onehot":
        return OneHot(state["feature"], tuple(state["levels"]), state["other"], state["value"])
    if state["kind"] == "ordinal":
        return Ordinal(state["feature"], tuple(state["levels"]))
    return Tfidf.from_state(state)
