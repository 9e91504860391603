"""A database by SQLAlchemy: the rows of one SELECT, read and never written."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import UUID

from clusterctl.data.access import Access
from clusterctl.data.plain_values import Columns, table_of
from clusterctl.data.redaction import redact
from clusterctl.data.settings import ClusteringData
from clusterctl.data.sql_statement import check_query, is_ordered
from clusterctl.data.table import Parsed
from clusterctl.errors import ConfigError, DataLoadError, missing_extra
from clusterctl.values.remarks import Caution

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection, Engine

_BLOCK = 10_000
_CELL_BYTES = 64


def read_sql(
    settings: ClusteringData, folder: Path, shown: str, access: Access, verbatim: frozenset[str] = frozenset()
) -> tuple[Parsed, str]:
    """Return the rows of `read_options.query`, `verbatim` columns as text, and the SHA-256 of their values.

    The hash is over one JSON line for the column names and one a row (numbers in their shortest form, dates in ISO 8601, bytes in hex),
    so it is the same on every system that returns the same values in the same order. An SQLite file is opened read-only, a path in its
    URL taken from `folder`; elsewhere the transaction is read-only where the database knows that, and always rolled back.
    Raises ConfigError (no SQLAlchemy, no driver, a query that is none or may write), DataLoadError (all that the database refuses).
    """
    if settings.read_options.query is None:
        raise ConfigError(
            "clustering_data.read_options.query is missing", hint="a SQL source needs the SELECT statement whose rows are the table"
        )
    query = check_query(settings.read_options.query)
    if access.offline and not settings.data_source.startswith("sqlite"):
        raise DataLoadError(f"{shown}: a database cannot be asked with --offline", hint="save the rows to a file and name that")
    try:
        import sqlalchemy
    except ImportError:
        raise missing_extra("sqlalchemy", "sql", "a SQL data source") from None
    url = _url(settings.data_source)
    try:
        engine = _engine(url, folder, shown)
        with engine.connect() as connection:
            columns, sha256 = _rows(connection, query, shown, access)
        engine.dispose()
    except (sqlalchemy.exc.SQLAlchemyError, OSError) as error:
        raise DataLoadError(
            f"{shown}: {_said(error, url)}", hint="check the address, the account and clustering_data.read_options.query"
        ) from None
    parsed = table_of(columns.finished(), columns.n_rows, shown, settings.read_options.na_values, verbatim)
    if not is_ordered(query):
        caution = Caution("sql_order", "The query has no ORDER BY, so the database may return the rows in another order next time.")
        parsed = Parsed(parsed.frame, parsed.unread, parsed.faults, (*parsed.cautions, caution))
    return parsed, sha256


def _url(source: str) -> URL:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    try:
        url = make_url(source)
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise ConfigError(
            f"clustering_data.data_source: {redact(source)}: no database address that SQLAlchemy knows",
            hint="for example sqlite:///shop.db or postgresql+psycopg://user:${PASSWORD}@host/name",
        ) from None
    return url


def _engine(url: URL, folder: Path, shown: str) -> Engine:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    settings: dict[str, Any] = {"poolclass": NullPool, "hide_parameters": True}
    if url.get_backend_name() == "sqlite":
        return create_engine("sqlite://", creator=_sqlite(url, folder, shown), **settings)
    try:
        return create_engine(url, **settings)
    except ImportError as error:
        raise ConfigError(
            f"{shown}: its database driver is not installed: {error.name or error}", hint=f"pip install {error.name}"
        ) from None


def _sqlite(url: URL, folder: Path, shown: str) -> Any:
    """Return a function that opens the SQLite file read-only; it must exist."""
    import sqlite3

    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise ConfigError(
            "clustering_data.data_source: an SQLite source names a file", hint="sqlite:///shop.db (relative) or sqlite:////data/shop.db"
        )
    path = folder / url.database
    if not path.is_file():
        looked = f"looked for {path}; relative paths are taken from the config's own folder"
        raise DataLoadError(f"{shown}: there is no such file", hint=None if "${" in shown else looked)
    return lambda: sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)


def _rows(connection: Connection, query: str, shown: str, access: Access) -> tuple[Columns, str]:
    if connection.dialect.name == "postgresql":
        connection = connection.execution_options(postgresql_readonly=True)
    result = connection.execution_options(stream_results=True).exec_driver_sql(
        query.replace("%", "%%") if _percent_is_special(connection) else query
    )
    names = list(map(str, result.keys()))
    if len(set(names)) < len(names):
        double = next(name for name in names if names.count(name) > 1)
        raise DataLoadError(
            f"{shown}: the query returns two columns named {double!r}", hint="name them apart: SELECT a.x AS x, b.x AS other_x"
        )
    columns, sha256 = Columns({name: [] for name in names}), hashlib.sha256(_line(names))
    for block in result.partitions(_BLOCK):
        for row in block:
            sha256.update(_line(list(row)))
            columns.add(list(zip(names, row, strict=True)))
        if columns.n_rows * len(names) * _CELL_BYTES > access.max_unpacked_bytes:
            raise DataLoadError(
                f"{shown}: the query returns more than fits: {columns.n_rows:,} rows and counting", hint="add LIMIT, or export to Parquet"
            )
    connection.rollback()
    return columns, sha256.hexdigest()


def _percent_is_special(connection: Connection) -> bool:
    return connection.dialect.paramstyle in ("format", "pyformat")


def _line(values: list[Any]) -> bytes:
    return (json.dumps([_canonical(value) for value in values], ensure_ascii=False, separators=(",", ":")) + "\n").encode(
        "utf-8", "surrogatepass"
    )


def _canonical(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime | date | time):
        return {"t": value.isoformat()}
    if isinstance(value, Decimal | UUID):
        return {"n": str(value)}
    if isinstance(value, bytes | bytearray | memoryview):
        return {"x": bytes(value).hex()}
    return {"o": str(value)}


def _said(error: Exception, url: URL) -> str:
    text = str(getattr(error, "orig", None) or error).strip().split("\n", 1)[0]
    password = url.password
    return text.replace(str(password), "***") if password else text
