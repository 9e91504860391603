"""Short names for lists of which each must be told from the others: by how many values they have, and by those that others have not."""

from __future__ import annotations

from collections.abc import Sequence

LONGEST = 24


def list_names(lists: Sequence[Sequence[str]], what: str) -> list[str]:
    """Return a name for each of these lists, all different if the lists are: the values themselves where they are short.

    what: a value is called. Otherwise the count, `4 features`, and where that is shared by several the values that not all of these have:
    `2 features: width, …`, as many as it takes. Order counts: lists of the same values are named by all of them.
    """
    whole = [", ".join(values) for values in lists]
    if all(len(text) <= LONGEST for text in whole):
        return whole
    names = [""] * len(lists)
    for count in dict.fromkeys(map(len, lists)):
        group = [place for place, values in enumerate(lists) if len(values) == count]
        for place, name in zip(group, _of_one_length([lists[place] for place in group], what), strict=True):
            names[place] = name
    return names


def _of_one_length(lists: Sequence[Sequence[str]], what: str) -> list[str]:
    counted = f"{len(lists[0]):,} {what}{'s' if len(lists[0]) != 1 else ''}"
    n_different = len({tuple(values) for values in lists})
    if n_different == 1:
        return [counted] * len(lists)
    common = set(lists[0]).intersection(*lists[1:])
    own = [[value for value in values if value not in common] for values in lists]
    for told in (own, lists):  # of lists that differ in their order alone nothing is their own
        for n_told in range(1, max(map(len, told)) + 1):
            names = [f"{counted}: {', '.join(values[:n_told])}{', …' if len(lists[0]) > n_told else ''}" for values in told]
            if len(set(names)) == n_different:
                return names
    return [f"{counted}: {', '.join(values)}" for values in lists]
