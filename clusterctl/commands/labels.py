"""What the user of `evaluate` asks for, and the labels that that comes to: the target's own column, a file's, or values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from clusterctl.config.load import load_config
from clusterctl.engine.analysis import read_data
from clusterctl.engine.labelled import Marks, marks_of_labels
from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    import numpy as np

    from clusterctl.data.table import Table
    from clusterctl.engine.analysis import Session


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user asked for; None: the default. See `commands.evaluate.evaluate`."""

    target: str
    labels: str | Path | Sequence[Any] | None = None
    label_column: str | None = None
    id_column: str | None = None
    label_id_column: str | None = None
    noise_label: str | None = None
    features: tuple[str, ...] | None = None
    truth: str | None = None
    space: str | None = None
    data: str | None = None
    overrides: tuple[str, ...] = ()
    offline: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Where labels came from and how they were matched."""

    shown: str | None = None
    column: str | None = None
    matched_by: Literal["own", "id", "position"] = "own"
    noise_label: str | None = None
    sha256: str | None = None
    cautions: tuple[Caution, ...] = ()


def labels_for(asked: Asked, ids: Sequence[str] | None, table: Table | None, session: Session) -> tuple[Marks, Source]:
    """Return the labels for the rows of a table; table: it, where the labels are in itself. ids: None: the rows have none."""
    from clusterctl.data.labelling import by_position, labelling, read_labels

    if asked.labels is None:
        assert table is not None  # the caller has read it
        texts, column = read_labels(table, asked.label_column)
        shown, source = f"{table.shown}, column {column!r}", Source(column=column)
    else:
        texts, source = (
            _from_file(asked.labels, asked, ids, session) if isinstance(asked.labels, str | Path) else _from_values(asked.labels)
        )
        shown = str(source.shown)
        if source.matched_by == "position":
            texts = by_position(_n_rows(ids, table), texts, shown)
    found = labelling(texts, asked.noise_label, shown)
    noise = "-1" if asked.noise_label is None else asked.noise_label
    return marks_of_labels(found), replace(source, noise_label=noise, cautions=(*source.cautions, *found.cautions))


def _from_file(file: str | Path, asked: Asked, ids: Sequence[str] | None, session: Session) -> tuple[np.ndarray, Source]:
    """Return a file's labels, by id in the order of `ids`, else in their own."""
    from clusterctl.data.labelling import by_id, ids_in, read_labels

    id_column = asked.label_id_column or asked.id_column
    described = {"data_source": source_of(file), "id_column": id_column}
    held = read_data(load_config({"clustering_data": described}, command="evaluate"), session, offline=asked.offline)
    texts, column = read_labels(held, asked.label_column)
    source = Source(held.shown, column, "position", None, held.sha256, (*held.cautions, *held.parsed.cautions))
    if id_column is None or ids is None:
        return texts, source
    matched, n_left = by_id(ids, ids_in(held, id_column), texts, held.shown)
    told = Caution("labels_without_row", f"{n_left:,} labels in {held.shown} have an id that no row of the table has.")
    return matched, replace(source, matched_by="id", cautions=(*source.cautions, *((told,) if n_left else ())))


def _from_values(values: Sequence[Any]) -> tuple[np.ndarray, Source]:
    import pandas as pd

    from clusterctl.data.labelling import label_texts

    texts = label_texts(pd.Series(list(values)))
    sha256 = hashlib.sha256(json.dumps(texts.tolist()).encode("utf-8", "surrogatepass")).hexdigest()
    return texts, Source("labels", "labels", "position", None, sha256)


def _n_rows(ids: Sequence[str] | None, table: Table | None) -> int:
    if table is not None:
        return len(table.parsed.frame)
    assert ids is not None  # a run's rows have ids
    return len(ids)


def table_ids(table: Table, asked: Asked) -> Sequence[str] | None:
    """Return the ids of a table's rows where labels are to be matched by them."""
    if asked.id_column is None or asked.labels is None:
        return None
    from clusterctl.data.labelling import ids_in

    return list(ids_in(table, asked.id_column))


def source_of(given: str | Path) -> str | Path:
    """Return a file as a path, whose `${` is none of ours; else the text, which may be an address."""
    try:
        return Path(given) if Path(given).exists() else str(given)
    except OSError:  # too long for a path: an address
        return str(given)
