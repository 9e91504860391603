"""Outlier detection: scores against scikit-learn, planted outliers, the fence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from prep_tables import dataset, numbers, settings
from scipy.spatial.distance import cdist
from sklearn.neighbors import LocalOutlierFactor

from clusterctl.preprocessing import outliers
from clusterctl.preprocessing.fence import medcouple, upper_fence
from clusterctl.preprocessing.neighbours import nearest_others
from clusterctl.preprocessing.outliers import fit_outliers


def _gauss(n_rows, n_columns, seed=0):
    return np.random.default_rng(seed).normal(size=(n_rows, n_columns))


@pytest.mark.parametrize("n_columns", [2, 10, 20])
@pytest.mark.parametrize("metric", ["euclidean", "manhattan"])
def test_scores_are_the_local_outlier_factors_of_scikit_learn(n_columns, metric):
    X = _gauss(600, n_columns)
    _, scores, _ = fit_outliers(X, metric, "auto", 0, 1)
    reference = LocalOutlierFactor(n_neighbors=20, metric=metric).fit(X)
    np.testing.assert_allclose(scores, -reference.negative_outlier_factor_, rtol=1e-8)


def test_scores_of_new_rows_are_those_of_scikit_learn():
    X, new = _gauss(600, 3), _gauss(50, 3, seed=1) * 2
    step, _, _ = fit_outliers(X, "euclidean", "auto", 0, 1)
    reference = LocalOutlierFactor(n_neighbors=20, novelty=True).fit(X)
    np.testing.assert_allclose(step.scores(new), -reference.score_samples(new), rtol=1e-8)


@pytest.mark.parametrize("n_columns", [1, 2, 5, 10, 30])
@pytest.mark.parametrize("n_rows", [100, 1000, 5000])
def test_plain_normal_data_has_few_outliers(n_rows, n_columns):
    _, _, judged = fit_outliers(_gauss(n_rows, n_columns), "euclidean", "auto", 0, 1)
    assert judged.mean() <= 0.02


def test_planted_outliers_are_found_beside_clusters_of_all_densities():
    rng = np.random.default_rng(0)
    dense, loose = rng.normal(0, 0.1, (600, 2)), rng.normal(20, 3, (300, 2))
    # 1.5 is near by the loose cluster's measure and fifteen standard deviations off by the dense one's.
    planted = np.array([[1.5, 0.0], [0.0, -1.5], [20.0, 60.0], [-30.0, 40.0]])
    _, _, judged = fit_outliers(np.concatenate([dense, loose, planted]), "euclidean", "auto", 0, 1)
    assert judged[-4:].all()
    assert judged[:-4].mean() < 0.02


def test_a_sample_of_references_finds_them_too(monkeypatch):
    monkeypatch.setattr(outliers, "MAX_REFERENCES", 1000)
    X = np.concatenate([_gauss(8000, 4), 12 * np.eye(4)])
    step, scores, judged = fit_outliers(X, "euclidean", "auto", 0, 1)
    assert len(step.references) == 1000
    assert judged[-4:].all()
    assert judged[:-4].mean() <= 0.02
    again = fit_outliers(X, "euclidean", "auto", 0, 2)[1]
    assert scores.tobytes() == again.tobytes()
    assert not np.array_equal(scores, fit_outliers(X, "euclidean", "auto", 1, 1)[1])


def test_duplicates_are_ordinary_and_count_once():
    X = np.concatenate([np.repeat(_gauss(30, 2), 40, axis=0), [[50.0, 50.0]]])
    _, scores, judged = fit_outliers(X, "euclidean", "auto", 0, 1)
    assert np.isfinite(scores).all()
    assert judged[-1]
    assert scores[-1] == scores.max()


def test_equal_rows_have_no_outlier():
    _, scores, judged = fit_outliers(np.ones((30, 2)), "euclidean", "auto", 0, 1)
    assert (scores == 1).all()
    assert not judged.any()


@pytest.mark.parametrize(("fraction", "n_outliers"), [(0.1, 30), (0.0034, 2), (0.3, 90)])
def test_a_fraction_takes_that_share_rounded_up_the_highest_first(fraction, n_outliers):
    step, scores, judged = fit_outliers(_gauss(300, 2), "euclidean", fraction, 0, 1)
    assert judged.sum() == n_outliers
    assert scores[judged].min() >= scores[~judged].max()
    np.testing.assert_array_equal(scores > step.threshold, judged)


def test_ties_at_a_fraction_go_by_row_order():
    _, _, judged = fit_outliers(np.ones((10, 2)), "euclidean", 0.2, 0, 1)
    np.testing.assert_array_equal(np.flatnonzero(judged), [0, 1])


def test_flagged_rows_stay_and_excluded_rows_go():
    frame = pd.concat([numbers(200, 2), pd.DataFrame({"x0": [999.0], "x1": [-999.0]})], ignore_index=True)
    flag, exclude = (prepare_with(frame, outlier_action=action, outlier_fraction=0.004) for action in ("flag", "exclude"))
    np.testing.assert_array_equal(flag.flagged, exclude.flagged)
    assert flag.flagged[200]
    assert not flag.excluded.any()
    assert len(flag.rows) == 201
    np.testing.assert_array_equal(exclude.excluded, exclude.flagged)
    assert len(exclude.rows) == 200
    assert "Breunig" in exclude.outlier_method
    # Scaled on all rows, the outlier included.
    np.testing.assert_array_equal(exclude.points.X, flag.points.X[:200])


def prepare_with(frame, **fields):
    from clusterctl.preprocessing.prepare import prepare

    return prepare(dataset(frame), settings(outlier_detection=True, **fields), random_state=0)


@pytest.mark.parametrize("n", [5, 8, 31, 200])
@pytest.mark.parametrize("digits", [0, 9])
def test_the_medcouple_is_that_of_its_definition(n, digits):
    values = np.round(np.random.default_rng(n).exponential(3, n), digits)
    assert medcouple(values) == pytest.approx(_medcouple_by_definition(values))


def test_the_medcouple_of_a_mirrored_sample_changes_sign():
    values = np.random.default_rng(0).exponential(1, 999)
    assert medcouple(-values) == pytest.approx(-medcouple(values))


def test_the_fence_of_a_symmetric_sample_is_tukeys():
    values = np.arange(-10.0, 11.0)
    assert upper_fence(values) == pytest.approx(5 + 1.5 * 10)


@pytest.mark.parametrize(("sign", "rate"), [(1, 3), (-1, 4)])
def test_the_fence_of_a_skewed_sample_moves_with_the_medcouple(sign, rate):
    values = sign * np.random.default_rng(0).exponential(1, 501)
    lower, upper = np.quantile(values, [0.25, 0.75])
    expected = upper + 1.5 * np.exp(rate * _medcouple_by_definition(values)) * (upper - lower)
    assert upper_fence(values) == pytest.approx(expected)


def _medcouple_by_definition(values):
    middle = np.median(values)
    ordered = np.sort(values)
    above, below = [v for v in ordered[::-1] if v >= middle], [v for v in ordered[::-1] if v <= middle]
    n_equal = sum(v == middle for v in values)
    kernel = []
    for i, a in enumerate(above):
        for j, b in enumerate(below):
            if a == b == middle:
                kernel.append(np.sign(n_equal - 1 - (i - (len(above) - n_equal)) - j))
            else:
                kernel.append(((a - middle) - (middle - b)) / (a - b))
    return float(np.median(kernel))


@pytest.mark.parametrize("n_columns", [2, 20])
def test_nearest_others_are_those_of_all_distances(n_columns):
    X = np.concatenate([_gauss(60, n_columns), np.zeros((5, n_columns))])
    distance = cdist(X, X)
    np.fill_diagonal(distance, np.inf)
    nearest = nearest_others(X, 3, "euclidean", 1)
    np.testing.assert_allclose(np.take_along_axis(distance, nearest, axis=1), np.sort(distance, axis=1)[:, :3])
