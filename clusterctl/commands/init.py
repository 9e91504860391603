"""A first config for a table, with a comment beside every choice that says what was seen in the data."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clusterctl import __version__
from clusterctl.commands.failing import check_values
from clusterctl.config.environment import escape, read_environment
from clusterctl.config.load import LoadedConfig, load_config
from clusterctl.config.overrides import parse_overrides
from clusterctl.config.sources import is_local, moved, name_of, relative, without_secrets
from clusterctl.config.yaml import parse
from clusterctl.engine.analysis import Session, read_data, settle_table
from clusterctl.engine.stage import Stages
from clusterctl.errors import ConfigError, OutputError, UsageError
from clusterctl.events import Emit, Warned, Wrote, ignore
from clusterctl.results.models import NoteEntry, WarningEntry
from clusterctl.results.replacing import check_writable, replace_file
from clusterctl.results.starter import StarterChoice, StarterColumn, StarterDocument, StarterMetadata
from clusterctl.starter.sections import Source
from clusterctl.starter.starter import Starter, starter_of
from clusterctl.starter.text import tree_of
from clusterctl.starter.uses import USES, Use

if TYPE_CHECKING:
    from clusterctl.data.table import Table
    from clusterctl.values.dataset import Dataset

SECTION = "clustering_data"
NOTES = (
    ("columns[].reason", "only columns that are left out have one"),
    ("columns[].low, columns[].high", "only columns of numbers have a range"),
    ("columns[].skewness", "only numbers of more than two values that vary have one"),
    ("columns[].levels", "only categories and booleans of at most six values are told"),
    ("columns[].n_missing, columns[].n_distinct", "columns that hold no plain values are not counted"),
)
NOT_WRITTEN = NoteEntry(path="path", reason="no file was asked for")


@dataclass(frozen=True, slots=True)
class InitResult:
    """What init gives. text: the config as YAML. path: the file it was written to; None: none was."""

    document: StarterDocument
    text: str
    path: Path | None = None


def default_output(data: str | Path) -> Path:
    """Return where the config of a table goes if nothing is said: `<name of the data>.yaml` in the current folder."""
    return Path(f"{name_of(str(data))}.yaml")


def init(
    data: str | Path,
    *,
    use: str | None = None,
    output: str | Path | None = None,
    force: bool = False,
    overrides: Sequence[str] = (),
    offline: bool = False,
    emit: Emit = ignore,
) -> InitResult:
    """Look at every row of a table, and return, and write to `output`, a config for it that `run` takes as it is.

    data: a path, a web or database address, or `-`. use: one of `starter.uses.USES`; None: told from the columns. overrides:
    `clustering_data.KEY=VALUE`: how the table is read, or what its columns are for. Paths in the config are relative to the folder of
    `output`, else to the current one; a password in an address is written as `${DATA_SOURCE_PASSWORD}`. The same table and options give
    the same text. Raises ConfigError, DataLoadError and PreprocessingError as `run` would, OutputError for a file that is there.
    """
    chosen = None if use is None else _use_named(use)
    _check_overrides(overrides)
    path = None if output is None else Path(output)
    if path is not None:
        _check_free(path, data, force=force)
    folder = Path.cwd() if path is None else path.absolute().parent
    stages = Stages(emit)
    loaded = _loaded(data, overrides, folder)
    table = read_data(loaded, Session(stages, 1, 0), offline=offline)
    with stages("look"):
        source = _source(loaded, table, folder)
        name = default_output(data).name if path is None else path.name
        starter = starter_of(table, loaded.config.clustering_data, source, chosen, name)
        text = starter.text
        dataset = _tried(starter, loaded, table, text)
    document = _document(starter, table, dataset, path)
    for warning in document.metadata.warnings:
        emit(Warned(warning.code, warning.message))
    if path is not None:
        with stages("write"):
            replace_file(path, text)
        emit(Wrote(str(path)))
    return InitResult(document, text, path)


def _use_named(name: str) -> Use:
    if name not in USES:
        raise ConfigError(f"there is no use called {name[:40]!r}", hint=f"one of {', '.join(USES)}")
    return USES[name]


def _check_overrides(overrides: Sequence[str]) -> None:
    """Raise UsageError for a key that does not say how the table is read or what its columns are for."""
    for override in parse_overrides(overrides, None):
        if override.path[0] != SECTION or override.path[1:2] in ((), ("data_source",)):
            raise UsageError(
                f"--set {'.'.join(map(str, override.path))}: init takes keys of {SECTION} alone, but data_source",
                hint="for example --set clustering_data.read_options.separator=';'; change the rest in the config that is written",
            )


def _check_free(path: Path, data: str | Path, *, force: bool) -> None:
    """Raise OutputError if a file cannot be written, is there and not to be replaced, or is the table itself."""
    check_writable(path)
    try:
        is_table = path.exists() and path.samefile(data)
    except OSError:  # the data is an address
        is_table = False
    if is_table:
        raise OutputError(f"{path} is the table itself", hint="name another file with --output")
    if path.exists() and not force:
        raise OutputError(f"{path} is there already", hint="add --force to replace it, or name another with --output")


def _loaded(data: str | Path, overrides: Sequence[str], folder: Path) -> LoadedConfig:
    """Return what is known of the data before it is read; `.env` beside the config that will be counts."""
    text = str(data)
    try:
        is_file = Path(data).exists()
    except OSError:  # too long for a path: an address
        is_file = False
    tree = {SECTION: {"data_source": escape(text) if is_file else text}}
    return load_config(tree, overrides=overrides, command="evaluate", environ=read_environment(folder, os.environ))


def _source(loaded: LoadedConfig, table: Table, folder: Path) -> Source:
    """Return the data's address as a config in `folder` names it, without a password."""
    written = dict(loaded.written[SECTION])
    original = written.pop("data_source")
    _, text = moved(loaded.config.clustering_data.data_source, original, relative(Path.cwd(), folder))
    safe = without_secrets(text)
    why = table.data_format
    if text == "-":
        why = f"{why}, from a pipe: ... | clusterctl run"
    elif safe != text:
        why = "its secrets are read from the environment, or from a file .env beside this one: set what stands in ${...}"
    elif is_local(text):
        why += ", from this file's own folder" if not os.path.isabs(text) else ""  # noqa: PTH117 (a text, `${NAME}` and all)
    return Source(safe, why, written)


def _tried(starter: Starter, loaded: LoadedConfig, table: Table, text: str) -> Dataset:
    """Return the table as `run` would settle it by the config; raises what `run` would raise before it computes."""
    tree = starter.tree
    if parse(text, "the config").value != tree:
        raise AssertionError("the text of the config does not load to its values")
    tree[SECTION]["data_source"] = loaded.written[SECTION]["data_source"]
    config = load_config(tree, environ=loaded.environment).config
    dataset = settle_table(table, config)
    check_values(dataset, config.preprocessing_configuration.missing_values)
    return dataset


def _document(starter: Starter, table: Table, dataset: Dataset, path: Path | None) -> StarterDocument:
    cautions = (*starter.cautions, *(caution for caution in dataset.cautions if caution.code != "personal_data"))  # told by the starter
    metadata = StarterMetadata(
        schema_version="1",
        version=__version__,
        source=table.shown,
        data_format=table.data_format,
        data_sha256=table.sha256,
        n_rows=dataset.n_rows,
        n_columns=len(starter.facts) + len(table.parsed.unread),
        warnings=[WarningEntry(code=caution.code, message=caution.message) for caution in cautions],
        notes=[*(NoteEntry(path=where, reason=reason) for where, reason in NOTES), *([NOT_WRITTEN] if path is None else [])],
    )
    return StarterDocument(
        use=starter.use.name,
        use_reason=starter.use_why,
        config=tree_of(starter.sections),
        path=None if path is None else str(path),
        columns=list(_columns(starter, table)),
        choices=list(_choices(starter)),
        metadata=metadata,
    )


def _columns(starter: Starter, table: Table) -> Iterator[StarterColumn]:
    roles = starter.roles
    features = set(roles.features)
    for name, fact in starter.facts.items():
        is_own = name in (roles.id_name, roles.target_name)
        yield StarterColumn(
            name=name,
            kind=fact.kind,
            role="feature" if name in features else ("id" if name == roles.id_name else "target") if is_own else "left_out",
            reason=None if name in features or is_own else roles.left_out.get(name, "not among the features that you named"),
            n_missing=fact.n_missing,
            n_distinct=fact.n_distinct,
            low=fact.low,
            high=fact.high,
            skewness=fact.skewness,
            levels=list(fact.levels) or None,
        )
    for name, reason in table.parsed.unread.items():
        yield StarterColumn(
            name=name,
            kind="unusable",
            role="left_out",
            reason=reason,
            n_missing=None,
            n_distinct=None,
            low=None,
            high=None,
            skewness=None,
            levels=None,
        )


def _choices(starter: Starter) -> Iterator[StarterChoice]:
    tree = starter.tree
    for section in starter.sections:
        for entry in section.entries:
            if entry.key and entry.why and entry.key in tree.get(section.name, {}) and not entry.off:
                yield StarterChoice(path=f"{section.name}.{entry.key}", value=tree[section.name][entry.key], reason=entry.why)
