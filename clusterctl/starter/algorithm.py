"""The algorithm for a use: the first one that a table of that size allows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.starter.uses import Candidate, Use

MOST_SECONDS = 60.0
"""A single fit of a first config may take so long by the algorithm's own estimate …"""
MOST_BYTES = 2 << 30
"""… and so much memory. Fixed figures, so that a table gets the same config on every machine."""
N_CLUSTERS = 10
"""What the estimates are made with where the number of clusters is still to be found."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A candidate, and why an earlier one was passed over; empty: none was."""

    candidate: Candidate
    passed_over: str = ""


def choose_algorithm(use: Use, n_rows: int, width: int, n_distinct: int) -> Chosen:
    """Return the first algorithm of a use whose fit stays within the limits.

    width: columns after encoding. n_distinct: rows that differ, counted up to what a fixed number of clusters needs.
    """
    passed_over = ""
    for candidate in use.algorithms[:-1]:
        told = _too_much(candidate, n_rows, width)
        if not told:
            return Chosen(_possible(candidate, n_distinct), passed_over)
        passed_over = passed_over or told
    return Chosen(_possible(use.algorithms[-1], n_distinct), passed_over)


def _too_much(candidate: Candidate, n_rows: int, width: int) -> str:
    spec = ALGORITHMS[candidate.algorithm]
    if candidate.most_columns is not None and width > candidate.most_columns:
        return f"in {width:,} columns no place is dense, so {candidate.algorithm} would call most rows noise"
    parameters = spec.parameters.model_validate(dict(candidate.parameters(n_rows)))
    settings = Settings(parameters, N_CLUSTERS if spec.takes_n_clusters else None, 0)
    table = f"{candidate.algorithm} on {n_rows:,} rows by {width:,} columns"
    seconds = spec.seconds(n_rows, width, settings)
    if seconds > MOST_SECONDS:
        return f"{table} would take about {seconds / 60:,.0f} minutes a fit"
    n_bytes = spec.cost(n_rows, width, settings, None).bytes
    return f"{table} would take about {n_bytes / 2**30:,.1f} GiB of memory" if n_bytes > MOST_BYTES else ""


def _possible(candidate: Candidate, n_distinct: int) -> Candidate:
    """Leave the number of clusters to be found where there are fewer distinct rows than the use would ask for."""
    if not isinstance(candidate.n_clusters, int) or n_distinct >= candidate.n_clusters:
        return candidate
    return replace(candidate, n_clusters="auto", n_clusters_why=f"only {n_distinct} rows differ")
