from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from plot_builders import make_dataset, make_space
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.decomposition import PCA

from clusterctl.plots.compute import compute_plot_data
from clusterctl.plots.dendrogram import leaf_order, merge_brackets
from clusterctl.plots.profile import profile_means
from clusterctl.plots.projection import project
from clusterctl.plots.sample import MOST_ROWS, draw_rows, group
from clusterctl.plots.treetop import MIXED, tree_top
from clusterctl.values.clustering import Clustering, canonical
from clusterctl.values.plotdata import EXCLUDED, PlotData

GENERATOR = np.random.default_rng(7)


def assert_same(first: PlotData, second: PlotData) -> None:
    left, right = first.to_arrays(), second.to_arrays()
    assert left.keys() == right.keys()
    for name, array in left.items():
        np.testing.assert_array_equal(array, right[name], err_msg=name)


@pytest.mark.parametrize("other", [{}, {"hierarchical": True}, {"k": 0}, {"k": 1, "d": 1}, {"n_noise": 9}])
def test_arrays_survive_an_npz_file_without_pickles(make, other):
    data = make(**other)
    file = io.BytesIO()
    np.savez(file, **data.to_arrays())
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        again = PlotData.from_arrays(arrays)
    assert_same(data, again)
    assert (again.tree is None) == (data.tree is None)
    assert isinstance(again.n_points, int)
    assert isinstance(again.algorithm, str)


def test_another_format_is_refused(make):
    with pytest.raises(ValueError, match="format 99"):
        PlotData.from_arrays(make().to_arrays() | {"format": np.array(99)})


def test_groups_list_clusters_then_noise_and_members_ascending():
    labels = np.array([2, -1, 0, 2, -5, 0, 7])
    groups = group(labels)
    assert groups.ids.tolist() == [0, 2, 7, -1]
    assert [groups.members(place).tolist() for place in range(4)] == [[2, 5], [0, 3], [6], [1, 4]]


def test_a_sample_has_20000_rows_keeps_shares_and_no_cluster_is_lost():
    labels = np.repeat([0, 1, 2, -1], [60_000, 30_000, 3, 9_997])
    GENERATOR.shuffle(labels)
    rows = draw_rows(group(labels), 0)
    counts = np.unique(labels[rows], return_counts=True)[1]
    assert len(rows) == len(set(rows.tolist())) == MOST_ROWS
    assert (np.diff(rows) > 0).all()
    assert counts[3] == 3
    np.testing.assert_allclose(counts[[1, 2, 0]] / MOST_ROWS, [0.6, 0.3, 0.1], atol=0.001)


def test_a_sample_depends_on_the_seed_alone():
    groups = group(np.arange(30_000) % 4)
    np.testing.assert_array_equal(draw_rows(groups, 5), draw_rows(groups, 5))
    assert not np.array_equal(draw_rows(groups, 5), draw_rows(groups, 6))


def test_more_clusters_than_rows_to_draw_still_keep_the_limit():
    assert len(draw_rows(group(np.arange(50_000)), 0, limit=1000)) == 1000


def test_the_plane_is_scikit_learns_pca_up_to_sign():
    X = GENERATOR.normal(size=(500, 6)) * [5, 3, 1, 1, 1, 1] + 1e4
    frame = pd.DataFrame(X, columns=list("abcdef"))
    plane = project(make_dataset(frame), make_space(X, tuple(frame)), np.arange(500))
    reference = PCA(2, svd_solver="full").fit(X)
    np.testing.assert_allclose(np.abs(plane.place(X)), np.abs(reference.transform(X)), rtol=1e-6, atol=1e-6)
    share = reference.explained_variance_ratio_[0]
    assert plane.axis_labels[0] == f"PC 1 ({100 * share:.1f} % of variance)"


def test_the_sign_of_an_axis_is_that_of_its_largest_loading():
    X = GENERATOR.normal(size=(300, 3)) * [9, 1, 1]
    for flip in (1, -1):
        plane = project(make_dataset(pd.DataFrame(X * flip)), make_space(X * flip, ("a", "b", "c")), np.arange(300))
        assert np.corrcoef(plane.place(X * flip)[:, 0], X[:, 0] * flip)[0, 1] > 0.99


def test_wide_points_have_the_same_axes_as_scikit_learn():
    X = GENERATOR.normal(size=(40, 2500))
    X[:, 0] *= 50
    plane = project(make_dataset(pd.DataFrame({"a": X[:, 0]})), make_space(X, tuple(f"x{i}" for i in range(2500))), np.arange(40))
    np.testing.assert_allclose(np.abs(plane.place(X)), np.abs(PCA(2, svd_solver="full").fit_transform(X)), rtol=1e-6, atol=1e-6)


def test_two_scaled_columns_are_drawn_in_original_units():
    frame = pd.DataFrame({"tenure": GENERATOR.uniform(0, 72, 50), "income": GENERATOR.lognormal(10, 1, 50)})
    scaled = (frame - frame.mean()) / frame.std()
    X = np.column_stack((scaled["tenure"], np.log1p(frame["income"])))
    plane = project(make_dataset(frame), make_space(X, ("tenure", "income")), np.arange(50))
    assert plane.axis_labels == ("tenure", "income (as prepared)")
    np.testing.assert_allclose(plane.place(X)[:, 0], frame["tenure"])
    np.testing.assert_allclose(plane.place(X)[:, 1], X[:, 1])


@pytest.mark.parametrize(
    ("embedding", "d", "labels"),
    [
        ("umap", 2, ("UMAP 1", "UMAP 2")),
        ("tsne", 2, ("t-SNE 1", "t-SNE 2")),
        ("pca", 3, ("PC 1 (60.0 % of variance)", "PC 2 (30.0 % of variance)")),
    ],
)
def test_axes_of_a_reduction_have_its_name(embedding, d, labels):
    X = GENERATOR.normal(size=(30, d))
    shares = (0.6, 0.3, 0.05) if embedding == "pca" else None
    space = make_space(X, ("a", "b", "c")[:d], embedding=embedding, explained_variance=shares)
    plane = project(make_dataset(pd.DataFrame({"x": X[:, 0]})), space, np.arange(30))
    assert plane.axis_labels == labels
    np.testing.assert_array_equal(plane.place(X), X[:, :2])


def test_one_dimension_spreads_points_where_they_are_dense(make):
    data = make(k=1, n=2000, d=1)
    x, y = data.projection.T
    dense = np.abs(x - np.median(x)) < 0.5 * x.std()
    assert data.axis_labels == ("x0", "")
    assert np.abs(y[dense]).mean() > 2 * np.abs(y[np.abs(x - x.mean()) > 2 * x.std()]).mean()


def test_profile_is_the_mean_in_standard_deviations_with_missing_values_left_out():
    values = GENERATOR.normal(50, 9, 300)
    values[::7] = np.nan
    labels = np.arange(300) % 3 - 1
    frame = pd.DataFrame({"v": values})
    names, means = profile_means(make_dataset(frame), make_space(np.zeros((300, 1)), ("v",)), group(labels))
    z = (values - np.nanmean(values)) / np.nanstd(values)
    assert names == ("v",)
    np.testing.assert_allclose(means[:, 0], [np.nanmean(z[labels == number]) for number in (0, 1, -1)])


def test_profile_of_a_category_is_its_share_and_two_values_give_one_column():
    frame = pd.DataFrame({"contract": ["year", "month", "two", "month"] * 25, "paid": ["yes", "no", "no", "no"] * 25})
    labels = (frame["contract"] == "month").to_numpy().astype(int)
    names, means = profile_means(make_dataset(frame), make_space(np.zeros((100, 1)), ("c",)), group(labels))
    assert set(names) == {"contract = year", "contract = month", "contract = two", "paid = yes"}
    assert names[0] == "contract = month"
    np.testing.assert_allclose(means[:, 0], [-1, 1])


@pytest.mark.parametrize("value", [0.0, 0.1, 1e300, -3e-300])
def test_a_constant_feature_has_no_spread(value):
    frame = pd.DataFrame({"c": np.full(90, value)})
    _, means = profile_means(make_dataset(frame), make_space(np.zeros((90, 1)), ("c",)), group(np.arange(90) % 2))
    np.testing.assert_array_equal(means, 0)


def test_huge_values_do_not_overflow():
    frame = pd.DataFrame({"h": np.where(np.arange(90) % 2 == 0, 1.5e308, -1.5e308)})
    _, means = profile_means(make_dataset(frame), make_space(np.zeros((90, 1)), ("h",)), group(np.arange(90) % 2))
    np.testing.assert_allclose(means[:, 0], [1, -1])


def test_silhouette_curves_keep_ends_means_and_counts_of_large_clusters(make):
    data = make(k=2, n=10_000)
    curves = data.silhouette
    full = np.linspace(-0.2, 0.9, 10_000)
    for place, number in enumerate(data.cluster_ids):
        own = full[data.labels == number]
        curve = curves.values[curves.offsets[place] : curves.offsets[place + 1]]
        assert (curve[0], curve[-1], len(curve)) == (own.max(), own.min(), 500)
        np.testing.assert_allclose(curves.means[place], own.mean())
        np.testing.assert_allclose(
            np.interp(np.linspace(0, 1, 50), np.linspace(0, 1, 500), curve), np.quantile(own, np.linspace(1, 0, 50)), atol=0.005
        )
    np.testing.assert_allclose(curves.mean, full.mean())
    assert curves.n_scored == 10_000


def test_a_sampled_silhouette_weighs_clusters_by_their_true_size():
    labels = np.repeat([0, 1], [900, 100])
    silhouettes = np.full(1000, np.nan)
    silhouettes[[0, 1]], silhouettes[[900, 901]] = 0.5, 0.1
    X = GENERATOR.normal(size=(1000, 2))
    frame = pd.DataFrame(X, columns=["a", "b"])
    data = compute_plot_data(make_dataset(frame), make_space(X, ("a", "b")), Clustering(labels, 2), labels, silhouettes, 0)
    np.testing.assert_allclose(data.silhouette.mean, 0.46)
    assert data.silhouette.n_scored == 4


def test_excluded_rows_are_drawn_where_they_would_lie():
    X = GENERATOR.normal(size=(60, 3))
    excluded = np.zeros(60, dtype=bool)
    excluded[[5, 50]] = True
    labels_all = np.where(excluded, -1, np.arange(60) % 2)
    space = make_space(X, ("a", "b", "c"), excluded)
    dataset = make_dataset(pd.DataFrame(X, columns=list("abc")))
    clustering = Clustering(labels_all[~excluded], 2)
    data = compute_plot_data(dataset, space, clustering, labels_all, None, 0, excluded_points=X[excluded])
    assert data.rows[data.status == EXCLUDED].tolist() == [5, 50]
    assert data.n_drawn == data.n_points == 58
    np.testing.assert_array_equal(data.features[-2:], X[[5, 50]][:, [list("abc").index(name) for name in data.feature_names]])


def test_cluster_numbers_of_an_earlier_run_are_kept():
    labels = np.where(np.arange(60) < 20, 3, 9)
    X = GENERATOR.normal(size=(60, 2))
    dataset = make_dataset(pd.DataFrame(X, columns=["a", "b"]))
    data = compute_plot_data(dataset, make_space(X, ("a", "b")), Clustering(canonical(labels)[0], 2), labels, None, 0)
    assert (data.cluster_ids.tolist(), data.cluster_sizes.tolist()) == ([3, 9], [20, 40])


@pytest.mark.parametrize(("source", "name"), [("../a/b.csv.gz", "b"), ("https://x.org/d/t.parquet?k=1", "t"), ("-", "the input")])
def test_the_data_are_called_by_the_files_name(make, source, name):
    assert make(source=source).data_name == name


@pytest.mark.parametrize("method", ["ward", "single", "average", "complete"])
@pytest.mark.parametrize("k", [2, 5, 30])
def test_leaves_of_the_tree_are_scipys_clusters(method, k):
    X = GENERATOR.normal(size=(400, 3))
    Z = linkage(X, method)
    labels = canonical(fcluster(Z, k, "maxclust"))[0]
    top = tree_top(Z, labels, k)
    n_leaves = max(30, 2 * k)
    leaves = fcluster(Z, n_leaves, "maxclust")
    assert sorted(top.leaf_sizes) == sorted(np.bincount(leaves)[1:])
    assert MIXED not in top.leaf_clusters
    np.testing.assert_array_equal(np.bincount(top.leaf_clusters, weights=top.leaf_sizes), np.bincount(labels))
    np.testing.assert_array_equal(top.merges[:, 2:], Z[-(n_leaves - 1) :, 2:])
    np.testing.assert_array_equal(canonical(fcluster(Z, top.cut_height, "distance"))[0], labels)


def test_no_two_brackets_cross_and_no_leaf_is_lost(make):
    tree = make(k=5, hierarchical=True).tree
    order = leaf_order(tree)
    corners, clusters = merge_brackets(tree, order)
    assert sorted(order) == list(range(30))
    assert (corners[:, 1, 1] >= corners[:, 0, 1]).all()
    assert sum(number == MIXED for number in clusters) == 4


def test_a_chain_of_50000_merges_is_no_deeper_than_any_other_tree():
    n = 50_000
    Z = np.column_stack((np.r_[0, np.arange(n, 2 * n - 2)], np.arange(1, n), np.arange(1.0, n), np.arange(2, n + 1)))
    labels = np.r_[np.zeros(n - 2, dtype=np.int64), 1, 2]
    top = tree_top(Z, labels, 3)
    assert top.leaf_sizes.max() == n - 29
    assert top.cut_height == n - 2.5
    assert len(leaf_order(top)) == 30


def test_merges_that_do_not_rise_get_no_cut_line_unless_a_height_parts_them():
    merges = [[0, 1, 5.0, 2], [2, 3, 1.0, 2], [4, 5, 2.0, 2], [7, 8, 3.0, 4], [6, 9, 6.0, 6]]  # the first lies above the last but one
    Z = np.array(merges)
    assert tree_top(Z, np.array([0, 0, 1, 1, 1, 1]), 2).cut_height == 5.5
    assert tree_top(Z, np.array([0, 0, 1, 1, 2, 2]), 3).cut_height is None
    Z[3, 2] = 5.0  # as high as the first, which is kept
    assert tree_top(Z, np.array([0, 0, 1, 1, 2, 2]), 3).cut_height is None


def test_labels_that_are_no_cut_of_the_tree_get_no_cut_line(make):
    X = GENERATOR.normal(size=(100, 2))
    assert tree_top(linkage(X), np.arange(100) % 2, 2).cut_height is None
