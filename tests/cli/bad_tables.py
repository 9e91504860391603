"""Bad tables: what a file, an address or a stream can hold that is no table to cluster, and what cannot be done with a good one."""

from __future__ import annotations

import gzip
import io
import pickle
import sqlite3
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bad_case import KMEANS, TABLE, Bad, config, preprocessing

DATA = "{data_source: t.csv}"
ROWS = TABLE.splitlines(keepends=True)


def row(number: int, text: str) -> str:
    """Return the table with data row `number` (from 1) replaced."""
    return "".join([*ROWS[:number], text + "\n", *ROWS[number + 1 :]])


def source(name: str, more: str = "", *sections: str) -> str:
    return config(f"{{data_source: {name}{more}}}", KMEANS, *sections)


def a_parquet(path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"x": [float(number) for number in range(400)]}), path)
    path.write_bytes(path.read_bytes()[:-40])


def an_hdf5(**datasets: Any) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        import h5py

        with h5py.File(path, "w") as file:
            for name, values in datasets.items():
                file[name.replace("__", "/")] = values

    return write


def a_cut_hdf5(path: Path) -> None:
    an_hdf5(table=[[0.0, 1.0]] * 500)(path)
    path.write_bytes(path.read_bytes()[:900])


def a_tar(path: Path) -> None:
    with tarfile.open(path, "w") as archive:
        member = tarfile.TarInfo("t.csv")
        member.size = len(TABLE)
        archive.addfile(member, io.BytesIO(TABLE.encode()))


def a_database(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("create table sales (x real, y real)")
        connection.executemany("insert into sales values (?, ?)", [(number, number * 2) for number in range(20)])
    connection.close()


MISSING = row(3, ",5,a")
FILES = (
    Bad("no_such_table", 4, ("tabel.csv", "no such file", "t.csv"), config=source("tabel.csv")),
    Bad("table_is_a_folder", 4, ("shop", "folder"), config=source("shop"), files={"shop/t.csv": TABLE}),
    Bad("empty_table", 4, ("t.csv", "empty"), config=config(), table=""),
    Bad("header_only", 4, ("t.csv", "no rows", "two rows"), config=config(), table=ROWS[0]),
    Bad("one_row", 4, ("t.csv", "one row", "two rows"), config=config(), table="".join(ROWS[:2])),
    Bad("blank_lines_only", 4, ("t.csv",), config=config(), table="\n\n\n"),
    Bad("row_too_long", 4, ("t.csv", "row 5", "line 6", "4 fields"), config=config(), table=row(5, "1,2,a,9")),
    Bad("row_too_short", 4, ("t.csv", "row 5", "line 6", "2 fields"), config=config(), table=row(5, "1,2")),
    Bad("open_quote", 4, ("t.csv",), config=config(), table=row(5, '1,2,"a')),
    Bad(
        "semicolons_and_decimal_commas",
        4,
        ("t.csv", "line 1", "separator", "decimal"),
        config=config(),
        table=TABLE.replace(",", ";").replace(".", ","),
    ),
    Bad("tabs_not_commas", 4, ("t.csv", "line 1", "separator"), config=config(), table=TABLE.replace(",", "\t")),
    Bad(
        "thousands_marks",
        4,
        ("t.csv", "'x'", "thousands"),
        config=source("t.csv", ", read_options: {separator: ';'}"),
        table="x;y\n" + "1,234,567;2\n2,345,678;3\n3,456,789;9\n" * 4,
    ),
    Bad("a_number_spoilt", 4, ("t.csv", "x", "row 7", "12..5", "na_values"), config=config(), table=row(7, "12..5,2,a")),
    Bad("infinite_value", 4, ("t.csv", "'x'", "row 4", "inf"), config=config(), table=row(4, "inf,2,a")),
    Bad("number_too_large", 4, ("t.csv", "'x'", "row 4", "larger than"), config=config(), table=row(4, "1e400,2,a")),
    Bad("column_name_twice", 4, ("t.csv", "line 1", "'x'"), config=config(), table=TABLE.replace("x,y", "x,x", 1)),
    Bad("id_twice", 4, ("t.csv", "group", "not unique"), config=source("t.csv", ", id_column: group")),
    Bad(
        "id_missing",
        4,
        ("t.csv", "'group'", "row 3"),
        config=source("t.csv", ", id_column: group"),
        table="".join([ROWS[0], *(f"{n},{n * 2},{'' if n == 3 else f'i{n}'}\n" for n in range(1, 20))]),
    ),
    Bad("nul_byte", 4, ("t.csv", "NUL"), config=config(), table=row(2, "1,2,\0")),
    Bad("cp1252_as_utf_8", 4, ("t.csv", "utf-8", "encoding", "cp1252"), config=config(), table=row(2, "1,2,caf\xe9").encode("cp1252")),
    Bad("utf_16", 4, ("t.csv", "UTF-16", "encoding: utf-16"), config=config(), table=TABLE.encode("utf-16")),
    Bad(
        "web_page",
        4,
        ("t.csv", "web page", "Log in"),
        config=config(),
        table="<!DOCTYPE html>\n<html><head><title>Log in</title></head><body></body></html>\n",
    ),
    Bad("spreadsheet", 4, ("t.xlsx", "csv"), config=source("t.xlsx"), files={"t.xlsx": b"PK\x03\x04\x14\x00\x06\x00" + bytes(200)}),
    Bad("tar_archive", 4, ("t.tar", "tar archive", "unpack"), config=source("t.tar"), files={"t.tar": a_tar}),
    Bad("pickle", 4, ("t.pkl", "pickle"), config=source("t.pkl"), files={"t.pkl": pickle.dumps({"x": [1.0, 2.0]})}),
    Bad("cut_gzip", 4, ("t.csv.gz", "cut short"), config=source("t.csv.gz"), files={"t.csv.gz": gzip.compress(TABLE.encode())[:-20]}),
    Bad("cut_parquet", 4, ("t.parquet",), config=source("t.parquet"), files={"t.parquet": a_parquet}),
    Bad("cut_hdf5", 4, ("t.h5", "whole"), config=source("t.h5"), files={"t.h5": a_cut_hdf5}),
    Bad(
        "two_tables_in_hdf5",
        4,
        ("t.h5", "2 tables", "first", "second", "hdf_key"),
        config=source("t.h5"),
        files={"t.h5": an_hdf5(first=[[0.0, 1.0]] * 9, second=[[0.0, 1.0]] * 9)},
    ),
    Bad(
        "unknown_hdf5_key",
        3,
        ("hdf_key", "third", "first"),
        config=source("t.h5", ", read_options: {hdf_key: third}"),
        files={"t.h5": an_hdf5(first=[[0.0, 1.0]] * 9)},
    ),
    Bad("no_table_in_hdf5", 4, ("t.h5", "no table"), config=source("t.h5"), files={"t.h5": an_hdf5(number=3.0)}),
    Bad("parquet_called_csv", 4, ("t.csv", "csv"), config=config(), table=b"PAR1" + bytes(300) + b"PAR1"),
    Bad("csv_called_parquet", 4, ("t.csv", "parquet", "data_format"), config=source("t.csv", ", data_format: parquet")),
    Bad("csv_called_json", 4, ("t.csv", "json", "data_format: csv"), config=source("t.csv", ", data_format: json")),
    Bad("broken_json", 4, ("t.json", "line"), config=source("t.json"), files={"t.json": '[\n{"x": 1, "y": 2},\n{"x": 1, "y": 2,,}\n]\n'}),
    Bad(
        "nan_in_json",
        5,
        ("x: 1 of 3 rows", "missing_values"),
        config=source("t.json"),
        files={"t.json": '[{"x": 1.5, "y": 2}, {"x": NaN, "y": 2}, {"x": 2, "y": 7}]'},
    ),
    Bad(
        "nested_json",
        4,
        ("t.json", "x"),
        config=source("t.json"),
        files={"t.json": "[" + ", ".join(['{"x": {"a": 1}, "y": [2]}'] * 9) + "]"},
    ),
    Bad("scalar_json", 4, ("t.json",), config=source("t.json"), files={"t.json": '{"count": 3}'}),
    Bad("checksum_mismatch", 4, ("t.csv", "checksum", "sha256:"), config=source("t.csv", ", checksum: 'sha256:" + "0" * 64 + "'")),
)
COLUMNS = (
    Bad(
        "unknown_feature",
        3,
        ("features", "heigth", "height"),
        config=source("t.csv", ", features: [heigth, y]"),
        table=TABLE.replace("x,", "height,", 1),
    ),
    Bad("unknown_target", 3, ("target_variable", "churn"), config=source("t.csv", ", target_variable: churn")),
    Bad("unknown_id", 3, ("id_column", "key"), config=source("t.csv", ", id_column: key")),
    Bad(
        "constant_feature_by_hand",
        3,
        ("features", "'c'", "constant", "take it out"),
        config=source("t.csv", ", features: [x, c]"),
        table="".join(line.strip() + (",c\n" if not n else ",1\n") for n, line in enumerate(ROWS)),
    ),
    Bad(
        "date_feature_by_hand",
        3,
        ("features", "'d'", "date"),
        config=source("t.csv", ", features: [x, d]"),
        table="x,d\n" + "".join(f"{n * 1.5},2024-01-{n + 1:02}\n" for n in range(20)),
    ),
    Bad(
        "text_feature_by_hand",
        3,
        ("features", "'t'", "tfidf"),
        config=source("t.csv", ", features: [x, t]"),
        table="x,t\n" + "".join(f"{n * 1.5},a long text of words number {n} and {n * n}\n" for n in range(80)),
    ),
    Bad(
        "no_usable_column",
        4,
        ("t.csv", "no column", "'id'", "'c'", "features"),
        config=config(),
        table="id,c\n" + "".join(f"k{n},1\n" for n in range(20)),
    ),
    Bad(
        "target_without_values",
        4,
        ("t.csv", "target_variable", "no values"),
        config=source("t.csv", ", target_variable: z"),
        table="x,y,z\n" + "".join(f"{n},{n * 1.5},\n" for n in range(20)),
    ),
)
WORK = (
    Bad("missing_values", 5, ("x: 1 of 24 rows", "preprocessing_configuration.missing_values", "median"), config=config(), table=MISSING),
    Bad(
        "feature_all_missing",
        3,
        ("features", "'z'", "no value"),
        config=preprocessing("{missing_values: median}", data="{data_source: t.csv, features: [x, z]}"),
        table="x,z\n" + "".join(f"{n * 1.5},\n" for n in range(20)),
    ),
    Bad(
        "every_row_dropped",
        5,
        ("no row is left of 20", "preprocessing_configuration.missing_values", "median"),
        config=preprocessing("{missing_values: drop}"),
        table="x,y\n" + "1,\n,2\n3,\n,5\n" * 5,
    ),
    Bad(
        "categories_refused",
        5,
        ("'group'", "preprocessing_configuration.categorical", "onehot"),
        config=preprocessing("{categorical: error}"),
    ),
    Bad(
        "more_components_than_columns",
        5,
        ("n_components is 9", "to 4 or less"),
        config=preprocessing("{dimensionality_reduction: pca, n_components: 9}"),
    ),
    Bad(
        "tsne_in_four_dimensions",
        5,
        ("n_components", "t-SNE", "3 or less"),
        config=preprocessing("{dimensionality_reduction: tsne, n_components: 4}"),
    ),
    Bad("more_clusters_than_rows", 6, ("n_clusters", "30", "24"), config=config(DATA, "{algorithm: kmeans, n_clusters: 30}")),
    Bad(
        "more_clusters_than_distinct_rows",
        6,
        ("n_clusters", "5", "2 distinct"),
        config=config(DATA, "{algorithm: gaussian_mixture, n_clusters: 5}"),
        table="x,y\n" + "1,2\n8,9\n" * 10,
    ),
    Bad("not_enough_memory", 9, ("max-memory", "1.0 MiB"), config=config(), arguments=("--max-memory", "1M")),
    Bad("too_slow", 6, ("execution.timeout",), config=config(DATA, KMEANS, "execution: {timeout: 0.05}")),
)
ELSEWHERE = (
    Bad("sql_without_query", 3, ("read_options.query", "SELECT"), config=source("'sqlite:///shop.db'"), files={"shop.db": a_database}),
    Bad(
        "sql_missing_table",
        4,
        ("shop.db", "orders"),
        config=source("'sqlite:///shop.db'", ", read_options: {query: select * from orders}"),
        files={"shop.db": a_database},
    ),
    Bad(
        "sql_missing_file",
        4,
        ("no such file", "shop.db"),
        config=source("'sqlite:///shop.db'", ", read_options: {query: select * from sales}"),
    ),
    Bad(
        "sql_that_writes",
        3,
        ("query", "SELECT"),
        config=source("'sqlite:///shop.db'", ", read_options: {query: drop table sales}"),
        files={"shop.db": a_database},
    ),
    Bad("query_of_a_file", 3, ("read_options.query", "SQL"), config=source("t.csv", ", read_options: {query: select 1}")),
    Bad("connection_refused", 4, ("http://127.0.0.1:9/t.csv",), config=source("'http://127.0.0.1:9/t.csv'")),
    Bad(
        "offline_and_not_kept",
        4,
        ("http://127.0.0.1:9/t.csv", "--offline"),
        config=source("'http://127.0.0.1:9/t.csv'"),
        arguments=("--offline",),
    ),
    Bad("empty_standard_input", 4, ("standard input", "empty"), config=source("'-'"), stdin=b""),
    Bad("no_standard_input", 4, ("standard input",), config=source("'-'")),
)
CASES = (*FILES, *COLUMNS, *WORK, *ELSEWHERE)
