"""The null comparison: alarms for real clusters, silence without any."""

import numpy as np
import pytest
from scipy.stats import skew, spearmanr
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.datasets import make_blobs

from clusterctl.errors import ClusteringError
from clusterctl.metrics.null import compare
from clusterctl.metrics.reference import references
from clusterctl.values.clustering import canonical
from clusterctl.values.space import Points

NAMES = ["silhouette_score", "davies_bouldin_score"]


def kmeans(k):
    return lambda points, seed: canonical(KMeans(k, n_init=1, random_state=seed).fit_predict(points.X))[0]


def ward(points, seed):
    return canonical(AgglomerativeClustering(4).fit_predict(points.X))[0]


def of(X, cluster, names=NAMES, **more):
    points = Points(np.ascontiguousarray(X))
    return compare(points, cluster(points, 0), names, cluster, **({"random_state": 0, "n_jobs": 1} | more))


def test_planted_clusters_are_better_than_chance_by_either_direction():
    for name, found in of(make_blobs(300, 3, centers=4, cluster_std=0.7, random_state=0)[0], kmeans(4)).items():
        assert found.p_value == pytest.approx(1 / 21)
        assert (found.observed > found.mean) == (name == "silhouette_score")
        assert (found.n_draws, found.n_used) == (20, 300)


def test_clear_clusters_of_unequal_size_are_better_than_chance():
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(size=(250, 2)), rng.normal(size=(50, 2)) + np.array([12, 0])])
    assert of(X, kmeans(2), ["silhouette_score"])["silhouette_score"].p_value == pytest.approx(1 / 21)


@pytest.mark.parametrize("population", ["gaussian", "uniform", "lognormal", "correlated", "ratings"])
@pytest.mark.parametrize("cluster", [kmeans(4), ward], ids=["kmeans", "ward"])
def test_data_without_clusters_are_not(population, cluster):
    rng = np.random.default_rng(3)
    X = {
        "gaussian": lambda: rng.normal(size=(300, 2)),
        "uniform": lambda: rng.random((300, 2)),
        "lognormal": lambda: rng.lognormal(size=(300, 5)),
        "correlated": lambda: rng.normal(size=(300, 3)) @ rng.normal(size=(3, 3)),
        "ratings": lambda: rng.integers(1, 4, (300, 3)).astype(float),
    }[population]()
    assert of(X, cluster, ["silhouette_score"])["silhouette_score"].p_value > 0.05


def test_the_p_value_counts_draws_that_are_as_good():
    seeds = []

    def numbered(points, seed):
        seeds.append(seed)
        return np.repeat([0, 1], 25)

    points = Points(np.arange(100.0).reshape(50, 2))
    found = compare(points, np.repeat([0, 1], 25), ["silhouette_score"], numbered, random_state=0, n_jobs=1, n_draws=9)
    assert found["silhouette_score"].p_value == pytest.approx(1 / 10)
    assert len(set(seeds)) == 18


def test_null_data_in_which_no_clusters_are_found_count_as_worse_and_have_no_mean():
    X = make_blobs(100, 2, centers=2, random_state=0)[0]
    points = Points(X)
    found = compare(points, kmeans(2)(points, 0), NAMES, lambda p, s: np.full(p.n_rows, -1), random_state=0, n_jobs=1)["silhouette_score"]
    assert found.mean is None
    assert found.sd is None
    assert found.p_value == pytest.approx(1 / 21)


def test_the_same_bits_at_any_number_of_jobs():
    X = np.random.default_rng(0).normal(size=(150, 3))
    assert of(X, kmeans(3), n_jobs=1) == of(X, kmeans(3), n_jobs=2)


def test_many_rows_are_compared_on_a_sample_of_stated_size():
    X = make_blobs(1000, 2, centers=3, random_state=0)[0]
    assert of(X, kmeans(3), n_rows=120)["silhouette_score"].n_used == 120


def test_external_metrics_are_passed_over_and_nothing_to_compare_is_a_reason():
    X = np.random.default_rng(0).normal(size=(50, 2))
    assert list(of(X, kmeans(2), ["adjusted_rand_score", "inertia"])) == ["inertia"]
    assert "no internal metric" in of(X, kmeans(1), ["silhouette_score"])
    assert "at least" in of(X[:5], kmeans(2))


def test_inertia_is_compared_only_where_no_row_is_noise():
    points = Points(np.random.default_rng(0).normal(size=(50, 2)))
    noisy = np.repeat([0, 1, -1], [20, 20, 10])
    whole = np.repeat([0, 1], 25)
    assert "inertia" not in compare(points, noisy, ["inertia", "silhouette_score"], lambda p, s: whole, random_state=0, n_jobs=1)
    found = compare(points, whole, ["inertia"], lambda p, s: noisy, random_state=0, n_jobs=1)["inertia"]
    assert found.mean is None


def test_an_algorithm_that_can_fit_no_draw_gives_its_reason():
    def impossible(points, seed):
        raise ClusteringError("not on this")

    points = Points(np.random.default_rng(0).normal(size=(50, 2)))
    assert compare(points, np.repeat([0, 1], 25), NAMES, impossible, random_state=0, n_jobs=1) == "not on this"


def test_one_population_keeps_spread_correlation_and_skew():
    rng = np.random.default_rng(0)
    Z = rng.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], 3000)
    X = np.column_stack([np.exp(0.5 * Z[:, 0]), Z[:, 1]])
    drawn = references(X)["one_population"](np.random.default_rng(1), 3000)
    np.testing.assert_allclose(drawn.std(axis=0), X.std(axis=0), rtol=0.1)
    assert spearmanr(*drawn.T)[0] == pytest.approx(spearmanr(*X.T)[0], abs=0.05)
    assert skew(drawn[:, 0]) > 1 > 0.2 > abs(skew(drawn[:, 1]))


def test_one_population_keeps_the_values_of_columns_with_few():
    X = np.random.default_rng(0).choice([0.0, 1.0, 5.0], p=[0.7, 0.2, 0.1], size=(2000, 2))
    drawn = references(X)["one_population"](np.random.default_rng(1), 2000)
    values, counts = np.unique(drawn[:, 0], return_counts=True)
    np.testing.assert_array_equal(values, [0.0, 1.0, 5.0])
    np.testing.assert_allclose(counts / 2000, [0.7, 0.2, 0.1], atol=0.05)


@pytest.mark.parametrize("X", [np.ones((30, 3)), np.column_stack([np.ones(30), np.arange(30.0)]), np.arange(30.0)[:, None]])
def test_constant_and_single_columns_can_be_drawn_from(X):
    for draw in references(X).values():
        drawn = draw(np.random.default_rng(0), 30)
        assert drawn.shape == X.shape
        assert np.isfinite(drawn).all()


def test_the_box_lies_along_the_principal_axes():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 1)) * [1.0, 1.0] + rng.normal(size=(500, 2)) * 0.01
    drawn = references(X)["uniform_box"](np.random.default_rng(1), 500)
    assert np.abs(drawn[:, 0] - drawn[:, 1]).max() < 0.1
