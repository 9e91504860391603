"""The words in the pictures of a recommendation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusterctl.plots.words import count

if TYPE_CHECKING:
    from clusterctl.results.recommendation import RecommendationDocument, Recommendations


def has_none(told: Recommendations) -> bool:
    """Return whether the answer is that there are no clusters."""
    return told.evidence == "none"


def credible(told: Recommendations) -> str:
    """Return `3 clusters`, `2 to 4 clusters`: the numbers that hold most of the belief."""
    low, high = told.k_interval
    return count(low, "cluster") if low == high else f"{low} to {high} clusters"


def compared(data: RecommendationDocument) -> str:
    """Return `90 partitions of 2,000 of the 30,000 rows`."""
    return f"{count(len(data.recommendations.considered), 'partition')} of {rows_used(data)}"


def rows_used(data: RecommendationDocument) -> str:
    """Return `344 rows`, of a sample `2,000 of the 30,000 rows`."""
    used, n_rows = data.recommendations.budget.n_used, data.metadata.n_rows
    return count(n_rows, "row") if used >= n_rows else f"{used:,} of the {count(n_rows, 'row')}"


def percent(share: float) -> str:
    """Return `98 %`, `0.4 %`, `<0.1 %`, `99.6 %`: never 0 or 100 % of what is more than nothing or less than all."""
    value = 100 * share
    if 0 < value < 0.1:
        return "<0.1 %"
    return f"{min(value, 99.9):.1f} %" if 0 < value < 1 or 99 < value < 100 else f"{value:.0f} %"
