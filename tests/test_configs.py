"""Every config in configs/ runs as it stands and answers its question."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

import clusterctl
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.commands.recommend import RecommendResult
from clusterctl.commands.run import RunResult
from clusterctl.commands.sweep import SweepResult

CONFIGS = sorted((Path(__file__).resolve().parents[1] / "configs").glob("*.yaml"))


def size(result: RunResult) -> int:
    return result.document.clustering_results.model_info.n_clusters


def agreement(result: RunResult) -> float:
    return result.document.clustering_results.evaluation_metrics.adjusted_rand_score or 0.0


def warned(result: RunResult, code: str) -> bool:
    return any(warning.code == code for warning in result.document.metadata.warnings)


def stable(result: RunResult) -> float:
    found = result.document.clustering_results.validation.stability
    return (found.minimum if found else None) or 0.0


ANSWERS: dict[str, Callable[[RunResult], bool]] = {
    "customer_segmentation": lambda result: stable(result) >= 0.75 and result.exit_code == 0,
    "anomaly_detection": lambda result: agreement(result) >= 0.85,  # with the anomalies that experts marked
    "data_exploration": lambda result: size(result) >= 3 and result.document.metadata.data_statistics.n_dropped == 11,
    "image_segmentation": lambda result: size(result) == 6 and stable(result) >= 0.75,
    "document_clustering": lambda result: size(result) == 8 and result.document.metadata.data_statistics.n_rows == 2500,
    "market_research": lambda result: size(result) == 4,
    "quality_control": lambda result: (  # two regimes that are no better than chance
        size(result) == 2 and warned(result, "no_better_than_chance") and result.document.metadata.data_statistics.n_excluded > 0
    ),
}


SWEEPS: dict[str, Callable[[SweepResult], bool]] = {
    "parameter_sweep": lambda result: (
        result.best is not None
        and agreement(result.best) >= 0.9  # with the species, which it was not ranked by
        and result.document.metadata.n_failed == 0
    ),
}


RECOMMENDED: dict[str, Callable[[RecommendResult], bool]] = {
    "recommend": lambda result: (
        result.document.recommendations.evidence == "clear" and result.document.recommendations.optimal_clusters in (2, 3)
    ),
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, RunResult]:
    folder = tmp_path_factory.mktemp("runs")
    return {
        path.stem: clusterctl.run(path, overrides=[f"output.directory={folder / path.stem}"]) for path in CONFIGS if path.stem in ANSWERS
    }


def test_there_is_a_config_for_each_intended_use() -> None:
    assert {path.stem for path in CONFIGS} == {*ANSWERS, *SWEEPS, *RECOMMENDED}


@pytest.mark.parametrize("path", [path for path in CONFIGS if path.stem in RECOMMENDED], ids=lambda path: path.stem)
def test_a_config_recommends_as_it_stands_and_answers_its_question(path: Path, tmp_path: Path) -> None:
    result = clusterctl.recommend(path, overrides=[f"output.directory={tmp_path / 'out'}"])
    assert RECOMMENDED[path.stem](result)
    run = clusterctl.run(tmp_path / "out" / "candidates" / "1.yaml")
    assert size(run) == result.document.recommendations.candidates[0].n_clusters


@pytest.mark.parametrize("name", ANSWERS)
def test_a_config_runs_as_it_stands_and_answers_its_question(results: dict[str, RunResult], name: str) -> None:
    result = results[name]
    assert ANSWERS[name](result)
    assert result.directory is not None
    assert (result.directory / "results.json").is_file()
    assert len(list((result.directory / "plots").glob("*.png"))) >= 3
    assert result.failed_plots == {}


@pytest.mark.parametrize("path", [path for path in CONFIGS if path.stem in SWEEPS], ids=lambda path: path.stem)
def test_a_config_sweeps_as_it_stands_and_answers_its_question(path: Path, tmp_path: Path) -> None:
    result = clusterctl.sweep(path, overrides=[f"output.directory={tmp_path / 'out'}"])
    assert SWEEPS[path.stem](result)
    assert (tmp_path / "out" / "sweep.json").is_file()
    assert (tmp_path / "out" / "best" / "results.json").is_file()
    assert len(list((tmp_path / "out" / "plots").glob("*.png"))) >= 3
    assert result.failed_plots == {}


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_config_names_an_algorithm_of_the_registry_and_says_its_question(path: Path) -> None:
    named = yaml.safe_load(path.read_text()).get("clustering_configuration", {}).get("algorithm")
    assert named is None if path.stem in RECOMMENDED else named in ALGORITHMS
    assert path.read_text().splitlines()[1].startswith("# ")
