"""The registry and the facts in it."""

import subprocess
import sys

import numpy as np
import pytest
from pydantic import ValidationError

from clusterctl.algorithms.base import Settings, check_n_clusters
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.errors import ClusteringError
from clusterctl.values.space import Points


def settings_of(name: str, n_clusters: int = 3) -> Settings:
    spec = ALGORITHMS[name]
    return Settings(spec.parameters(), n_clusters if spec.takes_n_clusters else None, 0)


def test_the_seven_algorithms_stand_in_the_order_of_the_contract():
    assert list(ALGORITHMS) == ["kmeans", "dbscan", "hierarchical", "spectral", "gaussian_mixture", "hdbscan", "optics"]
    assert all(name == spec.name for name, spec in ALGORITHMS.items())


def test_importing_the_registry_loads_no_numerical_library():
    code = "import sys, clusterctl.algorithms.registry; print([m for m in ('numpy', 'scipy', 'sklearn', 'pandas') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


@pytest.mark.parametrize("name", ALGORITHMS)
def test_an_unknown_parameter_is_refused(name):
    with pytest.raises(ValidationError):
        ALGORITHMS[name].parameters(no_such_parameter=1)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_every_parameter_says_what_it_is(name):
    assert all(field.description for field in ALGORITHMS[name].parameters.model_fields.values())


@pytest.mark.parametrize("name", ALGORITHMS)
def test_structure_settings_are_parameters_or_the_common_two(name):
    spec = ALGORITHMS[name]
    assert spec.structure_settings <= set(spec.parameters.model_fields) | {"n_clusters", "random_state"}


@pytest.mark.parametrize("name", ALGORITHMS)
def test_equal_settings_have_equal_hashable_structure_keys(name):
    one, other = settings_of(name), settings_of(name)
    assert hash(ALGORITHMS[name].structure_key(one)) == hash(ALGORITHMS[name].structure_key(other))
    assert ALGORITHMS[name].structure_key(one) == ALGORITHMS[name].structure_key(other)


def test_a_setting_of_the_structure_changes_its_key():
    spec = ALGORITHMS["kmeans"]
    assert spec.structure_key(settings_of("kmeans", 3)) != spec.structure_key(settings_of("kmeans", 4))


@pytest.mark.parametrize(("n_distinct", "n_clusters"), [(1, 1), (3, 3), (7, 5), (2000, 2000)])
def test_as_many_clusters_as_distinct_rows_are_allowed(n_distinct, n_clusters):
    check_n_clusters(Points(np.repeat(np.arange(n_distinct, dtype=float)[:, None], 2, axis=1)), n_clusters)


def test_more_clusters_than_distinct_rows_name_both_numbers():
    X = np.tile([[0.0, -0.0], [0.0, 0.0], [1.0, 2.0]], (5000, 1))
    with pytest.raises(ClusteringError, match="3 clusters cannot be made of 2 distinct rows") as caught:
        check_n_clusters(Points(X), 3)
    assert caught.value.hint == "set clustering_configuration.n_clusters to at most 2"
