"""What the page shows, as plain values: text (never markup), numbers as they are read, and where bars begin and end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mark = Literal["good", "fair", "bad", "unknown"]


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of evidence: what was asked, the figure, what it means, and how it speaks for the clusters."""

    question: str
    figure: str
    meaning: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Verdict:
    """How sure the answer is: in a few words, and in a sentence."""

    mark: Mark
    words: str
    sentence: str


@dataclass(frozen=True, slots=True)
class NumberLine:
    """A number of clusters, and how far it is believed in: in words and in per cent. taken: whether it is the one clustered into."""

    words: str
    share: str
    bar: float
    taken: bool


@dataclass(frozen=True, slots=True)
class HowMany:
    """What the number of clusters rests on, where it was left to the program. whole: the command that gives the whole evidence."""

    mark: Mark
    words: str
    sentences: tuple[str, ...]
    heading: str
    lines: tuple[NumberLine, ...]
    whole: str


@dataclass(frozen=True, slots=True)
class Strip:
    """The middle half and the median of a cluster's values above those of all rows, on one scale of 0 to 100."""

    own: tuple[float, float, float]
    whole: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Shares:
    """The share of a category in a cluster above that in all rows, in per cent."""

    own: float
    whole: float


@dataclass(frozen=True, slots=True)
class FeatureLine:
    """A feature that sets a cluster apart: in words, in figures, and as a small drawing (None: there is nothing to draw)."""

    words: str
    figures: str
    strip: Strip | None = None
    shares: Shares | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A small table of text; `numeric` says which columns are set flush right."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Badge:
    """A figure with its reading: `found again 0.95`, stable."""

    label: str
    figure: str
    reading: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Card:
    """One cluster. number: what it is called. colour: the class of its colour. share: in per cent, of the rows that were not dropped."""

    number: int
    colour: str
    size: str
    share: str
    bar: float
    description: str
    badges: tuple[Badge, ...]
    features: tuple[FeatureLine, ...]
    representatives: Table | None


@dataclass(frozen=True, slots=True)
class Outside:
    """The rows in no cluster: how many, why, and the most unusual of them."""

    size: str
    share: str
    bar: float
    words: str
    table: Table | None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a data address, with what it shows in words and its size in pixels."""

    name: str
    title: str
    about: str
    source: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Makeup:
    """How the clusters' make-up differs in a protected column."""

    column: str
    sentence: str
    proxies: str
    table: Table


@dataclass(frozen=True, slots=True)
class Group:
    """Sentences under one heading."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A term and what it is."""

    term: str
    value: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """The whole page."""

    title: str
    question: str
    answer: tuple[str, ...]
    verdict: Verdict
    checks: tuple[Check, ...]
    scores: Table
    how_many: HowMany | None
    cards: tuple[Card, ...]
    smaller: Table | None
    not_shown: int
    outside: Outside | None
    importance: tuple[tuple[str, str, float], ...]
    makeup: tuple[Makeup, ...]
    pictures: tuple[Picture, ...]
    no_pictures: str
    careful: tuple[Group, ...]
    made: tuple[Fact, ...]
    left_out: Table | None
    config: str
    version: str
