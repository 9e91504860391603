from __future__ import annotations

import decimal
import io
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from clusterctl.data.access import Access
from clusterctl.errors import DataLoadError


def _bytes(table: pa.Table, **options) -> bytes:
    out = io.BytesIO()
    parquet.write_table(table, out, **options)
    return out.getvalue()


def test_columns_are_read_as_plain_values(load_text):
    table = pa.table(
        {
            "x": [1.5, None, 3.0],
            "n": [1, 2, 2],
            "c": pa.array(["u", None, "NA"]).dictionary_encode(),
            "b": [True, False, True],
            "gap": [True, None, False],
            "d": pa.array([decimal.Decimal("1.25"), None, decimal.Decimal("2.5")]),
            "when": [datetime(2024, 1, 1), datetime(2024, 1, 2), None],
            "list": [[1], [2], []],
            "raw": [b"x", b"y", b"z"],
            "span": [timedelta(1), timedelta(2), timedelta(3)],
            "none": pa.nulls(3),
        }
    )
    data = load_text(_bytes(table), name="t.parquet")
    assert data.features == ("x", "n", "c", "b", "gap", "d")
    assert data.kinds["when"] == "date"
    assert data.frame["c"].fillna("<missing>").tolist() == ["u", "<missing>", "NA"]
    assert data.frame["d"].tolist()[::2] == [1.25, 2.5]
    assert data.frame["gap"].tolist() == [True, None, False]
    assert {left.column for left in data.left_out} == {"when", "list", "raw", "span", "none"}


def test_large_whole_ids_with_gaps_elsewhere_keep_every_digit(load_text):
    table = pa.table({"id": [2**60 + 1, 2**60 + 2, 2**60 + 3], "x": [1, 2, 2]})
    data = load_text(_bytes(table), name="t.parquet", id_column="id")
    assert data.ids is not None
    assert data.ids.tolist() == [str(2**60 + i) for i in (1, 2, 3)]


def test_infinities_are_refused(load_text):
    with pytest.raises(DataLoadError, match="column 'x', row 2: the value is infinite"):
        load_text(_bytes(pa.table({"x": [1.0, float("inf")]})), name="t.parquet")


def test_numbers_held_as_text_are_refused(load_text):
    with pytest.raises(DataLoadError, match="nearly all of its values are numbers"):
        load_text(_bytes(pa.table({"x": ["1,5", "2,5", "3"]})), name="t.parquet")


def test_a_truncated_file_is_refused(load_text):
    whole = _bytes(pa.table({"x": np.arange(1000.0)}))
    for size in (10, len(whole) // 2, len(whole) - 3):
        with pytest.raises(DataLoadError, match="not readable as Parquet"):
            load_text(whole[:size], name="t.parquet")


def test_a_flipped_bit_under_a_page_checksum_is_refused(load_text):
    X = np.random.default_rng(0).normal(size=4000)
    whole = bytearray(_bytes(pa.table({"x": X}), write_page_checksum=True, compression="none", use_dictionary=False))
    whole[len(whole) // 2] ^= 1
    with pytest.raises(DataLoadError, match="not readable as Parquet"):
        load_text(bytes(whole), name="t.parquet")


def test_duplicate_column_names_are_refused(load_text):
    table = pa.table([pa.array([1, 2]), pa.array([3, 4])], names=["a", "a"])
    with pytest.raises(DataLoadError, match="1 column name stands twice: 'a'"):
        load_text(_bytes(table), name="t.parquet")


def test_a_file_that_claims_more_than_the_limit_is_refused_before_reading(load_text):
    small = _bytes(pa.table({"x": np.zeros(1_000_000)}))
    assert len(small) < 10_000
    with pytest.raises(DataLoadError, match="would unpack to 8,000,000 bytes"):
        load_text(small, name="t.parquet", access=Access(max_unpacked_bytes=1_000_000))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.floats(allow_infinity=False, allow_nan=False)), st.text(max_size=5), st.integers(-(2**62), 2**62)
        ),
        min_size=2,
    )
)
def test_what_arrow_writes_is_read_back_unchanged(load_text, rows):
    assume(len({row[2] for row in rows}) > 1)
    x, text, n = (list(column) for column in zip(*rows, strict=True))
    frame = load_text(_bytes(pa.table({"x": pa.array(x, pa.float64()), "text": text, "n": n})), name="t.parquet", features=["n"]).frame
    np.testing.assert_array_equal(frame["x"].to_numpy(), np.array([np.nan if value is None else value for value in x]))
    assert frame["text"].tolist() == text
    assert frame["n"].tolist() == n
