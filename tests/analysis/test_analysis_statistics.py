import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterctl.analysis.groups import group, quartiles, row_sums
from clusterctl.analysis.statistics import centers, feature_statistics


def test_centers_are_pandas_group_means_in_original_units(table):
    rng = np.random.default_rng(0)
    labels = rng.integers(-1, 4, 500)
    columns = {
        "a": rng.normal(1e9, 1, 500),
        "b": rng.integers(0, 9, 500),
        "c": np.where(rng.random(500) < 0.2, np.nan, rng.normal(size=500)),
    }
    found = centers(table(columns), labels, 4)
    expected = pd.DataFrame(columns).groupby(labels).mean().loc[0:]
    np.testing.assert_allclose([entry.center_coordinates for entry in found.value], expected, rtol=1e-13)
    assert [entry.cluster_size for entry in found.value] == [int((labels == c).sum()) for c in range(4)]
    assert found.notes == ()


def test_a_large_offset_costs_the_center_no_digits(table):
    values = 1e15 + np.arange(8.0)
    found = centers(table({"t": values}), np.array([0, 0, 0, 0, 1, 1, 1, 1]), 2).value
    assert [entry.center_coordinates for entry in found] == [[1e15 + 1.5], [1e15 + 5.5]]


def test_a_boolean_feature_has_the_share_of_true_as_center(table):
    data = table({"yes": np.array([True, False, None, True], dtype=object)}, {"yes": "boolean"})
    assert [entry.center_coordinates for entry in centers(data, np.array([0, 0, 0, 1]), 2).value] == [[0.5], [1.0]]


def test_a_cluster_without_values_has_a_null_coordinate_with_its_reason(table):
    found = centers(table({"a": [1.0, 2.0], "b": [np.nan, 3.0]}), np.array([0, 1]), 2)
    assert found.value[0].center_coordinates == [1.0, None]
    assert [(note.path, note.reason) for note in found.notes] == [
        ("clustering_results.clusters.cluster_centers[0].center_coordinates[1]", "no row of the cluster has b")
    ]


def test_no_cluster_has_no_centers(table):
    assert centers(table({"a": [1.0, 2.0]}), np.array([-1, -1]), 0).value == []


def test_feature_statistics_of_numbers_are_those_of_pandas(table):
    values = pd.Series([3.0, 1.0, np.nan, 10.0, 4.0, 4.5, 7.0])
    found = feature_statistics(table({"x": values}))["x"]
    expected = values.describe()
    assert found["missing"] == 1
    for key, name in [
        ("mean", "mean"),
        ("sd", "std"),
        ("min", "min"),
        ("lower_quartile", "25%"),
        ("median", "50%"),
        ("upper_quartile", "75%"),
    ]:
        assert found[key] == pytest.approx(expected[name], rel=1e-14)


def test_feature_statistics_of_a_column_without_values_are_null(table):
    found = feature_statistics(table({"x": [np.nan, np.nan]}))["x"]
    assert found["missing"] == 2
    assert {found[key] for key in ("mean", "sd", "min", "median", "max")} == {None}


def test_feature_statistics_of_categories_are_the_20_commonest_with_shares(table):
    column = [f"c{i:02d}" for i in range(30) for _ in range(30 - i)] + [None]
    found = feature_statistics(table({"x": column}, {"x": "categorical"}))["x"]
    assert found["missing"] == 1
    assert found["n_categories"] == 30
    assert [entry["category"] for entry in found["categories"]] == [f"c{i:02d}" for i in range(20)]
    assert found["categories"][0] == {"category": "c00", "count": 30, "share": 30 / 465}


def test_feature_statistics_are_the_same_at_any_number_of_jobs(table):
    data = table({name: np.random.default_rng(i).normal(size=50) for i, name in enumerate("abc")})
    assert feature_statistics(data, 1) == feature_statistics(data, 3)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_quartiles_are_numpys(values):
    np.testing.assert_allclose(quartiles(np.array(values)), np.quantile(values, [0.25, 0.5, 0.75]), rtol=1e-12, atol=1e-9)


@given(st.lists(st.integers(-1, 4), min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_groups_hold_each_clusters_rows_in_input_order(labels):
    labels = np.array(labels)
    groups = group(labels)
    for cluster in range(groups.n_clusters):
        assert groups.rows(cluster).tolist() == np.flatnonzero(labels == cluster).tolist()
    X = np.arange(len(labels) * 2.0).reshape(-1, 2)
    sums = [X[labels == cluster].sum(axis=0) for cluster in range(groups.n_clusters)]
    np.testing.assert_allclose(row_sums(X, groups), np.reshape(sums, (-1, 2)))
