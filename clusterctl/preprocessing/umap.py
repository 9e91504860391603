"""UMAP: a map that keeps each row near its neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn

import numpy as np

from clusterctl.errors import PreprocessingError, missing_extra
from clusterctl.kernels.filters import library_warnings_ignored
from clusterctl.kernels.threads import one_thread

N_NEIGHBOURS = 15
MIN_ROWS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Umap:
    """A map of the fitted rows. What places new ones cannot be written as plain arrays, so they have no place in it."""

    name: ClassVar[str] = "umap"
    n_components: int

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(f"umap{i + 1}" for i in range(self.n_components))

    def apply(self, X: np.ndarray) -> NoReturn:
        """Raise PreprocessingError: new rows have no place in the map."""
        raise PreprocessingError(
            f"a UMAP space cannot transform new rows: its map of the fitted rows has no place for these {len(X):,}",
            hint="fit again with all rows, or with preprocessing_configuration.dimensionality_reduction: pca or none",
        )

    def state(self) -> Mapping[str, Any]:
        """Return the step as plain values."""
        return {"n_components": self.n_components}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Umap:
        """Return the step that `state` describes."""
        return cls(int(state["n_components"]))


def fit_umap(X: np.ndarray, n_components: int | None, random_state: int) -> tuple[Umap, np.ndarray]:
    """Return the step and the map (n, k) of the rows of `X`; k is 2 where `n_components` is None (1 for a single column).

    15 neighbours (fewer rows: all others), the library's defaults otherwise; one thread, since more would not be reproducible.
    McInnes, Healy, Melville 2018, UMAP, arXiv:1802.03426. Raises ConfigError where umap-learn is not installed, and
    PreprocessingError below 5 rows or above min(d, n - 2) components.
    """
    n, d = X.shape
    if n < MIN_ROWS:
        raise PreprocessingError(f"UMAP needs at least {MIN_ROWS} rows, there are {n}", hint="set dimensionality_reduction to pca or none")
    if (X[0] == X).all():
        raise PreprocessingError("all rows are equal, so UMAP has nothing to map", hint="set dimensionality_reduction to pca or none")
    most = min(d, n - 2)
    k = min(2, most) if n_components is None else n_components
    if k > most:
        raise PreprocessingError(
            f"n_components is {k}, but UMAP maps {n:,} rows of {d:,} columns to at most {most:,} dimensions",
            hint=f"set preprocessing_configuration.n_components to {most} or less",
        )
    with library_warnings_ignored(), one_thread():
        try:
            from umap import UMAP
        except ImportError as error:
            raise missing_extra("umap-learn", "umap", "dimensionality_reduction: umap") from error
        model = UMAP(n_components=k, n_neighbors=min(N_NEIGHBOURS, n - 1), random_state=random_state, n_jobs=1)
        placed = model.fit_transform(X)
    return Umap(k), np.asarray(placed, dtype=np.float64)
