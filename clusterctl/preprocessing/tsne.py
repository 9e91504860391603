"""t-SNE: a map that keeps each row near its neighbours and little else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn

import numpy as np

from clusterctl.errors import PreprocessingError
from clusterctl.kernels.filters import library_warnings_ignored
from clusterctl.kernels.threads import one_thread

PERPLEXITY = 30.0
MIN_ROWS = 4
MAX_COMPONENTS = 3
"""The Barnes-Hut tree is made for at most three dimensions."""


@dataclass(frozen=True, slots=True, eq=False)
class Tsne:
    """A map of the fitted rows; the method has no function for new ones."""

    name: ClassVar[str] = "tsne"
    n_components: int

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(f"tsne{i + 1}" for i in range(self.n_components))

    def apply(self, X: np.ndarray) -> NoReturn:
        """Raise PreprocessingError: new rows have no place in the map."""
        raise PreprocessingError(
            f"a t-SNE space cannot transform new rows: its map of the fitted rows has no place for these {len(X):,}",
            hint="fit again with all rows, or with preprocessing_configuration.dimensionality_reduction: pca or none",
        )

    def state(self) -> Mapping[str, Any]:
        """Return the step as plain values."""
        return {"n_components": self.n_components}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Tsne:
        """Return the step that `state` describes."""
        return cls(int(state["n_components"]))


def fit_tsne(X: np.ndarray, n_components: int | None, random_state: int) -> tuple[Tsne, np.ndarray]:
    """Return the step and the map (n, k) of the rows of `X`; k is 2 where `n_components` is None (1 for a single column).

    scikit-learn's Barnes-Hut t-SNE (van der Maaten 2014) with perplexity 30, at most (n - 1) / 3, started from principal components;
    one thread. Raises PreprocessingError below 4 rows or above min(3, d) components.
    """
    from sklearn.manifold import TSNE

    n, d = X.shape
    if n < MIN_ROWS:
        raise PreprocessingError(f"t-SNE needs at least {MIN_ROWS} rows, there are {n}", hint="set dimensionality_reduction to pca or none")
    if (X[0] == X).all():
        raise PreprocessingError("all rows are equal, so t-SNE has nothing to map", hint="set dimensionality_reduction to pca or none")
    most = min(MAX_COMPONENTS, d)
    k = min(2, most) if n_components is None else n_components
    if k > most:
        raise PreprocessingError(
            f"n_components is {k}, but t-SNE maps {d:,} columns to at most {most} dimensions",
            hint=f"set preprocessing_configuration.n_components to {most} or less",
        )
    model = TSNE(k, perplexity=min(PERPLEXITY, (n - 1) / 3), init="pca", random_state=random_state, n_jobs=1)
    with one_thread(), library_warnings_ignored(), np.errstate(all="ignore"):
        placed = model.fit_transform(X)
    return Tsne(k), np.asarray(placed, dtype=np.float64)
