"""Labels from anywhere: a column of the table itself or of another file, matched to the table's rows by id or by position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clusterctl.data.roles import ids_of, target_of
from clusterctl.errors import ConfigError, DataLoadError, EvaluationError
from clusterctl.values.clustering import canonical
from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    import pandas as pd

    from clusterctl.data.table import Table

NOISE = "-1"
N_VALUES_MAX = 50
"""A column of fractions with more distinct values than this is a measurement and no labelling."""


@dataclass(frozen=True, slots=True)
class Labelling:
    """The labels of the rows of a table.

    labels: (n_rows,) int64; clusters 0, 1, … by falling size, ties by first row; noise, and rows without a label, -1.
    has_label: (n_rows,) bool. names: each cluster's label as text, in the order of the numbers.
    """

    labels: np.ndarray
    has_label: np.ndarray
    names: tuple[str, ...]
    cautions: tuple[Caution, ...] = ()


def read_labels(table: Table, column: str | None) -> tuple[np.ndarray, str]:
    """Return the labels of a table's rows as texts, (n_rows,) object with None where there is none, and the column's name.

    column: None: `cluster_id`, as our own files call it, where there is such a column. Raises ConfigError for a column that is not there.
    """
    names = [str(name) for name in table.parsed.frame.columns]
    if column is None:
        if "cluster_id" not in names:
            raise ConfigError(f"{table.shown}: which column holds the labels?", hint=f"--label-column, one of {', '.join(names[:12])}")
        column = "cluster_id"
    _check_column(table, column, "--label-column")
    values = table.parsed.frame[column]
    if values.dtype.kind == "f":
        _check_numbers(values, column, table)
    return label_texts(values), column


def read_truth(table: Table, column: str) -> np.ndarray:
    """Return a column as the truth a row, as `target_variable` would be. Raises ConfigError if it is not there."""
    from clusterctl.data.columns import kinds_of

    _check_column(table, column, "--truth")
    return target_of(table, column, kinds_of(table.parsed.frame[[column]]))  # type: ignore[return-value]  # a column was named


def label_texts(values: pd.Series) -> np.ndarray:
    """Return values as texts, whole numbers without a point, (n,) object with None for missing ones."""
    texts = np.full(len(values), None, dtype=object)
    known = values.notna().to_numpy()
    kept = values[known]
    if kept.dtype.kind == "f" and (kept == np.floor(kept)).all() and (kept.abs() < 2**53).all():
        kept = kept.astype("int64")
    texts[known] = [str(value) for value in kept.tolist()]
    return texts


def by_id(table_ids: Sequence[str] | np.ndarray, label_ids: np.ndarray, texts: np.ndarray, shown: str) -> tuple[np.ndarray, int]:
    """Return the labels in the order of the table's rows, None where its id has none, and how many labels have no row.

    Raises DataLoadError if no id is in both.
    """
    place = {str(name): row for row, name in enumerate(label_ids)}
    rows = np.array([place.get(str(name), -1) for name in table_ids], dtype=np.int64)
    if len(rows) and (rows < 0).all():
        raise DataLoadError(
            f"{shown}: none of its ids is an id of the table ({label_ids[0]!r} there, {str(table_ids[0])!r} here)"
            if len(label_ids)
            else f"{shown}: there are no rows",
            hint="name the column of ids with --id-column, in the label file with --label-id-column; or match by position, without either",
        )
    matched = np.full(len(rows), None, dtype=object)
    matched[rows >= 0] = texts[rows[rows >= 0]]
    return matched, len(label_ids) - int((rows >= 0).sum())


def by_position(n_rows: int, texts: np.ndarray, shown: str) -> np.ndarray:
    """Return the labels as they are. Raises DataLoadError if there are not as many as rows."""
    if len(texts) != n_rows:
        raise DataLoadError(
            f"{shown}: there are {len(texts):,} labels for {n_rows:,} rows, so they cannot be matched by position",
            hint="give --id-column, the column of ids in both files, to match them by id",
        )
    return texts


def ids_in(table: Table, column: str) -> np.ndarray:
    """Return the ids of a label file's rows as strings. Raises ConfigError if the column is not there, DataLoadError as `ids_of` does."""
    _check_column(table, column, "--id-column")
    ids = ids_of(table, column)
    assert ids is not None  # a column was named
    return ids


def labelling(texts: np.ndarray, noise_label: str | None, shown: str) -> Labelling:
    """Return the labels as numbers. noise_label: the text that means noise; None: -1.

    Raises EvaluationError where no row has a label.
    """
    import pandas as pd

    noise = NOISE if noise_label is None else _as_number(noise_label)
    codes, values = pd.factorize(texts)
    has_label = codes >= 0
    if not has_label.any():
        raise EvaluationError(f"{shown}: no row has a label", hint="look at the column's values, and at how the files are matched")
    is_noise = np.array([_as_number(value) == noise for value in values], dtype=bool)
    codes = np.where(has_label & ~is_noise[codes], codes, -1)
    labels, old = canonical(codes)
    names = tuple(str(values[code]) for code in old)
    return Labelling(labels, has_label, names, _cautions(names, noise_label, bool(is_noise.any())))


def _as_number(text: str) -> str:
    """Return `-1` for `-1.0` and ` -1`, as a column with other texts in it may have it."""
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if number.is_integer() and abs(number) < 2**53 else text


def _cautions(names: tuple[str, ...], noise_label: str | None, has_noise: bool) -> tuple[Caution, ...]:
    found = []
    if noise_label is not None and not has_noise:
        found.append(Caution("no_such_noise_label", f"No row has the label {noise_label!r}, which is to mean noise."))
    odd = [name for name in names if name.startswith("-") and name[1:].isdigit()]
    if odd:
        found.append(Caution("negative_labels", f"These negative labels are counted as clusters, not as noise: {', '.join(odd[:5])}."))
    return tuple(found)


def _check_column(table: Table, column: str, option: str) -> None:
    from difflib import get_close_matches

    names = [str(name) for name in table.parsed.frame.columns]
    if column in table.parsed.unread:
        raise ConfigError(f"{option} {column!r}: the column {table.parsed.unread[column]}", hint="name a column of plain values")
    if column not in names:
        near = get_close_matches(column, names[:5000], n=1, cutoff=0.6)
        meant = f"; did you mean {near[0]!r}?" if near else ""
        more = ", …" if len(names) > 12 else ""
        raise ConfigError(
            f"{option}: there is no column {column!r} in {table.shown}{meant}", hint=f"its columns are: {', '.join(names[:12])}{more}"
        )


def _check_numbers(values: pd.Series, column: str, table: Table) -> None:
    """Raise where a column of numbers cannot be labels: infinities, measurements."""
    known = values.dropna()
    if np.isinf(known).any():
        raise EvaluationError(f"{table.shown}: column {column!r} holds infinities, which are no labels", hint="name another column")
    n_values = known.nunique()
    if n_values > N_VALUES_MAX and not (known == np.floor(known)).all():
        raise EvaluationError(
            f"{table.shown}: column {column!r} holds fractions with {n_values:,} distinct values: a measurement and no labelling",
            hint="name the column of labels with --label-column",
        )
