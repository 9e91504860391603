"""The uses: those of the specification, each with an algorithm that a table of its size allows."""

from __future__ import annotations

from pathlib import Path

import pytest

from clusterctl.algorithms.base import Settings
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.starter.algorithm import MOST_BYTES, MOST_SECONDS, choose_algorithm
from clusterctl.starter.uses import USES, Use

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
SIZES = [(2, 1), (100, 5), (10_000, 20), (1_000_000, 10), (100_000, 2_000)]


def test_the_uses_are_those_that_have_a_config_of_their_own() -> None:
    assert {name.replace("-", "_") for name in USES} == {path.stem for path in CONFIGS.glob("*.yaml")} - {"parameter_sweep", "recommend"}


@pytest.mark.parametrize("use", USES.values(), ids=lambda use: use.name)
def test_every_candidate_is_an_algorithm_with_valid_settings(use: Use) -> None:
    for candidate in use.algorithms:
        spec = ALGORITHMS[candidate.algorithm]
        for n_rows, _ in SIZES:
            spec.parameters.model_validate(dict(candidate.parameters(n_rows)))
        assert (candidate.n_clusters is not None) == spec.takes_n_clusters


@pytest.mark.parametrize("use", USES.values(), ids=lambda use: use.name)
@pytest.mark.parametrize(("n_rows", "width"), SIZES)
def test_the_algorithm_chosen_stays_within_the_limits_or_is_the_last_resort(use: Use, n_rows: int, width: int) -> None:
    chosen = choose_algorithm(use, n_rows, width, n_rows)
    candidate = chosen.candidate
    spec = ALGORITHMS[candidate.algorithm]
    settings = Settings(spec.parameters.model_validate(dict(candidate.parameters(n_rows))), 10 if spec.takes_n_clusters else None, 0)
    within = spec.seconds(n_rows, width, settings) <= MOST_SECONDS and spec.cost(n_rows, width, settings, None).bytes <= MOST_BYTES
    assert within or candidate.algorithm == "kmeans"
    assert bool(chosen.passed_over) == (candidate.algorithm != use.algorithms[0].algorithm)


def test_neither_spectral_nor_hierarchical_on_a_million_rows() -> None:
    for name in ("document-clustering", "quality-control"):
        chosen = choose_algorithm(USES[name], 1_000_000, 10, 1_000_000)
        assert chosen.candidate.algorithm == "kmeans"
        assert "1,000,000 rows" in chosen.passed_over


def test_no_more_colours_are_asked_for_than_there_are() -> None:
    assert choose_algorithm(USES["image-segmentation"], 100, 3, 100).candidate.n_clusters == 6
    assert choose_algorithm(USES["image-segmentation"], 100, 3, 4).candidate.n_clusters == "auto"
