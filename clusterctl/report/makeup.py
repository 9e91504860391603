"""Who is in the clusters: how their make-up differs from the whole in each protected column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusterctl.analysis.words import joined, number, percent, plain
from clusterctl.report.views import Makeup, Table
from clusterctl.results.protected import ProtectedCategories

if TYPE_CHECKING:
    from clusterctl.results.models import ResultsDocument
    from clusterctl.results.protected import (
        ProtectedAssociation,
        ProtectedCategoricalGroup,
        ProtectedGroup,
        ProtectedNumbers,
        ProtectedShare,
    )

MOST_CATEGORIES = 6
MOST_GROUPS = 31
_MEASURES = {"cramers_v": "Cramér's V", "epsilon_squared": "epsilon squared"}


def makeup(document: ResultsDocument) -> tuple[Makeup, ...]:
    """Return a table a protected column, what it shows in a sentence, and which features stand for the column."""
    return tuple(_of(column) for column in document.clustering_results.cluster_analysis.protected)


def _of(column: ProtectedCategories | ProtectedNumbers) -> Makeup:
    table = _shares(column) if isinstance(column, ProtectedCategories) else _numbers(column)
    return Makeup(plain(column.column), _sentence(column), _proxies(column), table)


def _sentence(column: ProtectedCategories | ProtectedNumbers) -> str:
    strong = [group for group in column.groups if group.is_strong]
    if not strong:
        return f"No cluster differs strongly from the whole ({_association(column.association)})."
    named = joined([f"{_name(group)} ({plain(group.strongest or '')})" for group in strong])
    return f"Made up otherwise than the whole: {named}. Overall {_association(column.association)}."


def _association(association: ProtectedAssociation) -> str:
    if association.value is None:
        return "how closely clusters and column go together is not known"
    chance = "" if association.p_value is None else f", p = {association.p_value:.2g}"
    return f"{_MEASURES[association.measure]} {association.value:.2f} of 1{chance}"


def _proxies(column: ProtectedCategories | ProtectedNumbers) -> str:
    if not column.proxies:
        return ""
    named = joined([f"{plain(proxy.feature)} ({percent(proxy.information)})" for proxy in column.proxies])
    return f"Features that stand for it, with the share of its information they hold: {named}."


def _shares(column: ProtectedCategories) -> Table:
    told = [group for group in column.groups if group.categories]
    named = list(dict.fromkeys(entry.category for group in told for entry in group.categories or []))[:MOST_CATEGORIES]
    rows = []
    for group in column.groups[:MOST_GROUPS]:
        by_name = {entry.category: entry for entry in group.categories or []}
        rows.append((_name(group), f"{group.size:,}", *(_share(by_name.get(name)) for name in named)))
    heads = ("group", "rows", *(f"{plain(name)} (all {_overall(told, name)})" for name in named))
    return Table(heads, tuple(rows), (False, *(True for _ in heads[1:])))


def _overall(told: list[ProtectedCategoricalGroup], name: str) -> str:
    for group in told:
        for entry in group.categories or []:
            if entry.category == name:
                return percent(entry.overall_share)
    return "unknown"


def _share(entry: ProtectedShare | None) -> str:
    return "–" if entry is None else percent(entry.share)


def _numbers(column: ProtectedNumbers) -> Table:
    rows = [
        (
            _name(group),
            f"{group.size:,}",
            _told(group.mean),
            _told(group.median),
            _told(group.standardized_mean_difference),
            _told(group.ks_distance),
        )
        for group in column.groups[:MOST_GROUPS]
    ]
    heads = ("group", "rows", f"mean (all {_told(column.overall_mean)})", f"median (all {_told(column.overall_median)})")
    return Table((*heads, "standard deviations away", "Kolmogorov-Smirnov"), tuple(rows), (False, True, True, True, True, True))


def _told(value: float | None) -> str:
    return "–" if value is None else number(value)


def _name(group: ProtectedGroup) -> str:
    return "in no cluster" if group.cluster_id < 0 else f"cluster {group.cluster_id}"
