"""Load a table: fetch, unpack, read, and give each column its part. The one entry of this room."""

from __future__ import annotations

import tempfile
from collections.abc import Set
from pathlib import Path

from clusterctl.data.access import Access
from clusterctl.data.digest import file_sha256
from clusterctl.data.formats import tell_format
from clusterctl.data.redaction import redact
from clusterctl.data.settings import ClusteringData, DataFormat
from clusterctl.data.sources import fetch, is_database
from clusterctl.data.table import Fetched, Parsed, Table
from clusterctl.data.unpack import unpack
from clusterctl.errors import ConfigError, DataLoadError
from clusterctl.values.dataset import Dataset


def load(settings: ClusteringData, *, folder: Path, shown_source: str, use_text: bool, access: Access) -> Dataset:
    """Load the table of `settings` and settle its ids, target and features.

    folder: what a relative `data_source` is taken from. shown_source: how messages and the result name the source.
    use_text: free-text columns count as usable features. The same bytes and settings give the same Dataset.

    Raises DataLoadError (the data: cannot be had or read, no rows or one, ids missing or repeated, no feature left, infinities, numbers
    read as text) and ConfigError (a listed column that does not exist or cannot be used; a missing extra).
    """
    return settle(read_table(settings, folder=folder, shown_source=shown_source, access=access), settings, use_text=use_text)


def settle(table: Table, settings: ClusteringData, *, use_text: bool) -> Dataset:
    """Settle ids, target and features of a table that was read with the same settings but for `features`; raises what `load` raises."""
    from clusterctl.data.columns import kinds_of
    from clusterctl.data.precision import precision_lost
    from clusterctl.data.privacy import check_protected
    from clusterctl.data.roles import check_names, features_of, id_like, ids_of, target_of

    check_names(settings, table)
    _check_rows(table)
    frame = table.parsed.frame
    kinds = kinds_of(frame)
    check_protected(table, kinds)
    ids = ids_of(table, settings.id_column)
    target = target_of(table, settings.target_variable, kinds)
    features, left_out = features_of(settings, table, kinds, use_text)
    return Dataset(
        frame=frame,
        kinds=kinds,
        features=features,
        ids=ids,
        target=target,
        target_name=settings.target_variable,
        id_name=settings.id_column,
        left_out=left_out,
        sha256=table.sha256,
        source=table.shown,
        data_format=table.data_format,
        cautions=(*table.cautions, *table.parsed.cautions, *id_like(settings, frame, kinds), *precision_lost(frame, features)),
        privacy=table.privacy,
    )


def read_table(settings: ClusteringData, *, folder: Path, shown_source: str, access: Access, as_written: Set[str] = frozenset()) -> Table:
    """Read the table of `settings` without choosing columns: what `init` and `predict` start from.

    `features` and `target_variable` are not looked at; the id column, and those of `as_written`, are kept as they are written, as text.
    Zero rows are allowed here.
    """
    verbatim = frozenset({settings.id_column} if settings.id_column is not None else ()) | as_written
    shown_source = redact(shown_source)
    if is_database(settings.data_source):
        from clusterctl.data.sql_table import read_sql

        parsed, sha256 = read_sql(settings, folder, shown_source, access, verbatim)
        _check_sum(settings, sha256, shown_source)
        return Table(parsed, sha256, shown_source, "sql")
    if settings.read_options.query is not None:
        raise ConfigError(
            "clustering_data.read_options.query: only a SQL source has a query", hint="data_source: sqlite:///shop.db, for example"
        )
    with tempfile.TemporaryDirectory(prefix="clusterctl-") as scratch:
        fetched = fetch(settings, folder, shown_source, access, Path(scratch))
        before = fetched.path.stat()
        unpacked = unpack(fetched, access, Path(scratch))
        data_format = tell_format(unpacked, settings.data_format)
        parsed, read_sha256 = _parse(unpacked, data_format, settings, access, verbatim)
        sha256 = fetched.sha256 or (read_sha256 if unpacked is fetched else None) or file_sha256(fetched.path)
        after = fetched.path.stat()
    if (before.st_size, before.st_mtime_ns, before.st_ino) != (after.st_size, after.st_mtime_ns, after.st_ino):
        raise DataLoadError(f"{shown_source}: the file changed while it was being read", hint="try again when its writer is done")
    _check_sum(settings, sha256, shown_source)
    return Table(parsed, sha256, shown_source, data_format, fetched.cautions)


def _parse(
    fetched: Fetched, data_format: DataFormat, settings: ClusteringData, access: Access, verbatim: frozenset[str]
) -> tuple[Parsed, str | None]:
    """Read a file by its format; the second value is its SHA-256 where reading it gave that too."""
    if data_format == "csv":
        from clusterctl.data.csv_table import read_csv

        return read_csv(fetched, settings.read_options, verbatim)
    if data_format == "parquet":
        from clusterctl.data.parquet_table import read_parquet

        return read_parquet(fetched, access, verbatim), None
    if data_format == "json":
        from clusterctl.data.json_table import read_json

        return read_json(fetched, settings.read_options, verbatim), None
    from clusterctl.data.hdf5_table import read_hdf5

    return read_hdf5(fetched, settings.read_options, access, verbatim), None


def _check_sum(settings: ClusteringData, sha256: str, shown: str) -> None:
    if settings.checksum is not None and settings.checksum.lower() != f"sha256:{sha256}":
        raise DataLoadError(
            f"{shown}: the content is not the one that checksum names: it has sha256:{sha256}, expected {settings.checksum.lower()}",
            hint="fetch the right version, or write the new checksum if the change is meant",
        )


def _check_rows(table: Table) -> None:
    n_rows = len(table.parsed.frame)
    if n_rows < 2:
        word = "no rows" if n_rows == 0 else "one row"
        raise DataLoadError(f"{table.shown}: the table has {word}", hint="a cluster analysis needs at least two rows")
