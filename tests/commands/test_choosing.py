"""What is left to `auto` is settled before the fit, by a named rule; what is given is left alone."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.commands.choosing import Choice, choose
from clusterctl.config.clustering import ClusteringConfiguration
from clusterctl.recommendation.eps import choose_eps
from clusterctl.recommendation.n_clusters import choose_n_clusters
from clusterctl.values.space import Points

POINTS = Points(30.0 * (np.arange(120) % 4)[:, None] + np.random.default_rng(0).normal(size=(120, 2)))
TAKES = [name for name, spec in ALGORITHMS.items() if spec.takes_n_clusters]


def chosen(algorithm: str, points: Points = POINTS, seed: int = 3, n_jobs: int = 1, **given: Any) -> Choice:
    return choose(points, ClusteringConfiguration.model_validate({"algorithm": algorithm, **given}), seed, n_jobs)


@pytest.mark.parametrize("name", TAKES)
def test_a_number_of_clusters_left_to_auto_is_the_one_planted_and_says_why(name: str) -> None:
    choice = chosen(name)
    assert choice.settings.n_clusters == 4
    found = choice.chosen["n_clusters"]
    assert found.keys() == {"value", "rule", "why", "evidence"}
    assert found["value"] == 4
    assert found["rule"] == "fast_assessment"
    assert "4" in found["why"]
    assert "fast assessment of clusterctl recommend" in found["why"]
    assert {"verdict", "confidence", "k_interval", "belief_in_k"} <= found["evidence"].keys()
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize("name", TAKES)
def test_it_is_the_rule_s_own_word(name: str) -> None:
    spec = ALGORITHMS[name]
    assert choose_n_clusters(POINTS, spec, spec.parameters(), 3, 1).value == chosen(name).settings.n_clusters


@pytest.mark.parametrize("name", TAKES)
def test_a_number_that_is_given_is_taken_and_nothing_is_chosen(name: str) -> None:
    choice = chosen(name, n_clusters=7)
    assert choice.settings.n_clusters == 7
    assert choice.chosen == {}
    assert choice.cautions == ()
    assert choice.spec is ALGORITHMS[name]


def test_a_number_that_is_given_loads_nothing_of_the_assessment() -> None:
    program = (
        "import sys, numpy as np; from clusterctl.commands.choosing import choose; from clusterctl.values.space import Points; "
        "from clusterctl.config.clustering import ClusteringConfiguration as C; "
        "choose(Points(np.eye(9)), C(algorithm='kmeans', n_clusters=int(sys.argv[1]) or 'auto'), 0, 1); "
        "print([name for name in sys.modules if name.startswith('clusterctl.recommendation.')])"
    )
    loaded = [subprocess.run([sys.executable, "-c", program, k], capture_output=True, text=True, check=True).stdout for k in "30"]
    assert "appraisal" not in loaded[0]
    assert "n_clusters" not in loaded[0]
    assert "appraisal" in loaded[1]


def test_the_seed_is_handed_on() -> None:
    assert chosen("kmeans", seed=41, n_clusters=2).settings.random_state == 41


def test_eps_left_to_auto_becomes_a_number_and_the_other_parameters_stay() -> None:
    choice = chosen("dbscan", parameters={"min_samples": 7, "metric": "manhattan"})
    expected = choose_eps(POINTS, ALGORITHMS["dbscan"].parameters(min_samples=7, metric="manhattan"))
    assert choice.settings.parameters.model_dump() == {"eps": expected.value, "min_samples": 7, "metric": "manhattan"}
    assert choice.settings.n_clusters is None
    assert choice.chosen["eps"]["value"] == expected.value


@pytest.mark.parametrize("name", ["hdbscan", "optics"])
def test_algorithms_that_take_neither_have_nothing_chosen(name: str) -> None:
    choice = chosen(name)
    assert choice.settings.n_clusters is None
    assert choice.chosen == {}


def test_an_eps_or_a_height_that_is_given_is_taken() -> None:
    assert chosen("dbscan", parameters={"eps": 1.25}).chosen == {}
    choice = chosen("hierarchical", parameters={"distance_threshold": 9.0})
    assert choice.settings.n_clusters is None
    assert choice.chosen == {}


def test_no_clusters_are_cautioned_of() -> None:
    noise = Points(np.random.default_rng(1).normal(size=(200, 2)))
    choice = chosen("kmeans", noise)
    assert choice.settings.n_clusters == 1
    assert [caution.code for caution in choice.cautions] == ["no_clusters"]
    assert choice.chosen["n_clusters"]["evidence"]["verdict"] == "none"


def test_the_choice_is_the_same_at_any_number_of_jobs() -> None:
    assert chosen("gaussian_mixture", n_jobs=3).chosen == chosen("gaussian_mixture").chosen
