"""Where k-means starts: the choices scikit-learn makes from one stream of random numbers, in one pass over the rows a centre.

All numbers are drawn before any start is computed, since how many there are does not depend on the data; so the starts can run
side by side and still be those of `KMeans(n_init=...)` drawn one after another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

N_BLOCK = 8192


@dataclass(frozen=True, slots=True)
class PlusPlusDraws:
    """The uniform numbers of one k-means++ start: `first` row, then (n_clusters - 1, n_trials) numbers in [0, 1)."""

    first: int
    uniforms: np.ndarray


def draw_plusplus(rng: np.random.RandomState, n: int, n_clusters: int, n_starts: int) -> list[PlusPlusDraws]:
    """Draw the numbers of `n_starts` k-means++ starts, in the order in which scikit-learn's KMeans draws them."""
    n_trials = 2 + int(np.log(n_clusters))
    total = np.cumsum(np.full(n, 1.0 / n))
    total /= total[-1]
    draws = []
    for _ in range(n_starts):
        first = int(np.searchsorted(total, rng.random_sample(), side="right"))
        draws.append(PlusPlusDraws(first, rng.random_sample((n_clusters - 1, n_trials))))
    return draws


def draw_rows(rng: np.random.RandomState, n: int, n_clusters: int, n_starts: int) -> list[np.ndarray]:
    """Draw `n_starts` times `n_clusters` different rows, in scikit-learn's order."""
    share = np.full(n, 1.0 / n)
    return [rng.choice(n, size=n_clusters, replace=False, p=share) for _ in range(n_starts)]


def seeding_table(X: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Return (d + 2, n): the centred rows as columns, their squared norm, and ones.

    One product with (-2 c, 1, |c|^2) then gives the squared distances to a centre c, three times as fast as from rows.
    """
    n, d = X.shape
    table = np.empty((d + 2, n))
    for start in range(0, n, N_BLOCK):
        part = table[:, start : start + N_BLOCK]
        np.subtract(X[start : start + N_BLOCK].T, mean[:, None], out=part[:d])
        np.einsum("ij,ij->j", part[:d], part[:d], out=part[d])
        part[d + 1] = 1.0
    return table


def plusplus_rows(table: np.ndarray, draws: PlusPlusDraws) -> np.ndarray:
    """Return the rows that greedy k-means++ picks (Arthur & Vassilvitskii 2007), (n_clusters,) int64.

    Each centre takes one pass over the table in blocks that stay in cache: the distances to the centre picked last and to the
    candidates for the next come out of one product. Memory: 8 bytes a row. Same bits at any number of threads; the rows are
    scikit-learn's, but where a random number falls within rounding of a boundary between two rows.
    """
    rows = np.empty(len(draws.uniforms) + 1, dtype=np.int64)
    rows[0] = draws.first
    nearest = np.full(table.shape[1], np.inf)
    sums = _pass(table, nearest, rows[:1])[0]
    for step, uniform in enumerate(draws.uniforms, start=1):
        candidates = _candidates(table, nearest, rows[step - 1], sums, uniform)
        trials = _pass(table, nearest, np.concatenate((rows[step - 1 : step], candidates)))[1:]
        best = int(np.argmin(trials.sum(axis=1)))
        rows[step], sums = candidates[best], trials[best]
    return rows


def _centres(table: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return (n_rows, d + 2), whose product with the table is the squared distance to these rows."""
    columns = table[:, rows].T
    return np.ascontiguousarray(np.column_stack((-2.0 * columns[:, :-2], columns[:, -1], columns[:, -2])))


def _pass(table: np.ndarray, nearest: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Lower `nearest` to the first of `rows`, the centre picked last; return for each of `rows` what `nearest` would add up to with it.

    The sums are a block each, (len(rows), n_blocks).
    """
    n = table.shape[1]
    centres = _centres(table, rows)
    sums = np.empty((len(rows), -(-n // N_BLOCK)))
    for block, start in enumerate(range(0, n, N_BLOCK)):
        part = nearest[start : start + N_BLOCK]
        distance = centres @ table[:, start : start + N_BLOCK]
        np.minimum(part, distance[0], out=part)
        np.maximum(part, 0.0, out=part)
        np.minimum(distance, part, out=distance)
        sums[:, block] = distance.sum(axis=1)
    return sums


def _candidates(table: np.ndarray, nearest: np.ndarray, picked: int, sums: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    """Return the rows at which the running sum of `nearest`, once lowered to the row `picked`, reaches these shares of its total."""
    edges = np.concatenate(([0.0], np.cumsum(sums)))
    wanted = uniform * edges[-1]
    blocks = np.minimum(np.searchsorted(edges[1:], wanted), len(sums) - 1)
    centre = _centres(table, np.array([picked]))[0]
    rows = np.empty(len(wanted), dtype=np.int64)
    for i, (block, value) in enumerate(zip(blocks.tolist(), wanted.tolist(), strict=True)):
        start = block * N_BLOCK
        part = np.minimum(nearest[start : start + N_BLOCK], centre @ table[:, start : start + N_BLOCK])
        running = np.cumsum(np.maximum(part, 0.0))
        rows[i] = start + min(int(np.searchsorted(running, value - edges[block])), len(running) - 1)
    return rows
