"""The part each column plays: ids, target, features; every mistake about them named."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Set
from typing import TYPE_CHECKING

from clusterctl.data.columns import choose, looks_like_id, reason_against
from clusterctl.data.settings import ClusteringData
from clusterctl.data.table import Table
from clusterctl.errors import ConfigError, DataLoadError
from clusterctl.values.dataset import ColumnKind
from clusterctl.values.remarks import Caution, LeftOut

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd

    from clusterctl.values.privacy import Privacy


def check_names(settings: ClusteringData, table: Table) -> None:
    """Raise ConfigError for every column named in the settings that the table does not have, or that is named twice."""
    known = [str(name) for name in table.parsed.frame.columns] + list(table.parsed.unread)
    named = [("id_column", settings.id_column), ("target_variable", settings.target_variable)]
    named += [("features", name) for name in settings.features or ()]
    problems = [unknown(key, name, known) for key, name in named if name is not None and name not in set(known)]
    for name in dict.fromkeys(settings.features or ()):
        if (settings.features or ()).count(name) > 1:
            problems.append(f"features: {name!r} is listed twice")
        if name in (settings.id_column, settings.target_variable):
            role = "id_column" if name == settings.id_column else "target_variable"
            problems.append(f"features: {name!r} is the {role}, which is never clustered on")
    if settings.id_column is not None and settings.id_column == settings.target_variable:
        problems.append(f"id_column and target_variable are both {settings.id_column!r}")
    if problems:
        raise config_error(problems, f"the columns of {table.shown} are: {listed(known)}")


def config_error(problems: list[str], hint: str, section: str = "clustering_data") -> ConfigError:
    """Return one error for one or several problems under a section of the config."""
    if len(problems) == 1:
        return ConfigError(f"{section}.{problems[0]}", hint=hint)
    return ConfigError(f"{section}: {len(problems)} problems", hint=hint, details=tuple(f"{section}.{line}" for line in problems))


def unknown(key: str, name: str, known: list[str]) -> str:
    """Return the problem of a column that is not there, with the one that was probably meant."""
    near = (
        difflib.get_close_matches(name, known[:5000], n=1, cutoff=0.6)
        or [other for other in known if other.strip().lower() == name.strip().lower()][:1]
    )
    return f"{key}: there is no column {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")


def listed(names: Iterable[str], limit: int = 12) -> str:
    """Return names as a text, of many the first ones."""
    names = list(names)
    return ", ".join(names[:limit]) + (f", … ({len(names)} in all)" if len(names) > limit else "")


def ids_of(table: Table, name: str | None) -> np.ndarray | None:
    """Return the ids as strings, (n_rows,) object. Raises DataLoadError for missing and duplicate ones, naming the first few."""
    if name is None:
        return None
    import numpy as np

    values = _column(table, name, "id_column")
    missing = np.flatnonzero(values.isna().to_numpy())
    if len(missing):
        raise DataLoadError(
            f"{table.shown}: id_column {name!r} has no value in {_rows(missing)}",
            hint="give each row an id, or leave id_column out: rows are then numbered from 0",
        )
    texts = as_text(values)
    repeated = values[values.duplicated(keep=False)]
    if len(repeated):
        shown = ", ".join(repr(str(value)) for value in repeated.unique()[:5])
        raise DataLoadError(
            f"{table.shown}: id_column {name!r} is not unique: {len(repeated)} rows share their id with another ({shown})",
            hint="name a column whose values are all different, or leave id_column out: rows are then numbered from 0",
        )
    return texts


def _rows(positions: np.ndarray) -> str:
    shown = ", ".join(str(position + 1) for position in positions[:5].tolist())
    return f"row {shown}" if len(positions) == 1 else f"{len(positions)} rows (row {shown}{', …' if len(positions) > 5 else ''})"


def as_text(values: pd.Series) -> np.ndarray:
    """Return values without missing ones as texts, (n,) object; whole numbers without a point."""
    import numpy as np

    if values.dtype.kind == "f":
        numbers = values.to_numpy()
        if (numbers == np.floor(numbers)).all() and (np.abs(numbers) < 2**53).all():
            values = values.astype("int64")
    return np.array([str(value) for value in values.tolist()], dtype=object)


def target_of(table: Table, name: str | None, kinds: Mapping[str, ColumnKind]) -> np.ndarray | None:
    """Return the truth a row: float64 with NaN for a numeric column, else str with None (booleans: `True`, `False`)."""
    if name is None:
        return None
    import numpy as np

    values = _column(table, name, "target_variable")
    if name in table.parsed.faults:
        raise table.parsed.faults[name]
    if kinds[name] == "unusable" and not values.notna().any():
        raise DataLoadError(f"{table.shown}: target_variable {name!r} has no values", hint="name another column, or leave it out")
    if kinds[name] == "numeric":
        return values.to_numpy(dtype=np.float64)
    known = values.notna().to_numpy()
    target = np.full(len(values), None, dtype=object)
    target[known] = [str(value) for value in values[known].tolist()]
    return target


def _column(table: Table, name: str, key: str) -> pd.Series:
    if name in table.parsed.unread:
        raise config_error([f"{key}: {name!r} {table.parsed.unread[name]}"], "name a column of plain values")
    return table.parsed.frame[name]


def features_of(
    settings: ClusteringData, table: Table, kinds: Mapping[str, ColumnKind], use_text: bool
) -> tuple[tuple[str, ...], tuple[LeftOut, ...]]:
    """Return the columns to cluster on, and those left out with their reasons.

    Raises ConfigError for a listed column that cannot be used; DataLoadError where no column is left, or one that is used holds
    infinities or numbers that were read as text.
    """
    frame = table.parsed.frame
    taken = frozenset(name for name in (settings.id_column, settings.target_variable) if name is not None)
    barred = barred_by_privacy(table.privacy, taken)
    left_out = dict(table.parsed.unread)
    if settings.features is not None:
        _check_listed(settings.features, table, kinds, use_text)
        chosen = list(settings.features)
        left_out = {name: reason for name, reason in barred.items() if name not in table.privacy.lost}
    else:
        chosen, against = choose(frame, kinds, taken | barred.keys(), table.parsed.faults.keys(), use_text)
        left_out |= against | barred
    for name in chosen:
        if name in table.parsed.faults:
            raise table.parsed.faults[name]
    if not chosen:
        raise DataLoadError(
            f"{table.shown}: no column is left to cluster on",
            hint="list columns under clustering_data.features",
            details=tuple(f"{name!r} {reason}" for name, reason in list(left_out.items())[:20]),
        )
    return tuple(chosen), tuple(LeftOut(name, reason) for name, reason in left_out.items())


def id_like(settings: ClusteringData, frame: pd.DataFrame, kinds: Mapping[str, ColumnKind]) -> tuple[Caution, ...]:
    """Return a caution for each feature listed by hand that seems to name the rows: left to the default it would be left out."""
    return tuple(
        Caution(
            "id_like_feature", f"Feature {name!r} has a different value in every row, like an id: rows are then told apart by their names."
        )
        for name in settings.features or ()
        if looks_like_id(frame[name], kinds[name])
    )


def barred_by_privacy(privacy: Privacy, taken: Set[str] = frozenset()) -> dict[str, str]:
    """Return the columns that `privacy` keeps from being clustered on, with the reasons; `taken`: columns that have another part."""
    barred = {name: f"was hashed (privacy.hash), and {held} have no order or distance as hashes" for name, held in privacy.lost.items()}
    barred |= dict.fromkeys(privacy.protected, "is protected (privacy.protected): clusters are compared by it")
    barred |= dict.fromkeys(privacy.dropped, "was taken out (privacy.drop)")
    return {name: reason for name, reason in barred.items() if name not in taken or name in privacy.protected}


def _check_listed(features: tuple[str, ...], table: Table, kinds: Mapping[str, ColumnKind], use_text: bool) -> None:
    problems = []
    barred = barred_by_privacy(table.privacy)
    for name in features:
        reason = table.parsed.unread.get(name) or barred.get(name) or reason_against(table.parsed.frame[name], kinds[name], use_text)
        if reason:
            problems.append(f"features: {name!r} cannot be used: it {reason}")
    if problems:
        raise config_error(problems, "take it out of features")
