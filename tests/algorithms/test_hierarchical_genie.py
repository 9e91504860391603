"""Linkage genie as users meet it: beside single linkage, its limits, one tree for every cut. Its merges: tests/kernels/test_genie.py."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.cluster.hierarchy import fcluster, linkage
from shared_tables import TABLES, measure_cost, read_points
from sklearn.metrics import adjusted_rand_score

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.hierarchical import SPEC, HierarchicalParameters
from clusterctl.errors import ClusteringError
from clusterctl.kernels.genie import link_guarded
from clusterctl.values.clustering import Clustering, canonical
from clusterctl.values.space import Points


def asked(n_clusters: int, **parameters: object) -> Settings:
    return Settings(HierarchicalParameters(**{"linkage": "genie", **parameters}), n_clusters, 0)


def fit(points: Points, n_clusters: int, **parameters: object) -> Clustering:
    settings = asked(n_clusters, **parameters)
    return SPEC.cut(SPEC.build(points, settings, 1), settings)


def two_moons_and_outliers() -> tuple[Points, np.ndarray]:
    rng = np.random.default_rng(0)
    angle = np.linspace(0, np.pi, 150)
    one = np.column_stack((np.cos(angle), np.sin(angle)))
    moons = np.concatenate((one, np.column_stack((1 - np.cos(angle), 0.4 - np.sin(angle))))) + rng.normal(scale=0.03, size=(300, 2))
    far = np.array([[6.0, 6.0], [-7.0, 3.0], [5.0, -8.0]])
    return Points(np.concatenate((moons, far))), np.repeat([0, 1], 150)


def test_it_finds_shapes_where_single_linkage_splits_off_outliers_and_ward_cuts_across() -> None:
    points, truth = two_moons_and_outliers()
    scores = {name: adjusted_rand_score(truth, fit(points, 2, linkage=name).labels[:300]) for name in ("genie", "single", "ward")}
    assert scores["genie"] == 1.0
    assert scores["single"] == 0.0
    assert scores["ward"] < 0.5


def test_a_threshold_of_one_is_scipys_single_linkage_on_every_table() -> None:
    compared = 0
    for table in TABLES:
        points = read_points(table)
        single = linkage(points.X, "single")
        settings = asked(1, gini_threshold=1.0)
        structure = SPEC.build(points, settings, 1)
        assert np.array_equal(structure.tree[:, 2], single[:, 2]), table
        for k in range(2, 12):
            heights = single[:, 2]
            if heights[-k] < heights[1 - k] and structure.n_distinct >= k:  # else scipy's order of equal rows decides
                expected = canonical(fcluster(single, heights[-k], "distance"))[0]
                assert np.array_equal(SPEC.cut(structure, asked(k, gini_threshold=1.0)).labels, expected), (table, k)
                compared += 1
    assert compared >= 100


@pytest.mark.parametrize(("metric", "name"), [("manhattan", "cityblock"), ("chebyshev", "chebyshev"), ("cosine", "cosine")])
def test_metrics_are_those_of_scipy(metric: str, name: str) -> None:
    points = Points(np.random.default_rng(5).normal(size=(200, 4)) + 1)
    found = fit(points, 3, metric=metric, gini_threshold=1.0).arrays["linkage"]
    assert np.allclose(found[:, 2], linkage(points.X, "single", name)[:, 2], rtol=0, atol=1e-14)


def test_a_gower_space_uses_city_block_distance() -> None:
    X = np.random.default_rng(0).random((80, 3))
    own, named = fit(Points(X, "manhattan"), 4), fit(Points(X), 4, metric="manhattan")
    assert np.array_equal(own.labels, named.labels)
    assert not np.array_equal(own.arrays["linkage"], fit(Points(X), 4).arrays["linkage"])


def test_a_height_to_stop_at_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"does not merge in the order of distances.*give n_clusters"):
        HierarchicalParameters(linkage="genie", distance_threshold=1.0)


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan")])
def test_a_threshold_outside_its_range_is_refused(threshold: float) -> None:
    with pytest.raises(ValidationError):
        HierarchicalParameters(linkage="genie", gini_threshold=threshold)


def test_one_tree_is_cut_for_every_number_of_clusters_as_a_tree_of_its_own() -> None:
    points, _ = two_moons_and_outliers()
    shared = SPEC.build(points, asked(2), 1)
    for k in (1, 2, 3, 7, 50, 303):
        cut, own = SPEC.cut(shared, asked(k)), fit(points, k)
        assert np.array_equal(cut.labels, own.labels)
        assert cut.n_clusters == k
        assert np.array_equal(cut.labels, canonical(cut.labels)[0])


def test_the_threshold_makes_another_tree_for_genie_alone() -> None:
    keys = {SPEC.structure_key(asked(2, gini_threshold=g)) for g in (0.1, 0.3)}
    assert len(keys) == 2
    keys = {SPEC.structure_key(asked(2, linkage="ward", gini_threshold=g)) for g in (0.1, 0.3)}
    assert len(keys) == 1


def test_more_clusters_than_distinct_rows_are_refused() -> None:
    with pytest.raises(ClusteringError, match="3 clusters cannot be made of 2 distinct rows"):
        fit(Points(np.array([[0.0], [0.0], [1.0]])), 3)


def test_a_tie_is_told_by_the_distances_bridged_and_not_by_heights_that_are_inherited() -> None:
    X = np.array([[0.0], [1.0], [3.0], [4.0], [20.0]])
    tree, bridged = link_guarded(X, "euclidean", 0.0)
    assert bridged.tolist() == [1.0, 1.0, 16.0, 2.0]
    assert tree[:, 2].tolist() == [1.0, 1.0, 16.0, 16.0]
    told = {k: [caution.code for caution in fit(Points(X), k, gini_threshold=0.0).cautions] for k in (2, 3, 4)}
    assert told == {2: [], 3: [], 4: ["tied_merges"]}


def test_shuffled_rows_fall_into_the_same_clusters_where_nothing_ties() -> None:
    X = np.random.default_rng(2).normal(size=(500, 3))
    order = np.random.default_rng(3).permutation(500)
    straight, shuffled = fit(Points(X), 6).labels, fit(Points(X[order]), 6).labels
    assert adjusted_rand_score(straight[order], shuffled) == 1.0


def test_estimate_of_memory_is_within_a_factor_of_two() -> None:
    cases: list[tuple[int, int, dict[str, object], int | None]] = [(n, d, {"linkage": "genie"}, 4) for n, d in ((4000, 4), (20000, 4))]
    cases += [(n, d, {"linkage": "genie"}, 4) for n, d in ((20000, 20), (60000, 2))]
    ratios = measure_cost("hierarchical", cases)[1:]  # the first loads the searches for large tables
    assert all(0.5 <= ratio <= 2 for ratio in ratios), ratios
