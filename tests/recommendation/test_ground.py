"""The sample and what all evidence shares."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist
from shapes import blobs, ground_of, points_of

from clusterctl.recommendation.ground import draw_sample, lay_ground


def test_the_tree_weighs_as_much_as_scipys_of_mutual_reachability() -> None:
    ground = ground_of(blobs(60)[0])
    reach = np.maximum(cdist(ground.points.X, ground.points.X).astype(np.float32), np.maximum(ground.core[:, None], ground.core[None, :]))
    np.testing.assert_allclose(ground.tree.weight.sum(), minimum_spanning_tree(reach).sum(), rtol=1e-5)
    joined = set()
    for row in ground.tree.order:
        assert ground.tree.parent[row] in joined or not joined
        joined.add(int(row))


def test_near_rows_are_the_nearest_and_never_the_row_itself() -> None:
    X = np.repeat(blobs(20)[0], 2, axis=0)  # every row twice
    ground = ground_of(X)
    assert not (ground.near == np.arange(len(X))[:, None]).any()
    distances = cdist(X, X)
    np.fill_diagonal(distances, np.inf)
    np.testing.assert_allclose(ground.near_distances, np.sort(distances, axis=1)[:, : ground.near.shape[1]], atol=1e-5)


@pytest.mark.parametrize(("n_rows", "step"), [(5, 0.0), (21, 0.5), (200, 0.0), (200, 0.5), (200, 4.0)])
def test_of_rows_equally_near_the_first_ones_are_kept_in_their_order(n_rows: int, step: float) -> None:
    X = blobs(n_rows)[0][:n_rows]
    ground = ground_of(np.round(X / step) * step if step else X)
    distances = ground.distances.copy()
    np.fill_diagonal(distances, -1)
    m = ground.near.shape[1]
    np.testing.assert_array_equal(ground.near, np.argsort(distances, axis=1, kind="stable")[:, 1 : m + 1])


def test_a_sample_is_drawn_by_the_seed_above_its_size_alone() -> None:
    points = points_of(blobs(400)[0])
    assert draw_sample(points, 5_000, 0)[0] is points
    first, again, other = (draw_sample(points, 300, seed)[1] for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()
    assert (np.diff(first) > 0).all()


def test_the_dimension_is_that_of_the_surface_the_rows_lie_on() -> None:
    rng = np.random.default_rng(0)
    plane = rng.uniform(size=(800, 2)) @ rng.normal(size=(2, 6))
    assert 1.6 < lay_ground(points_of(plane), 0).dimension < 2.4
    assert 4.0 < lay_ground(points_of(rng.uniform(size=(800, 5))), 0).dimension < 5.6


def test_equal_rows_have_a_core_distance_above_0() -> None:
    assert (ground_of(np.repeat(blobs(5)[0], 20, axis=0)).core > 0).all()
