"""What the names of columns say of them: ids, known groupings, colours, places."""

from __future__ import annotations

import re
from collections.abc import Iterable

GROUPINGS = (
    "target",
    "label",
    "labels",
    "class",
    "classes",
    "species",
    "diagnosis",
    "outcome",
    "churn",
    "churned",
    "y",
    "truth",
    "anomaly",
    "fraud",
    "survived",
    "defect",
    "defective",
    "yield",
)
"""Words that name what is known of the rows rather than measured, the plainest first."""
_FILLERS = frozenset(
    {"is", "has", "was", "the", "true", "known", "actual", "final", "variable", "column", "name", "type", "code", "flag", "id"}
)
_IDS = frozenset({"id", "ids", "uid", "uuid", "guid", "key", "index", "idx", "rowname", "rownames", "sample", "unnamed"})
_COLOURS: tuple[tuple[str, ...], ...] = (
    ("red", "green", "blue"),
    ("r", "g", "b"),
    ("h", "s", "v"),
    ("hue", "saturation", "value"),
    ("l", "a", "b"),
    ("gray",),
    ("grey",),
)
_PLACES = frozenset({"x", "y", "z", "row", "rows", "col", "column", "i", "j", "width", "height"})
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def words_of(name: str) -> list[str]:
    """Return the words of a name in lower case: `customerID` and `customer_id` alike."""
    return [word.lower() for word in _WORDS.findall(name)]


def says_id(name: str) -> bool:
    """Tell whether a name says that the column names the rows."""
    return not _IDS.isdisjoint(words_of(name)) or name.strip().lower().endswith("id")


def groupings(names: Iterable[str]) -> list[str]:
    """Return the names that say that the column is a known grouping (`is_fraud`, but not `class_size`), the plainest first.

    `y` beside `x` is a place.
    """
    names = list(names)
    places = {name.lower() for name in names}
    ranked: list[tuple[int, int, int, str]] = []
    for name in names:
        words = words_of(name)
        said = [GROUPINGS.index(word) for word in words if word in GROUPINGS]
        if said and _FILLERS.issuperset(word for word in words if word not in GROUPINGS) and not (name.lower() == "y" and "x" in places):
            ranked.append((min(said), len(words), len(ranked), name))
    return [name for *_, name in sorted(ranked)]


def colours(names: Iterable[str]) -> list[str]:
    """Return the columns that are the channels of a picture by their names; none where a channel lacks."""
    by_word = {name.strip().lower(): name for name in names}
    return next(([by_word[part] for part in parts] for parts in _COLOURS if all(part in by_word for part in parts)), [])


def says_place(name: str) -> bool:
    """Tell whether a name says where a pixel lies."""
    return name.strip().lower() in _PLACES
