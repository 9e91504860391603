"""Scalers and transforms against scikit-learn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from prep_tables import dataset, numbers, settings
from sklearn.preprocessing import MinMaxScaler, PowerTransformer, QuantileTransformer, RobustScaler, StandardScaler

from clusterctl.preprocessing.moments import extremes, moments
from clusterctl.preprocessing.prepare import prepare, transform

SCALERS = {"standard": StandardScaler, "minmax": MinMaxScaler, "robust": RobustScaler}


def _points(frame, **fields):
    return prepare(dataset(frame), settings(**fields), random_state=0).points.X


@pytest.mark.parametrize("method", SCALERS)
def test_scaling_equals_scikit_learn(method):
    frame = numbers(5000, 7).assign(constant=0.1, steps=lambda t: np.repeat([0.0, 1.0], [4900, 100]), large=lambda t: t["x0"] + 1e6)
    expected = SCALERS[method]().fit_transform(frame.to_numpy())
    ours = _points(frame, scaling=method)
    # Rounding of a mean near a million is all that the large column may differ by.
    np.testing.assert_allclose(ours[:, :9], expected[:, :9], rtol=0, atol=1e-12)
    np.testing.assert_allclose(ours[:, 9], expected[:, 9], rtol=0, atol=1e-9)


@pytest.mark.parametrize("method", SCALERS)
def test_a_column_in_tiny_units_is_scaled_too(method):
    frame = numbers(100, 1)
    np.testing.assert_allclose(_points(frame * 1e-25, scaling=method), _points(frame, scaling=method), rtol=1e-9)


@pytest.mark.parametrize("method", [*SCALERS, "none"])
def test_one_hot_columns_are_not_scaled(method):
    frame = numbers(40, 1).assign(colour=["red", "blue"] * 20)
    X = _points(frame, scaling=method)
    assert set(np.unique(X[:, 1:])) == {0.0, 1.0}


def test_deviations_are_those_of_the_scaled_columns():
    space = prepare(dataset(numbers(500, 2).assign(c=["u", "v"] * 250)), settings(), random_state=0)
    assert space.standard_deviations == pytest.approx({"x0": 1.0, "x1": 1.0})


def test_moments_of_shifted_data_keep_their_digits():
    values = np.random.default_rng(0).normal(1e8, 1, (20_000, 3))
    mean, variance = moments(values)
    exact = values.astype(np.longdouble)
    np.testing.assert_allclose(mean, exact.mean(axis=0).astype(float), rtol=1e-15)
    np.testing.assert_allclose(variance, exact.var(axis=0).astype(float), rtol=1e-12)


def test_extremes_are_found_across_blocks():
    values = np.random.default_rng(0).normal(size=(10_001, 7))
    low, high = extremes(values)
    np.testing.assert_array_equal(low, values.min(axis=0))
    np.testing.assert_array_equal(high, values.max(axis=0))


def test_yeo_johnson_equals_scikit_learn():
    frame = np.exp(numbers(400, 3) / 4) - 2
    expected = PowerTransformer(standardize=False).fit_transform(frame.to_numpy())
    np.testing.assert_allclose(_points(frame, transform="yeo_johnson", scaling="none"), expected, rtol=1e-9, atol=1e-9)


def test_quantiles_equal_scikit_learn():
    frame = numbers(2500, 3).assign(ties=np.repeat(np.arange(10.0), 250))
    reference = QuantileTransformer(n_quantiles=1000, subsample=None, output_distribution="normal")
    expected = reference.fit_transform(frame.to_numpy())
    np.testing.assert_allclose(_points(frame, transform="quantile", scaling="none"), expected, atol=1e-9)


def test_log1p_is_signed_and_says_so():
    frame = pd.DataFrame({"a": [0.0, 1.0, 9.0], "b": [-9.0, 0.0, 9.0]})
    space = prepare(dataset(frame), settings(transform="log1p", scaling="none"), random_state=0)
    np.testing.assert_allclose(space.points.X, [[0, -np.log(10)], [np.log(2), 0], [np.log(10), np.log(10)]])
    assert [note.reason for note in space.notes] == ["sign(x) ln(1 + |x|) is used, since these columns have negative values: b"]


@pytest.mark.parametrize("method", ["log1p", "yeo_johnson", "quantile"])
def test_booleans_and_codes_are_not_transformed(method):
    frame = pd.DataFrame({"yes": [True, False, True, True], "size": ["b", "a", "c", "a"], "x": [1.0, 4.0, 2.0, 8.0]})
    X = _points(frame, transform=method, scaling="none", categorical="ordinal")
    np.testing.assert_array_equal(X[:, :2], [[1, 1], [0, 0], [1, 2], [1, 0]])


@pytest.mark.parametrize("method", ["yeo_johnson", "quantile"])
def test_a_constant_column_survives_a_transform(method):
    X = _points(numbers(30, 1).assign(same=4.0), transform=method)
    assert np.ptp(X[:, 1]) == 0


def test_quantiles_beyond_those_seen_are_cut_off():
    space = prepare(dataset(numbers(300, 1)), settings(transform="quantile", scaling="none"), random_state=0)
    far = transform(space.steps, pd.DataFrame({"x0": [-1e9, 1e9]}))
    np.testing.assert_allclose(far.reshape(-1), [-5.199337582605575, 5.199337582605575])
