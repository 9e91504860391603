"""HDF5 by h5py alone: plain numbers and texts; nothing in a file is ever unpickled, and no file leads to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clusterctl.data.access import Access
from clusterctl.data.hdf5_tree import Node, candidates, dataset_reason, find
from clusterctl.data.missing import text_na
from clusterctl.data.settings import ReadOptions
from clusterctl.data.table import Fetched, Parsed
from clusterctl.data.text_numbers import number_faults
from clusterctl.errors import ConfigError, DataLoadError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_TO_PARQUET = "in Python: pandas.read_hdf(file, key).to_parquet('table.parquet'), on a file that you trust, and cluster that"


def read_hdf5(fetched: Fetched, options: ReadOptions, access: Access, verbatim: frozenset[str]) -> Parsed:
    """Read the table at `hdf_key`, or the only one: a group of equal-length 1-d datasets, one 2-d dataset, or a compound one.

    Columns of a 2-d dataset are named by its attribute `columns` (or `column_names`, `feature_names`), else c0, c1, … Texts are decoded as
    UTF-8, enumerations become their names. Numeric blocks of pandas' fixed format are read; its pickled ones and its table format are not.
    Raises DataLoadError for a damaged file, an ambiguous one (the keys listed), links out of the file, virtual datasets, data kept in
    other files, references and filters that need a plug-in; ConfigError for a key that is not there.
    """
    import h5py

    try:
        with h5py.File(fetched.path, "r", locking=False) as file:
            node = _chosen(file, options.hdf_key, fetched)
            frame, unread = _table(node, fetched, access, options)
    except (OSError, RuntimeError, KeyError) as error:
        raise DataLoadError(f"{fetched.shown}: not readable as HDF5: {error}", hint="is the file whole?") from None
    return Parsed(frame, unread, number_faults(frame, fetched.shown, ".", skip=verbatim))


def _chosen(file: Any, key: str | None, fetched: Fetched) -> Node:
    found = candidates(file)
    if key is not None:
        node = find(file, key, fetched)
        if node is None:
            known = ", ".join(other.key for other in found[:10])
            raise ConfigError(
                f"clustering_data.read_options.hdf_key: {fetched.shown} has no {key!r}", hint=f"tables in it: {known}" if known else None
            )
        return node
    if not found:
        raise DataLoadError(
            f"{fetched.shown}: there is no table in the file",
            hint="a table is a group of equal-length 1-d datasets, a 2-d dataset, or a compound one",
        )
    if len(found) > 1:
        known = ", ".join(node.key for node in found[:10]) + (f", … ({len(found)} in all)" if len(found) > 10 else "")
        raise DataLoadError(
            f"{fetched.shown}: the file holds {len(found)} tables: {known}", hint="name one: clustering_data.read_options.hdf_key"
        )
    return found[0]


def _table(node: Node, fetched: Fetched, access: Access, options: ReadOptions) -> tuple[pd.DataFrame, dict[str, str]]:
    import pandas as pd

    where = f"{fetched.shown}: {node.key}"
    unread: dict[str, str] = {}
    if node.kind == "pandas table":
        raise DataLoadError(f"{where}: pandas' table format describes its columns with pickles, which are not read", hint=_TO_PARQUET)
    if node.kind == "pandas":
        columns = _pandas_fixed(node, where, access)
    elif node.kind == "group":
        columns = {name: _array(item, where, access) for name, item in node.children.items()}
    elif node.kind == "matrix":
        columns = _matrix(node, where, access)
    elif node.kind == "compound":
        columns, unread = _compound(node, where, access)
    else:
        raise DataLoadError(
            f"{where}: this is no table ({node.kind})", hint="name a group of equal-length 1-d datasets, a 2-d dataset, or a compound one"
        )
    missing = text_na(options.na_values)
    return pd.DataFrame({name: _column(values, missing) for name, values in columns.items()}, copy=False), unread


def _array(dataset: Any, where: str, access: Access) -> np.ndarray:
    """Return the values of a dataset after every check that must come before its bytes are touched."""
    reason = dataset_reason(dataset)
    if reason is not None:
        raise DataLoadError(f"{where}: dataset {dataset.name} {reason}", hint="write plain numbers and texts into one file")
    size = dataset.size * max(dataset.dtype.itemsize, 1)
    if size > access.max_unpacked_bytes:
        raise DataLoadError(
            f"{where}: dataset {dataset.name} would unpack to {size:,} bytes", hint=f"the limit is {access.max_unpacked_bytes:,}"
        )
    values: np.ndarray = dataset[()]
    return values


def _matrix(node: Node, where: str, access: Access) -> dict[str, np.ndarray]:
    values = _array(node.item, where, access)
    names = _names_attribute(node.item, values.shape[1]) or [f"c{position}" for position in range(values.shape[1])]
    _refuse_repeated(names, where)
    return {name: values[:, position] for position, name in enumerate(names)}


def _refuse_repeated(names: list[str], where: str) -> None:
    if len(set(names)) < len(names):
        double = next(name for name in names if names.count(name) > 1)
        raise DataLoadError(f"{where}: the column name {double!r} stands twice", hint="give each column its own name")


def _names_attribute(dataset: Any, n_columns: int) -> list[str] | None:
    import numpy as np

    for attribute in ("columns", "column_names", "feature_names"):
        if attribute in dataset.attrs:
            names = np.atleast_1d(dataset.attrs[attribute])
            if names.ndim == 1 and len(names) == n_columns and names.dtype.kind in "OSU":
                return [_text(name) for name in names.tolist()]
    return None


def _compound(node: Node, where: str, access: Access) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    values = _array(node.item, where, access)
    fields: Any = values.dtype.fields or {}
    unread = {name: "holds arrays, not single values" for name, entry in fields.items() if entry[0].subdtype or entry[0].names}
    return {name: values[name] for name in fields if name not in unread}, unread


def _pandas_fixed(node: Node, where: str, access: Access) -> dict[str, np.ndarray]:
    """Return the columns of a frame that pandas wrote as `fixed`, where all of its blocks are plain numbers."""
    group = node.item
    names = [_text(name) for name in _array(group["axis0"], where, access).tolist()]
    columns: dict[str, np.ndarray] = {}
    for block in range(int(group.attrs.get("nblocks", 0))):
        values = group[f"block{block}_values"]
        if values.dtype.kind not in "iufb" or dataset_reason(values) is not None:
            raise DataLoadError(f"{where}: some columns are pickled objects (texts, say), which are not read", hint=_TO_PARQUET)
        items = [_text(item) for item in _array(group[f"block{block}_items"], where, access).tolist()]
        columns |= {name: column for name, column in zip(items, _array(values, where, access).T, strict=True)}
    _refuse_repeated(names, where)
    return {name: columns[name] for name in names}


def _column(values: np.ndarray, missing: frozenset[str]) -> Any:
    import h5py
    import numpy as np
    import pandas as pd

    kind = values.dtype.kind
    if kind in "OSU":
        texts = [_text(value) for value in values.tolist()]
        return pd.Series([None if text in missing else text for text in texts], dtype="str")
    names = h5py.check_enum_dtype(values.dtype)
    if names is not None and kind in "iu":
        by_number = {number: name for name, number in names.items()}
        return pd.Series([by_number.get(number) for number in values.tolist()], dtype="str")
    if kind == "f" and values.dtype.itemsize not in (4, 8):
        values = values.astype(np.float64)
    return np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("="))


def _text(value: Any) -> str:
    return value.decode("utf-8", "strict").rstrip("\0") if isinstance(value, bytes) else str(value)
