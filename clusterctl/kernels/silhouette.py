"""The silhouette of rows against columns under several labellings at once, from one pass over distance tiles.

Rows stay in input order and each labelling's sums are its own product of its 0/1 membership matrix with the tile, so a value has the
same bits whether its labelling shares the pass with none or with sixty-three others, and at any number of threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from clusterctl.kernels.distance_tiles import N_COLUMNS, N_ROWS, Block, Tiles
from clusterctl.kernels.threads import parallel

if TYPE_CHECKING:
    from clusterctl.values.space import Metric

N_STRIPE = 2_048
N_DENSE = 64
"""Up to this many groups the membership matrix of a tile has a row for each; above, only for those present."""


@dataclass(frozen=True, slots=True)
class Groups:
    """One labelling as the kernel wants it: groups 0 … n_groups - 1, noise (if any) being the last.

    rows, columns: the group of each row and column. sizes: true size of each group. inside: (n_rows,) bool, the row is itself one of the
    columns. has_noise: the last group is noise.
    """

    rows: np.ndarray
    columns: np.ndarray
    sizes: np.ndarray
    inside: np.ndarray
    has_noise: bool


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Silhouettes a row (n,) under the three treatments of noise; NaN where a row has none."""

    ignored: np.ndarray
    singletons: np.ndarray
    one_cluster: np.ndarray


def coefficients(rows: np.ndarray, columns: np.ndarray, metric: Metric, groups: Sequence[Groups], n_jobs: int) -> list[Coefficients]:
    """Return the silhouette of every row under each labelling; O(n) memory, float64.

    rows (n, d), columns (m, d): the same array for exact silhouettes, samples of it for estimates.
    """
    tiles = Tiles(rows, columns, metric)
    members = [[_membership(g, start) for start in tiles.column_starts()] for g in groups]
    out = [_empty(len(rows), g.has_noise) for g in groups]

    def stripe(start: int) -> None:
        for a in range(start, min(start + N_STRIPE, len(rows)), N_ROWS):
            b = min(a + N_ROWS, start + N_STRIPE, len(rows))
            block = tiles.row_block(a, b)
            for g, into, sums in zip(groups, out, _sums(tiles, block, groups, members), strict=True):
                _finish(g, slice(a, b), sums, into)

    parallel(stripe, range(0, len(rows), N_STRIPE), n_jobs)
    return out


def _empty(n: int, has_noise: bool) -> Coefficients:
    """Return room for the results; without noise the three are one and the same array."""
    first = np.full(n, np.nan)
    return Coefficients(first, np.full(n, np.nan), np.full(n, np.nan)) if has_noise else Coefficients(first, first, first)


@dataclass(frozen=True, slots=True)
class _Member:
    """Membership of one tile's columns: `matrix` @ tile adds the distances up by group."""

    matrix: csr_array
    present: np.ndarray | slice
    noise: np.ndarray | None


def _membership(g: Groups, start: int) -> _Member:
    own = g.columns[start : start + N_COLUMNS]
    noise = np.flatnonzero(own == len(g.sizes) - 1) if g.has_noise else None
    if len(g.sizes) <= N_DENSE:
        return _Member(_indicator(own, len(g.sizes)), slice(None), noise)
    present, place = np.unique(own, return_inverse=True)
    return _Member(_indicator(place, len(present)), present, noise)


def _indicator(group: np.ndarray, n_groups: int) -> csr_array:
    order = np.argsort(group, kind="stable").astype(np.int32)
    pointer = np.concatenate([[0], np.cumsum(np.bincount(group, minlength=n_groups))]).astype(np.int32)
    return csr_array((np.ones(len(group)), order, pointer), shape=(n_groups, len(group)))


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sum of distances from each row to each group (groups, rows), and the least distance to a noise column other than the row itself."""

    total: np.ndarray
    nearest_noise: np.ndarray


def _sums(tiles: Tiles, block: Block, groups: Sequence[Groups], members: list[list[_Member]]) -> list[_Sums]:
    n_rows = len(block.points)
    out = [_Sums(np.zeros((len(g.sizes), n_rows)), np.full(n_rows, np.inf)) for g in groups]
    for i, start in enumerate(tiles.column_starts()):
        tile = block.distances(start)
        for into, tiled in zip(out, members, strict=True):
            member = tiled[i]
            into.total[member.present] += member.matrix @ tile
            if member.noise is not None and len(member.noise):
                np.minimum(into.nearest_noise, tile[member.noise].min(axis=0), out=into.nearest_noise)
    return out


def _finish(g: Groups, at: slice, sums: _Sums, into: Coefficients) -> None:
    """Turn one block's sums into coefficients under the three policies."""
    own, inside = g.rows[at], g.inside[at]
    used = np.bincount(g.columns, minlength=len(g.sizes))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = sums.total / used[:, None]
    mean[used == 0] = np.inf
    across = np.arange(len(own))
    a = sums.total[own, across] / np.maximum(used[own] - inside, 1)
    mean[own, across] = np.inf
    alone = g.sizes[own] == 1
    if not g.has_noise:
        into.ignored[at] = _coefficient(a, mean.min(axis=0), alone)
        return
    noise = own == len(g.sizes) - 1
    other = mean[:-1].min(axis=0, initial=np.inf)
    into.one_cluster[at] = _coefficient(a, np.minimum(other, mean[-1]), alone)
    into.singletons[at] = np.where(noise, 0.0, _coefficient(a, np.minimum(other, sums.nearest_noise), alone))
    into.ignored[at] = np.where(noise, np.nan, _coefficient(a, other, alone))


def _coefficient(a: np.ndarray, b: np.ndarray, alone: np.ndarray) -> np.ndarray:
    """Return (b - a) / max(a, b): 0 for a row alone in its cluster, and where a and b are both 0."""
    top = np.maximum(a, b)
    with np.errstate(divide="ignore", invalid="ignore"):
        s = np.where(np.isinf(b), np.nan, (b - a) / top)
    s[(top == 0) | alone] = 0.0
    return s
