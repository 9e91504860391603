from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from clusterctl.data.access import Access
from clusterctl.data.load import load
from clusterctl.data.settings import ClusteringData
from clusterctl.errors import ConfigError, DataLoadError

WORDS = ["red", "green", "blue", "old", "new", "small", "large", "quick", "slow", "warm"]


def _csv(**columns: list[object]) -> str:
    names = list(columns)
    rows = zip(*columns.values(), strict=True)
    return ",".join(names) + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)


def _reasons(data) -> dict[str, str]:
    return {left.column: left.reason for left in data.left_out}


def test_every_usable_column_but_id_and_target_is_a_feature(load_text):
    data = load_text(
        _csv(id=["a", "b", "c"], y=["u", "v", "u"], x=[1, 2, 2], c=["p", "q", "p"], b=["true", "false", "true"]),
        id_column="id",
        target_variable="y",
    )
    assert data.features == ("x", "c", "b")
    assert data.numeric_features == ("x", "b")
    assert data.target is not None
    assert data.target.tolist() == ["u", "v", "u"]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([f"u{i}" for i in range(30)], "looks like an id"),
        (list(range(30)), "looks like an id"),
        ([7] * 30, "constant"),
        (["x"] * 29 + [""], "constant"),
        ([""] * 30, "no values"),
        ([f"2024-01-{i % 28 + 1:02d}" for i in range(30)], "dates"),
        ([f"{i % 28 + 1}.3.2024" for i in range(30)], "dates"),
        ([f"2024-01-01T10:{i:02d}:00Z" for i in range(30)], "dates"),
        ([f"10:{i:02d}" for i in range(30)], "dates"),
    ],
)
def test_unusable_columns_are_left_out_with_their_reason(load_text, values, reason):
    data = load_text(_csv(x=[i % 4 for i in range(30)], bad=values))
    assert data.features == ("x",)
    assert reason in _reasons(data)["bad"]


def _texts(n_distinct: int, n_words: int) -> list[str]:
    return [" ".join([f"w{i % n_distinct}", *WORDS[: n_words - 1]]) for i in range(120)]


@pytest.mark.parametrize(
    ("n_distinct", "n_words", "kind"), [(51, 3, "text"), (50, 3, "categorical"), (51, 2, "categorical"), (90, 6, "text")]
)
def test_free_text_has_more_than_fifty_values_of_three_words(load_text, n_distinct, n_words, kind):
    text = _csv(x=[i % 4 for i in range(120)], t=_texts(n_distinct, n_words))
    data = load_text(text)
    assert data.kinds["t"] == kind
    assert ("t" in data.features) == (kind == "categorical")
    assert load_text(text, use_text=True).features == ("x", "t")


def test_distinct_free_text_is_no_id_when_text_is_used(load_text):
    text = _csv(x=[i % 4 for i in range(60)], t=[f"w{i} red green blue" for i in range(60)])
    assert load_text(text, use_text=True).features == ("x", "t")


@pytest.mark.parametrize("values", [[i * 1.5 for i in range(30)], list(range(19)) + list(range(11))])
def test_numbers_that_differ_are_no_ids_unless_whole_and_all_distinct(load_text, values):
    assert load_text(_csv(x=values, y=[i % 3 for i in range(30)])).features == ("x", "y")


def test_whole_numbers_in_fewer_than_twenty_rows_are_no_ids(load_text):
    assert load_text(_csv(x=list(range(19)), y=[i % 3 for i in range(19)])).features == ("x", "y")


def test_listed_features_keep_the_order_of_the_config(load_text):
    data = load_text(_csv(a=[1, 2, 2], b=[3, 1, 3], c=[1, 1, 2]), features=["c", "a"])
    assert data.features == ("c", "a")
    assert data.left_out == ()


def test_an_unknown_column_is_a_config_error_with_a_suggestion(load_text):
    with pytest.raises(ConfigError, match=r"clustering_data\.features: there is no column 'incme'; did you mean 'income'\?"):
        load_text(_csv(income=[1, 2], age=[3, 4]), features=["incme"])


def test_all_unknown_columns_are_named_at_once(load_text):
    with pytest.raises(ConfigError) as caught:
        load_text(_csv(a=[1, 2], b=[3, 4]), features=["x", "a"], id_column="y", target_variable="z")
    assert len(caught.value.details) == 3


def test_the_list_of_columns_is_cut(load_text):
    with pytest.raises(ConfigError) as caught:
        load_text(_csv(**{f"c{i}": [1, 2] for i in range(200)}), features=["x"])
    assert "(200 in all)" in (caught.value.hint or "")
    assert len(caught.value.hint or "") < 300


@pytest.mark.parametrize("key", ["id_column", "target_variable"])
def test_id_and_target_are_never_features(load_text, key):
    with pytest.raises(ConfigError, match=f"'a' is the {key}"):
        load_text(_csv(a=[1, 2], b=[3, 4]), features=["a", "b"], **{key: "a"})


def test_a_feature_listed_twice_is_a_config_error(load_text):
    with pytest.raises(ConfigError, match="listed twice"):
        load_text(_csv(a=[1, 2], b=[3, 4]), features=["a", "a"])


@pytest.mark.parametrize(
    ("values", "reason"), [([7, 7, 7], "is constant"), (["2024-01-01", "2024-01-02", "2024-01-02"], "dates"), (["", "", ""], "no values")]
)
def test_a_listed_column_that_cannot_be_used_is_a_config_error_with_the_reason(load_text, values, reason):
    with pytest.raises(ConfigError, match=f"'bad' cannot be used.*{reason}"):
        load_text(_csv(x=[1, 2, 3], bad=values), features=["x", "bad"])


def test_duplicate_ids_are_named(load_text):
    with pytest.raises(DataLoadError, match=r"not unique: 4 rows .*'a', 'b'"):
        load_text(_csv(id=["a", "b", "a", "b", "c"], x=[1, 2, 3, 4, 5]), id_column="id")


def test_missing_ids_are_named(load_text):
    with pytest.raises(DataLoadError, match=r"no value in 2 rows \(row 2, 4\)"):
        load_text(_csv(id=["a", "", "c", ""], x=[1, 2, 3, 4]), id_column="id")


def test_a_numeric_target_is_float_with_nan(load_text):
    data = load_text(_csv(x=[1, 2, 2], y=[3, "", 4]), target_variable="y")
    assert data.target is not None
    np.testing.assert_array_equal(data.target, [3.0, np.nan, 4.0])
    assert data.target.dtype == np.float64


def test_a_text_target_is_str_with_none(load_text):
    data = load_text(_csv(x=[1, 2, 2], y=["u", "", "NA"]), target_variable="y")
    assert data.target is not None
    assert data.target.tolist() == ["u", None, "NA"]


def test_no_feature_left_names_every_column_with_its_reason(load_text):
    with pytest.raises(DataLoadError, match="no column is left") as caught:
        load_text(_csv(id=[f"u{i}" for i in range(30)], c=[1] * 30))
    assert len(caught.value.details) == 2


SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "sample_data"
SAMPLES = {
    "cell_imaging": (2019, 57),
    "chemical_process": (176, 58),
    "china_pixels": (17120, 5),
    "developer_survey": (5594, 21),
    "penguins": (344, 8),
    "shuttle_sensors": (8000, 10),
    "tate_artworks": (2500, 5),
    "telco_customers": (7043, 20),
    "unix_job_log": (4331, 8),
}


def _sample(name: str, **settings):
    if not SHARED.is_dir():
        pytest.skip("the shared sample tables are not here")
    data = ClusteringData(data_source=str(SHARED / f"{name}.csv.gz"), **settings)
    return load(data, folder=Path(), shown_source=name, use_text=False, access=Access())


@pytest.mark.parametrize("name", list(SAMPLES))
def test_the_sample_tables_load_whole(name):
    data = _sample(name)
    assert data.frame.shape == SAMPLES[name]
    assert len(data.features) + len(data.left_out) == SAMPLES[name][1]


def test_penguins_have_three_categories_and_five_numbers():
    data = _sample("penguins", target_variable="species")
    assert [name for name, kind in data.kinds.items() if kind == "categorical"] == ["species", "island", "sex"]
    assert data.numeric_features == ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "year")
    assert int(data.frame.isna().to_numpy().sum()) == 19
    assert data.target is not None
    assert {name: int((data.target == name).sum()) for name in sorted(set(data.target))} == {"Adelie": 152, "Chinstrap": 68, "Gentoo": 124}


def test_telco_has_nine_numeric_features_and_eleven_missing_charges():
    data = _sample("telco_customers", target_variable="churn")
    assert len(data.numeric_features) == 9
    assert int(data.frame["total_charges"].isna().sum()) == 11
    assert data.kinds["contract"] == "categorical"
    assert data.left_out == ()


def test_tate_has_an_id_and_two_columns_of_free_text():
    data = _sample("tate_artworks")
    assert data.kinds["title"] == data.kinds["medium"] == "text"
    assert "looks like an id" in _reasons(data)["id"]
    assert data.features == ("artist", "year")


def test_an_id_like_feature_listed_by_hand_is_warned_of(load_text):
    text = "code,size\n" + "".join(f"k{number},{number % 7}\n" for number in range(30))
    data = load_text(text, features=["code", "size"])
    assert [caution.code for caution in data.cautions] == ["id_like_feature"]
    assert "'code'" in data.cautions[0].message
