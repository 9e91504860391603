"""The metrics that compare the clusters with a known grouping, all from one table of counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusterctl.metrics.base import MetricSpec, Need, Subject, Truth
from clusterctl.values.score import Score

if TYPE_CHECKING:
    import numpy as np

    from clusterctl.kernels.contingency import Contingency

N_VALUES_MAX = 50
"""A numeric target with more distinct values than this is a measurement, not a grouping."""
_TRUTH: frozenset[Need] = frozenset({"truth"})


@dataclass(frozen=True, slots=True)
class Known:
    """The known groups of the rows that have one and are not dropped.

    has: (n,) bool, of all rows. codes: (m,) int64, the group of each of the `m` rows for which `has` holds.
    """

    has: np.ndarray
    codes: np.ndarray

    def beside(self, labels: np.ndarray) -> Truth:
        """Return them beside the labels (n,) int of all rows; -1 (noise, excluded) counts as one cluster."""
        import numpy as np

        return Truth(np.asarray(self.codes), np.asarray(labels)[self.has].astype(np.int64))


def known_groups(target: np.ndarray | None, dropped: np.ndarray | None = None) -> Known | str:
    """Return the known groups, or the reason why there is nothing to compare with.

    target: (n,) of strings or numbers, None or NaN where unknown. dropped: (n,) bool, rows that have no label at all.
    A numeric target with more than 50 distinct values is no grouping.
    """
    import numpy as np
    import pandas as pd

    if target is None:
        return "no target_variable is given"
    has = ~pd.isna(target)
    if dropped is not None:
        has = has & ~dropped
    if not has.any():
        return "no row has both a label and a value of the target"
    codes, values = pd.factorize(np.asarray(target)[has])
    if np.asarray(target).dtype.kind in "fiu" and len(values) > N_VALUES_MAX:
        return (
            f"the target is numeric with {len(values)} distinct values (more than {N_VALUES_MAX}), so it is a measurement and no grouping"
        )
    return Known(np.asarray(has), codes.astype(np.int64))


def pair_up(target: np.ndarray | None, labels: np.ndarray, dropped: np.ndarray | None = None) -> Truth | str:
    """Return known groups and labels of all rows that have both, or the reason why there is nothing to compare.

    labels: (n,) int of all rows; -1 (noise, excluded) counts as one cluster. target, dropped: as in `known_groups`.
    """
    known = known_groups(target, dropped)
    return known if isinstance(known, str) else known.beside(labels)


def _measure(name: str) -> Callable[[Subject], Score]:
    """Return the computation of the metric of this name from the table of counts."""

    def compute(subject: Subject) -> Score:
        from clusterctl.metrics import agreement

        table: Contingency = subject.contingency
        value = getattr(agreement, name)(table)
        reason = None if value is not None else "no two rows are together in one of the two groupings"
        return Score(name, "max", value, reason, n_used=table.n_rows, coverage=_coverage(subject))

    return compute


def _coverage(subject: Subject) -> float:
    """Return the share of the rows with a truth that are in a cluster."""
    labels = subject.truth.labels if isinstance(subject.truth, Truth) else subject.labels
    return float((labels >= 0).mean()) if len(labels) else 0.0


def _spec(name: str, title: str, bounds: tuple[float, float], source: str, meaning: str) -> MetricSpec:
    return MetricSpec(name, title, "external", "max", bounds, _TRUTH, "where there is a target", False, source, meaning, _measure(name))


EXTERNAL = (
    _spec(
        "adjusted_rand_score",
        "Adjusted Rand index",
        (-0.5, 1.0),
        "Hubert and Arabie 1985, J. Classif. 2, 193-218",
        "share of pairs of rows on which the two groupings agree, corrected for chance (0: as by chance)",
    ),
    _spec(
        "normalized_mutual_info_score",
        "Normalised mutual information",
        (0.0, 1.0),
        "Strehl and Ghosh 2002, J. Mach. Learn. Res. 3, 583-617 (arithmetic mean of the entropies)",
        "information the two groupings share, of what they hold; grows with the number of clusters",
    ),
    _spec(
        "adjusted_mutual_info_score",
        "Adjusted mutual information",
        (-1.0, 1.0),
        "Vinh, Epps and Bailey 2010, J. Mach. Learn. Res. 11, 2837-2854",
        "information the two groupings share, corrected for chance (0: as by chance)",
    ),
    _spec(
        "v_measure_score",
        "V-measure",
        (0.0, 1.0),
        "Rosenberg and Hirschberg 2007, Proc. EMNLP-CoNLL, 410-420",
        "harmonic mean of homogeneity (a cluster holds one group) and completeness (a group is in one cluster)",
    ),
    _spec(
        "fowlkes_mallows_score",
        "Fowlkes-Mallows index",
        (0.0, 1.0),
        "Fowlkes and Mallows 1983, J. Am. Stat. Assoc. 78, 553-569",
        "geometric mean of precision and recall over pairs of rows that are together",
    ),
)
