"""From points to the fate of every input row, and finding the clusters again on other points."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.engine.pipeline import again, fate_of_rows, fit, labels_of_rows
from clusterctl.errors import ClusteringError
from clusterctl.metrics.silhouette import silhouettes
from clusterctl.results.assignments import STATUSES
from clusterctl.values.clustering import Clustering
from clusterctl.values.space import Points, Space

GROUPS = 9.0 * (np.arange(60) % 3)[:, None] + np.random.default_rng(0).normal(size=(60, 2))


def space_of(X: np.ndarray, metric: Any = "euclidean", dropped: tuple[int, ...] = (), excluded: tuple[int, ...] = (), **more: Any) -> Space:
    """Return a space whose points are the rows left after dropping and excluding."""
    n_rows = len(X) + len(dropped) + len(excluded)
    gone = np.zeros((2, n_rows), dtype=bool)
    gone[0, list(dropped)] = True
    gone[1, list(excluded)] = True
    return Space(
        points=Points(np.ascontiguousarray(X), metric),
        columns=("a", "b"),
        rows=np.flatnonzero(~gone.any(axis=0)),
        n_rows=n_rows,
        dropped=gone[0],
        excluded=gone[1],
        outlier_scores=more.get("outlier_scores"),
        flagged=None,
        outlier_method=None,
        embedding="none",
        explained_variance=None,
        steps=(),
    )


def settings_of(name: str, n_clusters: int | None = None, **parameters: Any) -> Settings:
    return Settings(ALGORITHMS[name].parameters(**parameters), n_clusters, 5)


def test_every_row_of_the_input_has_the_label_of_its_point_or_none() -> None:
    space = space_of(GROUPS[:4], dropped=(1,), excluded=(4,))
    labels = labels_of_rows(space, Clustering(np.array([0, 1, -1, 0]), 2))
    assert labels.tolist() == [0, -1, 1, -1, -1, 0]


def test_the_fate_of_rows_says_why_a_row_has_no_cluster() -> None:
    space = space_of(GROUPS[:4], dropped=(1,), excluded=(4,))
    fate = fate_of_rows(space, Clustering(np.array([0, 1, -1, 0]), 2), np.array([0.9, 0.8, 0.7, 0.6]), None)
    assert [STATUSES[code] for code in fate.status] == ["clustered", "dropped", "clustered", "noise", "excluded", "clustered"]
    assert fate.confidence.tolist() == [0.9, 0.0, 0.8, 0.0, 0.0, 0.6]
    assert fate.dropped.tolist() == [False, True, False, False, False, False]
    assert fate.silhouette is None
    assert fate.outlier_scores is None


def test_silhouettes_stand_in_input_order_and_are_missing_where_there_is_none() -> None:
    space = space_of(GROUPS[:6], excluded=(0,))
    clustering = Clustering(np.array([0, 1, -1, 0, 1, -1]), 2)
    by_row = silhouettes(space.points, clustering.labels, random_state=0, n_jobs=1)
    fate = fate_of_rows(space, clustering, np.ones(6), by_row)
    assert fate.silhouette is not None
    assert np.isnan(fate.silhouette).tolist() == [True, False, False, True, False, False, True]
    assert np.array_equal(fate.silhouette[1:], by_row.samples, equal_nan=True)


def test_outlier_scores_are_of_the_input_rows_already() -> None:
    scores = np.array([0.1, 5.0, 0.2])
    fate = fate_of_rows(space_of(GROUPS[:2], excluded=(1,), outlier_scores=scores), Clustering(np.array([0, 0]), 1), np.ones(2), None)
    assert fate.outlier_scores is scores


@pytest.mark.parametrize("name", ["kmeans", "gaussian_mixture"])
def test_an_algorithm_without_a_mixed_distance_refuses_it(name: str) -> None:
    with pytest.raises(ClusteringError, match=f"{name} cannot work with the mixed") as caught:
        fit(space_of(GROUPS, "manhattan"), ALGORITHMS[name], settings_of(name, 3), 1)
    able = [other for other, spec in ALGORITHMS.items() if "manhattan" in spec.metrics]
    assert all(other in str(caught.value.hint) for other in able)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_clusters_are_found_again_on_the_same_points(name: str) -> None:
    spec, space = ALGORITHMS[name], space_of(GROUPS)
    settings = settings_of(name, 3 if spec.takes_n_clusters else None, **({"eps": 2.0} if name == "dbscan" else {}))
    found = fit(space, spec, settings, 1)
    assert np.array_equal(again(found, space.points)(space.points, 5), found.clustering.labels)


def test_a_half_is_asked_for_half_as_many_rows_but_never_for_fewer_than_five() -> None:
    spec, half = ALGORITHMS["hdbscan"], Points(np.ascontiguousarray(GROUPS[::2]))
    for asked, expected in ((14, 7), (5, 5)):
        found = fit(space_of(GROUPS), spec, settings_of("hdbscan", min_cluster_size=asked), 1)
        setting = settings_of("hdbscan", min_cluster_size=expected)
        assert np.array_equal(again(found, Points(GROUPS))(half, 0), spec.cut(spec.build(half, setting, 1), setting).labels)


def test_eps_grows_as_the_rows_thin_out_and_finds_a_ring_again_on_half_of_it() -> None:
    angle = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    rings = np.concatenate([r * np.column_stack([np.cos(angle), np.sin(angle)]) for r in (1.0, 3.0)])
    found = fit(space_of(rings), ALGORITHMS["dbscan"], settings_of("dbscan", eps=0.11, min_samples=3), 1)
    assert found.clustering.n_clusters == 2
    half = Points(np.ascontiguousarray(rings[np.sort(np.random.default_rng(1).choice(800, 400, replace=False))]))
    labels = again(found, Points(rings))(half, 0)
    inner = np.linalg.norm(half.X, axis=1) < 2
    assert np.mean(labels[inner] == np.bincount(labels[inner] + 1).argmax() - 1) > 0.9


def test_what_auto_chose_from_the_points_is_chosen_anew_from_others() -> None:
    found = fit(space_of(GROUPS), ALGORITHMS["dbscan"], settings_of("dbscan", eps=2.0), 1)
    seen: list[Points] = []

    def settle(other: Points) -> Settings:
        seen.append(other)
        return settings_of("dbscan", eps=1e-9)

    other = Points(np.ascontiguousarray(GROUPS[::2]))
    assert (again(replace(found, settle=settle), Points(GROUPS))(other, 0) == -1).all()
    assert seen == [other]


def test_too_small_a_sample_is_an_error_that_names_the_parameters() -> None:
    found = fit(space_of(GROUPS), ALGORITHMS["hdbscan"], settings_of("hdbscan", min_cluster_size=5), 1)
    with pytest.raises(ClusteringError, match=r"min_cluster_size.* count rows: .* 6 of the 60 rows"):
        again(found, Points(GROUPS))(Points(np.ascontiguousarray(GROUPS[:6])), 0)


def test_the_seed_given_is_the_seed_used() -> None:
    X = np.random.default_rng(0).random((200, 2))
    found = fit(space_of(X), ALGORITHMS["kmeans"], settings_of("kmeans", 15, n_init=1), 1)
    cluster = again(found, Points(X))
    assert np.array_equal(cluster(Points(X), 5), found.clustering.labels)
    assert not all(np.array_equal(cluster(Points(X), seed), found.clustering.labels) for seed in range(4))
