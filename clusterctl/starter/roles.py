"""The part that each column gets: what `run` would choose, less what it would stumble over, and the known grouping told apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clusterctl.data.columns import choose
from clusterctl.data.personal import personal_data
from clusterctl.errors import ConfigError, DataLoadError
from clusterctl.preprocessing.table import LARGEST
from clusterctl.preprocessing.tfidf import shares_words
from clusterctl.starter.names import colours, groupings, says_id, says_place
from clusterctl.starter.uses import OF_TEXTS, UNSAID, USES, Use

if TYPE_CHECKING:
    from clusterctl.data.facts import ColumnFacts
    from clusterctl.data.settings import ClusteringData
    from clusterctl.data.table import Table

FEW = 50
"""A known grouping has at most so many values: of a number with more the external metrics are null."""
MOST_LISTED = 10_000
NO_ROOM = f"would be one too many: a config has room to list {MOST_LISTED:,} features"
AN_ID = "looks like an id: every value is different"
NOT_PART = {"text": "holds no free text", "colours": "is no colour"}
A_PLACE = "says where a pixel lies: put it back for regions that hang together"


@dataclass(frozen=True, slots=True)
class Roles:
    """The columns by their parts.

    implied: `run` would choose the same features if none were listed. left_out: column → why. maybe_ids: every value is different, though
    the name does not say id. maybe_targets: features whose name says that they are what is known, but with many values.
    """

    features: tuple[str, ...]
    id_name: str | None
    target_name: str | None
    implied: bool
    left_out: Mapping[str, str] = field(default_factory=dict)
    maybe_ids: tuple[str, ...] = ()
    maybe_targets: tuple[str, ...] = ()


def use_for(table: Table, facts: Mapping[str, ColumnFacts], settings: ClusteringData) -> tuple[Use, str]:
    """Return the use of a table for which none was named, with the reason."""
    kinds = {name: fact.kind for name, fact in facts.items()}
    taken = frozenset(name for name in (settings.id_column, settings.target_variable) if name is not None)
    usable, _ = choose(table.parsed.frame, kinds, taken, table.parsed.faults.keys(), use_text=True)
    if usable and all(kinds[name] == "text" for name in usable):
        return USES[OF_TEXTS], "every column that can be used holds free text"
    return USES[UNSAID], "no use was named with --for"


def roles_of(table: Table, facts: Mapping[str, ColumnFacts], settings: ClusteringData, use: Use) -> Roles:
    """Give each column its part.

    settings: an id, a target and features that the user named are kept. Raises ConfigError where no column is what the use is about,
    DataLoadError where no column is left to cluster on.
    """
    frame, faults = table.parsed.frame, table.parsed.faults
    kinds = {name: fact.kind for name, fact in facts.items()}
    known = [] if settings.target_variable is not None else _groupings(facts, faults)
    target = settings.target_variable or next(iter(known), None)
    taken = frozenset(name for name in (settings.id_column, target) if name is not None)
    chosen, against = choose(frame, kinds, taken, faults.keys(), use.on == "text")
    ids = [name for name, reason in against.items() if reason == AN_ID]
    id_name = settings.id_column or next((name for name in ids if says_id(name)), None)
    left_out = {**table.parsed.unread, **{name: reason for name, reason in against.items() if name not in (id_name, target)}}
    beyond = _not_for(use, chosen, kinds) | _beyond(chosen, table, facts, known)
    if beyond:  # what is left must be listed
        beyond |= dict.fromkeys([name for name in chosen if name not in beyond][MOST_LISTED:], NO_ROOM)
    features = settings.features or tuple(name for name in chosen if name not in beyond)
    if not features:
        raise _nothing_left(table, use, left_out | beyond)
    if settings.features is not None:
        left_out, beyond = {}, {}
    doubtful = [name for name in groupings(features) if name not in known and settings.target_variable is None]
    return Roles(
        features=features,
        id_name=id_name,
        target_name=target,
        implied=settings.features is None and not beyond,
        left_out=left_out | beyond,
        maybe_ids=tuple(name for name in ids if id_name is None),
        maybe_targets=tuple(doubtful),
    )


def _groupings(facts: Mapping[str, ColumnFacts], faults: Mapping[str, DataLoadError]) -> list[str]:
    """Return the columns that are known groupings by name, and have few values."""
    return [name for name in groupings(facts) if name not in faults and _few(facts[name])]


def _few(fact: ColumnFacts) -> bool:
    n_distinct = fact.n_distinct or 0
    return fact.kind in ("numeric", "boolean", "categorical") and 2 <= n_distinct <= min(FEW, fact.n_known // 2)


def _beyond(chosen: list[str], table: Table, facts: Mapping[str, ColumnFacts], known: list[str]) -> dict[str, str]:
    """Return the reasons against columns that `run` would take, and stumble over, or that are known rather than measured."""
    personal = {column.name: column for column in personal_data(table.parsed.frame, chosen)}
    reasons = {}
    for name in chosen:
        fact = facts[name]
        if name in table.parsed.faults:
            fault = table.parsed.faults[name]
            reasons[name] = f"cannot be used as it is: {_told(fault, table.shown)}"
        elif fact.low is not None and fact.high is not None and max(-fact.low, fact.high) > LARGEST:
            reasons[name] = f"holds numbers beyond {LARGEST:g}, which overflow when they are squared"
        elif name in personal:
            reasons[name] = f"looks like {personal[name].looks_like}: personal data"
        elif name in known:
            reasons[name] = "looks like a known grouping too"
        elif fact.kind == "text" and not shares_words(table.parsed.frame[name].dropna()):
            reasons[name] = "holds free text in which no word occurs twice"
    return reasons


def _told(fault: DataLoadError, shown: str) -> str:
    """Return what is wrong and what to do, without the name of the table."""
    return fault.message.removeprefix(f"{shown}: ") + (f" ({fault.hint})" if fault.hint else "")


def _not_for(use: Use, chosen: list[str], kinds: Mapping[str, str]) -> dict[str, str]:
    """Return the reasons against columns that the use is not about."""
    if use.on == "all":
        return {}
    if use.on == "text":
        wanted = {name for name in chosen if kinds[name] == "text"}
    else:
        numbers = [name for name in chosen if kinds[name] == "numeric"]
        wanted = set(colours(numbers) or [name for name in numbers if not says_place(name)] or numbers)
    reasons = {name: NOT_PART[use.on] for name in chosen if name not in wanted}
    return {name: A_PLACE if use.on == "colours" and says_place(name) else reason for name, reason in reasons.items()}


def _nothing_left(table: Table, use: Use, left_out: Mapping[str, str]) -> ConfigError | DataLoadError:
    details = tuple(f"{name!r} {reason}" for name, reason in list(left_out.items())[:20])
    if use.on != "all" and any(reason == NOT_PART[use.on] for reason in left_out.values()):
        what = (
            "free text (more than 50 distinct values of three words and more)" if use.on == "text" else "numbers, such as red, green, blue"
        )
        return ConfigError(
            f"--for {use.name}: no column of {table.shown} holds {what}", hint="leave --for out, or name another use", details=details
        )
    hint = "list columns under clustering_data.features"
    if any("holds free text" in reason for reason in left_out.values()):
        hint = f"--for {OF_TEXTS} clusters on free text"
    return DataLoadError(f"{table.shown}: no column is left to cluster on", hint=hint, details=details)
