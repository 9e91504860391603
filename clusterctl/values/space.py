"""The points that are clustered, and how the table became them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from clusterctl.values.remarks import Caution, LeftOut, Note

if TYPE_CHECKING:
    import numpy as np

Metric = Literal["euclidean", "manhattan"]


@dataclass(frozen=True, slots=True)
class Points:
    """What an algorithm and a metric see: `X` (n, d) float64, C order, finite, read-only, and the distance that holds in it.

    `manhattan` is the Gower distance: the columns are so scaled that the city-block distance of two rows is Gower's.
    """

    X: np.ndarray
    metric: Metric = "euclidean"

    @property
    def n_rows(self) -> int:
        """Number of points."""
        return int(self.X.shape[0])

    @property
    def n_columns(self) -> int:
        """Number of dimensions."""
        return int(self.X.shape[1])


class FittedStep(Protocol):
    """A preprocessing step after fitting: small, and able to do to new rows what it did to the old."""

    name: ClassVar[str]

    def state(self) -> Mapping[str, Any]:
        """Return all that is needed to do it again: arrays, numbers, strings, lists and mappings of these."""
        ...


@dataclass(frozen=True, slots=True)
class Space:
    """The prepared points and the fate of every input row.

    points: the rows that are clustered (`rows` gives their positions in the dataset).
    columns: names of the columns of `points.X`.
    dropped, excluded: (n_rows,) bool; left out for missing values; left out as outliers.
    outlier_scores: (n_rows,) float64, NaN for dropped rows; larger is more unusual. None: detection is off.
    flagged: (n_rows,) bool, judged outliers (with `exclude` the same as `excluded`). None: detection is off.
    embedding: the reduction used, "none" if none.
    explained_variance: a share a component, for pca.
    standard_deviations: of the columns just before reduction, keyed by name (for the warning about unscaled features).
    before_embedding: (n, d) float64, the points as they were before UMAP or t-SNE, which cannot place new rows. None: neither was used.
    steps: fitted, in order.
    notes, cautions, left_out: what there is to say.
    """

    points: Points
    columns: tuple[str, ...]
    rows: np.ndarray
    n_rows: int
    dropped: np.ndarray
    excluded: np.ndarray
    outlier_scores: np.ndarray | None
    flagged: np.ndarray | None
    outlier_method: str | None
    embedding: str
    explained_variance: tuple[float, ...] | None
    steps: tuple[FittedStep, ...]
    cautions: tuple[Caution, ...] = ()
    notes: tuple[Note, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    standard_deviations: Mapping[str, float] = field(default_factory=dict)
    before_embedding: np.ndarray | None = None
