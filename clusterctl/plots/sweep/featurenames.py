"""Short names for swept lists of features: how many there are, and what sets each list apart from the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clusterctl.plots.sweep.trials import Trial, identity
from clusterctl.plots.words import count, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

FEATURES = "clustering_data.features"
_SHORT = 32


def swept_features(trials: Iterable[Trial]) -> list[Sequence[Any]]:
    """Return the distinct lists of features that the trials have, in the order met."""
    found = {identity(value): value for trial in trials if isinstance(value := trial.settings.get(FEATURES), list | tuple)}
    return list(found.values())


def feature_names(lists: Iterable[Sequence[Any]], longest: int = 60, *, unit: bool = True) -> Mapping[str, str]:
    """Return for each list, by its `identity`, a name that no other list has.

    `all 4 features`, `3 features without mass`, `2 features: bill, wing`, `4 features with mass` (not all have it); with unit False
    without the word. Lists that would be cut to the same name are numbered.
    """
    distinct = {identity(list(own)): tuple(str(name) for name in own) for own in lists}
    every = [set(own) for own in distinct.values()]
    union, common = set().union(*every), set[str]().union(*every).intersection(*every)
    if union in every and common != union:
        common = set()
    names = {key: plain(_name(own, union, common, unit=unit), longest) for key, own in distinct.items()}
    taken = list(names.values())
    return {
        key: plain(name, max(longest - 5, 4)) + f" ({place})" if taken.count(name) > 1 else name
        for place, (key, name) in enumerate(names.items(), start=1)
    }


def _name(own: tuple[str, ...], union: set[str], common: set[str], *, unit: bool) -> str:
    """Return what is in the list if that is short; else the shortest of that, what it lacks, and what it adds to what all have.

    common: what all lists have; empty where one list has all, so that the others are told by what they lack.
    """
    number = count(len(own), "feature") if unit else f"{len(own)}"
    if union == set(own):
        return f"all {number}" if len(own) > 1 and common != union else f"{number}: {', '.join(own)}"
    lacks = sorted(union.difference(own))
    adds = [name for name in own if name not in common]
    ways = [f"{number}: {', '.join(own)}", f"{number} without {', '.join(lacks)}"]
    if adds and common:
        ways.append(f"{number} with {', '.join(adds)}")
    return ways[0] if len(ways[0]) <= _SHORT else min(ways, key=len)
