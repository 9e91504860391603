from __future__ import annotations

import sqlite3
import sys

import pytest

from clusterctl.data.access import Access
from clusterctl.data.load import load
from clusterctl.data.settings import ClusteringData
from clusterctl.data.sql_statement import check_query, is_ordered
from clusterctl.errors import ConfigError, DataLoadError

pytest.importorskip("sqlalchemy", reason="the extra sql is not installed")
QUERY = "SELECT * FROM t ORDER BY id"


@pytest.fixture
def database(tmp_path):
    connection = sqlite3.connect(tmp_path / "shop.db")
    connection.execute("CREATE TABLE t (id TEXT, x REAL, n INTEGER, country TEXT, day DATE, raw BLOB)")
    rows = [(f"{i:03d}", None if i == 4 else i * 1.5, i % 3, ["NA", "US", None][i % 3], "2024-01-01", b"x") for i in range(25)]
    connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()
    return "sqlite:///shop.db"


def test_the_rows_of_a_query_are_the_table(database, load_file):
    data = load_file(database, read_options={"query": QUERY}, id_column="id")
    assert data.ids is not None
    assert data.ids.tolist()[:2] == ["000", "001"]
    assert data.features == ("x", "n", "country")
    assert data.frame["x"].isna().sum() == 1
    assert data.frame["country"].fillna("<missing>").tolist()[:3] == ["NA", "US", "<missing>"]
    assert data.kinds["day"] == "date"
    assert data.data_format == "sql"
    assert data.cautions == ()


def test_the_hash_is_of_the_values_and_not_of_the_file(database, load_file, tmp_path):
    first = load_file(database, read_options={"query": QUERY}).sha256
    connection = sqlite3.connect(tmp_path / "shop.db")
    connection.execute("CREATE TABLE other (x)")
    connection.commit()
    assert load_file(database, read_options={"query": QUERY}).sha256 == first
    connection.execute("UPDATE t SET x = 99 WHERE id = '007'")
    connection.commit()
    connection.close()
    assert load_file(database, read_options={"query": QUERY}).sha256 != first


def test_a_query_without_order_is_cautioned(database, load_file):
    data = load_file(database, read_options={"query": "SELECT x, n FROM t"})
    assert [caution.code for caution in data.cautions] == ["sql_order"]


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM t",
        "SELECT 1; DROP TABLE t",
        "WITH q AS (SELECT 1) DELETE FROM t",
        "PRAGMA table_info(t)",
        "ATTACH 'x.db' AS x",
        "SELECT * INTO u FROM t",
        "",
        "-- SELECT\nDROP TABLE t",
    ],
)
def test_a_statement_that_may_write_is_a_config_error(query):
    with pytest.raises(ConfigError, match="query"):
        check_query(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1;",
        "select 'a; drop table t'",
        'SELECT "delete" FROM t',
        "WITH q AS (SELECT 1) SELECT * FROM q",
        "(SELECT 1) -- done;",
        "/* x */ SELECT 1",
    ],
)
def test_a_statement_that_reads_is_accepted(query):
    assert check_query(query).strip()


def test_an_order_in_a_comment_does_not_count():
    assert not is_ordered("SELECT 1 -- ORDER BY x")


def test_sqlite_is_opened_read_only(database, load_file, tmp_path):
    before = (tmp_path / "shop.db").read_bytes()
    load_file(database, read_options={"query": QUERY})
    assert (tmp_path / "shop.db").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["shop.db"]


def test_a_missing_database_is_not_created(load_file, tmp_path):
    with pytest.raises(DataLoadError, match="no such file"):
        load_file("sqlite:///none.db", read_options={"query": QUERY})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT * FROM nope", "no such table: nope"),
        ("SELECT nope FROM t", "no such column"),
        ("SELECT x, n AS x FROM t", "two columns named 'x'"),
    ],
)
def test_what_the_database_refuses_is_said(database, load_file, query, message):
    with pytest.raises(DataLoadError, match=message):
        load_file(database, read_options={"query": query})


def test_a_source_without_a_query_is_a_config_error(database, load_file):
    with pytest.raises(ConfigError, match="query is missing"):
        load_file(database)


def test_a_query_on_a_file_is_a_config_error(load_text):
    with pytest.raises(ConfigError, match="only a SQL source"):
        load_text("a\n1\n2\n", read_options={"query": QUERY})


def test_a_password_is_never_shown(load_file):
    with pytest.raises(ConfigError) as caught:
        load_file("nosuch://user:secret@host/db", read_options={"query": QUERY})
    assert "secret" not in str(caught.value.as_dict())


def test_a_missing_extra_names_the_line_that_installs_it(database, load_file, monkeypatch):
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(ConfigError, match="needs the package sqlalchemy") as caught:
        load_file(database, read_options={"query": QUERY})
    assert "clusterctl[sql]" in (caught.value.hint or "")


def test_a_missing_database_named_by_a_variable_is_not_named_by_its_value(tmp_path):
    settings = ClusteringData(data_source="sqlite:///vault/secret.db", read_options={"query": QUERY})
    with pytest.raises(DataLoadError, match="no such file") as caught:
        load(settings, folder=tmp_path, shown_source="sqlite:///${SECRETFILE}", use_text=False, access=Access())
    assert "secret" not in f"{caught.value.message} {caught.value.hint}"
