"""The whole of preprocessing: what holds for every combination of settings."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from prep_tables import dataset, numbers, sample_table, settings

from clusterctl.errors import PreprocessingError
from clusterctl.preprocessing.prepare import prepare, transform
from clusterctl.preprocessing.space import space_id
from clusterctl.preprocessing.steps import from_state

WORDS = ["red", "blue", "green", "old chair", "big red house", "7", "10"]


@st.composite
def mixed_tables(draw: st.DrawFn) -> pd.DataFrame:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_rows = draw(st.integers(6, 40))
    columns: dict[str, object] = {}
    for j in range(draw(st.integers(1, 3))):
        values = rng.normal(0, 10.0 ** draw(st.integers(-3, 3)), n_rows).round(draw(st.integers(0, 6)))
        columns[f"n{j}"] = np.where(rng.random(n_rows) < draw(st.sampled_from([0.0, 0.1])), np.nan, values)
    if draw(st.booleans()):
        columns["whole"] = rng.integers(-3, 9, n_rows)
    if draw(st.booleans()):
        columns["yes"] = rng.random(n_rows) < 0.4
    for j in range(draw(st.integers(0, 2))):
        chosen = pd.Series(rng.choice(WORDS, n_rows), dtype="str")
        columns[f"c{j}"] = chosen.where(rng.random(n_rows) > draw(st.sampled_from([0.0, 0.1])))
    return pd.DataFrame(columns)


@st.composite
def mixed_settings(draw: st.DrawFn) -> dict[str, object]:
    fields: dict[str, object] = {
        "missing_values": draw(st.sampled_from(["drop", "median", "mean", "most_frequent"])),
        "categorical": draw(st.sampled_from(["onehot", "ordinal", "gower"])),
        "transform": draw(st.sampled_from(["none", "log1p", "yeo_johnson", "quantile"])),
        "scaling": draw(st.sampled_from(["standard", "minmax", "robust", "none"])),
        "outlier_detection": draw(st.booleans()),
        "outlier_action": draw(st.sampled_from(["exclude", "flag"])),
        "outlier_fraction": draw(st.sampled_from(["auto", 0.1, 0.3])),
        "feature_selection": draw(st.booleans()),
    }
    if fields["categorical"] != "gower":
        fields["dimensionality_reduction"] = draw(st.sampled_from(["none", "pca"]))
    return fields


@examples(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mixed_tables(), mixed_settings())
def test_new_rows_get_what_the_old_got_also_after_a_round_trip_of_the_state(frame, fields):
    before = frame.copy()
    try:
        space = prepare(dataset(frame), settings(**fields), random_state=3)
    except PreprocessingError as error:
        assert "left" in error.message or "every feature is constant" in error.message or "no value at all" in error.message  # noqa: PT017
        return
    again = transform(space.steps, frame)
    assert np.isnan(again[space.dropped]).all()
    if space.embedding == "pca":
        np.testing.assert_allclose(again[space.rows], space.points.X, rtol=0, atol=1e-9 * max(1, np.abs(space.points.X).max()))
    else:
        np.testing.assert_array_equal(again[space.rows], space.points.X)
    rebuilt = [from_state(step.name, _through_json(step.state())) for step in space.steps]
    assert transform(rebuilt, frame).tobytes() == again.tobytes()
    pd.testing.assert_frame_equal(frame, before)


@examples(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mixed_tables(), mixed_settings())
def test_a_space_is_finite_read_only_and_accounts_for_every_row(frame, fields):
    try:
        space = prepare(dataset(frame), settings(**fields), random_state=3)
    except PreprocessingError:
        return
    X = space.points.X
    assert np.isfinite(X).all()
    assert X.flags.c_contiguous
    assert not X.flags.writeable
    assert X.shape == (len(space.rows), len(space.columns))
    clustered = np.zeros(len(frame), dtype=bool)
    clustered[space.rows] = True
    assert (clustered.astype(int) + space.dropped + space.excluded == 1).all()
    assert (space.outlier_scores is None) == (not fields["outlier_detection"])
    if space.outlier_scores is not None:
        assert (np.isnan(space.outlier_scores) == space.dropped).all()
        assert (space.excluded == (space.flagged if fields["outlier_action"] == "exclude" else False)).all()


def test_the_number_of_jobs_changes_no_bit():
    data = dataset(numbers(3000, 5))
    fields = {"outlier_detection": True, "feature_selection": True, "transform": "yeo_johnson", "dimensionality_reduction": "pca"}
    one, two = (prepare(data, settings(**fields), random_state=1, n_jobs=n_jobs) for n_jobs in (1, 2))
    assert one.points.X.tobytes() == two.points.X.tobytes()
    assert one.outlier_scores.tobytes() == two.outlier_scores.tobytes()
    assert one.left_out == two.left_out


def test_numbers_as_they_are_become_points_without_change():
    frame = numbers(50, 3)
    space = prepare(dataset(frame), settings(scaling="none"), random_state=0)
    np.testing.assert_array_equal(space.points.X, frame.to_numpy())
    assert space.columns == ("x0", "x1", "x2")


def test_penguins_lose_the_rows_with_gaps_and_no_others():
    frame = sample_table("penguins").drop(columns="species")
    space = prepare(dataset(frame), settings(missing_values="drop"), random_state=0)
    np.testing.assert_array_equal(space.dropped, frame.isna().any(axis=1))
    assert space.points.X.shape == (333, 10)
    assert not space.excluded.any()


def test_telco_customers_go_through_every_step():
    frame = sample_table("telco_customers").head(2000)
    fields = {"missing_values": "median", "outlier_detection": True, "feature_selection": True, "dimensionality_reduction": "pca"}
    space = prepare(dataset(frame), settings(**fields), random_state=0)
    assert [step.name for step in space.steps] == ["missing", "encode", "scale", "outliers", "select", "pca"]
    assert sum(space.explained_variance) >= 0.95
    assert space.flagged.mean() < 0.05


def test_no_features_is_an_error():
    with pytest.raises(PreprocessingError, match="no feature"):
        prepare(dataset(pd.DataFrame()), settings(), random_state=0)


def test_fewer_than_two_rows_after_dropping_is_an_error():
    frame = pd.DataFrame({"a": [1.0, np.nan, np.nan], "b": [np.nan, 2.0, 1.0]})
    with pytest.raises(PreprocessingError, match="no row is left of 3") as caught:
        prepare(dataset(frame), settings(missing_values="drop"), random_state=0)
    assert "median" in caught.value.hint


def test_outliers_may_not_leave_fewer_than_two_rows():
    frame = pd.DataFrame({"a": [1.0, 2.0, 9.0]})
    with pytest.raises(PreprocessingError, match="fewer than two rows"):
        prepare(dataset(frame), settings(outlier_detection=True, outlier_fraction=0.4), random_state=0)


def test_a_new_table_without_a_feature_is_refused_by_name():
    space = prepare(dataset(numbers(20, 2)), settings(), random_state=0)
    with pytest.raises(PreprocessingError, match="'x1'"):
        transform(space.steps, numbers(20, 1))


def test_a_new_table_with_text_for_a_number_is_refused_by_name():
    space = prepare(dataset(numbers(20, 2)), settings(), random_state=0)
    with pytest.raises(PreprocessingError, match="'x1'"):
        transform(space.steps, numbers(3, 2).assign(x1=["one", "two", "3"]))


def test_an_empty_new_table_gives_no_points():
    space = prepare(dataset(numbers(20, 2)), settings(), random_state=0)
    assert transform(space.steps, numbers(0, 2)).shape == (0, 2)


def test_integers_and_nullable_types_are_read_like_floats():
    frame = pd.DataFrame({"a": [1, 2, 4], "b": [2.0, 3.0, 9.0], "c": [True, False, True]})
    other = pd.DataFrame({"a": frame["a"].astype("Int16"), "b": frame["b"].astype("float32"), "c": frame["c"].astype("boolean")})
    first = prepare(dataset(frame), settings(), random_state=0)
    second = prepare(dataset(other, c="boolean"), settings(), random_state=0)
    np.testing.assert_array_equal(first.points.X, second.points.X)


def test_a_space_has_another_name_only_where_its_points_can_differ():
    plain = space_id("ab", settings(), ["x", "y"], 0)
    assert space_id("ab", settings(n_components=3, outlier_action="flag"), ["x", "y"], 7) == plain
    others = {
        space_id("cd", settings(), ["x", "y"], 0),
        space_id("ab", settings(), ["x"], 0),
        space_id("ab", settings(scaling="minmax"), ["x", "y"], 0),
        space_id("ab", settings(outlier_detection=True), ["x", "y"], 0),
        space_id("ab", settings(outlier_detection=True), ["x", "y"], 1),
    }
    assert len(others | {plain}) == 6


def test_gower_with_a_reduction_is_refused_as_config():
    with pytest.raises(ValueError, match="exclude each other"):
        settings(categorical="gower", dimensionality_reduction="pca")


def _through_json(state):
    return json.loads(json.dumps(state, default=lambda array: array.tolist(), allow_nan=False))
