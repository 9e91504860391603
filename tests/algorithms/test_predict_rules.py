"""How each algorithm gives its clusters to new rows: against the fit itself, brute force, and the libraries' own prediction."""

from __future__ import annotations

from typing import Any

import hdbscan
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.neighbors import KNeighborsClassifier
from table_points import BENCH, read_bench

from clusterctl.algorithms.base import AlgorithmSpec, Settings
from clusterctl.algorithms.neighbour_vote import EMBEDDED
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.values.clustering import Clustering
from clusterctl.values.prediction import FittedModel, Predict, Prediction
from clusterctl.values.space import Points

CASES: list[tuple[str, dict[str, Any]]] = [
    ("kmeans", {}),
    ("kmeans", {"algorithm": "elkan"}),
    ("gaussian_mixture", {}),
    ("gaussian_mixture", {"covariance_type": "tied"}),
    ("gaussian_mixture", {"covariance_type": "diag"}),
    ("gaussian_mixture", {"covariance_type": "spherical"}),
    ("dbscan", {"eps": 0.4}),
    ("dbscan", {"eps": 0.4, "metric": "manhattan"}),
    ("hierarchical", {}),
    ("hierarchical", {"linkage": "single"}),
    ("hierarchical", {"linkage": "genie"}),
    ("spectral", {}),
    ("hdbscan", {"min_cluster_size": 8}),
    ("optics", {"min_samples": 8}),
]
EXACT = ("kmeans", "gaussian_mixture", "dbscan")


def blobs(n: int = 400, d: int = 3, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.uniform(-4, 4, (4, d))[rng.integers(0, 4, n)] + rng.normal(scale=0.4, size=(n, d))


def settings_of(spec: AlgorithmSpec, k: int, parameters: dict[str, Any]) -> Settings:
    return Settings(spec.parameters(**parameters), k if spec.takes_n_clusters else None, 0)


def fitted(name: str, points: Points, parameters: dict[str, Any], k: int = 4) -> tuple[Clustering, Predict]:
    spec = ALGORITHMS[name]
    setting = settings_of(spec, k, parameters)
    found = spec.cut(spec.build(points, setting, 1), setting)
    return found, spec.predict.prepare(FittedModel(points, found.labels, found.n_clusters, found.arrays, setting.parameters))


def everyone(predict: Predict, X: np.ndarray, *, own: bool = False, metric: Any = "euclidean") -> Prediction:
    return predict(Points(X, metric), np.arange(len(X)) if own else None, 1)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_every_rule_names_arrays_that_its_fit_leaves_in_the_shape_it_says(name: str) -> None:
    points = Points(blobs(80))
    found, _ = fitted(name, points, dict(CASES)[name])
    lengths = {"n": 80, "d": 3, "k": found.n_clusters}
    rule = ALGORITHMS[name].predict
    assert rule.about
    for array, letters in rule.arrays.items():
        assert found.arrays[array].shape == tuple(
            lengths.setdefault(letter, found.arrays[array].shape[i]) for i, letter in enumerate(letters)
        )


@pytest.mark.parametrize(("name", "parameters"), [case for case in CASES if case[0] in EXACT])
def test_fitted_rows_get_exactly_their_labels_and_confidence(name: str, parameters: dict[str, Any]) -> None:
    X = blobs(1500)
    found, predict = fitted(name, Points(X), parameters)
    predicted = everyone(predict, X)
    assert np.array_equal(predicted.labels, found.labels)
    if found.confidence is not None:
        assert np.array_equal(predicted.confidence, found.confidence)


@pytest.mark.parametrize("table", BENCH)
@pytest.mark.parametrize("name", EXACT)
def test_fitted_rows_of_open_tables_get_exactly_their_labels(name: str, table: str) -> None:
    points, k = read_bench(table)
    eps = float(np.quantile(cdist(points.X[:300], points.X), 0.02))
    found, predict = fitted(name, points, {"eps": eps} if name == "dbscan" else {}, k)
    assert np.array_equal(everyone(predict, points.X).labels, found.labels)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_dbscan_gives_tied_border_rows_of_a_grid_the_label_of_the_fit(data: Any) -> None:
    cells = data.draw(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=5, max_size=60))
    X = np.array(cells, dtype=np.float64)
    parameters = {"eps": data.draw(st.sampled_from([1.0, 2.0**0.5, 2.0])), "min_samples": data.draw(st.integers(1, 6))}
    found, predict = fitted("dbscan", Points(X), parameters)
    assert np.array_equal(everyone(predict, X).labels, found.labels)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_kmeans_gives_rows_halfway_between_centres_the_label_of_the_fit(data: Any) -> None:
    X = np.array(data.draw(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=6, max_size=60)), dtype=np.float64)
    k = min(3, len(np.unique(X, axis=0)))
    found, predict = fitted("kmeans", Points(X), {"n_init": 2}, k)
    assert np.array_equal(everyone(predict, X).labels, found.labels)


def test_dbscan_takes_for_a_new_row_the_fit_s_first_cluster_with_a_core_row_within_eps() -> None:
    X, Y = blobs(300, 2), blobs(500, 2, seed=1)
    found, predict = fitted("dbscan", Points(X), {"eps": 0.35, "min_samples": 4})
    core = np.flatnonzero(found.arrays["core"])
    first = [core[found.labels[core] == label].min() for label in range(found.n_clusters)]
    expected = np.full(len(Y), -1)
    for label in np.argsort(first)[::-1]:
        expected[(cdist(Y, X[core[found.labels[core] == label]]) <= 0.35).any(axis=1)] = label
    assert np.array_equal(everyone(predict, Y).labels, expected)
    assert (expected < 0).any()


@pytest.mark.parametrize("d", [2, 20])
def test_the_vote_is_that_of_the_library_s_classifier(d: int) -> None:
    X, Y = blobs(300, d), blobs(200, d, seed=3) * 1.1
    found, predict = fitted("hierarchical", Points(X), {}, 4)
    library = KNeighborsClassifier(5).fit(X, found.labels)
    decided = library.predict_proba(Y).max(axis=1) > 0.5
    predicted = everyone(predict, Y)
    assert np.array_equal(predicted.labels[decided], library.predict(Y)[decided])
    assert np.allclose(predicted.distance, cdist(Y, X).min(axis=1))


def test_a_tied_vote_goes_to_the_nearer_row_and_noise_votes_too() -> None:
    X = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [90.0], [91.0]])
    labels = np.array([1, 0, 0, 1, -1, -1, -1])
    predict = EMBEDDED.prepare(FittedModel(Points(X), labels, 2, {}, None))
    predicted = everyone(predict, np.array([[-0.1], [2.1], [100.0]]))
    assert predicted.labels.tolist() == [1, 0, -1]
    assert predicted.confidence.tolist() == [0.4, 0.4, 0.0]
    assert predicted.distance.tolist() == pytest.approx([0.1, 0.1, 97.0])


@pytest.mark.parametrize("parameters", [{"min_cluster_size": 10}, {"min_cluster_size": 6, "cluster_selection_method": "leaf"}])
def test_hdbscan_predicts_as_the_library_does_with_the_same_core_distances(parameters: dict[str, Any]) -> None:
    X, Y = blobs(500, 2), np.concatenate((blobs(300, 2, seed=4), np.random.default_rng(0).uniform(-6, 6, (100, 2))))
    found, predict = fitted("hdbscan", Points(X), {**parameters, "min_samples": 5})
    library = hdbscan.HDBSCAN(**parameters, min_samples=5, approx_min_span_tree=False, prediction_data=True).fit(X)
    library.prediction_data_.core_distances = found.arrays["core_distances"]
    labels, strengths = hdbscan.approximate_predict(library, Y)
    number = {theirs: ours for theirs, ours in zip(library.labels_, found.labels, strict=True)}
    predicted = everyone(predict, Y)
    assert np.array_equal(predicted.labels, [number.get(label, -1) for label in labels])
    assert np.allclose(predicted.confidence, strengths)


def test_optics_leaves_out_what_is_beyond_the_reach_of_the_nearest_cluster() -> None:
    X = blobs(400, 2)
    found, predict = fitted("optics", Points(X), {"cluster_method": "dbscan", "eps": 0.5})
    direction = np.array([1.0, 0.0])
    far = X[[X[:, 0].argmax()]] + np.array([[0.05], [0.45], [2.0]]) * direction
    labels = everyone(predict, far).labels
    assert labels[2] == -1
    assert labels[0] in (found.labels[X[:, 0].argmax()], -1)
    assert (everyone(predict, X).labels == found.labels).mean() > 0.97


@pytest.mark.parametrize(("name", "parameters"), CASES)
def test_no_row_is_its_own_neighbour_when_it_is_asked_as_a_fitted_one(name: str, parameters: dict[str, Any]) -> None:
    X = blobs(200, 2)
    found, predict = fitted(name, Points(X), parameters)
    as_new, as_own = everyone(predict, X), everyone(predict, X, own=True)
    if ALGORITHMS[name].predict.by_center:
        assert np.array_equal(as_own.distance, as_new.distance)
        return
    clustered = found.labels >= 0
    metric = "cityblock" if parameters.get("metric") == "manhattan" else "euclidean"
    apart = cdist(X, X, metric)
    np.fill_diagonal(apart, np.inf)
    assert np.allclose(as_own.distance, apart[:, clustered].min(axis=1))
    assert (as_new.distance[clustered] == 0).all()


@pytest.mark.parametrize(("name", "parameters"), CASES)
def test_the_same_rows_get_the_same_in_whatever_batches_and_jobs(name: str, parameters: dict[str, Any]) -> None:
    X, Y = blobs(300), blobs(257, seed=9)
    _, predict = fitted(name, Points(X), parameters)
    whole, jobs = everyone(predict, Y), predict(Points(Y), None, 3)
    parts = [predict(Points(np.ascontiguousarray(Y[start : start + 50])), None, 1) for start in range(0, len(Y), 50)]
    assert np.array_equal(whole.labels, np.concatenate([part.labels for part in parts]))
    assert np.allclose(whole.distance, np.concatenate([part.distance for part in parts]))
    for one, other in ((whole.labels, jobs.labels), (whole.confidence, jobs.confidence), (whole.distance, jobs.distance)):
        assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize(("name", "parameters"), CASES)
def test_no_cluster_at_all_makes_every_new_row_noise_at_no_distance(name: str, parameters: dict[str, Any]) -> None:
    if not ALGORITHMS[name].makes_noise:
        return
    X = np.arange(30.0)[:, None] ** 3
    tight = {"dbscan": {"eps": 1e-3}, "hdbscan": {"min_cluster_size": 25}, "optics": {"cluster_method": "dbscan", "eps": 1e-3}}[name]
    found, predict = fitted(name, Points(X), tight)
    assert found.n_clusters == 0
    predicted = everyone(predict, X[:5])
    assert (predicted.labels == -1).all()
    assert (predicted.confidence == 0).all()
    assert np.isnan(predicted.distance).all()
