"""Missing values, categories, text."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from prep_tables import dataset, numbers, sample_table, settings
from scipy.spatial.distance import cdist
from sklearn.feature_extraction.text import TfidfVectorizer

from clusterctl.errors import PreprocessingError
from clusterctl.preprocessing.prepare import prepare, transform
from clusterctl.preprocessing.tfidf import fit_tfidf

GAPS = pd.DataFrame({"n": [1.0, np.nan, 2.0, 9.0], "c": ["a", "b", None, "b"], "ok": [1, 2, 3, 4]}).astype({"c": "str"})


def _prepared(frame, **fields):
    return prepare(dataset(frame), settings(**{"scaling": "none"} | fields), random_state=0)


def test_missing_values_are_refused_with_counts_and_three_ways_out():
    with pytest.raises(PreprocessingError, match="2 columns have missing values") as caught:
        _prepared(GAPS)
    assert caught.value.details == ("n: 1 of 4 rows", "c: 1 of 4 rows")
    for way in ("drop", "median, mean or most_frequent", "clustering_data.features"):
        assert way in caught.value.hint


@pytest.mark.parametrize(("policy", "filled"), [("median", 2.0), ("mean", 4.0), ("most_frequent", 1.0)])
def test_gaps_are_filled_by_the_policy_and_categories_by_the_most_frequent(policy, filled):
    space = _prepared(GAPS, missing_values=policy)
    np.testing.assert_array_equal(space.points.X[:, 0], [1, filled, 2, 9])
    assert space.points.X[2, space.columns.index("c=b")] == 1
    assert bool(space.notes) == (policy != "most_frequent")


def test_new_gaps_are_filled_with_what_was_learnt_also_where_there_was_none():
    space = _prepared(numbers(21, 2), missing_values="median")
    new = transform(space.steps, pd.DataFrame({"x0": [np.nan], "x1": [np.nan]}))
    np.testing.assert_array_equal(new[0], numbers(21, 2).median())


def test_a_column_without_any_value_cannot_be_filled():
    with pytest.raises(PreprocessingError, match="'x1' has no value"):
        _prepared(numbers(5, 2).assign(x1=np.nan), missing_values="mean")


def test_a_boolean_with_gaps_takes_its_most_frequent_value():
    frame = pd.DataFrame({"yes": pd.Series([True, None, True, False], dtype=object)})
    space = prepare(dataset(frame, yes="boolean"), settings(missing_values="mean", scaling="none"), random_state=0)
    np.testing.assert_array_equal(space.points.X[:, 0], [1, 1, 1, 0])


@pytest.mark.parametrize("value", [np.inf, -np.inf, 2e150])
def test_values_that_overflow_are_refused_with_column_and_row(value):
    frame = numbers(9, 2)
    frame.loc[4, "x1"] = value
    with pytest.raises(PreprocessingError, match=r"column 'x1' holds .* in row 4"):
        _prepared(frame, missing_values="median")


def test_the_largest_value_allowed_goes_through_every_scaler():
    frame = numbers(9, 2)
    frame.loc[4, "x1"] = 1e150
    for scaling in ("standard", "minmax", "robust"):
        assert np.isfinite(_prepared(frame, scaling=scaling).points.X).all()


def test_a_column_that_varies_in_its_last_digits_alone_is_warned_of():
    frame = numbers(9, 1).assign(time=1e15 + np.arange(9) * 0.125)
    assert [caution.code for caution in _prepared(frame).cautions] == ["precision_lost"]
    assert "time" in _prepared(frame).cautions[0].message


def test_one_hot_has_a_column_a_level_in_sorted_order():
    frame = pd.DataFrame({"size": ["10", "9", "10"], "c": ["b", "a", "b"]})
    space = _prepared(frame)
    assert space.columns == ("size=9", "size=10", "c=a", "c=b")
    np.testing.assert_array_equal(space.points.X, [[0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 0, 1]])


def test_a_level_never_seen_is_zero_in_every_column():
    space = _prepared(pd.DataFrame({"c": ["a", "b", "a"]}))
    np.testing.assert_array_equal(transform(space.steps, pd.DataFrame({"c": ["z", "a"]})), [[0, 0], [1, 0]])


def test_more_than_fifty_levels_share_a_column_and_are_warned_of():
    levels = [f"l{i:02d}" for i in range(60)]
    frame = pd.DataFrame({"c": levels * 2 + levels[30:]})
    space = _prepared(frame)
    assert space.points.X.shape[1] == 50
    assert space.columns[-1] == "c=(other)"
    assert "c=l59" in space.columns
    assert "c=l19" not in space.columns
    assert (space.points.X.sum(axis=1) == 1).all()
    assert [caution.code for caution in space.cautions] == ["many_levels"]
    assert transform(space.steps, pd.DataFrame({"c": ["never seen"]}))[0, -1] == 1


def test_fifty_levels_keep_a_column_each():
    space = _prepared(pd.DataFrame({"c": [f"l{i}" for i in range(50)]}))
    assert space.points.X.shape[1] == 50
    assert not space.cautions


def test_ordinal_codes_sort_numbers_as_numbers_and_place_new_levels_between():
    space = _prepared(pd.DataFrame({"size": ["10", "9", "100"], "c": ["b", "a", "d"]}), categorical="ordinal")
    np.testing.assert_array_equal(space.points.X, [[1, 1], [0, 0], [2, 2]])
    new = transform(space.steps, pd.DataFrame({"size": ["50", "1", "9"], "c": ["c", "e", "a"]}))
    np.testing.assert_array_equal(new, [[1.5, 1.5], [-0.5, 2.5], [0, 0]])


def test_categories_are_refused_where_the_config_says_error():
    with pytest.raises(PreprocessingError, match="'c'"):
        _prepared(pd.DataFrame({"c": ["a", "b"]}), categorical="error")


@examples(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 3), st.integers(0, 3))
def test_city_block_distance_is_gowers_dissimilarity(seed, n_numeric, n_categorical):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"flag": rng.random(12) < 0.5})
    for j in range(n_numeric):
        frame[f"n{j}"] = rng.normal(0, 10.0**j, 12)
    for j in range(n_categorical):
        frame[f"c{j}"] = rng.choice(list("abcdef")[: j + 2], 12)
    space = _prepared(frame, categorical="gower", scaling="standard")
    assert space.points.metric == "manhattan"
    np.testing.assert_allclose(cdist(space.points.X, space.points.X, "cityblock"), _gower(frame), atol=1e-12)


def test_gower_says_that_scaling_is_replaced():
    assert any(note.path.endswith("scaling") for note in _prepared(numbers(5, 2), categorical="gower").notes)


def test_gower_after_feature_selection_is_gowers_of_the_features_kept():
    frame = numbers(30, 2).assign(copy=lambda t: t["x0"] * 2, c=["u", "v", "w"] * 10)
    space = _prepared(frame, categorical="gower", feature_selection=True)
    assert [left.column for left in space.left_out] == ["copy"]
    np.testing.assert_allclose(cdist(space.points.X, space.points.X, "cityblock"), _gower(frame.drop(columns="copy")), atol=1e-12)


def _gower(frame):
    """Return Gower's 1971 dissimilarity, feature by feature and pair by pair."""
    n = len(frame)
    total = np.zeros((n, n))
    for name in frame:
        values = frame[name].to_list()
        number = not isinstance(values[0], str)
        spread = (max(values) - min(values)) if number else None
        for a in range(n):
            for b in range(n):
                if number:
                    total[a, b] += abs(float(values[a]) - float(values[b])) / spread if spread else 0.0
                else:
                    total[a, b] += values[a] != values[b]
    return total / frame.shape[1]


TEXTS = [
    "the red house on the hill",
    "a red car and a red house",
    "blue sky over the sea",
    "the sea the sea",
    "Etude für Elise",
    "étude",
    "",
]


def test_text_among_the_features_is_refused_unless_asked_for():
    data = dataset(pd.DataFrame({"title": TEXTS}), title="text")
    with pytest.raises(PreprocessingError, match="'title'") as caught:
        prepare(data, settings(), random_state=0)
    assert "text: tfidf" in caught.value.hint


def test_tfidf_without_a_text_among_the_features_is_warned_of():
    assert [caution.code for caution in _prepared(numbers(9, 2), text="tfidf").cautions] == ["no_text"]


def test_text_has_no_gower_distance():
    data = dataset(pd.DataFrame({"title": TEXTS}), title="text")
    with pytest.raises(PreprocessingError, match="Gower"):
        prepare(data, settings(text="tfidf", categorical="gower"), random_state=0)


@pytest.mark.parametrize("texts", [TEXTS, "tate"])
def test_text_keeps_the_angles_of_scikit_learns_tfidf(texts):
    if texts == "tate":
        texts = sample_table("tate_artworks")["medium"].head(300).to_list()
    encoder = fit_tfidf(pd.Series(texts, dtype="str"), "t", 0)
    reference = TfidfVectorizer(sublinear_tf=True, min_df=2).fit(texts)
    assert encoder.terms == tuple(reference.get_feature_names_out())
    np.testing.assert_allclose(encoder.idf, reference.idf_, rtol=1e-14)
    projected = reference.transform(texts) @ encoder.components.T
    lengths = np.linalg.norm(projected, axis=1, keepdims=True)
    out = np.zeros(projected.shape)
    encoder.write(pd.Series(texts, dtype="str"), out)
    np.testing.assert_allclose(out, projected / np.where(lengths > 0, lengths, 1), atol=1e-12)
    np.testing.assert_allclose(encoder.components @ encoder.components.T, np.eye(len(encoder.components)), atol=1e-9)


def test_missing_text_is_empty_text():
    frame = pd.DataFrame({"t": pd.Series([*TEXTS[:4], None], dtype="str")})
    space = prepare(dataset(frame, t="text"), settings(text="tfidf", missing_values="median"), random_state=0)
    assert space.columns[0] == "t~1"
    np.testing.assert_array_equal(space.points.X[4], 0)


def test_tate_artworks_become_a_hundred_columns_a_text_by_the_same_seed():
    frame = sample_table("tate_artworks")[["title", "medium"]]
    data = dataset(frame, title="text", medium="text")
    first, second = (prepare(data, settings(text="tfidf"), random_state=5).points.X for _ in range(2))
    assert first.shape == (2500, 200)
    np.testing.assert_array_equal(first, second)


def test_text_without_a_shared_word_is_an_error():
    data = dataset(pd.DataFrame({"t": ["one", "two", "three"]}), t="text")
    with pytest.raises(PreprocessingError, match="no word occurs in two rows"):
        prepare(data, settings(text="tfidf"), random_state=0)
