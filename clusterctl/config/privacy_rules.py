"""What can be wrong with the section `privacy` that the other sections tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from clusterctl.config.names import Tree, repeats, text_at, texts_at
from clusterctl.config.problems import KeyPath, Problem, lookup

SECTION, DATA = "privacy", "clustering_data"
_TAKEN_OUT = "it is taken out of the table by privacy.drop; leave it out here or there"


def _named_twice(tree: Tree) -> Iterator[Problem]:
    for key in ("drop", "hash", "protected"):
        yield from repeats(texts_at(tree, SECTION, key))


def _dropped(tree: Tree) -> Iterator[Problem]:
    """A column that is gone has no other part."""
    gone = {name for _, name in texts_at(tree, SECTION, "drop")}
    parts: list[tuple[KeyPath, str]] = [*texts_at(tree, SECTION, "hash"), *texts_at(tree, SECTION, "protected")]
    for key in ("id_column", "target_variable"):
        name = text_at(tree, DATA, key)
        parts += [((DATA, key), name)] if name is not None else []
    parts += texts_at(tree, DATA, "features")
    yield from (Problem(path, _TAKEN_OUT) for path, name in parts if name in gone)


def _protected(tree: Tree) -> Iterator[Problem]:
    protected = {name for _, name in texts_at(tree, SECTION, "protected")}
    identifier = text_at(tree, DATA, "id_column")
    if identifier in protected:
        yield Problem(
            (DATA, "id_column"), "it is protected (privacy.protected), and names differ in every row: nothing can be compared by them"
        )
    for path, name in texts_at(tree, DATA, "features"):
        if name in protected:
            yield Problem(path, "it is protected (privacy.protected), and never clustered on; take it out of features")


def _samples(tree: Tree) -> Iterator[Problem]:
    if lookup(tree, (SECTION, "include_samples")) is False and text_at(tree, "output", "assignments") == "inline":
        text = "privacy.include_samples is false, so results.json tells of no single row; set sidecar or auto"
        yield Problem(("output", "assignments"), text)


RULES: tuple[Callable[[Tree], Iterator[Problem]], ...] = (_named_twice, _dropped, _protected, _samples)
