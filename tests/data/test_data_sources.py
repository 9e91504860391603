from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import os
from pathlib import Path

import pyarrow as pa
import pytest

from clusterctl.data.access import Access
from clusterctl.data.load import load, read_table
from clusterctl.data.redaction import redact
from clusterctl.data.settings import ClusteringData
from clusterctl.errors import ConfigError, DataLoadError

CSV = b"a,b\n1,2\n3,5\n4,2\n"


PACKERS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}


@pytest.mark.parametrize("ending", list(PACKERS))
def test_packed_files_are_unpacked(load_text, ending):
    assert load_text(PACKERS[ending](CSV), name=f"t.csv.{ending}").frame["b"].tolist() == [2, 5, 2]


def test_zstandard_files_are_unpacked(load_file, tmp_path):
    with pa.CompressedOutputStream(str(tmp_path / "t.csv.zst"), "zstd") as out:
        out.write(CSV)
    assert load_file("t.csv.zst").frame["b"].tolist() == [2, 5, 2]


def test_packing_is_told_by_content_and_not_by_name(load_text):
    assert load_text(gzip.compress(CSV), name="t.csv").frame["b"].tolist() == [2, 5, 2]
    assert load_text(CSV, name="t2.csv.gz").frame["b"].tolist() == [2, 5, 2]


@pytest.mark.parametrize("ending", list(PACKERS))
def test_a_cut_packed_file_is_refused(load_text, ending):
    packed = PACKERS[ending](CSV * 2000)
    with pytest.raises(DataLoadError, match="damaged or cut short"):
        load_text(packed[: len(packed) // 2], name=f"t.csv.{ending}")


def test_a_decompression_bomb_is_refused_by_its_ratio(load_text):
    bomb = gzip.compress(b"a,b\n" + b"0,0\n" * 2_000_000)
    with pytest.raises(DataLoadError, match="times its size"):
        load_text(bomb, name="t.csv.gz", access=Access(max_ratio=200, ratio_free_bytes=1 << 20))


def test_unpacking_stops_at_the_size_limit(load_text):
    with pytest.raises(DataLoadError, match="unpacks to more than 1,000 bytes"):
        load_text(gzip.compress(CSV * 1000), name="t.csv.gz", access=Access(max_unpacked_bytes=1000))


def test_a_missing_file_is_named_with_its_like(load_text, load_file):
    load_text(CSV, name="customers.csv")
    with pytest.raises(DataLoadError, match=r"custmers\.csv: there is no such file") as caught:
        load_file("custmers.csv")
    assert "customers.csv" in (caught.value.hint or "")


def test_a_missing_file_named_by_a_variable_tells_no_name_of_its_folder(tmp_path):
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "secret-1.csv").write_text("a\n1\n2\n")
    for source in ("vault/secret-2.csv", "vault", "cellar/secret-1.csv"):
        with pytest.raises(DataLoadError) as caught:
            load(ClusteringData(data_source=source), folder=tmp_path, shown_source="${SECRETFILE}", use_text=False, access=Access())
        assert str(caught.value.message).startswith("${SECRETFILE}: ")
        assert caught.value.hint is None


def test_an_sqlite_file_is_told_with_the_source_that_reads_it(load_file, tmp_path):
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(tmp_path / "blobs.db")) as connection:
        connection.execute("CREATE TABLE t (a REAL)")
        connection.commit()
    with pytest.raises(DataLoadError, match="SQLite database") as caught:
        load_file("blobs.db")
    assert "sqlite:///blobs.db and clustering_data.read_options.query" in caught.value.hint


def test_a_missing_folder_is_named(load_file):
    with pytest.raises(DataLoadError) as caught:
        load_file("nowhere/t.csv")
    assert "nowhere does not exist" in (caught.value.hint or "")


def test_a_folder_is_refused(load_file, tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(DataLoadError, match="a folder, not a file"):
        load_file("folder")


def test_a_pipe_in_the_file_system_is_refused_and_not_waited_for(load_file, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataLoadError, match="no regular file"):
        load_file("pipe")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_named(load_text, load_file, tmp_path):
    load_text(CSV)
    (tmp_path / "t.csv").chmod(0)
    with pytest.raises(DataLoadError, match="no permission"):
        load_file("t.csv")


def test_a_relative_path_is_taken_from_the_folder_given(tmp_path, monkeypatch):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "t.csv").write_bytes(CSV)
    monkeypatch.chdir("/")
    data = ClusteringData(data_source="t.csv")
    assert load(data, folder=tmp_path / "inner", shown_source="t.csv", use_text=False, access=Access()).n_rows == 3


def test_standard_input_is_read_and_hashed():
    data = ClusteringData(data_source="-")
    loaded = load(data, folder=Path(), shown_source="-", use_text=False, access=Access(stdin=io.BytesIO(CSV)))
    assert loaded.frame["b"].tolist() == [2, 5, 2]
    assert loaded.sha256 == hashlib.sha256(CSV).hexdigest()


@pytest.mark.parametrize(("stream", "message"), [(None, "there is none"), (io.BytesIO(CSV), "longer than 4 bytes")])
def test_standard_input_has_its_limits(stream, message):
    with pytest.raises(DataLoadError, match=message):
        load(ClusteringData(data_source="-"), folder=Path(), shown_source="-", use_text=False, access=Access(stdin=stream, max_bytes=4))


def test_a_checksum_that_matches_passes_and_another_is_refused(load_text):
    good = hashlib.sha256(CSV).hexdigest()
    assert load_text(CSV, checksum=f"sha256:{good.upper()}").sha256 == good
    with pytest.raises(DataLoadError, match="expected sha256:000"):
        load_text(CSV, checksum="sha256:" + "0" * 64)


@pytest.mark.parametrize("scheme", ["file", "ftp", "s3", "local", "memory"])
def test_other_schemes_are_a_config_error(load_file, scheme):
    with pytest.raises(ConfigError, match=f"{scheme}:// is not served"):
        load_file(f"{scheme}:///etc/passwd")


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"PK\x03\x04rest", "t.csv", "zip archive"),
        (b"PK\x03\x04rest", "t.xlsx", "Excel"),
        (b"SQLite format 3\0", "t.db", "SQLite"),
        (b"\x80\x04\x95\x00", "t.pkl", "pickle"),
        (b"\0" * 257 + b"ustar" + b"\0" * 300, "t.csv", "tar archive"),
        (b"PAR1xxxx", "t.csv", "content is parquet"),
        (b"\x89HDF\r\n\x1a\nxx", "t.csv", "content is hdf5"),
        (b"a,b\n1,2\n", "t.parquet", "does not begin like one"),
        (b"a,b\n1,2\n", "t.json", "does not begin with"),
        (b'[{"a":1},{"a":2}]', "t.csv", "looks like JSON"),
        (b"\x01\x02\0\x04", "t.bin", "cannot be told"),
        (b"<html><body>404</body></html>", "t.parquet", "web page"),
        (b"", "t.parquet", "empty"),
    ],
)
def test_content_that_is_something_else_is_told_as_such(load_text, content, name, message):
    with pytest.raises(DataLoadError, match=message):
        load_text(content, name=name)


def test_a_format_is_told_from_content_where_the_name_says_nothing(load_text):
    assert load_text('[{"a":1},{"a":2}]', name="data").data_format == "json"
    assert load_text(CSV, name="data2").data_format == "csv"


def test_a_declared_format_wins_over_the_name(load_text):
    assert load_text(CSV, name="t.data.json", data_format="csv").data_format == "csv"


def test_a_declared_format_that_the_content_denies_is_refused(load_text):
    with pytest.raises(DataLoadError, match="expected json"):
        load_text(CSV, data_format="json")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://u:secret@h/x.csv?token=abc&b=2#f", "https://u:***@h/x.csv?token=***&b=***#***"),
        ("postgresql+psycopg://u:${PGPASS}@h/db", "postgresql+psycopg://u:${PGPASS}@h/db"),
        ("https://h/x?token=${TOKEN}", "https://h/x?token=${TOKEN}"),
        ("https://h/x?bare-token", "https://h/x?***"),
        ("data/x?y=1.csv", "data/x?y=1.csv"),
    ],
)
def test_credentials_are_redacted(address, shown):
    assert redact(address) == shown


def test_a_table_is_read_without_choosing_columns(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"a,b\n1,2\n")
    table = read_table(ClusteringData(data_source="t.csv"), folder=tmp_path, shown_source="t.csv", access=Access())
    assert table.parsed.frame.shape == (1, 2)
    assert table.data_format == "csv"


def test_nothing_is_left_in_the_temporary_folder(load_text, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    load_text(gzip.compress(CSV), name="t.csv.gz")
    with pytest.raises(DataLoadError):
        load_text(gzip.compress(b"a,b\n1\n2,3\n"), name="t2.csv.gz")
    assert list(scratch.iterdir()) == []
