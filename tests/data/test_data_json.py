from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from clusterctl.errors import DataLoadError

ROWS = [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}, {"a": 2, "b": "x"}]
SHAPES = {
    "array": json.dumps(ROWS),
    "indented": json.dumps(ROWS, indent=2),
    "lines": "\n".join(json.dumps(row) for row in ROWS),
    "columns": json.dumps({"a": [1, 2, 2], "b": ["x", "y", "x"]}),
    "labelled": json.dumps({"a": {"0": 1, "1": 2, "2": 2}, "b": {"0": "x", "1": "y", "2": "x"}}),
    "split": json.dumps({"columns": ["a", "b"], "index": [0, 1, 2], "data": [[1, "x"], [2, "y"], [2, "x"]]}),
    "with a byte order mark": "\ufeff" + json.dumps(ROWS),
}


@pytest.mark.parametrize("shape", list(SHAPES))
@pytest.mark.parametrize("name", ["t.json", "t.jsonl"])
def test_every_shape_is_told_by_content(load_text, shape, name):
    data = load_text(SHAPES[shape], name=name)
    assert data.frame["a"].tolist() == [1, 2, 2]
    assert data.frame["b"].tolist() == ["x", "y", "x"]


def test_dates_stay_text_and_are_left_out(load_text):
    data = load_text('[{"date":"2024-01-01","x":1},{"date":"2024-01-02","x":2}]', name="t.json")
    assert data.frame["date"].tolist() == ["2024-01-01", "2024-01-02"]
    assert data.kinds["date"] == "date"


def test_a_name_twice_in_a_record_is_refused_with_its_line(load_text):
    with pytest.raises(DataLoadError, match="line 2: the name 'a' stands twice"):
        load_text('{"a":1,"b":1}\n{"a":2,"a":3}\n', name="t.json")


def test_nested_values_are_left_out_with_the_reason(load_text):
    data = load_text('[{"n":{"z":1},"l":[1],"x":1},{"n":null,"l":[],"x":2}]', name="t.json")
    assert data.features == ("x",)
    assert {left.column for left in data.left_out} == {"n", "l"}


def test_missing_keys_null_and_nan_are_missing_values(load_text):
    frame = load_text('[{"a":1,"x":1},{"x":2},{"a":null,"x":3},{"a":NaN,"x":3}]', name="t.json").frame
    assert frame["a"].isna().tolist() == [False, True, True, True]


@pytest.mark.parametrize("value", ["Infinity", "-Infinity", "1e400"])
def test_infinities_are_refused(load_text, value):
    with pytest.raises(DataLoadError, match="column 'a', row 2: the value is infinite"):
        load_text(f'[{{"a":1.5,"x":1}},{{"a":{value},"x":2}}]', name="t.json")


def test_mixed_kinds_are_refused_with_the_row(load_text):
    with pytest.raises(DataLoadError, match=r"column 'a' mixes .* row 2 holds 'x'"):
        load_text('[{"a":1},{"a":"x"},{"a":2}]', name="t.json")


def test_the_usual_signs_for_missing_count_in_a_column_of_numbers(load_text):
    assert load_text('[{"a":1},{"a":"NA"},{"a":2}]', name="t.json").frame["a"].isna().tolist() == [False, True, False]


def test_namibia_survives(load_text):
    assert load_text('[{"c":"NA","x":1},{"c":"US","x":2}]', name="t.json").frame["c"].tolist() == ["NA", "US"]


def test_numbers_held_as_text_are_refused(load_text):
    with pytest.raises(DataLoadError, match="nearly all of its values are numbers"):
        load_text('[{"a":"1,5"},{"a":"2,5"},{"a":"2,5"}]', name="t.json")


def test_ids_keep_their_leading_zeros_and_digits(load_text):
    data = load_text('[{"id":"007","x":1},{"id":123456789012345678901,"x":2}]', name="t.json", id_column="id")
    assert data.ids is not None
    assert data.ids.tolist() == ["007", "123456789012345678901"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"a":1}', "not closed"),
        ('[{"a":1}{"a":2}]', "expected , or ]"),
        ('[{"a":1},]', "line 1"),
        ('[{"a":1}] x', "something follows"),
        ('{"a":1}\n{"a":2}\nx\n', "line 3"),
        ('{"a":1}\n[2]\n', "line 2: not a record"),
        ("[1,2]", "element 1 .* is not a record"),
        ('{"rows":[{"a":1}]}', "under 'rows'"),
        ('{"a":[1,2],"b":[1]}', "differ in length"),
        ("[" * 100_000, "nested too deeply"),
        ('[{"a":' + "9" * 5000 + "}]", "limit"),
        ("[]", "no rows"),
        ('{"a":1,"b":2}', "one row"),
    ],
)
def test_text_that_is_no_table_is_refused_with_its_place(load_text, text, message):
    with pytest.raises(DataLoadError, match=message):
        load_text(text, name="t.json")


def test_a_wrong_encoding_is_named(load_text):
    with pytest.raises(DataLoadError, match="not utf-8"):
        load_text('[{"a":"é"},{"a":"b"}]'.encode("latin-1"), name="t.json")


@pytest.mark.parametrize("text", ['[{"a\\ud800":1,"b":2},{"a\\ud800":2,"b":3}]', '[{"a":"x\\ud800","b":2},{"a":"y","b":3}]'])
def test_half_a_surrogate_pair_in_a_name_or_a_value_is_refused(load_text, text):
    with pytest.raises(DataLoadError, match="half of a surrogate pair"):
        load_text(text, name="t.json")


VALUE = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=8).map(lambda text: "t" + text)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(VALUE, TEXT, st.integers(-(2**60), 2**60)), min_size=2, max_size=20), lines=st.booleans())
def test_what_json_writes_is_read_back_unchanged(load_text, rows, lines):
    assume(len({row[2] for row in rows}) > 1)
    records = [{"x": x, "text": text, "n": n} for x, text, n in rows]
    written = "\n".join(map(json.dumps, records)) if lines else json.dumps(records)
    frame = load_text(written, name="t.json", features=["n"]).frame
    np.testing.assert_array_equal(frame["x"].to_numpy(dtype=float), np.array([np.nan if x is None else x for x, _, _ in rows]))
    assert frame["text"].tolist() == [text for _, text, _ in rows]
    assert frame["n"].tolist() == [n for _, _, n in rows]
