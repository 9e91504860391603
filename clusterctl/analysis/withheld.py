"""What is left of a feature within a cluster when statistics of few rows are withheld (`privacy.min_group`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clusterctl.analysis.groups import Integers
from clusterctl.analysis.noted import Noted
from clusterctl.results.characteristics import NumericCharacteristic, NumericStatistics
from clusterctl.values.remarks import Note

if TYPE_CHECKING:
    from clusterctl.analysis.groups import Floats
    from clusterctl.results.models import ClusterStatistics
    from clusterctl.values.privacy import Privacy

_OWN = ("mean", "sd", "median", "lower_quartile", "upper_quartile", "iqr", "effect")
_WHOLE = ("overall_mean", "overall_sd", "effect")


def too_few(counts: Integers, min_group: int) -> NDArray[np.bool_]:
    """Return where counts are of some rows, but of fewer than `min_group`."""
    return (counts > 0) & (counts < min_group)


def numeric_characteristic(entry: NumericCharacteristic, n_everywhere: int, privacy: Privacy) -> NumericCharacteristic:
    """Return a number within a cluster without what fewer rows than `min_group` tell; n_everywhere: rows of the table that have a value."""
    hidden = (_OWN if privacy.hides(entry.n_used) else ()) + (_WHOLE if privacy.hides(n_everywhere) else ())
    return entry.model_copy(update=dict.fromkeys(hidden)) if hidden else entry


def numeric_statistics(entry: NumericStatistics, present: Floats, privacy: Privacy) -> NumericStatistics:
    """Return a number over all rows without what too few rows tell: all of it, or an end that fewer than `min_group` rows reach."""
    if privacy.hides(len(present)):
        hidden = ("mean", "sd", "min", "lower_quartile", "median", "upper_quartile", "max")
        return entry.model_copy(update=dict.fromkeys(hidden))
    ends = [name for name in ("min", "max") if privacy.hides(int(np.count_nonzero(present == getattr(entry, name))))]
    return entry.model_copy(update=dict.fromkeys(ends)) if ends else entry


def cluster_shapes(found: Noted[list[ClusterStatistics]], privacy: Privacy) -> Noted[list[ClusterStatistics]]:
    """Return the clusters' statistics, of clusters of too few rows their size alone."""
    small = [str(entry.cluster_id) for entry in found.value if privacy.hides(entry.size)]
    if not small:
        return found
    nothing = {"density": None, "compactness": None, "separation": None}
    told = [entry.model_copy(update=nothing) if privacy.hides(entry.size) else entry for entry in found.value]
    path = f"clustering_results.clusters.cluster_statistics[{','.join(small)}]"
    return Noted(told, (*found.notes, *(Note(f"{path}.{name}", privacy.reason) for name in nothing)))
