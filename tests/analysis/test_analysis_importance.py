import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import mutual_info_score

from clusterctl.analysis import importance as module
from clusterctl.analysis.importance import binned, feature_importance, information

rng = np.random.default_rng(7)


def shares(found):
    return {entry.feature: entry.importance for entry in found.value}


def test_information_is_scikit_learns_less_the_bias_under_independence():
    labels = rng.integers(0, 3, 1000)
    values = (labels + (rng.random(1000) < 0.4) * rng.integers(0, 4, 1000)) % 4
    expected = mutual_info_score(labels, values) - (3 - 1) * (4 - 1) / 2000
    assert information(values, labels, 3) == pytest.approx(expected, rel=1e-12)


def test_information_of_independent_codings_is_zero_on_average():
    found = [information(rng.integers(0, 10, 500), rng.integers(0, 4, 500), 4) for _ in range(200)]
    assert np.mean(found) < 0.003
    assert np.mean(np.array(found) == 0) > 0.88


def test_a_telling_feature_comes_first_and_noise_gets_next_to_nothing(table):
    labels = rng.integers(0, 3, 900)
    found = feature_importance(table({"noise": rng.normal(size=900), "tells": labels * 10 + rng.normal(size=900)}), labels)
    assert [entry.feature for entry in found.value] == ["tells", "noise"]
    assert shares(found)["noise"] < 0.02
    assert sum(shares(found).values()) == pytest.approx(1)


def test_a_difference_of_spread_alone_is_seen(table):
    labels = rng.integers(0, 2, 1000)
    found = feature_importance(table({"noise": rng.normal(size=1000), "ring": rng.normal(size=1000) * (1 + 9 * labels)}), labels)
    assert shares(found)["ring"] > 0.95


def test_a_boolean_counts_the_same_as_number_category_and_truth_value(table):
    labels = rng.integers(0, 2, 400)
    yes = (labels == 1) ^ (rng.random(400) < 0.2)
    data = table({"n": yes.astype(float), "c": np.where(yes, "y", "n"), "b": yes}, {"c": "categorical", "b": "boolean"})
    assert list(shares(feature_importance(data, labels)).values()) == pytest.approx([1 / 3] * 3)


def test_a_constant_feature_tells_nothing(table):
    labels = np.repeat([0, 1], 50)
    assert shares(feature_importance(table({"x": labels * 1.0, "one": np.ones(100)}), labels)) == {"x": 1.0, "one": 0.0}


def test_an_identifier_tells_nothing_for_all_its_values(table):
    labels = np.repeat([0, 1], 200)
    data = table({"x": labels * 1.0, "id": [f"r{i}" for i in rng.permutation(400)]}, {"id": "categorical"})
    assert shares(feature_importance(data, labels))["id"] < 0.05


def test_noise_and_excluded_rows_do_not_count(table):
    labels = np.repeat([0, 1], 100)
    columns = {"x": labels + rng.normal(size=200), "y": rng.normal(size=200) + labels / 2}
    longer = {name: np.append(values, np.full(50, 1e9)) for name, values in columns.items()}
    assert shares(feature_importance(table(longer), np.append(labels, np.full(50, -1)))) == shares(
        feature_importance(table(columns), labels)
    )


def test_missing_is_a_value_of_its_own(table):
    labels = np.repeat([0, 1], 100)
    found = feature_importance(table({"gap": np.where(labels == 0, np.nan, 1.0), "full": labels * 1.0}), labels)
    assert shares(found) == pytest.approx({"gap": 0.5, "full": 0.5})


def texts(words):
    return [" ".join(rng.choice([f"word{chr(97 + j)}" for j in range(20)], 6)) + " " + word for word in words]


def test_free_text_is_measured_by_its_telling_words(table):
    labels = rng.integers(0, 2, 600)
    data = table({"t": texts(np.where(labels == 0, "oil", "pencil")), "x": labels * 1.0}, {"t": "text"})
    assert shares(feature_importance(data, labels)) == pytest.approx({"t": 0.5, "x": 0.5}, abs=0.02)


def test_free_text_that_has_nothing_to_do_with_the_clusters_gets_next_to_nothing(table):
    labels = rng.integers(0, 2, 600)
    data = table({"t": texts(rng.choice(["oil", "pencil"], 600)), "x": labels * 1.0}, {"t": "text"})
    assert shares(feature_importance(data, labels))["t"] < 0.03


@pytest.mark.parametrize("labels", [np.zeros(20, dtype=int), np.full(20, -1)])
def test_fewer_than_two_clusters_have_none_to_tell_apart(table, labels):
    found = feature_importance(table({"x": np.arange(20.0)}), labels)
    assert shares(found) == {"x": None}
    assert "fewer than two clusters" in found.notes[0].reason


def test_features_that_tell_nothing_are_null_and_not_shares_of_chance(table):
    found = feature_importance(table({"x": np.ones(60), "y": np.tile([0.0, 1.0], 30)}), np.repeat([0, 1], 30))
    assert shares(found) == {"x": None, "y": None}
    assert "chance" in found.notes[0].reason


def test_every_row_its_own_cluster_is_no_error(table):
    assert shares(feature_importance(table({"x": np.arange(30.0)}), np.arange(30))) == {"x": None}


def test_a_large_table_is_sampled_and_says_so(table, monkeypatch):
    monkeypatch.setattr(module, "MOST_ROWS", 500)
    labels = rng.integers(0, 2, 2000)
    found = feature_importance(table({"x": labels * 5 + rng.normal(size=2000), "y": rng.normal(size=2000)}), labels)
    assert "500 of 2,000" in found.notes[0].reason
    assert shares(found)["x"] > 0.9


@given(st.integers(0, 2**31), st.permutations([0, 1, 2]))
@settings(max_examples=25, deadline=None)
def test_importance_ignores_cluster_numbers_and_rising_transforms(seed, order):
    source = np.random.default_rng(seed)
    labels = np.append([0, 1, 2], source.integers(0, 3, 97))
    x, y = source.normal(size=100) + labels, source.normal(size=100)

    one = _shares({"x": x, "y": y}, labels)
    assert _shares({"x": np.exp(x), "y": y**3}, np.array(order)[labels]) == pytest.approx(one)


def _shares(columns, labels):
    k, m = 3, 6
    raw = {name: information(binned(values, m), labels, k) for name, values in columns.items()}
    return {name: round(value, 12) for name, value in raw.items()}


@given(st.lists(st.one_of(st.integers(-3, 3).map(float), st.just(float("nan"))), min_size=1, max_size=50), st.integers(2, 8))
@settings(max_examples=60, deadline=None)
def test_equal_values_share_a_bin_and_bins_rise(values, n_values):
    values = np.array(values)
    codes = binned(values, n_values)
    known = ~np.isnan(values)
    order = np.argsort(values[known], kind="stable")
    assert (np.diff(codes[known][order]) >= 0).all()
    assert all(len(set(codes[values == value])) == 1 for value in set(values[known]))
