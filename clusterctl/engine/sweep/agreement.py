"""How alike the labels of the best trials are: the adjusted Rand index of each pair, on the same rows."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clusterctl.kernels.contingency import cross
from clusterctl.metrics.agreement import adjusted_rand_score
from clusterctl.results.sweep import Agreement

N_ROWS = 20_000
"""Labels of more rows than this are compared on a sample."""
N_TRIALS = 50
"""Trials that are compared."""
DROPPED = -2
_SIZES = (1, 2, 4)


def sampled_rows(n_rows: int) -> np.ndarray:
    """Return the positions of the input rows that are compared, sorted: all, or 20,000 drawn with seed 0. Deterministic."""
    if n_rows <= N_ROWS:
        return np.arange(n_rows)
    return np.sort(np.random.default_rng(0).choice(n_rows, N_ROWS, replace=False))


def encode(labels: np.ndarray) -> str:
    """Return labels (n,) int, noise and excluded -1, dropped -2, as text: `1:` and base64 of zlib of the smallest signed integers.

    The number before the colon is the bytes a label takes: 1, 2 or 4, little-endian.
    """
    low, high = int(labels.min(initial=0)), int(labels.max(initial=0))
    size = next(size for size in _SIZES if np.iinfo(f"<i{size}").min <= low and high <= np.iinfo(f"<i{size}").max)
    return f"{size}:{base64.b64encode(zlib.compress(labels.astype(f'<i{size}').tobytes())).decode('ascii')}"


def decode(text: str) -> np.ndarray:
    """Return the labels (n,) int64 that `encode` wrote. Raises ValueError for a text that it cannot have written."""
    size, _, body = text.partition(":")
    if size not in {str(known) for known in _SIZES}:
        raise ValueError(f"labels do not begin with their size: {text[:8]!r}")
    try:
        return np.frombuffer(zlib.decompress(base64.b64decode(body, validate=True)), dtype=f"<i{size}").astype(np.int64)
    except zlib.error as error:
        raise ValueError(f"labels cannot be unpacked: {error}") from None


@dataclass(frozen=True, slots=True)
class _Grouping:
    """One labelling ready to be crossed. codes: (n,) int64 from 0, of no meaning where dropped. kept: (n,) bool; None: all rows."""

    codes: np.ndarray
    n_groups: int
    kept: np.ndarray | None


def agreement(trial_ids: Sequence[int], texts: Sequence[str | None], n_rows: int) -> Agreement | None:
    """Return how alike the labels of up to 50 trials are, given best first; None with fewer than two.

    texts: what `encode` gave for the labels of the rows that `sampled_rows(n_rows)` names; None: not kept, so the trial is passed over.
    Of a pair the rows that either has dropped are left out, and noise is one group; equal texts are compared once. Deterministic.
    """
    known = [(trial_id, text) for trial_id, text in zip(trial_ids, texts, strict=True) if text is not None][:N_TRIALS]
    if len(known) < 2:
        return None
    numbers: dict[str, int] = {}
    of_trial = [numbers.setdefault(text, len(numbers)) for _, text in known]
    groupings = [_grouping(decode(text)) for text in numbers]
    values: list[list[float | None]] = [[None] * len(groupings) for _ in groupings]
    for row, left in enumerate(groupings):
        for column in range(row, len(groupings)):
            values[row][column] = values[column][row] = _alike(left, groupings[column])
    return Agreement(
        trial_ids=[trial_id for trial_id, _ in known],
        adjusted_rand=[[values[row][column] for column in of_trial] for row in of_trial],
        method="exact" if n_rows <= N_ROWS else "sampled",
        n_used=min(n_rows, N_ROWS),
    )


def _grouping(labels: np.ndarray) -> _Grouping:
    kept = labels != DROPPED
    names, codes = np.unique(labels, return_inverse=True)
    return _Grouping(codes.astype(np.int64), len(names), None if kept.all() else kept)


def _alike(left: _Grouping, right: _Grouping) -> float | None:
    """Return the adjusted Rand index of two labellings; None where no row is kept in both."""
    kept = left.kept if right.kept is None else right.kept if left.kept is None else left.kept & right.kept
    if kept is None:
        codes = left.codes, right.codes
    elif kept.any():
        codes = left.codes[kept], right.codes[kept]
    else:
        return None
    if not len(codes[0]):
        return None
    return adjusted_rand_score(cross(codes[0], left.n_groups, codes[1], right.n_groups))
