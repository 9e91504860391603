"""The order of many results by one metric or by several, and the bounds that they must keep."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from clusterctl.metrics.registry import METRICS

if TYPE_CHECKING:
    import numpy as np

    from clusterctl.values.score import Best

FACTS: Mapping[str, Best] = MappingProxyType(
    {"noise_fraction": "min", "smallest_cluster": "max", "stability": "max", "prediction_strength": "max"}
)
"""What results are ranked by beside the metrics, and which way: facts about the labels."""
_BLOCK = 64
"""Results that are held against all the others at once; of no influence on what is found."""


class Bounds(Protocol):
    """What a value must keep; None: open on that side. Equality passes."""

    @property
    def min(self) -> float | None:
        """The least it may be."""

    @property
    def max(self) -> float | None:
        """The most it may be."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Where each result stands, in the order in which they were given.

    ranks: 1 is best within the group, no two equal; None: not ranked. on_front: no ranked result of the group is at least as good in every
    metric and better in one. order: positions of the ranked results, best first, group by group in the order in which groups are first met.
    """

    ranks: tuple[int | None, ...]
    on_front: tuple[bool, ...]
    order: tuple[int, ...]


def direction(name: str) -> Best:
    """Return whether more or less of a value is better. Raises KeyError for a name that has no direction (`n_clusters`)."""
    return METRICS[name].best if name in METRICS else FACTS[name]


def compares_across_spaces(name: str) -> bool:
    """Say whether a value rests on the labels alone, so that it compares between different preparations of the data."""
    return METRICS[name].kind == "external" if name in METRICS else True


def broken(constraints: Mapping[str, Bounds], values: Mapping[str, float | None], n_rows: int) -> list[str]:
    """Return what is broken, in the order of the constraints, a text each: `noise_fraction 0.62 above max 0.5`.

    A value that does not exist breaks its constraint. A bound of `smallest_cluster` strictly between 0 and 1 is a share of the `n_rows`
    clustered and noise rows.
    """
    found = []
    for name, bounds in constraints.items():
        value = values.get(name)
        if value is None:
            found.append(f"{name} does not exist")
            continue
        texts = (_breach(name, value, bounds.min, "min", n_rows), _breach(name, value, bounds.max, "max", n_rows))
        found += [text for text in texts if text is not None]
    return found


def _breach(name: str, value: float, bound: float | None, kind: Best, n_rows: int) -> str | None:
    if bound is None:
        return None
    is_share = name == "smallest_cluster" and 0 < bound < 1
    # the share is divided out rather than the bound multiplied: 7 of 100 rows keep 0.07, though 0.07 * 100 is above 7
    compared = value / n_rows if is_share and n_rows else value
    if (compared >= bound) if kind == "min" else (compared <= bound):
        return None
    side = "below" if kind == "min" else "above"
    of_rows = f" of {n_rows} rows" if is_share else ""
    return f"{name} {_shown(value, bound)} {side} {kind} {_plain(bound)}{of_rows}"


def _shown(value: float, bound: float) -> str:
    """Return a value in few digits, in all of them where few would look like the bound."""
    short = _plain(value) if float(value).is_integer() else f"{value:.4g}"
    return _plain(value) if short == _plain(bound) else short


def _plain(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


def rank(values: Sequence[Mapping[str, float | None] | None], by: Sequence[str], groups: Sequence[Hashable]) -> Ranked:
    """Rank results within their groups by the metrics `by`, each in its own direction.

    values: per result, metric → value; None: it may not be ranked. A result without one of the metrics is not ranked either, and with no
    metric none is. groups: what each result compares within. Several metrics: each result's rank in each (ties: the average), and the
    mean of these ranks orders; ties by the first metric, then the next, then by position. Deterministic.
    """
    import numpy as np

    members: dict[Hashable, list[int]] = {group: [] for group in groups}
    for place, (of, group) in enumerate(zip(values, groups, strict=True)):
        if by and of is not None and all(of.get(name) is not None for name in by):
            members[group].append(place)
    ranks: list[int | None] = [None] * len(values)
    on_front = [False] * len(values)
    order: list[int] = []
    for places in members.values():
        if not places:
            continue
        table = np.array([[values[place][name] for name in by] for place in places], dtype=np.float64)  # type: ignore[index]
        table *= np.array([-1.0 if direction(name) == "max" else 1.0 for name in by])
        best_first, front = _ordered(table)
        for number, position in enumerate(best_first.tolist(), start=1):
            ranks[places[position]] = number
            order.append(places[position])
        for position in np.flatnonzero(front).tolist():
            on_front[places[position]] = True
    return Ranked(tuple(ranks), tuple(on_front), tuple(order))


def _ordered(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return positions best first, (n,), and which rows are on the Pareto front, (n,) bool, of values (n, d) where less is better."""
    import numpy as np

    columns = [_ranks(column) for column in table.T]
    total = np.sum([average for average, _ in columns], axis=0)  # halves, so exact; the mean has the same order
    levels = np.stack([level for _, level in columns])
    best_first = np.lexsort((*levels[::-1], total))
    return best_first, _front(levels, best_first)


def _ranks(column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rank of each value, ties sharing the average of theirs, and its level among the distinct values; both from the least."""
    import numpy as np

    _, level, counts = np.unique(column, return_inverse=True, return_counts=True)
    average = np.cumsum(counts) - (counts - 1) / 2
    return average[level], level


def _front(levels: np.ndarray, best_first: np.ndarray) -> np.ndarray:
    """Return which of (d, n) no other dominates, (n,) bool.

    Only a smaller total can dominate. So of the first block of those left, what no other of the block dominates is on the front; what the
    block dominates is left out, and so on.
    """
    import numpy as np

    front = np.zeros(levels.shape[1], dtype=bool)
    left, places = levels[:, best_first].astype(np.int32), best_first
    while len(places):
        block = left[:, :_BLOCK]
        block = block[:, ~_dominated(block, block)]
        beaten = _dominated(left, block)
        front[places[:_BLOCK][~beaten[:_BLOCK]]] = True
        beaten[:_BLOCK] = True
        left, places = left[:, ~beaten], places[~beaten]
    return front


def _dominated(levels: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return which of (d, n) one of the others (d, m) is nowhere worse than and somewhere better, (n,) bool."""
    import numpy as np

    nowhere_worse = np.ones((others.shape[1], levels.shape[1]), dtype=bool)
    better = np.zeros_like(nowhere_worse)
    for own, other in zip(levels, others[:, :, None], strict=True):
        np.logical_and(nowhere_worse, other <= own, out=nowhere_worse)
        np.logical_or(better, other < own, out=better)
    return np.asarray((nowhere_worse & better).any(axis=0))
