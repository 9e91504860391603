import json
import math

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist

from clusterctl.analysis.profiles import profiles
from clusterctl.results.characteristics import Characteristics

rng = np.random.default_rng(3)


def numeric_profile(table, space, values, labels, **parts):
    values = np.asarray(values, dtype=float)
    return profiles(table({"x": values}), space(np.nan_to_num(values)[:, None], **parts), labels)


def test_numbers_of_a_cluster_are_those_of_pandas(table, space):
    values, labels = rng.normal(50, 9, 300), rng.integers(0, 3, 300)
    for entry in numeric_profile(table, space, values, labels).value:
        found = entry.characteristics.model_dump(mode="json")["features"]["x"]
        expected = pd.Series(values[labels == entry.cluster_id]).describe()
        for key, name in [("mean", "mean"), ("sd", "std"), ("lower_quartile", "25%"), ("median", "50%"), ("upper_quartile", "75%")]:
            assert found[key] == pytest.approx(expected[name], rel=1e-12)
        assert found["iqr"] == pytest.approx(expected["75%"] - expected["25%"])


def test_the_effect_is_the_difference_to_the_other_rows_over_the_overall_sd(table, space):
    values, labels = rng.normal(size=200), rng.integers(-1, 3, 200)
    for entry in numeric_profile(table, space, values, labels).value:
        own = labels == entry.cluster_id
        expected = (values[own].mean() - values[~own].mean()) / values.std(ddof=1)
        assert entry.characteristics.model_dump(mode="json")["features"]["x"]["effect"] == pytest.approx(expected, rel=1e-10)


def test_dropped_rows_are_no_part_of_the_whole(table, space):
    dropped = np.array([False] * 6 + [True])
    X = np.array([0.0, 0, 1, 9, 10, 10])
    found = profiles(
        table({"x": [*X, 1e9]}), space(X[:, None], n_rows=7, rows=np.arange(6), dropped=dropped), np.array([0, 0, 0, 1, 1, 1, -1])
    ).value
    assert found[0].characteristics.model_dump(mode="json")["features"]["x"]["overall_mean"] == pytest.approx(X.mean())


def test_missing_values_are_counted_and_left_out(table, space):
    found = (
        numeric_profile(table, space, [1, np.nan, 3, 8, 9, np.nan], np.array([0, 0, 0, 1, 1, 1]))
        .value[0]
        .characteristics.model_dump(mode="json")
    )
    assert (found["features"]["x"]["n_used"], found["features"]["x"]["n_missing"], found["features"]["x"]["mean"]) == (2, 1, 2.0)


def test_a_cluster_without_values_is_null_with_its_reason(table, space):
    found = numeric_profile(table, space, [np.nan, np.nan, 3, 4], np.array([0, 0, 1, 1]))
    feature = found.value[0].characteristics.model_dump(mode="json")["features"]["x"]
    assert {feature[key] for key in ("mean", "sd", "median", "iqr", "effect")} == {None}
    assert found.notes[0].reason == "no row of the cluster has a value"


def test_shares_lift_and_cohens_h_of_a_table_worked_by_hand(table, space):
    contract = ["month"] * 9 + ["year"] + ["month"] * 2 + ["year"] * 8
    data = table({"contract": contract}, {"contract": "categorical"})
    found = (
        profiles(data, space(np.zeros((20, 1))), np.repeat([0, 1], 10))
        .value[0]
        .characteristics.model_dump(mode="json")["features"]["contract"]
    )
    assert found["categories"][0] == {"category": "month", "share": 0.9, "overall_share": 0.55, "lift": pytest.approx(0.9 / 0.55)}
    assert found["telling_category"] == "month"
    assert found["effect"] == pytest.approx(2 * math.asin(math.sqrt(0.9)) - 2 * math.asin(math.sqrt(0.2)))


def test_planted_differences_are_named_with_direction_and_in_words(table, space):
    labels = np.repeat([0, 1], 200)
    data = table(
        {
            "monthly_charges": np.where(labels == 0, 90.0, 40.0) + rng.normal(size=400),
            "noise": rng.normal(size=400),
            "contract": np.where((labels == 0) ^ (rng.random(400) < 0.05), "Month-to-month", "Two year"),
        },
        {"contract": "categorical"},
    )
    first, second = profiles(data, space(rng.normal(size=(400, 2))), labels).value
    assert {entry["feature"] for entry in first.characteristics.model_dump(mode="json")["telling_features"]} == {
        "monthly_charges",
        "contract",
    }
    assert "high monthly_charges (" in first.characteristics.model_dump(mode="json")["description"]
    assert "low monthly_charges (" in second.characteristics.model_dump(mode="json")["description"]
    assert "contract mostly Month-to-month" in first.characteristics.model_dump(mode="json")["description"]


def test_at_most_five_features_are_named_strongest_first(table, space):
    labels = np.repeat([0, 1], 100)
    data = table({f"x{j}": labels * (j + 1.0) + rng.normal(size=200) for j in range(9)})
    found = profiles(data, space(rng.normal(size=(200, 2))), labels).value[0].characteristics.model_dump(mode="json")["telling_features"]
    effects = [abs(entry["effect"]) for entry in found]
    assert len(found) == 5
    assert effects == sorted(effects, reverse=True)


def test_a_cluster_like_the_others_is_said_to_be_close_to_the_average(table, space):
    found = numeric_profile(table, space, rng.normal(size=400), np.repeat([0, 1], 200)).value
    assert [entry.characteristics.model_dump(mode="json")["description"] for entry in found] == [
        "close to the average in every feature"
    ] * 2


def test_a_cluster_of_few_rows_is_not_described_by_chance(table, space):
    values = np.append(np.tile([-1.0, 1.0], 50), [1.0, 1.0])
    found = numeric_profile(table, space, values, np.array([0] * 100 + [1] * 2)).value[1].characteristics.model_dump(mode="json")
    assert abs(found["features"]["x"]["effect"]) > 0.8
    assert found["telling_features"] == []


def test_the_only_cluster_has_no_effects_and_says_so(table, space):
    found = numeric_profile(table, space, rng.normal(size=20), np.zeros(20, dtype=int))
    assert found.value[0].characteristics.model_dump(mode="json")["description"] == "the only cluster: nothing to set it apart from"
    assert found.value[0].characteristics.model_dump(mode="json")["features"]["x"]["effect"] is None
    assert len(found.notes) == 1


def test_a_single_cluster_amid_noise_is_set_apart_from_the_noise(table, space):
    values = np.append(np.zeros(50), np.full(50, 9.0)) + rng.normal(size=100)
    found = numeric_profile(table, space, values, np.repeat([0, -1], 50)).value[0].characteristics.model_dump(mode="json")
    assert found["description"].startswith("low x")


def test_a_constant_feature_has_no_effect(table, space):
    found = numeric_profile(table, space, np.ones(10), np.repeat([0, 1], 5))
    assert [entry.characteristics.model_dump(mode="json")["features"]["x"]["effect"] for entry in found.value] == [None, None]


def test_no_cluster_has_no_profiles(table, space):
    assert numeric_profile(table, space, np.arange(4), np.full(4, -1)).value == []


def test_names_and_categories_are_shown_and_never_acted_on(table, space):
    labels = np.repeat([0, 1], 50)
    data = table({"naïve 年\x1b[31m\n": np.where(labels == 0, "a\u202eb", "c")}, {"naïve 年\x1b[31m\n": "categorical"})
    described = profiles(data, space(labels[:, None]), labels).value[0].characteristics.model_dump(mode="json")["description"]
    assert described == "naïve 年\\x1b[31m\\n always a\\u202eb (100 %, overall 50 %)"


def test_booleans_are_described_by_true_and_false(table, space):
    labels = np.repeat([0, 1], 50)
    data = table({"churn": labels == 0}, {"churn": "boolean"})
    found = profiles(data, space(labels[:, None]), labels).value[0].characteristics.model_dump(mode="json")
    assert found["features"]["churn"]["kind"] == "boolean"
    assert found["description"] == "churn always true (100 %, overall 50 %)"


def test_texts_are_described_by_their_telling_words(table, space):
    labels = np.repeat([0, 1], 40)
    texts = ["the oil painting of a horse"] * 40 + ["the pencil drawing of a house"] * 40
    found = (
        profiles(table({"title": texts}, {"title": "text"}), space(labels[:, None]), labels)
        .value[0]
        .characteristics.model_dump(mode="json")
    )
    assert {entry["category"] for entry in found["features"]["title"]["words"]} == {"oil", "painting", "horse"}
    assert found["description"].startswith("title more often with “horse”")


def test_the_first_representative_is_the_medoid(table, space):
    X, labels = rng.normal(size=(120, 3)), rng.integers(0, 2, 120)
    ids = [f"r{i}" for i in range(120)]
    found = profiles(table({"x": X[:, 0]}, ids=ids), space(X), labels).value
    for entry in found:
        rows = np.flatnonzero(labels == entry.cluster_id)
        assert entry.representative_samples[0] == f"r{rows[cdist(X[rows], X[rows]).sum(axis=1).argmin()]}"
        assert entry.characteristics.model_dump(mode="json")["representative_method"] == "medoid"


def test_the_other_representatives_are_distinct_rows_of_the_nearer_half(table, space):
    X = rng.normal(size=(101, 2))
    chosen = [int(name) for name in profiles(table({"x": X[:, 0]}), space(X), np.zeros(101, dtype=int)).value[0].representative_samples]
    away = cdist(X, X[chosen[:1]])[:, 0]
    assert len(set(chosen)) == 5
    assert (away[chosen] <= np.median(away)).all()


def test_the_nearer_half_is_nearer_to_the_medoid_than_to_a_far_off_center(table, space):
    X = np.append(np.arange(41.0), 900 + np.arange(20.0))[:, None]
    chosen = profiles(table({"x": X[:, 0]}), space(X), np.zeros(61, dtype=int)).value[0].representative_samples
    medoid = cdist(X, X).sum(axis=1).argmin()
    assert chosen[0] == str(medoid)
    assert max(abs(int(name) - medoid) for name in chosen) == 20


def test_equal_rows_are_represented_once(table, space):
    found = profiles(table({"x": np.ones(30)}), space(np.ones((30, 2))), np.zeros(30, dtype=int)).value[0]
    assert found.representative_samples == ["0"]


def test_a_large_cluster_is_represented_by_the_row_nearest_its_center(table, space):
    X = rng.normal(size=(2001, 2))
    found = profiles(table({"x": X[:, 0]}), space(X), np.zeros(2001, dtype=int)).value[0]
    assert found.characteristics.model_dump(mode="json")["representative_method"] == "nearest_to_center"
    assert found.representative_samples[0] == str(cdist(X, X.mean(axis=0)[None])[:, 0].argmin())


def test_representatives_are_named_by_their_row_of_the_input(table, space):
    rows = np.array([1, 3, 5])
    found = profiles(
        table({"x": np.arange(6.0)}),
        space([[0.0], [1], [2]], n_rows=6, rows=rows, dropped=np.isin(np.arange(6), rows, invert=True)),
        np.array([-1, 0, -1, 0, -1, 0]),
    ).value[0]
    assert set(found.representative_samples) == {"1", "3", "5"}
    assert found.representative_samples[0] == "3"


def test_every_row_its_own_cluster_is_profiled(table, space):
    found = numeric_profile(table, space, np.arange(5), np.arange(5)).value
    assert [entry.representative_samples for entry in found] == [[str(i)] for i in range(5)]
    assert all(entry.characteristics.model_dump(mode="json")["features"]["x"]["sd"] is None for entry in found)


def test_characteristics_are_plain_json_of_the_stated_shape_at_any_number_of_jobs(table, space):
    labels = np.repeat([0, 1], 50)
    data = table({"x": rng.normal(size=100), "c": rng.choice(["a", "b"], 100)}, {"c": "categorical"})
    one, other = (profiles(data, space(rng.normal(size=(100, 2))), labels, n_jobs=n).value for n in (1, 2))
    for entry in one:
        assert Characteristics.model_validate(json.loads(json.dumps(entry.characteristics.model_dump(mode="json"), allow_nan=False)))
    assert [entry.characteristics.model_dump(mode="json") for entry in one] == [
        entry.characteristics.model_dump(mode="json") for entry in other
    ]
