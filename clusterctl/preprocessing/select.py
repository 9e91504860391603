"""Feature selection: constant, near-duplicate and uninformative features are left out, each for a stated reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from clusterctl.errors import PreprocessingError
from clusterctl.kernels.threads import one_thread
from clusterctl.preprocessing.categories import OneHot, Ordinal
from clusterctl.preprocessing.encode import Encode, Number
from clusterctl.preprocessing.moments import extremes, means, scatter_matrix
from clusterctl.preprocessing.relevance import is_uninformative
from clusterctl.values.remarks import LeftOut

if TYPE_CHECKING:
    from clusterctl.values.space import Metric

DUPLICATE = 0.95
UNINFORMATIVE = "uninformative: one mode, and rows near each other in the other features are no more alike in it than rows at random"


@dataclass(frozen=True, slots=True, eq=False)
class Select:
    """The columns at `positions`, times `factor` (for the Gower distance: features before over features after, else 1)."""

    name: ClassVar[str] = "select"
    positions: np.ndarray
    factor: float

    def apply(self, X: np.ndarray) -> np.ndarray:
        """Return the columns kept (n, k)."""
        kept = np.ascontiguousarray(X[:, self.positions])
        return kept if self.factor == 1.0 else kept * self.factor

    def state(self) -> Mapping[str, Any]:
        """Return the step as plain values."""
        return {"positions": self.positions, "factor": self.factor}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Select:
        """Return the step that `state` describes."""
        return cls(np.asarray(state["positions"], dtype=np.int64), float(state["factor"]))


def fit_select(X: np.ndarray, encode: Encode, metric: Metric, random_state: int, n_jobs: int) -> tuple[Select, tuple[LeftOut, ...]]:
    """Choose the features to keep by the rows of `X` (n, d), and say why the others are not.

    Constant: one value in all rows. Near-duplicate of an earlier feature that is kept: |Pearson's r| > 0.95 for numbers, codes and
    categories of two levels; Tschuprow's T > 0.95 for other categories, which for two levels is |r| and is 1 where the levels
    correspond one to one (Tschuprow 1939). Uninformative: see `relevance.is_uninformative`; where every feature is, all are
    kept, since data without clusters is for the null comparison to tell. Text is never left out.
    Raises PreprocessingError where every feature is constant.
    """
    owner = np.array(encode.features())
    reasons: dict[int, str] = {}
    low, high = extremes(X)
    for i in range(len(encode.encoders)):
        if (low == high)[owner == i].all():
            reasons[i] = "constant: one value in all rows that are clustered"
    reasons |= _duplicates(X, encode, owner, set(reasons))
    reasons |= _uninformative(X, encode, owner, set(reasons), metric, random_state, n_jobs)
    positions = np.flatnonzero(~np.isin(owner, list(reasons)))
    if not len(positions):
        raise PreprocessingError(
            "every feature is constant: nothing tells the rows apart",
            hint="list other columns in clustering_data.features, or leave fewer rows out",
        )
    n_features = len(encode.encoders)
    factor = n_features / (n_features - len(reasons)) if metric == "manhattan" else 1.0
    left_out = tuple(LeftOut(encode.encoders[i].feature, reason) for i, reason in sorted(reasons.items()))
    return Select(positions, factor), left_out


def _uninformative(
    X: np.ndarray, encode: Encode, owner: np.ndarray, out: set[int], metric: Metric, random_state: int, n_jobs: int
) -> dict[int, str]:
    """Return the numeric features judged uninformative; none where that would leave no feature at all."""
    kept = [i for i in range(len(encode.encoders)) if i not in out]
    numbers = [i for i in kept if isinstance(encoder := encode.encoders[i], Number) and not encoder.boolean]
    positions = np.flatnonzero(np.isin(owner, kept))
    if not len(positions):
        return {}
    candidates = [int(np.flatnonzero(owner[positions] == i)[0]) for i in numbers]
    judged = is_uninformative(X[:, positions], candidates, metric, random_state, n_jobs)
    reasons = {i: UNINFORMATIVE for i, uninformative in zip(numbers, judged, strict=True) if uninformative}
    return reasons if len(reasons) < len(kept) else {}


def _duplicates(X: np.ndarray, encode: Encode, owner: np.ndarray, out: set[int]) -> dict[int, str]:
    """Return the features that repeat an earlier one which is kept, with the reason."""
    reasons: dict[int, str] = {}
    singles: dict[int, int] = {}
    categories: dict[int, np.ndarray] = {}
    for i, encoder in enumerate(encode.encoders):
        columns = np.flatnonzero(owner == i)
        if i in out:
            continue
        if isinstance(encoder, Number | Ordinal) or (isinstance(encoder, OneHot) and len(columns) == 2):
            singles[i] = int(columns[-1])
        elif isinstance(encoder, OneHot):
            categories[i] = columns
    correlation = _correlation(X, list(singles.values()))
    for b, i in enumerate(singles):
        for a, other in enumerate(list(singles)[:b]):
            if other not in reasons and abs(correlation[a, b]) > DUPLICATE:
                reasons[i] = f"near-duplicate of {encode.encoders[other].feature!r} (r = {correlation[a, b]:.3f})"
                break
    return reasons | _repeated_categories(X, encode, categories)


def _repeated_categories(X: np.ndarray, encode: Encode, categories: Mapping[int, np.ndarray]) -> dict[int, str]:
    reasons: dict[int, str] = {}
    for i, columns in categories.items():
        for other in [j for j in categories if j < i and j not in reasons]:
            association = _tschuprow(X[:, categories[other]], X[:, columns])
            if association > DUPLICATE:
                reasons[i] = f"near-duplicate of {encode.encoders[other].feature!r} (Tschuprow's T = {association:.3f})"
                break
    return reasons


def _correlation(X: np.ndarray, columns: list[int]) -> np.ndarray:
    """Return Pearson's r (k, k) of these columns, none of them constant."""
    values = np.ascontiguousarray(X[:, columns])
    with one_thread():
        scatter = scatter_matrix(values, means(values))
    spread = np.sqrt(np.diag(scatter))
    correlation: np.ndarray = scatter / np.outer(spread, spread)
    return correlation


def _tschuprow(first: np.ndarray, second: np.ndarray) -> float:
    """Return Tschuprow's T of two categories as one-hot columns; levels that no row has are passed over."""
    with one_thread():
        table = (first != 0).astype(np.float64).T @ (second != 0)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(table.shape) < 2:
        return 0.0
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    chi_squared = ((table - expected) ** 2 / expected).sum() / table.sum()
    return float(np.sqrt(chi_squared / np.sqrt((table.shape[0] - 1) * (table.shape[1] - 1))))
