"""What a result says about versions and the machine, and the seed of a run that names none."""

from __future__ import annotations

import importlib.metadata
import json
import platform
from typing import Any

import pytest

from clusterctl.config.models import Config
from clusterctl.engine import environment
from clusterctl.engine.analysis import Session
from clusterctl.engine.environment import draw_seed, execution_facts, library_versions
from clusterctl.engine.stage import Stages


def config(**sections: Any) -> Config:
    return Config.model_validate({"clustering_data": {"data_source": "t.csv"}, **sections})


def test_seeds_are_drawn_in_the_range_of_the_config_and_differ() -> None:
    seeds = [draw_seed() for _ in range(50)]
    assert all(0 <= seed < 2**32 for seed in seeds)
    assert len(set(seeds)) > 45


@pytest.mark.parametrize(
    ("algorithm", "sections", "named"),
    [
        ("kmeans", {"visualization_configuration": {"generate_plots": False}}, set()),
        ("kmeans", {}, {"matplotlib"}),
        ("hierarchical", {}, {"matplotlib", "fastcluster", "hdbscan"}),
        ("hdbscan", {}, {"matplotlib", "hdbscan"}),
        ("kmeans", {"preprocessing_configuration": {"dimensionality_reduction": "umap"}}, {"matplotlib", "umap-learn"}),
    ],
)
def test_the_libraries_a_result_depends_on_are_named_with_their_versions(algorithm: str, sections: Any, named: set[str]) -> None:
    found = library_versions(algorithm, config(**sections))
    assert set(found) == {"numpy", "scipy", "pandas", "pyarrow", "scikit-learn"} | named
    assert found["numpy"] == importlib.metadata.version("numpy")


def test_a_library_without_its_metadata_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(environment, "version", version)
    monkeypatch.setattr(environment, "_version", environment._version.__wrapped__)  # what was found before is not remembered
    assert set(library_versions("kmeans", config()).values()) == {"unknown"}


def test_execution_facts_are_json_and_say_where_how_and_how_long() -> None:
    stages = Stages(lambda event: None, clock=iter([1.0, 3.0]).__next__)
    with stages("load"):
        pass
    facts = execution_facts(Session(stages, 3, 0), {"output": "out"})
    assert json.loads(json.dumps(facts)) == facts
    assert facts["n_jobs"] == 3
    assert facts["seconds"] == {"load": 2.0}
    assert facts["paths"] == {"output": "out"}
    assert facts["python"] == platform.python_version()
    assert facts["peak_memory_bytes"] > 10 << 20
