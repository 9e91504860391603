"""What the pictures of density algorithms are drawn from, held against brute force and the libraries' own trees."""

from __future__ import annotations

import numpy as np
import pytest
from plot_builders import condensed_arrays
from scipy.spatial.distance import cdist

from clusterctl.plots.densities import condensed_tree, reachability_curve, sorted_distances
from clusterctl.values.clustering import Clustering
from clusterctl.values.plotdata import PlotData
from clusterctl.values.space import Points


@pytest.mark.parametrize("min_samples", [1, 2, 7])
@pytest.mark.parametrize(("metric", "own"), [("euclidean", "euclidean"), ("manhattan", "cityblock")])
def test_the_distances_are_those_to_the_nth_nearest_row_itself_counted(min_samples, metric, own):
    X = np.random.default_rng(1).normal(size=(300, 3))
    clustering = Clustering(np.zeros(300, dtype=np.int64), 1, facts={"eps": 0.5, "n_core": 9})
    found = sorted_distances(Points(X), clustering, {"min_samples": min_samples, "metric": metric}, 0)
    expected = np.sort(np.sort(cdist(X, X, own), axis=1)[:, min_samples - 1])
    assert found.values == pytest.approx(expected)
    assert found.ranks.tolist() == list(range(300))
    assert (found.eps, found.n_used, found.min_samples) == (0.5, 300, min_samples)


def test_a_long_curve_is_thinned_and_keeps_its_ends():
    heights = np.random.default_rng(2).exponential(size=50_000)
    heights[:10] = np.inf
    arrays = {"ordering": np.arange(50_000), "core_distances": heights, "reachability": heights}
    clustering = Clustering(np.zeros(50_000, dtype=np.int64), 1, arrays=arrays, facts={"min_samples": 5})
    found = sorted_distances(Points(np.zeros((50_000, 1))), clustering, {"cluster_method": "dbscan", "eps": 0.25}, 0)
    known = np.sort(heights[10:])
    assert len(found.values) == 1_000
    assert found.values.tolist() == known[found.ranks].tolist()
    assert (found.ranks[0], found.ranks[-1], found.n_used, found.eps) == (0, len(known) - 1, 50_000, 0.25)


def test_other_algorithms_have_neither_distances_nor_trees_nor_an_order(make):
    data = make()
    assert data.distances is data.condensed is data.reachability is None


@pytest.mark.parametrize("renumber", [False, True])
def test_the_condensed_tree_has_the_branches_rows_and_clusters_of_the_arrays(renumber):
    labels = np.repeat([0, 1, 2, -1], [50, 30, 20, 10])
    numbers = np.array([7, 2, 4]) if renumber else np.arange(3)  # what an earlier run called them
    final = np.where(labels < 0, -1, numbers[labels])
    clustering = Clustering(labels, 3, arrays=condensed_arrays(labels))
    ids = np.sort(numbers)
    tree = condensed_tree(clustering, final, ids, np.array([int((final == number).sum()) for number in ids]))
    assert tree.sizes.tolist() == [110, 50, 50, 30, 20]
    assert tree.parents.tolist() == [-1, 0, 0, 2, 2]
    assert tree.clusters.tolist() == [-1, numbers[0], -1, numbers[1], numbers[2]]
    assert tree.births.tolist() == [0.5, 1.0, 1.0, 2.0, 2.0]
    own = slice(tree.offsets[0], tree.offsets[1])
    assert list(zip(tree.levels[own], tree.rows[own], strict=True)) == [(0.5, 100), (1.0, 0)]
    assert (np.diff(tree.rows[tree.offsets[1] : tree.offsets[2]]) <= 0).all()


def test_the_tree_of_equal_rows_has_finite_densities():
    labels = np.repeat([0, 1], [20, 20])
    arrays = condensed_arrays(labels)
    arrays["condensed_lambda"] = np.where(arrays["condensed_lambda"] > 3, np.inf, arrays["condensed_lambda"])
    tree = condensed_tree(Clustering(labels, 2, arrays=arrays), labels, np.arange(2), np.array([20, 20]))
    assert np.isfinite(tree.levels).all()
    assert np.isfinite(tree.deaths).all()


@pytest.mark.parametrize("n", [5, 4_000, 9_001])
def test_the_order_is_kept_in_runs_with_their_highest_row(n):
    rng = np.random.default_rng(3)
    ordering, heights, labels = rng.permutation(n), rng.random(n), rng.integers(-1, 3, n)
    heights[ordering[0]] = np.inf
    clustering = Clustering(labels, 3, arrays={"ordering": ordering, "reachability": heights})
    curve = reachability_curve(clustering, labels, {}, lambda points: points.astype(str))
    assert len(curve.heights) == min(n, 4_000)
    assert (curve.starts[0], curve.starts[-1]) == (0, n)
    for run in (0, len(curve.heights) // 2, len(curve.heights) - 1):
        rows = ordering[curve.starts[run] : curve.starts[run + 1]]
        assert curve.heights[run] == heights[rows].max() == heights[int(curve.ids[run])]


@pytest.mark.parametrize("kind", ["dbscan", "optics", "hdbscan", "hierarchical"])
def test_everything_comes_back_from_its_arrays(kind, make, tmp_path):
    data = make(kind=kind, n_noise=10)
    np.savez(tmp_path / "points.npz", **data.to_arrays())
    with np.load(tmp_path / "points.npz", allow_pickle=False) as stored:
        again = PlotData.from_arrays(dict(stored))
    for name, array in data.to_arrays().items():
        assert np.array_equal(array, again.to_arrays()[name], equal_nan=array.dtype.kind == "f"), name
    assert again.to_arrays().keys() == data.to_arrays().keys()


def test_stability_follows_the_numbers_that_the_clusters_are_given(make):
    from clusterctl.plots.compute import _stability

    own, final = np.array([0, 0, 1, 2, -1]), np.array([4, 4, 9, 1, -1])
    assert _stability([0.9, None, 0.5], own, final, np.array([1, 4, 9])).tolist()[:2] == [0.5, 0.9]
    assert np.isnan(_stability([0.9, None, 0.5], own, final, np.array([1, 4, 9]))[2])
