"""What became of each cluster: kept, grown, shrunk, split into, merged from, born, gone.

The transitions are those of MONIC (Spiliopoulou, Ntoutsi, Theodoridis and Schult 2006, KDD, 706-711), with a rule that is the same in
both directions: two clusters are related when their common rows are more than half of one and at least a tenth of the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from clusterctl.analysis.matching import related

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusterctl.analysis.groups import Integers
    from clusterctl.analysis.matching import Matching

Fate = Literal["kept", "grown", "shrunk", "split_into", "merged_from", "born", "gone"]
CHANGE = 0.1
"""A cluster that goes on has grown or shrunk when its number of rows changed by more than this share of the earlier."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One thing that happened: which clusters of A (places) became which of B (places)."""

    fate: Fate
    a: tuple[int, ...]
    b: tuple[int, ...]


def fates(matching: Matching, sizes_a: Sequence[int], sizes_b: Sequence[int]) -> list[Transition]:
    """Return what became of every cluster, by rising cluster of A, those that are born last.

    matching: of the rows in both. sizes: all rows a cluster, those in one table alone too; a cluster with no row in both is gone, or born.
    One related to one is kept (grown, shrunk: its number of rows changed by more than a tenth), one to several is split into them,
    several to one are merged. A cluster that both splits and takes part in a merger is in both. Deterministic.
    """
    pairs = _related_pairs(matching)
    to_b: dict[int, list[int]] = {a: [] for a in range(len(sizes_a))}
    to_a: dict[int, list[int]] = {b: [] for b in range(len(sizes_b))}
    for a, b in pairs:
        to_b[a].append(b)
        to_a[b].append(a)
    found = []
    for a, next_ones in to_b.items():
        if not next_ones:
            found.append(Transition("gone", (a,), ()))
        elif len(next_ones) > 1:
            found.append(Transition("split_into", (a,), tuple(next_ones)))
        elif len(to_a[next_ones[0]]) == 1:
            found.append(Transition(size_change(sizes_a[a], sizes_b[next_ones[0]]), (a,), (next_ones[0],)))
        else:
            found += _merger(found, tuple(to_a[next_ones[0]]), next_ones[0])
    for b, earlier in to_a.items():
        if len(earlier) > 1:
            found += _merger(found, tuple(earlier), b)
    return [*found, *(Transition("born", (), (b,)) for b, earlier in to_a.items() if not earlier)]


def size_change(before: int, after: int) -> Literal["kept", "grown", "shrunk"]:
    """Return how a cluster that goes on changed in size."""
    if after > before * (1 + CHANGE):
        return "grown"
    return "shrunk" if after < before * (1 - CHANGE) else "kept"


def _merger(found: list[Transition], a: tuple[int, ...], b: int) -> list[Transition]:
    """Return the merger into b, unless it is told of already."""
    told = Transition("merged_from", a, (b,))
    return [] if told in found else [told]


def _related_pairs(matching: Matching) -> list[tuple[int, int]]:
    overlaps: Integers = matching.overlaps
    if len(overlaps) == 0:
        return []
    kept = overlaps[related(overlaps, matching.sizes_a, matching.sizes_b)]
    return [(int(a), int(b)) for a, b in kept[np.lexsort((kept[:, 1], kept[:, 0]))][:, :2]]
