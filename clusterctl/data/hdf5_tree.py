"""What lies in an HDF5 file: the tables that could be meant, found without following a link or reading a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from clusterctl.data.table import Fetched
from clusterctl.errors import DataLoadError

MAX_DEPTH = 32
MAX_OBJECTS = 200_000
_FILTERS = {1, 2, 3, 4, 5, 6, 32000}
"""deflate, shuffle, fletcher32, szip, nbit, scaleoffset, lzf: built in; any other would load a plug-in library."""


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the file. kind: group (of equal-length 1-d datasets), matrix, compound, pandas, pandas table, or what else it is."""

    key: str
    kind: str
    item: Any
    children: Mapping[str, Any] = field(default_factory=dict)


_TABLES = ("group", "matrix", "compound", "pandas", "pandas table")


def candidates(file: Any) -> list[Node]:
    """Return every table in the file, in the order of the keys; the parts of a table are not listed again."""
    return list(_walk(file, MAX_DEPTH, set()))


def find(file: Any, key: str, fetched: Fetched) -> Node | None:
    """Return what is at `key`, None if nothing. Raises DataLoadError where a link leads there."""
    import h5py

    item = file
    for part in [part for part in key.split("/") if part]:
        if not isinstance(item, h5py.Group) or part not in _linked(item):
            return None
        if not isinstance(item.get(part, getlink=True), h5py.HardLink):
            raise DataLoadError(
                f"{fetched.shown}: {key!r} is reached by a soft or external link, which is not followed", hint="name the place itself"
            )
        item = item[part]
    return _node(item)


def _linked(group: Any) -> set[str]:
    return set(group.keys())


def _walk(group: Any, depth: int, seen: set[int]) -> Iterator[Node]:
    import h5py

    node = _node(group)
    if node.kind in _TABLES:
        yield node
    for name, item in _hard(group).items():
        address = h5py.h5o.get_info(item.id).addr
        if address in seen or len(seen) > MAX_OBJECTS or node.kind in ("pandas", "pandas table"):
            continue
        seen.add(address)
        if isinstance(item, h5py.Group):
            if depth > 0:
                yield from _walk(item, depth - 1, seen)
        elif name not in node.children or node.kind != "group":
            inner = _node(item)
            if inner.kind in _TABLES:
                yield inner


def _hard(group: Any) -> dict[str, Any]:
    """Return the members of a group that are really in it: links that lead elsewhere are left alone."""
    import h5py

    members = {}
    for name in group:
        if isinstance(group.get(name, getlink=True), h5py.HardLink):
            members[name] = group[name]
    return members


def _node(item: Any) -> Node:
    import h5py

    key = item.name or "/"
    if isinstance(item, h5py.Dataset):
        return Node(key, _dataset_kind(item), item)
    if not isinstance(item, h5py.Group):
        return Node(key, "a named type", item)
    written = item.attrs.get("pandas_type", b"")
    written = written.decode("utf-8", "replace") if isinstance(written, bytes) else str(written)
    if written == "frame":
        return Node(key, "pandas", item)
    if written.endswith("_table"):
        return Node(key, "pandas table", item)
    children = {name: child for name, child in _hard(item).items() if isinstance(child, h5py.Dataset)}
    lengths = {child.shape for child in children.values()}
    plain = len(lengths) == 1 and len(next(iter(lengths)) or ()) == 1 and all(child.dtype.names is None for child in children.values())
    return Node(key, "group" if plain else "a group", item, children if plain else {})


def _dataset_kind(dataset: Any) -> str:
    if dataset.shape is None:
        return "an empty dataset"
    if dataset.dtype.names is not None:
        return "compound" if len(dataset.shape) == 1 else "a compound dataset that is not 1-d"
    return "matrix" if len(dataset.shape) == 2 else f"a {len(dataset.shape)}-d dataset"


def dataset_reason(dataset: Any) -> str | None:
    """Return why the values of a dataset must not be read, None if they may."""
    import h5py

    if dataset.is_virtual:
        return "is virtual: its values lie in other files"
    if dataset.external:
        return "keeps its values in another file"
    properties = dataset.id.get_create_plist()
    foreign = [properties.get_filter(position)[0] for position in range(properties.get_nfilters())]
    if not set(foreign) <= _FILTERS:
        return f"is packed with a filter that needs a plug-in (number {next(code for code in foreign if code not in _FILTERS)})"
    types = [dataset.dtype] if dataset.dtype.names is None else [entry[0] for entry in dataset.dtype.fields.values()]
    for dtype in types:
        if h5py.check_ref_dtype(dtype) is not None:
            return "holds references to other objects"
        if dtype.kind == "O" and h5py.check_string_dtype(dtype) is None:
            return "holds lists of varying length or objects"
        if dtype.kind not in "iufbSUO" and not (dtype.kind == "V" and (dtype.subdtype or dtype.names)):
            return f"holds values of a kind that is not read ({dtype})"
    return None
