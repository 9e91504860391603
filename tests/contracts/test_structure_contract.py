"""Settings with equal structure keys share one structure: what a sweep computes once must give what each run alone gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from degenerate_points import POINTS, frozen, groups

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.errors import ClusteringError
from clusterctl.values.space import Points

BLOBS = frozen(groups(90, 3, 5, spread=2.0))
SMALL = frozen(groups(11, 2, 3))
TIES = POINTS["integers with many ties"]

SHARED: dict[str, list[dict[str, Any]]] = {
    "kmeans": [{}],
    "dbscan": [{"eps": eps} for eps in (0.5, 1.0, 2.0, 3.0, 1e-9, 1e9)],
    "hierarchical": [*({"n_clusters": k} for k in (1, 2, 3, 7)), *({"distance_threshold": height} for height in (0.5, 20.0, 1e9))],
    "spectral": [
        *({"n_clusters": k} for k in (1, 2, 3, 5, 8)),
        {"n_clusters": 3, "assign_labels": "cluster_qr"},
        {"n_clusters": 3, "assign_labels": "discretize"},
        {"n_clusters": 3, "n_init": 1},
        {"n_clusters": 3, "n_components": 5},
    ],
    "gaussian_mixture": [{}],
    "hdbscan": [
        *({"min_samples": 4, "min_cluster_size": size} for size in (2, 4, 9, 40)),
        {"min_cluster_size": 4},
        {"min_samples": 4, "cluster_selection_method": "leaf"},
        {"min_samples": 4, "cluster_selection_epsilon": 2.0},
        {"min_samples": 4, "allow_single_cluster": True},
        {"min_samples": 4, "max_cluster_size": 10},
    ],
    "optics": [
        {},
        *({"cluster_method": "dbscan", "eps": eps} for eps in (0.7, 2.0)),
        {"xi": 0.2},
        {"min_cluster_size": 9},
        {"min_cluster_size": 0.2},
        {"predecessor_correction": False},
    ],
}
"""Settings that have one key: each is cut from the structures of all others."""


def made(name: str, given: dict[str, Any], random_state: int = 3) -> Settings:
    spec = ALGORITHMS[name]
    given = dict(given)
    n_clusters = given.pop("n_clusters", None if "distance_threshold" in given else 3)
    return Settings(spec.parameters(**given), n_clusters if spec.takes_n_clusters else None, random_state)


@pytest.mark.parametrize("points", [BLOBS, SMALL, TIES], ids=["blobs", "small", "ties"])
@pytest.mark.parametrize("name", ALGORITHMS)
def test_equal_keys_mean_that_any_structure_serves_any_cut(name: str, points: Points) -> None:
    spec = ALGORITHMS[name]
    every = [made(name, given) for given in SHARED[name]]
    assert len({spec.structure_key(settings) for settings in every}) == 1
    structures = [spec.build(points, settings, 1) for settings in every]
    for settings, own in zip(every, structures, strict=True):
        alone = spec.cut(own, settings)
        for structure in structures:
            shared = spec.cut(structure, settings)
            assert np.array_equal(shared.labels, alone.labels)
            assert shared.facts == alone.facts
            assert shared.cautions == alone.cautions
            assert (shared.confidence is None) == (alone.confidence is None)
            assert alone.confidence is None or np.array_equal(shared.confidence, alone.confidence)
            assert all(np.array_equal(shared.arrays[key], alone.arrays[key]) for key in alone.arrays)


OTHER: dict[str, dict[str, Any]] = {
    "linkage": {"hierarchical": "average"},
    "metric": {"hierarchical": "cosine"},
    "affinity": {"spectral": "rbf"},
    "eigen_solver": {"spectral": "arpack"},
    "covariance_type": {"gaussian_mixture": "diag"},
    "init_params": {"gaussian_mixture": "random"},
    "init": {"kmeans": "random"},
    "algorithm": {"kmeans": "elkan"},
    "approx_min_span_tree": {"hdbscan": True},
    "eigen_tol": {"spectral": 0.1},
    "max_eps": {"optics": 0.5},
    "n_components": {"spectral": 20},
}


def structure_parameters() -> list[Any]:
    return [pytest.param(name, key, id=f"{name}-{key}") for name, spec in ALGORITHMS.items() for key in sorted(spec.structure_settings)]


@pytest.mark.parametrize(("name", "key"), structure_parameters())
def test_a_setting_that_the_structure_depends_on_is_in_its_key(name: str, key: str) -> None:
    spec = ALGORITHMS[name]
    base = {"linkage": "genie" if key == "gini_threshold" else "average"} if name == "hierarchical" else {}
    if key == "random_state":
        one, other = made(name, base, 1), made(name, base, 2)
    elif key == "n_clusters":
        one, other = made(name, {"n_clusters": 3}), made(name, {"n_clusters": 30})
    else:
        default = getattr(spec.parameters(), key)
        if key == "linkage":
            base = {}
        changed = "manhattan" if key == "metric" else OTHER.get(key, {}).get(name)
        if changed is None:
            changed = default * 2 if isinstance(default, int) else default / 2 if default else 9
        one, other = made(name, base), made(name, {**base, key: changed})
    assert spec.structure_key(one) != spec.structure_key(other)


@pytest.mark.parametrize("name", ["spectral", "hierarchical"])
def test_a_shared_structure_refuses_more_clusters_than_distinct_rows_as_a_run_does(name: str) -> None:
    spec, points = ALGORITHMS[name], frozen(np.repeat([[0.0], [1.0], [9.0]], 6, axis=0))
    structure = spec.build(points, made(name, {"n_clusters": 2}), 1)
    with pytest.raises(ClusteringError, match="5 clusters cannot be made of 3 distinct rows") as alone:
        spec.build(points, made(name, {"n_clusters": 5}), 1)
    with pytest.raises(ClusteringError, match="5 clusters cannot be made of 3 distinct rows") as shared:
        spec.cut(structure, made(name, {"n_clusters": 5}))
    assert shared.value.hint == alone.value.hint


@pytest.mark.parametrize("name", ALGORITHMS)
def test_parameters_that_count_rows_are_parameters_and_shrink_on_a_sample(name: str) -> None:
    spec = ALGORITHMS[name]
    counts = {key: 40 for key in spec.row_counts}
    settings = made(name, counts)
    half = spec.on_sample(settings, 0.5, 4)
    assert half is not None
    assert half.parameters == type(settings.parameters)(**{**settings.parameters.model_dump(), **{key: 20 for key in counts}})
    assert half.n_clusters == (4 if spec.takes_n_clusters else None)
    assert spec.on_sample(settings, 1.0, 3) == settings
    for key, least in spec.row_counts.items():
        assert spec.on_sample(made(name, {key: 40}), (least - 0.6) / 40, 3) is None


def test_a_share_of_the_rows_stays_a_share_on_a_sample() -> None:
    spec = ALGORITHMS["optics"]
    settings = made("optics", {"min_samples": 0.25, "min_cluster_size": 0.1})
    assert spec.on_sample(settings, 0.01, 3) == settings


def test_no_limit_stays_no_limit_and_a_limit_stays_one_on_a_sample() -> None:
    spec = ALGORITHMS["hdbscan"]
    unlimited = spec.on_sample(made("hdbscan", {"min_cluster_size": 400, "max_cluster_size": 0}), 0.1, 3)
    assert unlimited is not None
    assert unlimited.parameters.max_cluster_size == 0
    assert spec.on_sample(made("hdbscan", {"min_cluster_size": 400, "max_cluster_size": 4}), 0.1, 3) is None


def test_a_height_becomes_the_number_of_clusters_it_gave_on_a_sample() -> None:
    spec = ALGORITHMS["hierarchical"]
    sampled = spec.on_sample(made("hierarchical", {"distance_threshold": 2.5}), 0.5, 6)
    assert sampled is not None
    assert sampled.n_clusters == 6
    assert sampled.parameters.distance_threshold is None
