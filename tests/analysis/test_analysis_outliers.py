import numpy as np
import pytest
from scipy.spatial.distance import cdist

from clusterctl.analysis.outliers import outlier_analysis

rng = np.random.default_rng(11)


def test_noise_and_excluded_rows_stand_in_input_order_with_the_detectors_scores(table, space):
    excluded = np.array([False, True, False, False, False])
    dropped = np.array([False, False, False, True, False])
    scores = np.array([0.1, 0.9, 0.3, np.nan, 0.2])
    prepared = space([[0.0], [9], [0]], n_rows=5, rows=np.array([0, 2, 4]), dropped=dropped, excluded=excluded, outlier_scores=scores)
    found = outlier_analysis(table({"x": [0.0, 99, 9, np.nan, 0]}, ids=list("abcde")), prepared, np.array([0, -1, -1, -1, 0]))
    assert (found.value.outliers, found.value.outlier_scores, found.notes) == (["b", "c"], [0.9, 0.3], ())


def test_without_detection_the_score_is_the_distance_to_the_nearest_clustered_row_over_what_is_usual(table, space):
    X = rng.normal(size=(60, 2))
    labels = np.append(np.zeros(50, dtype=int), np.full(10, -1))
    found = outlier_analysis(table({"x": X[:, 0]}), space(X), labels)
    usual = np.median(np.sort(cdist(X[:50], X[:50]), axis=1)[:, 1])
    np.testing.assert_allclose(found.value.outlier_scores, cdist(X[50:], X[:50]).min(axis=1) / usual)
    assert "Sugiyama" in found.notes[0].reason


def test_farther_rows_score_higher_in_a_large_table(table, space):
    X = np.vstack([rng.normal(size=(5000, 2)), [[10, 0], [40, 0], [20, 0]]])
    labels = np.append(np.zeros(5000, dtype=int), [-1, -1, -1])
    scores = outlier_analysis(table({"x": X[:, 0]}), space(X), labels).value.outlier_scores
    assert scores[1] > scores[2] > scores[0] > 10


def test_all_noise_has_no_scores_and_says_why(table, space):
    found = outlier_analysis(table({"x": [1.0, 2.0]}), space([[1.0], [2]]), np.array([-1, -1]))
    assert found.value.outlier_scores == [None, None]
    assert "no row is in a cluster" in found.notes[0].reason


def test_no_outliers_are_an_empty_list(table, space):
    found = outlier_analysis(table({"x": [1.0, 2.0]}), space([[1.0], [2]]), np.array([0, 0]))
    assert (found.value.outliers, found.value.outlier_scores, found.notes) == ([], [], ())


@pytest.mark.parametrize("n_clustered", [1, 5])
def test_equal_clustered_rows_leave_distances_as_they_are(table, space, n_clustered):
    X = np.append(np.zeros(n_clustered), 7.0)[:, None]
    found = outlier_analysis(table({"x": X[:, 0]}), space(X), np.append(np.zeros(n_clustered, dtype=int), -1))
    assert found.value.outlier_scores == [7.0]


def test_a_manhattan_space_is_measured_by_city_block(table, space):
    X = np.array([[0.0, 0], [1, 0], [3, 4]])
    found = outlier_analysis(table({"x": X[:, 0]}), space(X, metric="manhattan"), np.array([0, 0, -1]))
    assert found.value.outlier_scores == [6.0]
