"""Density-connected components at any eps from core distances, exactly and in O(n) memory.

Rows are joined along links to a few near rows first. What is left are the joins between components, and these are searched for without
ever storing a neighbourhood: the nearest row that is in another component, for the rows of small components among their few nearest rows,
for large ones by numbering the components in binary and searching, for every bit, among the rows of the other side. Time and memory do
not grow with the number of neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clusterctl.kernels.neighbors import (
    Floats,
    Index,
    Integers,
    ProductIndex,
    block_length,
    expand,
    index_rows,
    leaf_order,
    nearest_within,
    reduce_limit,
    reduced,
)

N_LINKS = 6
SMALL = 24
MAX_BALLS = 64


@dataclass(frozen=True, slots=True)
class CoreDistances:
    """What is the same for every eps. Rows are kept in an order in which near rows lie close together in memory.

    X: (n, d) the rows in that order; order: (n,) the position of each in the input.
    core: (n,) reduced distance to the `min_samples`-th nearest row, the row itself counted; inf where there are fewer rows.
    links: (n, at most 6) near rows; link_lengths: their reduced distances.
    """

    X: Floats
    order: Integers
    metric: str
    min_samples: int
    core: Floats
    links: NDArray[np.int32]
    link_lengths: Floats
    n_jobs: int


def measure_core_distances(X: Floats, min_samples: int, metric: str, n_jobs: int) -> CoreDistances:
    """Search the `min_samples` nearest rows of each row, block by block; the same at any n_jobs."""
    n, d = X.shape
    order = leaf_order(X, metric)
    X = np.ascontiguousarray(X[order])
    k = min(max(min_samples, 2), n)
    n_links = min(k, N_LINKS)
    core = np.full(n, np.inf)
    links = np.empty((n, n_links), dtype=np.int32)
    lengths = np.empty((n, n_links))
    index, length = index_rows(X, metric), block_length(k, d)
    for start in range(0, n, length):
        block = X[start : start + length]
        stop = start + len(block)
        rows = index.nearest(block, k, np.inf, n_jobs)
        links[start:stop] = rows[:, :n_links]
        for column in range(n_links):
            lengths[start:stop, column] = reduced(block, X[rows[:, column]], metric)
        if min_samples <= n:
            core[start:stop] = reduced(block, X[rows[:, min_samples - 1]], metric)
    return CoreDistances(X, order, metric, min_samples, core, links, lengths, n_jobs)


def join(n: int, left: Integers, right: Integers) -> Integers:
    """Return the component of each of n nodes."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def number_by_first(part: Integers) -> Integers:
    """Number components by their first row."""
    first = np.empty(int(part.max(initial=-1)) + 1, dtype=np.int64)
    first[part[::-1]] = np.arange(len(part))[::-1]
    return np.asarray(np.argsort(np.argsort(first))[part], dtype=np.int64)


def cut_at(distances: CoreDistances, eps: float) -> tuple[Integers, NDArray[np.bool_]]:
    """Return DBSCAN's labels at eps, clusters numbered by their first core row, noise -1, and which rows are core.

    A border row goes to the lowest-numbered cluster with a core row within eps: the rule of scikit-learn (Ester et al. 1996 leave
    it to the order of the scan).
    """
    n = len(distances.core)
    core = np.flatnonzero(distances.core <= reduce_limit(eps, distances.metric))
    is_core = np.zeros(n, dtype=bool)
    is_core[distances.order[core]] = True
    labels = np.full(n, -1, dtype=np.int64)
    if len(core):
        Y = distances.X[core]
        index = index_rows(Y, distances.metric)
        part = _join_components(Components(Y, index, eps, distances.metric, distances.n_jobs), _join_links(distances, core, eps))
        labels[distances.order[core]] = part
        labels[is_core] = number_by_first(labels[is_core])
        _add_border(distances, index, core, labels, eps)
    return labels, is_core


def _join_links(distances: CoreDistances, core: Integers, eps: float) -> Integers:
    """Join the core rows along their stored links."""
    position = np.full(len(distances.core), -1, dtype=np.int32)
    position[core] = np.arange(len(core), dtype=np.int32)
    other = position[distances.links[core]]
    linked = (other >= 0) & (distances.link_lengths[core] <= reduce_limit(eps, distances.metric))
    return join(len(core), np.repeat(np.arange(len(core)), linked.sum(axis=1)), other[linked].astype(np.int64))


@dataclass(frozen=True, slots=True)
class Components:
    """The core rows whose components are joined."""

    X: Floats
    index: Index
    eps: float
    metric: str
    n_jobs: int

    def search_near(self, rows: Integers, part: Integers) -> tuple[Integers, Integers]:
        """Return pairs (row, row of another component within eps) for rows of components of at most SMALL rows.

        Of its SMALL + 1 nearest rows one at least is in another component, so a row with such a row within eps is found.
        """
        near = self.index.nearest(self.X[rows], min(SMALL + 1, len(part)), self.eps, self.n_jobs)
        i, column = np.nonzero(near < len(part))
        source, target = rows[i], near[i, column]
        other = part[source] != part[target]
        source, target = source[other], target[other]
        inside = reduced(self.X[source], self.X[target], self.metric) <= reduce_limit(self.eps, self.metric)
        return source[inside], target[inside]

    def search_among(self, source: Integers, target: Integers) -> tuple[Integers, Integers]:
        """Return pairs (row of source, its nearest row of target) within eps."""
        Y = self.X[target]
        i, j = nearest_within(index_rows(Y, self.metric), Y, self.X[source], self.eps, self.metric, self.n_jobs)
        return source[i], target[j]

    def find_frontier(self, part: Integers, size: Integers) -> Integers:
        """Return the rows of large components that can have a row of another large one within eps.

        Among few large components of many columns, where searches are costly, rows further than eps from the ball around every other
        component are left out (triangle inequality); else all rows of large components are returned.
        """
        large = np.flatnonzero(size[part] > SMALL)
        which = np.flatnonzero(size > SMALL)
        if not isinstance(self.index, ProductIndex) or not 1 < len(which) <= MAX_BALLS:
            return large
        gap = np.full(len(part), np.inf)
        for label in which:
            inside = part == label
            distance = expand(reduced(self.X, self.X[inside].mean(axis=0)[None], self.metric), self.metric)
            radius = distance[inside].max()
            gap[~inside] = np.minimum(gap[~inside], distance[~inside] - radius)
        return large[gap[large] <= self.eps * (1 + 1e-9)]


def _join_components(components: Components, part: Integers) -> Integers:
    """Join components with rows within eps of each other until none are left.

    Of two rows within eps in different components at least one is searched for in the first round, and then finds a row of another
    component, this one or a nearer one. Components only grow, so later rounds need to search for those rows alone.
    """
    asking: Integers | None = None
    while (n_parts := int(part.max()) + 1) > 1:
        size = np.bincount(part)
        rows = np.arange(len(part)) if asking is None else asking
        small = size[part[rows]] <= SMALL
        found = [components.search_near(rows[small], part)] if small.any() else []
        large = components.find_frontier(part, size)
        found += [components.search_among(*pair) for pair in _sides(part, size, large, None if asking is None else rows[~small])]
        source, target = (np.concatenate(side) for side in zip(*found, strict=True)) if found else (rows[:0], rows[:0])
        if not len(source):
            break
        asking = np.unique(source)
        part = join(n_parts, part[source], part[target])[part]
    return part


def _sides(part: Integers, size: Integers, large: Integers, asking: Integers | None) -> list[tuple[Integers, Integers]]:
    """Return pairs (rows to search for, rows to search among) that hold every pair of these rows of different large components.

    The components are numbered by falling size, so that few rows have a one in the higher bits; of each bit the smaller side is
    searched for, or (`asking`) those rows of both sides.
    """
    order = np.argsort(-size, kind="stable")
    number = np.empty_like(order)
    number[order] = np.arange(len(order))
    n_large = int((size > SMALL).sum())
    number = number[part]
    asking = None if asking is None else np.intersect1d(asking, large, assume_unique=True)
    pairs: list[tuple[Integers, Integers]] = []
    for bit in range((n_large - 1).bit_length() if n_large > 1 else 0):
        one = (number >> bit) & 1 == 1
        ones, zeros = large[one[large]], large[~one[large]]
        if asking is None:
            pairs.append((ones, zeros) if len(ones) <= len(zeros) else (zeros, ones))
        else:
            pairs += [(asking[one[asking]], zeros), (asking[~one[asking]], ones)]
    return [(source, target) for source, target in pairs if len(source) and len(target)]


def _add_border(distances: CoreDistances, index: Index, core: Integers, labels: Integers, eps: float) -> None:
    """Give each row that is not core, but near core rows, the lowest number among these.

    A row that is not core has fewer than min_samples rows within eps, so a search for so many finds them all.
    """
    X, order, metric, edge = distances.X, distances.order, distances.metric, reduce_limit(eps, distances.metric)
    is_rest = np.ones(len(X), dtype=bool)
    is_rest[core] = False
    rest = np.flatnonzero(is_rest)
    k = min(distances.min_samples - 1, len(core))
    if not len(rest) or k < 1:
        return
    length, none, number = block_length(k, X.shape[1]), len(core), labels[order[core]]
    for start in range(0, len(rest), length):
        block = rest[start : start + length]
        near = index.nearest(X[block], k, eps, distances.n_jobs)
        i, column = np.nonzero(near < none)
        found = near[i, column]
        inside = reduced(X[block[i]], X[core[found]], metric) <= edge
        lowest = np.full(len(block), none)
        np.minimum.at(lowest, i[inside], number[found[inside]])
        reached = lowest < none
        labels[order[block[reached]]] = lowest[reached]
