"""The Python interface: it returns, prints nothing, writes nothing unasked, and raises the errors of the contract."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import clusterctl
from clusterctl.errors import ClusterctlError
from clusterctl.events import TrialFinished
from clusterctl.results.models import ResultsDocument

CODES = {
    "ConfigError": 3,
    "DataLoadError": 4,
    "PreprocessingError": 5,
    "ClusteringError": 6,
    "EvaluationError": 7,
    "OutputError": 8,
    "ResourceLimitError": 9,
}


@pytest.fixture
def customers(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    which = rng.integers(0, 5, 400)
    frame = pd.DataFrame(
        {
            "age": which * 12 + rng.normal(30, 2, 400),
            "income": which * 9000 + rng.normal(20000, 900, 400),
            "purchase_frequency": (4 - which) * 3 + rng.normal(2, 0.4, 400),
            "avg_order_value": np.array([20, 80, 35, 120, 55])[which] + rng.normal(0, 3, 400),
        }
    )
    path = tmp_path / "customer_data.csv"
    frame.to_csv(path, index=False)
    return path


def specification_request(customers: Path) -> dict[str, Any]:
    """The specification's own example, word for word but for the path."""
    return {
        "clustering_data": {
            "data_source": str(customers),
            "data_format": "csv",
            "features": ["age", "income", "purchase_frequency", "avg_order_value"],
            "metadata": {"description": "Customer segmentation for marketing", "domain": "retail"},
        },
        "clustering_configuration": {
            "algorithm": "kmeans",
            "parameters": {"n_init": 10, "max_iter": 300, "tol": 1e-4},
            "n_clusters": 5,
            "random_state": 42,
        },
        "preprocessing_configuration": {
            "scaling": "standard",
            "dimensionality_reduction": "pca",
            "n_components": 3,
            "outlier_detection": True,
        },
        "evaluation_configuration": {
            "evaluation_metrics": ["silhouette_score", "calinski_harabasz_score", "davies_bouldin_score"],
            "silhouette_analysis": True,
            "cluster_validation": True,
        },
        "visualization_configuration": {
            "generate_plots": True,
            "plot_types": ["scatter", "silhouette", "heatmap"],
            "interactive_plots": True,
            "save_plots": True,
        },
    }


def small_request(customers: Path) -> dict[str, Any]:
    return {
        "clustering_data": {"data_source": str(customers)},
        "clustering_configuration": {"algorithm": "kmeans", "n_clusters": 3},
        "evaluation_configuration": {"cross_validation": False, "cluster_validation": False},
        "visualization_configuration": {"generate_plots": False},
    }


def test_the_specification_s_request_gives_the_specification_s_result(customers: Path) -> None:
    result = asyncio.run(clusterctl.clustering_analysis_tool(specification_request(customers)))
    assert ResultsDocument.model_validate(result)
    results = result["clustering_results"]
    assert results["model_info"]["n_clusters"] == 5
    assert results["evaluation_metrics"]["silhouette_score"] > 0.7
    assert results["evaluation_metrics"]["adjusted_rand_score"] is None
    assert results["visualizations"]["scatter_plot"].startswith("iVBOR")
    assert result["metadata"]["user_metadata"]["domain"] == "retail"


def test_nothing_is_printed_or_written_and_no_signal_handler_changes(
    customers: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    files = sorted(tmp_path.rglob("*"))
    result = clusterctl.run(small_request(customers))
    assert result.directory is None
    assert sorted(tmp_path.rglob("*")) == files
    assert {number: signal.getsignal(number) for number in before} == before
    assert capfd.readouterr() == ("", "")


def test_a_run_is_written_where_the_config_says(customers: Path, tmp_path: Path) -> None:
    result = clusterctl.run({**small_request(customers), "output": {"directory": str(tmp_path / "out")}})
    assert result.directory == tmp_path / "out"
    assert (tmp_path / "out" / "results.json").is_file()
    with pytest.raises(clusterctl.OutputError, match="not empty"):
        clusterctl.run({**small_request(customers), "output": {"directory": str(tmp_path / "out")}})


def test_a_failed_gate_raises_nothing_and_is_told(customers: Path) -> None:
    result = clusterctl.run({**small_request(customers), "evaluation_configuration": {"gates": {"silhouette_score": {"min": 0.99}}}})
    assert [(gate.metric, gate.passed) for gate in result.gates] == [("silhouette_score", False)]
    assert result.exit_code == 10


def small_sweep(customers: Path, **sections: Any) -> dict[str, Any]:
    swept = {"grid": {"clustering_configuration.n_clusters": [2, 5, 500]}}
    return {**small_request(customers), "sweep_configuration": swept, **sections}


def test_a_sweep_returns_its_trials_and_the_best_whole_and_neither_prints_nor_writes(
    customers: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)}
    files = sorted(tmp_path.rglob("*"))
    result = clusterctl.sweep(small_sweep(customers))
    assert [row.status for row in result.document.sweep_results.trials] == ["done", "done", "failed"]
    assert result.trials.num_rows == 3
    assert result.best is not None
    assert result.best.document.clustering_results.model_info.n_clusters == 5
    assert result.directory is None
    assert sorted(tmp_path.rglob("*")) == files
    assert {number: signal.getsignal(number) for number in before} == before
    assert capfd.readouterr() == ("", "")


def test_a_sweep_is_written_where_the_config_says_and_resumed_there(customers: Path, tmp_path: Path) -> None:
    request = small_sweep(customers, output={"directory": str(tmp_path / "out")})
    first = clusterctl.sweep(request)
    assert first.directory == tmp_path / "out"
    assert (tmp_path / "out" / "best" / "results.json").is_file()
    with pytest.raises(clusterctl.OutputError, match="not empty"):
        clusterctl.sweep(request)
    events: list[object] = []
    again = clusterctl.sweep(request, resume=True, emit=events.append)
    assert again.document.sweep_results == first.document.sweep_results
    assert [event for event in events if isinstance(event, TrialFinished)] == []


def test_a_sweep_s_best_is_held_against_the_gates_and_nothing_is_raised(customers: Path) -> None:
    evaluation = {"cross_validation": False, "cluster_validation": False, "gates": {"n_clusters": {"max": 2}}}
    result = clusterctl.sweep(small_sweep(customers, evaluation_configuration=evaluation))
    assert [(gate.metric, gate.passed) for gate in result.gates] == [("n_clusters", False)]
    assert result.exit_code == 10


def test_a_sweep_asked_to_fail_fast_raises(customers: Path) -> None:
    with pytest.raises(clusterctl.ClusteringError, match="500"):
        clusterctl.sweep(small_sweep(customers), fail_fast=True)


def test_a_trial_timeout_needs_processes(customers: Path) -> None:
    with pytest.raises(clusterctl.ConfigError, match="processes"):
        clusterctl.sweep(small_sweep(customers), trial_timeout=5.0)


def test_requests_run_side_by_side_and_the_loop_is_never_blocked(customers: Path) -> None:
    async def both() -> tuple[list[dict[str, Any]], int]:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.005)
                ticks += 1

        ticking = asyncio.create_task(tick())
        results = await asyncio.gather(*(clusterctl.clustering_analysis_tool(small_request(customers)) for _ in range(3)))
        ticking.cancel()
        return list(results), ticks

    results, ticks = asyncio.run(both())
    assert ticks > 3
    assert results[0]["clustering_results"]["clusters"] == results[1]["clustering_results"]["clusters"]


def test_cancelling_takes_effect_at_the_next_step(customers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from clusterctl.preprocessing import prepare as room

    steps: list[str] = []
    monkeypatch.setattr("clusterctl.engine.analysis.fit", lambda *_: steps.append("clustered"))
    prepare = room.prepare

    def slow(*arguments: Any, **settings: Any) -> Any:
        steps.append("prepared")
        time.sleep(0.5)
        return prepare(*arguments, **settings)

    monkeypatch.setattr(room, "prepare", slow)

    async def cancel() -> None:
        task = asyncio.create_task(clusterctl.clustering_analysis_tool(small_request(customers)))
        while "prepared" not in steps:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert steps == ["prepared"]


@pytest.mark.parametrize(("name", "code"), CODES.items())
def test_each_error_class_has_the_contract_s_exit_code(name: str, code: int) -> None:
    error = getattr(clusterctl, name)
    assert issubclass(error, ClusterctlError)
    assert error.exit_code == code


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"clustering_configuration": {"algorithm": "kmean"}}, "ConfigError"),
        ({"clustering_data": {"data_source": "nowhere.csv"}}, "DataLoadError"),
        ({"clustering_configuration": {"algorithm": "kmeans", "n_clusters": 500}}, "ClusteringError"),
        ({"execution": {"max_memory": 1000}}, "ResourceLimitError"),
    ],
)
def test_the_fault_decides_the_class(customers: Path, change: dict[str, Any], error: str) -> None:
    with pytest.raises(getattr(clusterctl, error)):
        clusterctl.run({**small_request(customers), **change})


def test_an_error_crosses_processes_whole() -> None:
    import pickle

    error = clusterctl.ConfigError("what", hint="do this", details=("one", "two"))
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 (our own bytes)
    assert (type(again), again.as_dict()) == (type(error), error.as_dict())


def test_no_room_of_the_house_hides_a_function_of_the_same_name() -> None:
    """A package that is imported becomes an attribute of the one it is in."""
    from importlib import import_module
    from pkgutil import iter_modules

    for name in {module.name for module in iter_modules(clusterctl.__path__)} & set(clusterctl.__all__):
        import_module(f"clusterctl.{name}")
    assert all(not name.islower() or name.startswith("_") or callable(getattr(clusterctl, name)) for name in clusterctl.__all__)
