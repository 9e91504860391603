"""`execution.strategy: sample` and `auto` from config to folder: what is written, what is said, and that everything after goes by it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

import clusterctl
from clusterctl.algorithms.registry import ALGORITHMS
from clusterctl.engine import sampling
from clusterctl.errors import ConfigError, ResourceLimitError

SIZES = (900, 500, 300, 200, 100)
PARAMETERS: dict[str, dict[str, Any]] = {
    "dbscan": {"eps": 0.4, "min_samples": 8},
    "hdbscan": {"min_cluster_size": 60, "min_samples": 24},
    "optics": {"min_samples": 24, "cluster_method": "dbscan", "max_eps": 0.8, "eps": 0.5},
}
EXACTLY_AGAIN = ("kmeans", "gaussian_mixture", "dbscan")
FITTED = 600


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(9)
    centers = 12.0 * np.array([[0, 0, 0], [1, 0, 1], [0, 1, 1], [1, 1, 0], [2, 2, 2]], dtype=float)
    truth = np.repeat(np.arange(len(SIZES)), SIZES)
    frame = pd.DataFrame(centers[truth] + rng.normal(size=(len(truth), 3)), columns=["x", "y", "z"]).assign(group=truth)
    path = tmp_path_factory.mktemp("sample") / "t.csv"
    frame.sample(frac=1, random_state=0).to_csv(path, index=False)
    return path


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "FITTED_ROWS", FITTED)
    monkeypatch.setattr(sampling, "FEWEST_ROWS", 50)


def config_of(table: Path, algorithm: str, strategy: str, **more: Any) -> dict[str, Any]:
    clustering: dict[str, Any] = {"algorithm": algorithm, "parameters": PARAMETERS.get(algorithm, {})}
    if ALGORITHMS[algorithm].takes_n_clusters:
        clustering["n_clusters"] = len(SIZES)
    return {
        "clustering_data": {"data_source": str(table), "target_variable": "group"},
        "clustering_configuration": clustering,
        "evaluation_configuration": {"cross_validation": False, "cluster_validation": False, "evaluation_metrics": ["adjusted_rand_score"]},
        "visualization_configuration": {"generate_plots": False},
        "execution": {"strategy": strategy, "n_jobs": 1},
        **more,
    }


@pytest.fixture
def do(table: Path, tmp_path: Path) -> Callable[..., Any]:
    def run(algorithm: str, strategy: str, folder: str | None = None, overrides: tuple[str, ...] = (), **more: Any) -> Any:
        output = {} if folder is None else {"output": {"directory": str(tmp_path / folder)}}
        return clusterctl.run(config_of(table, algorithm, strategy, **output, **more), overrides=overrides)

    return run


def labels(result: Any) -> np.ndarray:
    return np.asarray(result.assignments["cluster_id"].to_numpy())


def without_times(result: Any) -> Any:
    tree = json.loads(result.document.model_dump_json())
    del tree["clustering_results"]["model_info"]["training_timestamp"]
    for name in ("processing_timestamp", "processing_duration", "execution"):
        del tree["metadata"][name]
    return tree


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_sampled_run_says_so_has_every_row_and_predict_and_evaluate_go_by_it(
    do: Callable[..., Any], table: Path, tmp_path: Path, algorithm: str
) -> None:
    result = do(algorithm, "sample", "run")
    info, metadata = result.document.clustering_results.model_info, result.document.metadata
    assert (info.fit["strategy"], info.fit["n_fitted"], info.fit["n_assigned"]) == ("sample", FITTED, sum(SIZES) - FITTED)
    assert "sampled" in [warning.code for warning in metadata.warnings]
    assert result.document.clustering_results.evaluation_metrics.adjusted_rand_score >= 0.99
    assert metadata.data_statistics.n_clustered + metadata.data_statistics.n_noise == sum(SIZES)
    predicted = clusterctl.predict(tmp_path / "run", table).table
    agree = float((predicted["cluster_id"].to_numpy() == labels(result)).mean())
    assert agree == 1.0 if algorithm in EXACTLY_AGAIN else agree >= 0.99
    assert info.predict.agreement >= 0.95
    evaluated = clusterctl.evaluate(tmp_path / "run", recompute=["stability"])
    assert evaluated.document.evaluation_results.evaluation_metrics.adjusted_rand_score == pytest.approx(
        result.document.clustering_results.evaluation_metrics.adjusted_rand_score
    )
    assert evaluated.document.evaluation_results.validation.stability.mean > 0.9


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_any_number_of_jobs_and_its_own_config_give_the_same_result(do: Callable[..., Any], tmp_path: Path, algorithm: str) -> None:
    one = do(algorithm, "sample", "run")
    three = do(algorithm, "sample", overrides=("execution.n_jobs=3",))
    again = clusterctl.run(tmp_path / "run" / "config.yaml")
    assert without_times(one) == without_times(three) == without_times(again)


@pytest.mark.usefixtures("small")
def test_stability_of_a_sampled_run_is_that_of_its_refit(do: Callable[..., Any], tmp_path: Path) -> None:
    checked = ("evaluation_configuration.cross_validation=true",)
    for algorithm in ("hdbscan", "dbscan"):
        stored = do(algorithm, "sample", algorithm, overrides=checked).document.clustering_results.validation.stability
        anew = clusterctl.evaluate(tmp_path / algorithm, recompute=["stability"]).document.evaluation_results.validation.stability
        assert stored == anew


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_table_smaller_than_the_sample_is_clustered_as_by_exact_and_nothing_is_said(do: Callable[..., Any], algorithm: str) -> None:
    exact, sample = without_times(do(algorithm, "exact")), without_times(do(algorithm, "sample"))
    assert exact["clustering_results"] == sample["clustering_results"]
    assert exact["metadata"]["warnings"] == sample["metadata"]["warnings"]


def test_the_hash_of_the_config_tells_a_sampled_run_from_an_exact_one(do: Callable[..., Any]) -> None:
    exact, sample, auto = (do("kmeans", strategy).document.metadata for strategy in ("exact", "sample", "auto"))
    assert exact.config_sha256 == auto.config_sha256 != sample.config_sha256
    assert "execution" not in exact.config
    assert sample.config["execution"] == {"strategy": "sample"}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(("bound", "used"), [(1e6, "exact"), (0.0, "sample")])
def test_auto_writes_down_the_strategy_that_it_used(
    do: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: float, used: str
) -> None:
    monkeypatch.setattr(sampling, "EXACT_SECONDS", bound)
    result = do("hierarchical", "auto", "run")
    written = yaml.safe_load((tmp_path / "run" / "config.yaml").read_text())
    assert written["execution"]["strategy"] == used
    assert ("sampled" in [warning.code for warning in result.document.metadata.warnings]) == (used == "sample")
    assert result.document.metadata.config_sha256 == do("hierarchical", used).document.metadata.config_sha256


@pytest.mark.usefixtures("small")
def test_pictures_of_the_fit_are_of_the_rows_fitted_on_and_those_of_rows_of_all(do: Callable[..., Any], tmp_path: Path) -> None:
    from clusterctl.plots.dendrogram import headline, notes
    from clusterctl.values.plotdata import PlotData

    do("hierarchical", "sample", "run")
    with np.load(tmp_path / "run" / "points.npz") as stored:
        data = PlotData.from_arrays({name: stored[name] for name in stored.files})
    assert (data.n_points, data.n_fitted) == (sum(SIZES), FITTED)
    assert data.tree is not None
    assert int(data.tree.leaf_sizes.sum()) == FITTED
    assert data.tree.cut_height is not None
    assert data.cluster_sizes.tolist() == list(SIZES)
    assert f"{FITTED} of the 2,000 rows of t merge" in headline(data)
    assert any(f"of the {FITTED} rows fitted on" in note for note in notes(data, data.tree))
    assert f"fitted on a sample of {FITTED} rows" in data.settings
    assert clusterctl.plot(tmp_path / "run", types=["dendrogram"], output=tmp_path / "drawn").files


@pytest.mark.usefixtures("small")
def test_aligned_numbers_hold_for_all_rows_and_for_predict(do: Callable[..., Any], table: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(table)
    fewer = table.parent / "fewer.csv"
    frame[frame["group"] != 0].to_csv(fewer, index=False)
    earlier = config_of(fewer, "kmeans", "sample", output={"directory": str(tmp_path / "earlier")})
    clusterctl.run(earlier, overrides=["clustering_configuration.n_clusters=4"])
    result = clusterctl.run(
        config_of(table, "kmeans", "sample", output={"directory": str(tmp_path / "later"), "align_to": str(tmp_path / "earlier")})
    )
    largest = labels(result)[frame["group"] == 0]
    assert set(largest.tolist()) == {4}  # it is new, so it has the next number, though it is the largest
    predicted = clusterctl.predict(tmp_path / "later", table).table
    assert np.array_equal(predicted["cluster_id"].to_numpy(), labels(result))


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("algorithm", ["kmeans", "hierarchical", "hdbscan"])
def test_predict_knows_clusters_whose_order_of_size_the_sample_has_wrong(tmp_path: Path, algorithm: str) -> None:
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(5), (406, 403, 400, 397, 394))
    frame = pd.DataFrame(rng.normal(size=(2_000, 2)) + 20.0 * group[:, None], columns=["x", "y"]).assign(group=group)
    frame.to_csv(tmp_path / "near.csv", index=False)
    result = clusterctl.run(config_of(tmp_path / "near.csv", algorithm, "sample", output={"directory": str(tmp_path / "run")}))
    with np.load(tmp_path / "run" / "model" / "model.npz") as model:
        sizes = np.bincount(group[model["fitted"]])
    assert sizes.tolist() != sorted(sizes, reverse=True)
    assert float((labels(result) == group).mean()) >= 0.95
    predicted = clusterctl.predict(tmp_path / "run", tmp_path / "near.csv").table
    assert float((predicted["cluster_id"].to_numpy() == group).mean()) >= 0.95


@pytest.mark.usefixtures("small")
def test_a_model_whose_sample_was_tampered_with_is_refused(do: Callable[..., Any], table: Path, tmp_path: Path) -> None:
    from clusterctl.engine.predicting import predictor_of
    from clusterctl.errors import DataLoadError
    from clusterctl.results.model import load_model
    from clusterctl.results.stored import open_run

    do("hierarchical", "sample", "run")
    stored = load_model(open_run(tmp_path / "run"))
    predictor_of(stored)
    for rows in (np.array([0, 1]), np.array([5, 4]), np.arange(FITTED) + 2_000, np.arange(FITTED) - 1, np.arange(FITTED) / 1.0):
        broken = type(stored)(stored.path, stored.facts, {**stored.arrays, "fitted": rows})
        with pytest.raises(DataLoadError, match="no whole model"):
            predictor_of(broken)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("algorithm", ["hierarchical", "dbscan", "hdbscan", "kmeans"])
def test_a_row_of_a_sampled_sweep_is_what_run_gives(table: Path, algorithm: str) -> None:
    path, values = {
        "dbscan": ("clustering_configuration.parameters.eps", [0.3, 0.4]),
        "hdbscan": ("clustering_configuration.parameters.min_cluster_size", [40, 60]),
    }.get(algorithm, ("clustering_configuration.n_clusters", [4, 5]))
    config = config_of(table, algorithm, "sample")
    swept = clusterctl.sweep({**config, "sweep_configuration": {"grid": {path: values}}}).document.sweep_results
    for row, value in zip(swept.trials, values, strict=True):
        alone = clusterctl.run(config, overrides=[f"{path}={value}"]).document
        assert row.evaluation_metrics.adjusted_rand_score == alone.clustering_results.evaluation_metrics.adjusted_rand_score
        assert row.n_clusters == alone.clustering_results.model_info.n_clusters
        assert "sampled" in [warning.code for warning in row.warnings]


def test_auto_is_refused_for_a_sweep_and_stream_for_all(table: Path) -> None:
    grid = {"sweep_configuration": {"grid": {"clustering_configuration.n_clusters": [2, 3]}}}
    with pytest.raises(ConfigError) as caught:
        clusterctl.sweep({**config_of(table, "kmeans", "auto"), **grid})
    assert "set exact or sample" in f"{caught.value.message} {caught.value.details}"
    with pytest.raises(ConfigError) as caught:
        clusterctl.run(config_of(table, "kmeans", "stream"))
    assert "only exact, sample and auto are" in f"{caught.value.message} {caught.value.details}"


@pytest.mark.usefixtures("small")
def test_the_plan_tells_of_the_sample(table: Path) -> None:
    from clusterctl.commands.validate import validate

    checked = validate(config_of(table, "hierarchical", "sample"), plan=True)
    assert (checked.plan.strategy, checked.plan.n_fitted) == ("sample", FITTED)
    assert any("on a sample of 600 rows, 1,400 assigned" in line for line in checked.lines())
    exact = validate(config_of(table, "hierarchical", "exact"), plan=True)
    assert exact.plan.bytes > checked.plan.bytes


def test_a_fit_that_does_not_go_into_memory_names_the_strategy_that_does(do: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from clusterctl.engine import resources

    monkeypatch.setattr(sampling, "FITTED_ROWS", 100)
    monkeypatch.setattr(sampling, "FEWEST_ROWS", 50)
    monkeypatch.setattr(resources, "resident_bytes", lambda: 0)
    tight = {"clustering_configuration.parameters.linkage=average", "execution.max_memory=2M"}
    with pytest.raises(ResourceLimitError) as caught:
        do("hierarchical", "exact", overrides=tuple(tight))
    assert "set execution.strategy to sample" in str(caught.value.hint)
    assert do("hierarchical", "sample", overrides=tuple(tight)).document.clustering_results.model_info.fit["n_fitted"] == 100
    assert do("hierarchical", "auto", overrides=tuple(tight)).document.clustering_results.model_info.fit["n_fitted"] == 100
