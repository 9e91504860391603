"""How much memory a recommendation may take: asked before the partitions are compared, and before a candidate is fitted on all rows."""

from __future__ import annotations

from clusterctl.algorithms.base import AlgorithmSpec, Settings
from clusterctl.engine.resources import as_size, free_memory
from clusterctl.engine.sampling import check_fit
from clusterctl.errors import ResourceLimitError
from clusterctl.recommendation.ground import N_SAMPLE
from clusterctl.values.space import Points

PAIR_BYTES = 32
"""Of a pair of rows of the sample: its distance in the forms that are held at once."""
WORK_BYTES, WORK_ROWS = 100 << 20, 500
"""What the fits and draws beside take on the sample; in proportion less below so many rows."""


def sample_bytes(n_rows: int) -> int:
    """Return what comparing partitions of a table of so many rows is estimated to take beside the points: that of its sample."""
    m = min(n_rows, N_SAMPLE)
    return PAIR_BYTES * m * m + WORK_BYTES * min(m, WORK_ROWS) // WORK_ROWS


def check_sample(points: Points, max_memory: int | None) -> int:
    """Return the bytes that comparing partitions is estimated to take. Raises ResourceLimitError if that is more than there is.

    As for a fit: more than `max_memory` leaves beside what the process holds, or than the machine or its control group has free.
    """
    needed, free = sample_bytes(points.n_rows), free_memory(max_memory)
    if needed > free.bytes:
        m = min(points.n_rows, N_SAMPLE)
        raise ResourceLimitError(
            f"comparing partitions of {m:,} rows would take about {as_size(needed)} ({PAIR_BYTES} n n and the fits beside), "
            f"but only {as_size(free.bytes)} is free ({free.source})",
            hint="give it more memory (a larger --max-memory or machine), or a table of fewer rows",
        )
    return needed


def goes_into_memory(spec: AlgorithmSpec, settings: Settings, points: Points, max_memory: int | None) -> bool:
    """Return whether a fit on all rows goes, by the estimate that `run` refuses it by, into what is free and `max_memory` leaves."""
    try:
        check_fit("exact", spec, settings, points.n_rows, points.n_columns, max_memory)
    except ResourceLimitError:
        return False
    return True
