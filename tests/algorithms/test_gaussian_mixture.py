"""Gaussian mixture against scikit-learn."""

import tracemalloc
import warnings

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture
from table_points import BENCH, read_bench, read_sample, sample_names

from clusterctl.algorithms import gaussian_mixture
from clusterctl.algorithms.base import Settings
from clusterctl.errors import ClusteringError
from clusterctl.kernels.threads import one_thread
from clusterctl.values.space import Points


def fit(points, n_clusters, seed=0, n_jobs=1, **parameters):
    settings = Settings(gaussian_mixture.GaussianMixtureParameters(**parameters), n_clusters, seed)
    return gaussian_mixture.cut(gaussian_mixture.build(points, settings, n_jobs), settings)


def reference(points, n_clusters, seed=0, **parameters):
    with warnings.catch_warnings(), one_thread():
        warnings.simplefilter("ignore")
        return GaussianMixture(n_clusters, random_state=seed, **parameters).fit(points.X)


def blobs(n=600, d=3, k=4, seed=1):
    rng = np.random.default_rng(seed)
    return Points(rng.normal(size=(n, d)) + rng.uniform(-6, 6, (k, d))[rng.integers(0, k, n)])


@pytest.mark.parametrize("name", sample_names())
def test_partition_and_likelihood_equal_the_librarys_on_open_tables(name):
    points = read_sample(name)
    ours, theirs = fit(points, 4, reg_covar=1e-3), reference(points, 4, reg_covar=1e-3)
    assert adjusted_rand_score(theirs.predict(points.X), ours.labels) == 1.0
    assert ours.facts["lower_bound"] == pytest.approx(theirs.lower_bound_, abs=1e-6)
    assert ours.facts["n_iter"] == theirs.n_iter_


@pytest.mark.parametrize("name", BENCH)
def test_partition_equals_the_librarys_on_benchmark_tables(name):
    points, n_clusters = read_bench(name)
    assert adjusted_rand_score(reference(points, n_clusters).predict(points.X), fit(points, n_clusters).labels) == 1.0


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
@pytest.mark.parametrize("init_params", ["kmeans", "k-means++", "random", "random_from_data"])
def test_every_shape_and_start_is_the_librarys(covariance_type, init_params):
    parameters = {"covariance_type": covariance_type, "init_params": init_params, "n_init": 2}
    points = blobs()
    ours, theirs = fit(points, 4, **parameters), reference(points, 4, **parameters)
    assert adjusted_rand_score(theirs.predict(points.X), ours.labels) == 1.0
    assert ours.facts["lower_bound"] == pytest.approx(theirs.lower_bound_, abs=1e-9)
    assert ours.facts["bic"] == pytest.approx(theirs.bic(points.X), rel=1e-9)
    assert ours.facts["aic"] == pytest.approx(theirs.aic(points.X), rel=1e-9)


def test_confidence_is_the_posterior_of_the_own_component():
    points = blobs(k=3)
    expected = reference(points, 3).predict_proba(points.X).max(axis=1)
    np.testing.assert_allclose(fit(points, 3).confidence, expected, atol=1e-9)


def test_components_come_in_the_order_of_the_clusters():
    points = blobs()
    found = fit(points, 4)
    means = np.stack([points.X[found.labels == k].mean(axis=0) for k in range(4)])
    np.testing.assert_allclose(found.arrays["means"], means, atol=0.2)
    assert found.arrays["covariances"].shape == (4, 3, 3)


def test_number_of_jobs_changes_no_bit():
    points = blobs(40_000, 6)
    one, two = fit(points, 5, n_jobs=1), fit(points, 5, n_jobs=2)
    assert (one.labels == two.labels).all()
    assert all((one.arrays[name] == two.arrays[name]).all() for name in one.arrays)


def test_a_component_without_rows_is_not_a_cluster():
    structure = gaussian_mixture.build(blobs(), Settings(gaussian_mixture.GaussianMixtureParameters(), 4, 0), 1)
    merged = np.where(structure.labels == 3, 2, structure.labels)
    fewer = gaussian_mixture.MixtureFit(merged, structure.posterior, structure.arrays, 0.0, 1, True, 0.0, 1)
    found = gaussian_mixture.cut(fewer, Settings(gaussian_mixture.GaussianMixtureParameters(), 4, 0))
    assert found.n_clusters == 3
    assert found.arrays["means"].shape == (4, 3)
    assert [caution.code for caution in found.cautions] == ["fewer_clusters"]


@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
def test_a_covariance_without_inverse_is_an_error_that_says_what_to_do(covariance_type):
    X = np.zeros((20, 2))
    X[10:] = 5.0
    with pytest.raises(ClusteringError, match="cannot be inverted") as caught:
        fit(Points(X), 2, reg_covar=0.0, covariance_type=covariance_type)
    assert "reg_covar" in caught.value.hint


def test_stopping_early_is_said():
    assert [caution.code for caution in fit(blobs(), 6, max_iter=1).cautions] == ["not_converged"]


def test_equal_rows_are_one_cluster():
    assert fit(Points(np.ones((6, 2))), 1).n_clusters == 1


@pytest.mark.parametrize("n", [2000, 8000])
@pytest.mark.parametrize("covariance_type", ["full", "tied", "diag", "spherical"])
def test_cost_is_within_a_factor_of_two_of_the_peak(n, covariance_type):
    points, settings = blobs(n, 10), Settings(gaussian_mixture.GaussianMixtureParameters(covariance_type=covariance_type), 5, 0)
    fit(blobs(), 3, covariance_type=covariance_type)
    tracemalloc.start()
    gaussian_mixture.cut(gaussian_mixture.build(points, settings, 1), settings)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 0.5 < gaussian_mixture.cost(n, 10, settings, None).bytes / peak < 2
