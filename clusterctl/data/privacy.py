"""The table as it may be seen: columns taken out, and values hashed, before anything looks at them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from clusterctl.data.columns import kinds_of
from clusterctl.data.missing import numeric_na
from clusterctl.data.personal import personal_data
from clusterctl.data.roles import as_text, config_error, listed, unknown
from clusterctl.data.table import Parsed, Table
from clusterctl.data.text_numbers import looks_numeric
from clusterctl.errors import DataLoadError
from clusterctl.values.privacy import Privacy
from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from clusterctl.data.hashing import Hasher
    from clusterctl.data.settings import ReadOptions
    from clusterctl.values.dataset import ColumnKind, Dataset

_HELD = {"numeric": "numbers", "boolean": "true or false", "date": "dates", "text": "free text", "unusable": "no plain values"}
_TRUTH = {"true", "false", "True", "False", "TRUE", "FALSE"}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the section `privacy` asks for; the defaults ask for nothing."""

    drop: tuple[str, ...] = ()
    hash: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    min_group: int = 1
    include_samples: bool = True


def withhold(table: Table, wishes: Wishes, hasher: Hasher | None, options: ReadOptions) -> Table:
    """Return the table without the columns to drop, and with hashes in those to hash, which were read as they are written.

    Raises ConfigError for a column that the table does not have, DataLoadError if two values of a column have the same hash.
    """
    _check_names(table, wishes)
    parsed = table.parsed
    frame = parsed.frame.drop(columns=[name for name in wishes.drop if name in parsed.frame.columns])
    lost: dict[str, str] = {}
    for name in wishes.hash:
        assert hasher is not None  # the caller has made it where there is something to hash
        held = _held(frame[[name]], name, options)
        if held is not None:
            lost[name] = held
        frame[name] = _hashed(frame[name], hasher, name, table.shown)
    gone = {*wishes.drop, *wishes.hash}
    kept = Parsed(
        frame,
        {name: reason for name, reason in parsed.unread.items() if name not in gone},
        {name: fault for name, fault in parsed.faults.items() if name not in gone},
        parsed.cautions,
    )
    privacy = Privacy(
        dropped=wishes.drop,
        hashed=wishes.hash,
        fingerprint=hasher.fingerprint if hasher is not None and wishes.hash else None,
        lost=lost,
        protected=wishes.protected,
        min_group=wishes.min_group,
        include_samples=wishes.include_samples,
    )
    names = [str(name) for name in frame.columns if name not in wishes.hash]
    return replace(table, parsed=kept, privacy=privacy, personal=personal_data(frame, names))


def _check_names(table: Table, wishes: Wishes) -> None:
    """Raise ConfigError for every column named that the table does not have, or that cannot be hashed or compared by."""
    known = [str(name) for name in table.parsed.frame.columns] + list(table.parsed.unread)
    named = [(key, name) for key in ("drop", "hash", "protected") for name in getattr(wishes, key)]
    problems = [unknown(key, name, known) for key, name in named if name not in set(known)]
    unread = table.parsed.unread
    problems += [f"{key}: {name!r} {unread[name]}" for key, name in named if key != "drop" and name in unread]
    if problems:
        raise config_error(problems, f"the columns of {table.shown} are: {listed(known)}", section="privacy")


def personal_cautions(table: Table, dataset: Dataset, *, is_copied: bool) -> tuple[Caution, ...]:
    """Return a caution for each column that looks like personal data and will reach a result; is_copied: `output.table` takes all."""
    parts: dict[str | None, str] = {dataset.id_name: "names the rows in every result", dataset.target_name: "is the target_variable"}
    parts |= dict.fromkeys(table.privacy.protected, "is compared by (privacy.protected)")
    parts |= dict.fromkeys(dataset.features, "is clustered on")
    if is_copied:
        parts = {**dict.fromkeys(map(str, dataset.frame.columns), "goes into output.table"), **parts}
    found = []
    for column in table.personal:
        if column.name in parts:
            out = "hash it (privacy.hash)" if column.name == dataset.id_name else "take it out (privacy.drop) or hash it (privacy.hash)"
            text = (
                f"Column {column.name!r} looks like {column.looks_like} ({column.why}), and {parts[column.name]}: {out}, or be sure of it."
            )
            found.append(Caution("personal_data", text))
    return tuple(found)


def check_protected(table: Table, kinds: Mapping[str, ColumnKind]) -> None:
    """Raise for protected columns that clusters cannot be compared by: ConfigError for dates, DataLoadError for misread numbers."""
    problems = []
    for name in table.privacy.protected:
        if name in table.parsed.faults:
            raise table.parsed.faults[name]
        if kinds.get(name) in ("date", "unusable"):  # None: it is taken for another part here
            words = "dates; a number made of them (an age) can be compared" if kinds[name] == "date" else "no values that can be compared"
            problems.append(f"protected: {name!r} holds {words}")
    if problems:
        raise config_error(problems, "take it out of privacy.protected", section="privacy")


def _held(column: pd.DataFrame, name: str, options: ReadOptions) -> str | None:
    """Return what a column held that hashes have no use for; None: categories. It was read as text, so numbers are told by their look."""
    kind = kinds_of(column)[name]
    if kind != "categorical":
        return _HELD[kind]
    distinct = {str(value) for value in column[name].dropna().unique()} - numeric_na(options.na_values)
    if distinct and distinct <= _TRUTH:
        return _HELD["boolean"]
    return _HELD["numeric"] if all(looks_numeric(value, options.decimal, options.thousands) for value in distinct) else None


def _hashed(values: pd.Series, hasher: Hasher, name: str, shown: str) -> pd.Series:
    known = values.notna().to_numpy()
    texts = values.astype(object).where(known, None)
    texts[known] = as_text(values[known])
    try:
        return hasher.series(texts)
    except DataLoadError as error:
        raise DataLoadError(f"{shown}: privacy.hash: {name!r}: {error.message}", hint=error.hint) from None
