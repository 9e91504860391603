"""Every parameter of every algorithm: its default is the library's or is on a list with the reason, and it changes something."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from degenerate_points import frozen, groups
from hdbscan import HDBSCAN
from sklearn.cluster import DBSCAN, OPTICS, AgglomerativeClustering, KMeans, SpectralClustering
from sklearn.mixture import GaussianMixture

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.values.clustering import Clustering
from clusterctl.values.space import Points

LIBRARY: dict[str, type] = {
    "kmeans": KMeans,
    "dbscan": DBSCAN,
    "hierarchical": AgglomerativeClustering,
    "spectral": SpectralClustering,
    "gaussian_mixture": GaussianMixture,
    "hdbscan": HDBSCAN,
    "optics": OPTICS,
}

OTHER_DEFAULT: dict[tuple[str, str], tuple[Any, Any, str]] = {
    ("kmeans", "n_init"): (10, "auto", "one start is a matter of luck"),
    ("dbscan", "eps"): ("auto", 0.5, "0.5 means nothing for the data at hand"),
    ("spectral", "affinity"): ("nearest_neighbors", "rbf", "all pairs of rows do not fit in memory"),
    ("spectral", "eigen_solver"): ("lobpcg", None, "none is arpack, which is 8 times slower"),
    ("hdbscan", "approx_min_span_tree"): (False, True, "the approximate tree changes the clusters"),
    ("hdbscan", "cluster_selection_epsilon_max"): (None, float("inf"), "JSON knows no infinity: null is none"),
    ("optics", "max_eps"): (None, float("inf"), "JSON knows no infinity: null is none"),
    ("optics", "metric"): ("euclidean", "minkowski", "minkowski with the library's p of 2 is euclidean"),
}
"""(algorithm, parameter) → (ours, the library's, why)."""

OF_OUR_OWN: dict[tuple[str, str], tuple[Any, str]] = {
    ("hierarchical", "gini_threshold"): (0.3, "scikit-learn has no such linkage; it is the default of the authors' own packages"),
}
"""(algorithm, parameter) that the library does not have → its default, where that is from."""


def every_parameter() -> list[Any]:
    return [pytest.param(name, key, id=f"{name}-{key}") for name, spec in ALGORITHMS.items() for key in spec.parameters.model_fields]


@pytest.mark.parametrize(("name", "key"), every_parameter())
def test_a_default_is_the_library_s_or_differs_for_a_reason(name: str, key: str) -> None:
    ours = getattr(ALGORITHMS[name].parameters(), key)
    if (name, key) in OF_OUR_OWN:
        assert key not in inspect.signature(LIBRARY[name]).parameters
        assert ours == OF_OUR_OWN[name, key][0]
        return
    theirs = inspect.signature(LIBRARY[name]).parameters[key].default
    if (name, key) in OTHER_DEFAULT:
        assert (ours, theirs) == OTHER_DEFAULT[name, key][:2]
    else:
        assert (ours, type(ours)) == (theirs, type(theirs))


def test_the_list_of_other_defaults_holds_parameters_that_exist() -> None:
    assert all(key in ALGORITHMS[name].parameters.model_fields for name, key in (*OTHER_DEFAULT, *OF_OUR_OWN))


ROUGH = frozen(groups(150, 2, 6, spread=4.0))
FLAT = frozen(np.random.default_rng(0).random((300, 2)))
UNEVEN = frozen(np.concatenate((groups(60, 2, 2, spread=0.3), groups(60, 2, 2, spread=2.5, seed=1) + 25)))


Look = Callable[[Clustering], Any]


def labels(found: Clustering) -> Any:
    return found.labels.tolist()


def fact(name: str) -> Look:
    return lambda found: found.facts[name]


def array(name: str) -> Look:
    return lambda found: found.arrays[name].tolist()


def case(
    points: Points, one: dict[str, Any], other: dict[str, Any], look: Look = labels
) -> tuple[Points, dict[str, Any], dict[str, Any], Look]:
    return points, one, other, look


DBSCAN_CUT = {"cluster_method": "dbscan", "eps": 2.0}
EFFECTS: dict[tuple[str, str], tuple[Points, dict[str, Any], dict[str, Any], Look]] = {
    ("kmeans", "init"): case(FLAT, {"n_init": 1}, {"n_init": 1, "init": "random"}),
    ("kmeans", "n_init"): case(FLAT, {"n_init": 1}, {"n_init": 10}, fact("inertia")),
    ("kmeans", "max_iter"): case(FLAT, {"n_init": 1}, {"n_init": 1, "max_iter": 1}, fact("converged")),
    ("kmeans", "tol"): case(FLAT, {"n_init": 1, "tol": 0.0}, {"n_init": 1, "tol": 0.5}, fact("n_iter")),
    ("dbscan", "eps"): case(ROUGH, {"eps": 0.5}, {"eps": 2.0}),
    ("dbscan", "min_samples"): case(ROUGH, {"eps": 1.5}, {"eps": 1.5, "min_samples": 9}),
    ("dbscan", "metric"): case(ROUGH, {"eps": 1.5}, {"eps": 1.5, "metric": "manhattan"}),
    ("hierarchical", "linkage"): case(ROUGH, {}, {"linkage": "single"}),
    ("hierarchical", "metric"): case(ROUGH, {"linkage": "average"}, {"linkage": "average", "metric": "cosine"}),
    ("hierarchical", "distance_threshold"): case(ROUGH, {"distance_threshold": 5.0}, {"distance_threshold": 50.0}),
    ("hierarchical", "gini_threshold"): case(ROUGH, {"linkage": "genie"}, {"linkage": "genie", "gini_threshold": 0.9}),
    ("spectral", "affinity"): case(FLAT, {}, {"affinity": "rbf"}),
    ("spectral", "n_neighbors"): case(FLAT, {}, {"n_neighbors": 40}),
    ("spectral", "gamma"): case(FLAT, {"affinity": "rbf"}, {"affinity": "rbf", "gamma": 300.0}),
    ("spectral", "eigen_tol"): case(frozen(groups(700, 2, 3, 6.0)), {"eigen_tol": 1e-12}, {"eigen_tol": 0.5}, array("eigenvalues")),
    ("spectral", "n_components"): case(FLAT, {}, {"n_components": 2}),
    ("spectral", "assign_labels"): case(FLAT, {}, {"assign_labels": "cluster_qr"}),
    ("spectral", "n_init"): case(FLAT, {"n_init": 1}, {"n_init": 30}),
    ("gaussian_mixture", "covariance_type"): case(ROUGH, {}, {"covariance_type": "spherical"}),
    ("gaussian_mixture", "tol"): case(ROUGH, {}, {"tol": 1e-9}, fact("n_iter")),
    ("gaussian_mixture", "reg_covar"): case(ROUGH, {}, {"reg_covar": 10.0}),
    ("gaussian_mixture", "max_iter"): case(ROUGH, {}, {"max_iter": 1}, fact("converged")),
    ("gaussian_mixture", "n_init"): case(ROUGH, {"init_params": "random"}, {"init_params": "random", "n_init": 5}, fact("lower_bound")),
    ("gaussian_mixture", "init_params"): case(ROUGH, {}, {"init_params": "random"}),
    ("hdbscan", "min_cluster_size"): case(ROUGH, {}, {"min_cluster_size": 15}),
    ("hdbscan", "min_samples"): case(ROUGH, {}, {"min_samples": 1}),
    ("hdbscan", "metric"): case(ROUGH, {}, {"metric": "manhattan"}),
    ("hdbscan", "alpha"): case(ROUGH, {}, {"alpha": 3.0}),
    ("hdbscan", "cluster_selection_method"): case(UNEVEN, {}, {"cluster_selection_method": "leaf"}),
    ("hdbscan", "cluster_selection_epsilon"): case(UNEVEN, {}, {"cluster_selection_epsilon": 12.0}),
    ("hdbscan", "cluster_selection_epsilon_max"): case(UNEVEN, {}, {"cluster_selection_epsilon_max": 2.0}),
    ("hdbscan", "cluster_selection_persistence"): case(ROUGH, {}, {"cluster_selection_persistence": 0.05}),
    ("hdbscan", "max_cluster_size"): case(UNEVEN, {}, {"max_cluster_size": 20}),
    ("hdbscan", "allow_single_cluster"): case(frozen(groups(60, 2, 1)), {}, {"allow_single_cluster": True}),
    ("optics", "min_samples"): case(ROUGH, {}, {"min_samples": 15}),
    ("optics", "max_eps"): case(ROUGH, {}, {"max_eps": 1.0}),
    ("optics", "metric"): case(ROUGH, {}, {"metric": "manhattan"}),
    ("optics", "cluster_method"): case(ROUGH, {}, DBSCAN_CUT),
    ("optics", "eps"): case(ROUGH, DBSCAN_CUT, {**DBSCAN_CUT, "eps": 0.8}),
    ("optics", "xi"): case(ROUGH, {}, {"xi": 0.4}),
    ("optics", "predecessor_correction"): case(ROUGH, {}, {"predecessor_correction": False}),
    ("optics", "min_cluster_size"): case(ROUGH, {}, {"min_cluster_size": 40}),
}
"""(algorithm, parameter) → points, two settings that differ in it, and where the difference shows."""

SAME_CLUSTERS = {
    ("kmeans", "algorithm"): "Lloyd and Elkan give the same clusters; only time and memory differ",
    ("spectral", "eigen_solver"): "both give the eigenvectors; up to 512 rows they are exact either way",
    ("hdbscan", "approx_min_span_tree"): "the approximate tree differs on some tables alone",
}


@pytest.mark.parametrize(("name", "key"), every_parameter())
def test_a_parameter_changes_something_or_says_why_not(name: str, key: str) -> None:
    spec = ALGORITHMS[name]
    if (name, key) in SAME_CLUSTERS:
        assert (name, key) not in EFFECTS
        return
    points, one, other, look = EFFECTS[name, key]
    assert {field for field in {**one, **other} if one.get(field) != other.get(field)} == {key, *({"eps"} if other is DBSCAN_CUT else ())}
    seen = []
    for given in (one, other):
        takes = spec.takes_n_clusters and "distance_threshold" not in given
        settings = Settings(spec.parameters(**given), 6 if takes else None, 0)
        seen.append(look(spec.cut(spec.build(points, settings, 1), settings)))
    assert seen[0] != seen[1]


def test_elkan_is_told_by_its_memory() -> None:
    spec = ALGORITHMS["kmeans"]
    lloyd, elkan = (spec.cost(1000, 4, Settings(spec.parameters(algorithm=one), 9, 0), None).bytes for one in ("lloyd", "elkan"))
    assert elkan > lloyd


def test_the_approximate_tree_is_told_by_a_warning() -> None:
    spec = ALGORITHMS["hdbscan"]
    settings = Settings(spec.parameters(approx_min_span_tree=True), None, 0)
    codes = [caution.code for caution in spec.cut(spec.build(ROUGH, settings, 1), settings).cautions]
    assert codes == ["approximate_tree"]


@pytest.mark.parametrize(("name", "key"), list(EFFECTS), ids=lambda value: value)
def test_a_parameter_outside_the_key_of_the_structure_may_change_between_build_and_cut(name: str, key: str) -> None:
    spec = ALGORITHMS[name]
    points, *pair, _ = EFFECTS[name, key]
    both = []
    for given in pair:
        takes = spec.takes_n_clusters and "distance_threshold" not in given
        both.append(Settings(spec.parameters(**given), 6 if takes else None, 0))
    if spec.structure_key(both[0]) != spec.structure_key(both[1]):
        return  # each has a structure of its own
    structures = [spec.build(points, settings, 1) for settings in both]
    for settings in both:
        one, other = (spec.cut(structure, settings) for structure in structures)
        assert one.labels.tolist() == other.labels.tolist()
        assert one.facts == other.facts
