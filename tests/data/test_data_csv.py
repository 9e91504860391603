from __future__ import annotations

import io
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from clusterctl.data import csv_head
from clusterctl.errors import ConfigError, DataLoadError

ROWS = "\n".join(f"{i},{i * i % 7},{'uvw'[i % 3]}" for i in range(30))


def _late(first: str, late: str, n_rows: int = 40_000) -> str:
    """A column `c` that looks like `first` for longer than the head, and then holds `late`."""
    assert n_rows * 4 > csv_head.HEAD_BYTES / 2
    body = "".join(f"{i},{first},{i % 3}\n" for i in range(n_rows))
    return "a,c,z\n" + body + f"7,{late},2\n"


def test_numbers_are_those_that_pandas_reads(load_text):
    text = "a,b\n" + "".join(f"{float(x)!r},{y}\n" for x, y in zip(np.random.default_rng(0).normal(size=50), range(100, 150), strict=True))
    pd.testing.assert_frame_equal(load_text(text).frame, pd.read_csv(io.StringIO(text)))


@pytest.mark.parametrize("row", ["1,2,3", "1,2,3,4"])
def test_rows_longer_than_the_header_from_the_first_on_are_refused(load_text, row):
    with pytest.raises(DataLoadError, match=r"row 1 .* more than the 2 column names"):
        load_text(f"a,b\n{row}\n{row}\n")


def test_a_later_longer_row_is_refused_with_its_line(load_text):
    with pytest.raises(DataLoadError, match="row 3 "):
        load_text("a,b\n1,2\n3,4\n5,6,7\n")


def test_a_longer_row_beyond_the_head_is_refused_with_its_line(load_text):
    with pytest.raises(DataLoadError, match="line 40002 has 4 fields"):
        load_text(_late("1", "1,1"))


def test_a_short_row_is_refused_and_not_filled_up(load_text):
    with pytest.raises(DataLoadError, match=r"row 2 .* has 1 fields, fewer than the 2"):
        load_text("a,b\n1,2\n3\n5,6\n")


def test_short_rows_beyond_the_head_are_counted(load_text):
    text = "a,b\n" + "11,22\n" * 60_000 + "3\n" + "1,2\n4\n"
    with pytest.raises(DataLoadError, match=r"row 60001 .*\(2 such rows in all\)"):
        load_text(text)


def test_an_empty_last_field_is_no_short_row(load_text):
    frame = load_text('a,b\n1,2\n3,\n5,"x, y\nz"\n6,\n').frame
    assert frame["b"].isna().tolist() == [False, True, False, True]


@pytest.mark.parametrize(("mark", "hint"), [(";", 'separator: ";"'), ("\t", r'separator: "\t"'), ("|", 'separator: "|"')])
def test_another_separator_is_recognised_and_named(load_text, mark, hint):
    with pytest.raises(DataLoadError, match="separated by") as caught:
        load_text(f"a{mark}b{mark}c\n1{mark}2{mark}3\n4{mark}5{mark}6\n")
    assert hint in (caught.value.hint or "")


def test_a_semicolon_file_with_decimal_comma_reads_when_told_so(load_text):
    data = load_text("a;b\n1,5;2\n2,5;3\n0,1;7\n", read_options={"separator": ";", "decimal": ","})
    assert data.frame["a"].tolist() == [1.5, 2.5, 0.1]


def test_a_tsv_name_means_tabs(load_text):
    assert load_text("a\tb\n1\t2\n3\t5\n", name="t.tsv").features == ("a", "b")


@pytest.mark.parametrize(
    ("values", "hint"),
    [
        (["1,5", "2,5", "3,75"], "decimal"),
        (["1,500", "12,000", "7,250"], "decimal"),
        (["1.500,25", "12.000,50", "7.250,00"], "thousands"),
        (["1 500", "12 000", "7 250"], "thousands"),
        (["1'500", "12'000", "250"], "thousands"),
        (["12%", "13.5 %", "7%"], "sign"),
        (["$12", "€ 13.50", "£7"], "sign"),
        (["1.5"] * 19 + ["x"], "na_values"),
        (["1.5"] * 19 + ["unknown"], "na_values"),
    ],
)
def test_numbers_in_disguise_are_refused_with_column_row_and_remedy(load_text, values, hint):
    text = "a,bad\n" + "".join(f'{i % 4},"{value}"\n' for i, value in enumerate(values))
    with pytest.raises(DataLoadError, match=r"'bad'.*row ") as caught:
        load_text(text)
    assert hint in (caught.value.hint or "")


def test_the_row_named_is_the_first_that_is_no_number(load_text):
    text = "a,bad\n" + "".join(f"{i % 4},{'x' if i == 12 else i}\n" for i in range(40))
    with pytest.raises(DataLoadError, match=r"row 13 holds 'x'"):
        load_text(text)


def test_disguised_numbers_beyond_the_head_are_refused(load_text):
    with pytest.raises(DataLoadError, match=r"'c'.*row 40001 holds 'n\.a\.'"):
        load_text(_late("1.25", "n.a."))


def test_listing_the_text_in_na_values_makes_the_column_numeric(load_text):
    text = "a,b\n" + "".join(f"{i % 4},{'x' if i == 12 else i * 1.5}\n" for i in range(40))
    data = load_text(text, read_options={"na_values": ["x"]})
    assert data.kinds["b"] == "numeric"
    assert np.flatnonzero(data.frame["b"].isna()).tolist() == [12]


def test_a_disguised_column_that_is_not_used_does_no_harm(load_text):
    text = 'a,b,bad\n1,2,"1,5"\n3,1,"2,5"\n2,2,"2,5"\n'
    assert load_text(text, features=["a", "b"]).features == ("a", "b")


@pytest.mark.parametrize(
    "values", [["1.2.3", "1.2.4", "2.0.1"], ["10.0.0.1", "10.0.0.7", "192.168.1.1"], ["A1", "B2", "3"], ["1-5", "6-9", "1-5"]]
)
def test_codes_that_only_resemble_numbers_stay_text(load_text, values):
    text = "a,code\n" + "".join(f"{i % 5},{value}\n" for i, value in enumerate(values * 4))
    assert load_text(text).kinds["code"] == "categorical"


def test_na_null_and_none_are_categories_in_text_columns(load_text):
    values = ["NA", "US", "null", "None", "nan", "", "N/A"] * 3
    data = load_text("x,country\n" + "".join(f"{i},{value}\n" for i, value in enumerate(values)))
    assert data.frame["country"].fillna("<missing>").tolist()[:7] == ["NA", "US", "null", "None", "nan", "<missing>", "N/A"]


def test_na_is_missing_in_numeric_columns(load_text):
    data = load_text("x,y\n1,NA\n2,3.5\n3,null\n4,None\n5,\n6,7\n")
    assert data.frame["y"].isna().tolist() == [True, False, True, True, True, False]


def test_namibia_survives_when_text_begins_only_beyond_the_head(load_text):
    data = load_text(_late("NA", "US"))
    assert data.frame["c"].iloc[0] == "NA"
    assert data.frame["c"].iloc[-1] == "US"


def test_text_keeps_its_spelling_where_a_long_stretch_looks_like_numbers(load_text):
    text = "c,x\nword,1\n" + "1.50,2\n007,3\n" * 100_000
    data = load_text(text, features=["x"])
    assert data.frame["c"].unique().tolist() == ["word", "1.50", "007"]


def test_a_mark_that_does_not_group_by_three_is_refused(load_text):
    with pytest.raises(DataLoadError, match=r"column 'b', row 2: '2,5' does not group"):
        load_text("a;b\n1;1,500\n2;2,5\n", read_options={"separator": ";", "thousands": ","})


GERMAN = {"separator": ";", "decimal": ",", "thousands": ".", "encoding": "cp1252"}


def test_a_german_spreadsheet_export_loads_and_its_dates_are_no_numbers(load_text):
    rows = ["01.01.2024;Köln;1.234,56;7", "31.12.2023;Berlin;12.345.678,90;1.000", "02.01.2024;Köln;-0,5;12"]
    text = "Datum;Ort;Umsatz (€);Stück\r\n" + "\r\n".join(rows) + "\r\n"
    data = load_text(text.encode("cp1252"), read_options=GERMAN)
    assert data.frame["Umsatz (€)"].tolist() == [1234.56, 12345678.9, -0.5]
    assert data.frame["Stück"].tolist() == [7, 1000, 12]
    assert data.frame["Datum"].tolist() == ["01.01.2024", "31.12.2023", "02.01.2024"]
    assert data.features == ("Ort", "Umsatz (€)", "Stück")
    assert [(left.column, left.reason[:11]) for left in data.left_out] == [("Datum", "holds dates")]
    assert data.cautions == ()


@pytest.mark.parametrize("date", ["1.2.24", "2024.01.31", "01.01.2024 10:00"])
def test_dates_with_the_thousands_mark_stay_as_written(load_text, date):
    data = load_text(f"d;x\n{date};1,5\n;2\n{date};3\n", read_options=GERMAN)
    assert data.frame["d"].iloc[0] == date
    assert data.features == ("x",)


def test_dates_that_begin_beyond_the_head_stay_as_written(load_text):
    data = load_text("d;x\n" + ";1,5\n;2\n" * 20_000 + "01.01.2024;3\n02.01.2024;4\n", read_options=GERMAN)
    assert data.frame["d"].dropna().tolist() == ["01.01.2024", "02.01.2024"]
    assert data.features == ("x",)


def test_digits_that_are_not_grouped_by_three_do_no_harm_in_an_unused_column(load_text):
    text = "version;x\n1.2;1\n1.10;2\n2.0;3\n"
    assert load_text(text, features=["x"], read_options=GERMAN).features == ("x",)
    with pytest.raises(DataLoadError, match=r"'version', row 1: '1\.2' does not group"):
        load_text(text, features=["version"], read_options=GERMAN)


def test_grouped_digits_read_as_numbers_when_told_so(load_text):
    data = load_text("a;b\n1;1.500,25\n2;12.000\n2;7\n", read_options={"separator": ";", "thousands": ".", "decimal": ","})
    assert data.frame["b"].tolist() == [1500.25, 12000.0, 7.0]


def test_leading_zeros_in_utf16_are_kept(load_text):
    content = _late("1", "007", n_rows=40_000).encode("utf-16")
    assert load_text(content, read_options={"encoding": "utf-16"}).frame["c"].iloc[-1] == "007"


def test_ids_keep_their_leading_zeros(load_text):
    data = load_text("id,x\n007,1\n08,2\n1,2\n", id_column="id")
    assert data.ids is not None
    assert data.ids.tolist() == ["007", "08", "1"]


def test_ids_are_kept_as_written(load_text):
    data = load_text("id,x\n1.50,1\n1e3,2\nNA,3\n", id_column="id")
    assert data.ids is not None
    assert data.ids.tolist() == ["1.50", "1e3", "NA"]


def test_zip_codes_are_kept_as_text_with_a_caution(load_text):
    data = load_text("zip,x\n01234,1\n98765,2\n01234,3\n00501,7\n")
    assert data.frame["zip"].tolist() == ["01234", "98765", "01234", "00501"]
    assert [caution.code for caution in data.cautions] == ["leading_zeros"]


def test_leading_zeros_beyond_the_head_are_kept(load_text):
    data = load_text(_late("1", "007"))
    assert data.frame["c"].iloc[-1] == "007"
    assert data.frame["c"].iloc[0] == "1"
    assert [caution.code for caution in data.cautions] == ["leading_zeros"]


def test_leading_zeros_in_a_column_with_gaps_are_kept(load_text):
    assert load_text("zip,x\n01234,1\n,2\n98765,3\n01234,4\n").frame["zip"].isna().tolist() == [False, True, False, False]


def test_fractions_below_one_are_no_leading_zeros(load_text):
    data = load_text("a,b\n0.5,0\n0.25,1\n1.5,0\n")
    assert data.cautions == ()
    assert data.features == ("a", "b")


@pytest.mark.parametrize("value", ["inf", "-Infinity", "1e400", "INF"])
def test_infinities_are_refused_with_column_and_row(load_text, value):
    with pytest.raises(DataLoadError, match="column 'b', row 2: the value is infinite"):
        load_text(f"a,b\n1,2\n2,{value}\n3,4\n")


def test_an_infinity_in_an_unused_column_does_no_harm(load_text):
    assert load_text("a,b\n1,2\n2,inf\n3,4\n", features=["a"]).features == ("a",)


def test_duplicate_column_names_are_refused(load_text):
    with pytest.raises(DataLoadError, match="1 column name stands twice: 'a'"):
        load_text("a,b,a\n1,2,3\n4,5,6\n")


def test_an_unnamed_index_column_is_left_out_as_an_id(load_text):
    data = load_text(",x\n" + "".join(f"{i},{i % 5}\n" for i in range(30)))
    assert data.features == ("x",)
    assert data.left_out[0].column == "Unnamed: 0"


def test_a_byte_order_mark_is_no_part_of_the_first_name(load_text):
    assert load_text(b"\xef\xbb\xbfa,b\n1,2\n3,5\n").features == ("a", "b")


def test_utf16_is_refused_with_the_setting_that_reads_it(load_text):
    content = "a,b\n1,ä\n3,ö\n4,ä\n".encode("utf-16")
    with pytest.raises(DataLoadError, match="UTF-16") as caught:
        load_text(content)
    assert "utf-16" in (caught.value.hint or "")
    assert load_text(content, read_options={"encoding": "utf-16"}).frame["b"].tolist() == ["ä", "ö", "ä"]


def test_latin1_is_refused_with_a_hint_and_reads_when_told_so(load_text):
    content = "a,b\n1,é\n3,ü\n4,é\n".encode("cp1252")
    with pytest.raises(DataLoadError, match="not utf-8") as caught:
        load_text(content)
    assert "cp1252" in (caught.value.hint or "")
    assert load_text(content, read_options={"encoding": "cp1252"}).frame["b"].tolist() == ["é", "ü", "é"]


def test_a_wrong_byte_beyond_the_head_is_refused(load_text):
    with pytest.raises(DataLoadError, match="not utf-8"):
        load_text(_late("x", "#").encode().replace(b"#", b"\xe9"))


def test_an_unknown_encoding_is_a_config_error(load_text):
    with pytest.raises(ConfigError, match="no text encoding"):
        load_text("a\n1\n2\n", read_options={"encoding": "klingon"})


@pytest.mark.parametrize("late", [False, True])
def test_nul_bytes_are_refused(load_text, late):
    text = _late("x", "#") if late else "a,b\n1,x#\n2,y\n"
    with pytest.raises(DataLoadError, match="NUL"):
        load_text(text.replace("#", "\0"))


def test_an_open_quote_is_refused(load_text):
    with pytest.raises(DataLoadError, match="never closed"):
        load_text('a,b\n1,x\n2,"y\n3,z\n')


def test_quoted_separators_and_line_ends_are_part_of_the_value(load_text):
    data = load_text('a,b\n1,"x,y\nz"\n2,"he said ""no"""\n3,w\n')
    assert data.frame["b"].tolist() == ["x,y\nz", 'he said "no"', "w"]


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_an_empty_file_is_refused(load_text, content):
    with pytest.raises(DataLoadError, match="empty"):
        load_text(content)


@pytest.mark.parametrize(("content", "message"), [("a,b\n", "no rows"), ("a,b\n1,2\n", "one row")])
def test_too_few_rows_are_refused(load_text, content, message):
    with pytest.raises(DataLoadError, match=message):
        load_text(content)


def test_a_web_page_is_told_as_such(load_text):
    with pytest.raises(DataLoadError, match=r"web page.*Sign in"):
        load_text("<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>")


def test_whole_numbers_beyond_64_bits_are_refused_unless_they_are_ids(load_text):
    big = [str(10**30 + i) for i in range(25)]
    rows = "".join(f"{value},{i % 5}\n" for i, value in enumerate(big))
    assert load_text("n,x\n" + rows).left_out[0].column == "n"
    with pytest.raises(DataLoadError, match="do not fit 64 bits"):
        load_text("n,x\n" + rows + rows)


def test_booleans_count_as_booleans_also_with_gaps(load_text):
    data = load_text("t,u\nTrue,true\nFalse,\nTrue,false\n")
    assert data.kinds == {"t": "boolean", "u": "boolean"}
    assert data.frame["u"].tolist() == [True, None, False]


def test_yes_and_no_stay_categories(load_text):
    assert load_text("t,u\nyes,1\nno,2\nyes,3\n").kinds["t"] == "categorical"


def test_windows_line_ends_are_no_part_of_values(load_text):
    assert load_text(b"a,b\r\n1,x\r\n2,y\r\n3,x\r\n").frame["b"].tolist() == ["x", "y", "x"]


def test_clashing_marks_are_a_config_error(load_text):
    with pytest.raises(ConfigError, match=r"clustering_data\.read_options: decimal and thousands must differ; both are ','"):
        load_text("a;b\n1;2\n", read_options={"separator": ";", "decimal": ",", "thousands": ","})


def test_a_title_above_the_header_is_told_as_such(load_text):
    with pytest.raises(DataLoadError, match=r"row 1 .* has 3 fields, more than the 1 column name") as caught:
        load_text("Report of 2024\n\na,b,c\n1,2,3\n4,5,6\n")
    assert caught.value.hint.startswith("remove the lines above the header")


def test_hints_name_settings_by_their_full_path():
    for path in Path(csv_head.__file__).parent.glob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if "hint" in line and "read_options." in line and "settings.read_options" not in line:
                assert "clustering_data.read_options." in line, f"{path.name}: {line.strip()}"


@pytest.mark.parametrize(("mark", "value"), [("thousands", 1250.0), ("decimal", 1.25)])
def test_quoted_numbers_may_hold_the_separator_as_their_mark(load_text, mark, value):
    data = load_text('a,b\n"1,250",x\n7,y\n2,x\n', read_options={mark: ","})
    assert data.frame["a"].tolist() == [value, 7, 2]


def test_the_hash_is_of_the_bytes_as_fetched(load_text, tmp_path):
    import gzip
    import hashlib

    packed = gzip.compress(b"a,b\n1,2\n3,5\n")
    assert load_text(packed, name="t.csv.gz").sha256 == hashlib.sha256(packed).hexdigest()
    assert load_text("a,b\n1,2\n3,5\n").sha256 == hashlib.sha256(b"a,b\n1,2\n3,5\n").hexdigest()


def test_reading_a_large_file_holds_no_second_copy_of_it(load_text, load_file, tmp_path: Path):
    X = np.random.default_rng(0).normal(size=(60_000, 10))
    pd.DataFrame(X, columns=[f"x{i}" for i in range(10)]).to_csv(tmp_path / "large.csv", index=False)
    load_text("a,b\n1,2\n3,5\n")  # imports
    tracemalloc.start()
    frame = load_file("large.csv").frame
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    np.testing.assert_array_equal(frame.to_numpy(), X)
    assert peak < 2.5 * X.nbytes


def test_thousands_of_columns_are_read(load_text):
    n_columns = 12_000
    text = "\n".join(
        [",".join(f"c{i}" for i in range(n_columns)), *(",".join(str((i * r) % 10) for i in range(n_columns)) for r in range(5))]
    )
    assert len(text.split("\n")[0]) > csv_head.HEAD_BYTES
    assert len(load_text(text).frame.columns) == n_columns


CELL = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False, width=64))
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n", exclude_categories=("Cs",)), max_size=8).map(
    lambda text: "t" + text
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELL, TEXT, st.integers(-(2**40), 2**40)), min_size=2, max_size=20))
def test_what_pandas_writes_is_read_back_unchanged(tmp_path, load_file, rows):
    written = pd.DataFrame(rows, columns=["x", "text", "n"]).astype({"x": float})
    written.to_csv(tmp_path / "round.csv", index=False)
    assume(written["n"].nunique() > 1)
    read = load_file("round.csv", features=["n"])
    np.testing.assert_array_equal(read.frame["x"].to_numpy(dtype=float), written["x"].to_numpy())
    assert read.frame["text"].tolist() == written["text"].tolist()
    assert read.frame["n"].tolist() == written["n"].tolist()
