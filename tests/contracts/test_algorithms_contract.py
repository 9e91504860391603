"""What every algorithm promises, on points that break clustering code: the registry times the odd inputs."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from degenerate_points import POINTS, frozen, groups

from clusterctl.algorithms.base import AlgorithmSpec, Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.errors import ClusteringError
from clusterctl.values.clustering import Clustering, canonical
from clusterctl.values.space import Points

NUMBERS = (1, 2, 3, 8)
"""Numbers of clusters tried where one is taken; three rows and two distinct ones are fewer than the last."""
ILL_CONDITIONED = {("gaussian_mixture", "huge", 8), ("gaussian_mixture", "one row far away", 1)}
"""Where a covariance is singular in 64 bits, in scikit-learn too."""
UNMETRIC = {"linkage": "average"}
"""Ward's linkage, the default, is for Euclidean distances alone."""


def settings_of(name: str, points: Points, n_clusters: int = 3, **parameters: Any) -> Settings:
    spec = ALGORITHMS[name]
    if name == "dbscan":
        parameters = {"eps": 1.5, **parameters}
    if name == "hierarchical" and points.metric == "manhattan":
        parameters = {**UNMETRIC, **parameters}
    return Settings(spec.parameters(**parameters), n_clusters if spec.takes_n_clusters else None, 0)


def cluster(spec: AlgorithmSpec, points: Points, settings: Settings, n_jobs: int = 1) -> Clustering:
    return spec.cut(spec.build(points, settings, n_jobs), settings)


def refusal(spec: AlgorithmSpec, points: Points, settings: Settings) -> ClusteringError:
    with pytest.raises(ClusteringError) as caught:
        cluster(spec, points, settings)
    return caught.value


def tries() -> list[Any]:
    return [
        pytest.param(name, what, n_clusters, id=f"{name}-{what}-{n_clusters}")
        for name, spec in ALGORITHMS.items()
        for what, points in POINTS.items()
        if points.metric in spec.metrics
        for n_clusters in (NUMBERS if spec.takes_n_clusters else (3,))
    ]


def same(one: Clustering, other: Clustering) -> bool:
    """Tell whether two clusterings are equal to the bit."""
    if one.n_clusters != other.n_clusters or dict(one.facts) != dict(other.facts) or one.cautions != other.cautions:
        return False
    pairs = [(one.labels, other.labels), *((one.arrays[key], other.arrays[key]) for key in one.arrays)]
    if one.confidence is not None:
        pairs.append((one.confidence, other.confidence))
    return all(left.tobytes() == right.tobytes() and left.dtype == right.dtype for left, right in pairs)


def check_form(spec: AlgorithmSpec, points: Points, found: Clustering) -> None:
    """Hold the value against the docstring of Clustering."""
    assert found.labels.dtype == np.int64
    assert found.labels.shape == (points.n_rows,)
    assert np.array_equal(canonical(found.labels)[0], found.labels)
    assert found.n_clusters == len(np.unique(found.labels[found.labels >= 0]))
    assert spec.makes_noise or (found.labels >= 0).all()
    if found.confidence is not None:
        assert found.confidence.dtype == np.float64
        assert found.confidence.shape == (points.n_rows,)
        assert ((found.confidence >= 0) & (found.confidence <= 1)).all()
        assert (found.confidence[found.labels < 0] == 0).all()
    for name, array in found.arrays.items():
        assert isinstance(array, np.ndarray), name
        assert array.dtype.kind in "fiub", name
        assert name in INFINITE or np.isfinite(array).all(), name
    json.dumps(dict(found.facts), allow_nan=False)
    for caution in found.cautions:
        assert caution.code.replace("_", "").isalnum()
        assert caution.code.islower()
        assert len(caution.message) > 20


INFINITE = {"reachability", "core_distances", "condensed_lambda"}
"""Infinite by definition: the reachability of a row that is reached from none (and of OPTICS' first row), the core distance of a row with
too few neighbours within max_eps, and 1 / distance of equal rows."""


@pytest.mark.parametrize(("name", "what", "n_clusters"), tries())
def test_odd_points_give_a_clustering_in_its_form_or_an_error_for_the_user(name: str, what: str, n_clusters: int) -> None:
    spec, points = ALGORITHMS[name], POINTS[what]
    settings = settings_of(name, points, n_clusters)
    before = points.X.tobytes()
    n_distinct = len(np.unique(points.X, axis=0))
    if spec.takes_n_clusters and n_clusters > n_distinct:
        refused = refusal(spec, points, settings)
        assert f"{n_clusters} clusters cannot be made of {n_distinct} distinct row" in refused.message
        assert f"at most {n_distinct}" in str(refused.hint)
        return
    if (name, what, n_clusters) in ILL_CONDITIONED:
        refused = refusal(spec, points, settings)
        assert "a covariance cannot be inverted" in refused.message
        assert "reg_covar" in str(refused.hint)
        return
    found = cluster(spec, points, settings)
    check_form(spec, points, found)
    assert points.X.tobytes() == before
    assert same(found, cluster(spec, points, settings, n_jobs=3))


@pytest.mark.parametrize("name", ALGORITHMS)
def test_well_separated_groups_are_found_and_numbered_by_size(name: str) -> None:
    sizes = (30, 20, 10)
    which = np.repeat([2, 0, 1], sizes)
    X = 40.0 * which[:, None] + np.random.default_rng(0).normal(size=(60, 2))
    points = frozen(X)
    extra = {"dbscan": {"eps": 3.0}, "optics": {"cluster_method": "dbscan", "eps": 5.0}}.get(name, {})
    found = cluster(ALGORITHMS[name], points, settings_of(name, points, **extra))
    assert np.array_equal(found.labels, np.repeat([0, 1, 2], sizes))


@pytest.mark.parametrize("name", ALGORITHMS)
def test_the_order_of_the_rows_does_not_change_who_is_together(name: str) -> None:
    X = groups(60, spread=0.5)
    order = np.random.default_rng(3).permutation(60)
    extra = {"cluster_method": "dbscan", "eps": 4.0} if name == "optics" else {}  # its valleys depend on where the walk begins
    one, other = (cluster(ALGORITHMS[name], frozen(rows), settings_of(name, frozen(rows), **extra)).labels for rows in (X, X[order]))
    together = one[:, None] == one
    assert np.array_equal(together[np.ix_(order, order)], other[:, None] == other)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_points_that_may_not_be_written_to_are_enough(name: str) -> None:
    points = frozen(groups(50))
    assert not points.X.flags.writeable
    check_form(ALGORITHMS[name], points, cluster(ALGORITHMS[name], points, settings_of(name, points)))


@pytest.mark.parametrize("name", ALGORITHMS)
def test_many_jobs_give_the_same_bits_where_work_is_split(name: str) -> None:
    points = frozen(groups(700, 4, 5, spread=4.0))
    settings = settings_of(name, points, 5)
    one, *others = (cluster(ALGORITHMS[name], points, settings, n_jobs) for n_jobs in (1, 2, 3))
    assert all(same(one, other) for other in others)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_an_algorithm_uses_a_seed_if_it_says_so_and_only_then(name: str) -> None:
    spec = ALGORITHMS[name]
    points = frozen(np.random.default_rng(0).random((300, 2)))
    extra = {"kmeans": {"n_init": 1}, "dbscan": {"eps": 0.05}}.get(name, {})
    settings = settings_of(name, points, 12, **extra)
    seeded = [Settings(settings.parameters, settings.n_clusters, seed) for seed in range(4)]
    labels = [cluster(spec, points, one).labels for one in seeded]
    assert spec.uses_random_state == any(not np.array_equal(labels[0], other) for other in labels[1:])
    assert spec.uses_random_state == ("random_state" in spec.structure_settings)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_cost_and_time_are_positive_and_grow_with_the_rows(name: str) -> None:
    spec, points = ALGORITHMS[name], frozen(groups())
    settings = settings_of(name, points)
    sizes = (2, 30, 1_000, 30_000, 1_000_000)
    costs = [spec.cost(n, 5, settings, None) for n in sizes]
    assert all(0 < less.bytes < more.bytes for less, more in pairwise(costs))
    assert all(isinstance(cost.bytes, int) and " n" in f" {cost.formula}" for cost in costs)
    times = [spec.seconds(n, 5, settings) for n in sizes]
    assert all(0 < less < more for less, more in pairwise(times))
    assert spec.cost(1000, 50, settings, None).bytes >= spec.cost(1000, 5, settings, None).bytes
    assert spec.seconds(1000, 50, settings) >= spec.seconds(1000, 5, settings)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_every_algorithm_names_its_source_with_a_year(name: str) -> None:
    assert any(word.strip("();,").isdigit() for word in ALGORITHMS[name].source.split())
