"""What is said of protected columns: a caution for each that some cluster differs strongly in."""

from __future__ import annotations

from collections.abc import Sequence

from clusterctl.analysis.protected import MEAN, MISSING, Protected
from clusterctl.analysis.words import pair, percent, plain
from clusterctl.results.protected import ProtectedNumbers
from clusterctl.values.remarks import Caution

MOST_NAMED = 3


def protected_cautions(columns: Sequence[Protected]) -> tuple[Caution, ...]:
    """Return a caution for each column in which the make-up of a group differs strongly from the whole."""
    return tuple(caution for column in columns if (caution := _caution(column)) is not None)


def _caution(column: Protected) -> Caution | None:
    strong = [place for place, group in enumerate(column.groups) if group.is_strong]
    strong.sort(key=lambda place: -abs(column.groups[place].strongest_effect or 0.0))
    if not strong:
        return None
    named = "; ".join(differs(column, place) for place in strong[:MOST_NAMED])
    more = f"; and {len(strong) - MOST_NAMED} more" if len(strong) > MOST_NAMED else ""
    proxies = f" It goes with {', '.join(repr(entry.feature) for entry in column.proxies[:3])}." if column.proxies else ""
    text = f"Clusters differ strongly from the whole in the protected column {column.column!r}: {named}{more}.{proxies}"
    return Caution("protected_make_up", text)


def differs(column: Protected, place: int) -> str:
    """Say in words what is strongest in the group at `place`: `cluster 2: f 80 % (overall 50 %)`."""
    group = column.groups[place]
    name = "noise and excluded rows" if group.cluster_id < 0 else f"cluster {group.cluster_id}"
    if isinstance(column, ProtectedNumbers):
        own = column.groups[place]
        if own.strongest == MEAN and own.mean is not None and column.overall_mean is not None:
            mean, whole = pair(own.mean, column.overall_mean)
            return f"{name}: mean {mean} (overall {whole})"
        return f"{name}: {MISSING} {percent(own.missing_share or 0.0)} (overall {percent(own.overall_missing_share)})"
    entries = {entry.category: entry for entry in column.groups[place].categories or []}
    entry = entries[group.strongest or ""]
    return f"{name}: {plain(entry.category)} {percent(entry.share)} (overall {percent(entry.overall_share)})"
