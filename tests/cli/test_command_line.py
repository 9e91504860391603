"""The command line: what it loads, what wins over what, where results go, what gates say, and that a written config runs again."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from bad_case import KMEANS, TABLE, config

from clusterctl import __version__

HEAVY = {"numpy", "pandas", "scipy", "sklearn", "matplotlib", "pyarrow", "pydantic", "yaml", "joblib"}
OPTIONAL = {
    "matplotlib",
    "seaborn",
    "hdbscan",
    "fastcluster",
    "umap",
    "numba",
    "h5py",
    "sqlalchemy",
    "plotly",
    "urllib3",
    "sklearn",
    "dask",
    "PIL",
}
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "c.yaml").write_text(config())
    (folder / "t.csv").write_text(TABLE)
    return folder


def results(folder: Path) -> Any:
    return json.loads((folder / "results.json").read_text())


def without_what_may_differ(document: Any) -> Any:
    """Leave out what the contract lets differ between two runs of one config."""
    if isinstance(document, dict):
        may_differ = ("training_timestamp", "processing_timestamp", "processing_duration", "execution")
        return {key: without_what_may_differ(value) for key, value in document.items() if key not in may_differ}
    return [without_what_may_differ(item) for item in document] if isinstance(document, list) else document


def imported(place: Path, *arguments: str) -> set[str]:
    """Return the top-level modules that a command imports, in the parent and in the working process."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "clusterctl", *arguments],
        cwd=place,
        env={"PATH": os.environ["PATH"], "HOME": str(place)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines() if line.startswith("import time:")}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]], ids=" ".join)
def test_help_loads_no_heavy_library(place: Path, arguments: list[str]) -> None:
    assert imported(place, *arguments) & HEAVY == set()


def test_help_of_a_command_loads_no_library_that_computes(place: Path) -> None:
    assert imported(place, "run", "--help") & (HEAVY - {"pydantic"}) == set()  # typer itself reads options with pydantic


@pytest.mark.parametrize(
    ("clustering", "needed"),
    [
        (KMEANS, {"sklearn"}),
        ("{algorithm: dbscan, parameters: {eps: 0.5}}", set()),
        ("{algorithm: hierarchical, n_clusters: 2}", {"fastcluster"}),
        ("{algorithm: spectral, n_clusters: 2}", {"sklearn"}),
        ("{algorithm: gaussian_mixture, n_clusters: 2}", {"sklearn"}),
        ("{algorithm: hdbscan}", {"hdbscan", "sklearn"}),
        ("{algorithm: optics}", {"sklearn"}),
    ],
)
def test_a_run_imports_only_what_its_config_needs(place: Path, clustering: str, needed: set[str]) -> None:
    (place / "c.yaml").write_text(config(clustering=clustering))
    assert imported(place, "run", "c.yaml", "--quiet") & OPTIONAL <= needed


def test_no_plots_means_no_plotting_library_and_plots_mean_one(place: Path) -> None:
    (place / "c.yaml").write_text(config("{data_source: t.csv}", KMEANS, "visualization_configuration: {plot_types: [scatter]}"))
    assert not imported(place, "run", "c.yaml", "--quiet", "--no-plots") & {"matplotlib", "seaborn", "plotly"}
    assert "matplotlib" in imported(place, "run", "c.yaml", "--quiet")


def test_a_mistake_in_the_config_is_told_before_a_heavy_library_is_loaded(place: Path) -> None:
    line = f"{sys.executable} -X importtime -m clusterctl run c.yaml --set clustering_configuration.n_clusters=0"
    done = subprocess.run(line.split(), cwd=place, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 3
    assert not re.findall(r"\| +(pandas|scipy|sklearn|matplotlib|pyarrow)$", done.stderr, re.MULTILINE)


def test_version_is_the_package_s(cli: Callable[..., Any]) -> None:
    assert cli("--version").out == f"clusterctl {__version__}\n"


def test_without_arguments_it_says_how_it_is_used(cli: Callable[..., Any]) -> None:
    done = cli()
    assert "Usage: clusterctl" in done.out + done.err
    assert done.code == 2


def test_a_real_result_is_valid_by_the_schema_that_is_printed(cli: Callable[..., Any], earlier_run: Path) -> None:
    import jsonschema

    schema = json.loads(cli("schema", "output").out)
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    validator.validate(results(earlier_run))
    assert not validator.is_valid({**results(earlier_run), "metadata": {}})


def test_a_real_sweep_is_valid_by_the_schema_that_is_printed(place: Path, cli: Callable[..., Any]) -> None:
    import jsonschema

    done = cli(
        "sweep",
        "c.yaml",
        "--json",
        "--executor",
        "inline",
        "--set",
        "sweep_configuration.grid={clustering_configuration.n_clusters: [2, 3]}",
        cwd=place,
    )
    schema = json.loads(cli("schema", "output", "--sweep").out)
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    validator.validate(json.loads(done.out))
    assert not validator.is_valid({**json.loads(done.out), "metadata": {}})


def test_every_config_is_valid_by_the_schema_that_is_printed(cli: Callable[..., Any], root: Path) -> None:
    import jsonschema

    schema = json.loads(cli("schema", "input").out)
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    configs = sorted((root / "configs").glob("*.yaml"))
    assert len(configs) >= 7
    for path in configs:
        validator.validate(yaml.safe_load(path.read_text()))
    assert not validator.is_valid({"clustering_data": {"data_source": "x"}, "clustering_configuration": {"algorithm": "k-means"}})


def test_validate_says_what_is_used_and_writes_nothing(place: Path, cli: Callable[..., Any]) -> None:
    before = sorted(place.rglob("*"))
    done = cli("validate", "c.yaml", cwd=place)
    assert done.code == 0
    assert "c.yaml is valid" in done.out
    assert "24 rows" in done.out
    assert sorted(place.rglob("*")) == before


def test_validate_plan_as_json_estimates_time_and_memory(place: Path, cli: Callable[..., Any]) -> None:
    done = cli("validate", "c.yaml", "--plan", "--json", cwd=place)
    checked = json.loads(done.out)
    assert checked["valid"] is True
    assert checked["features"] == {"x": "numeric", "y": "numeric", "group": "categorical"}
    assert {"seconds", "bytes"} <= set(re.findall(r"seconds|bytes", json.dumps(checked["plan"])))


def test_what_validate_says_of_a_bad_config_is_what_run_says(place: Path, cli: Callable[..., Any]) -> None:
    (place / "c.yaml").write_text(config("{data_source: t.csv, features: [z]}"))
    assert cli("validate", "c.yaml", cwd=place).err == cli("run", "c.yaml", cwd=place).err


def test_set_wins_over_the_file_and_the_last_one_over_the_first(place: Path, cli: Callable[..., Any]) -> None:
    key = "clustering_configuration.n_clusters"
    done = cli("run", "c.yaml", "-o", "out", "--json", "--set", f"{key}=3", "--set", f"{key}=4", cwd=place)
    assert json.loads(done.out)["clustering_results"]["model_info"]["n_clusters"] == 4
    assert yaml.safe_load((place / "out" / "config.yaml").read_text())["clustering_configuration"]["n_clusters"] == 4


def test_options_win_over_set_and_environment_over_env_file(place: Path, cli: Callable[..., Any]) -> None:
    (place / ".env").write_text("K=3\nSCALING=robust\n")
    (place / "c.yaml").write_text(
        config("{data_source: t.csv}", '{algorithm: kmeans, n_clusters: "${K}"}', 'preprocessing_configuration: {scaling: "${SCALING}"}')
    )
    arguments = ("-o", "out", "--json", "--set", "execution.n_jobs=2", "--n-jobs", "1")
    document = json.loads(cli("run", "c.yaml", *arguments, cwd=place, env={"K": "5"}).out)
    assert document["clustering_results"]["model_info"]["n_clusters"] == 5
    written = yaml.safe_load((place / "out" / "config.yaml").read_text())
    assert written["execution"]["n_jobs"] == 1
    assert written["preprocessing_configuration"]["scaling"] in ("${SCALING}", "robust")


def test_data_wins_over_the_file_and_is_relative_to_the_current_folder(place: Path, cli: Callable[..., Any]) -> None:
    (place / "elsewhere").mkdir()
    (place / "elsewhere" / "u.csv").write_text("a,b\n" + "".join(f"{row % 2 * 9 + row / 10},{row % 3}\n" for row in range(20)))
    done = cli("run", "../c.yaml", "--data", "u.csv", "--json", cwd=place / "elsewhere")
    assert json.loads(done.out)["clustering_results"]["model_info"]["features"] == ["a", "b"]


def test_results_go_to_runs_and_the_config_s_name_and_replace_their_own_unasked(place: Path, cli: Callable[..., Any]) -> None:
    for k in (2, 3):
        done = cli("run", "c.yaml", "--set", f"clustering_configuration.n_clusters={k}", cwd=place)
        assert done.code == 0, done.err
        assert "runs/c" in done.out
        assert results(place / "runs" / "c")["clustering_results"]["model_info"]["n_clusters"] == k
    assert [path.name for path in (place / "runs").iterdir()] == ["c"]


def test_output_wins_over_the_config_s_directory_and_force_replaces(place: Path, cli: Callable[..., Any]) -> None:
    (place / "c.yaml").write_text(config("{data_source: t.csv}", KMEANS, "output: {directory: mine}"))
    assert cli("run", "c.yaml", "-o", "deep/yours", "--quiet", cwd=place).code == 0
    assert not (place / "mine").exists()
    assert cli("run", "c.yaml", "-o", "deep/yours", "--quiet", cwd=place).code == 8
    assert cli("run", "c.yaml", "-o", "deep/yours", "--quiet", "--force", cwd=place).code == 0
    assert cli("run", "c.yaml", "--quiet", cwd=place).code == 0
    assert (place / "mine" / "results.json").is_file()


def test_a_failed_gate_is_exit_10_with_everything_written_and_every_breach_told(place: Path, cli: Callable[..., Any]) -> None:
    bounds = ("--fail-under", "silhouette_score=0.99999", "--fail-over", "n_clusters=1", "--fail-under", "smallest_cluster=12")
    done = cli("run", "c.yaml", "-o", "out", *bounds, cwd=place)
    assert done.code == 10
    told = [line for line in done.err.splitlines() if line.startswith("gate failed: ")]
    assert [line.split()[2] for line in told] == ["silhouette_score", "n_clusters"]
    gates = results(place / "out")["clustering_results"]["validation"]["gates"]
    assert sorted((gate["metric"], gate["passed"]) for gate in gates) == [
        ("n_clusters", False),
        ("silhouette_score", False),
        ("smallest_cluster", True),
    ]


def test_a_gate_on_a_value_that_does_not_exist_fails(place: Path, cli: Callable[..., Any]) -> None:
    (place / "c.yaml").write_text(config(clustering="{algorithm: dbscan, parameters: {eps: 0.0001}}"))
    done = cli("run", "c.yaml", "-o", "out", "--fail-under", "silhouette_score=-1", cwd=place)
    assert done.code == 10
    assert "gate failed: silhouette_score is not defined" in done.err


def test_a_warning_gate_is_told_and_exit_0(place: Path, cli: Callable[..., Any]) -> None:
    (place / "c.yaml").write_text(
        config(
            "{data_source: t.csv}",
            KMEANS,
            "evaluation_configuration: {cross_validation: false, cluster_validation: false, gates: {n_clusters: {warn_max: 1}}}",
        )
    )
    done = cli("run", "c.yaml", "-o", "out", cwd=place)
    assert done.code == 0
    assert "gate warning: n_clusters is 2" in done.err


@pytest.mark.parametrize(
    "clustering",
    [KMEANS, "{algorithm: gaussian_mixture, n_clusters: 3, random_state: null}", "{algorithm: hdbscan, parameters: {min_cluster_size: 4}}"],
)
def test_the_written_config_gives_the_same_results_from_another_folder_at_any_n_jobs(
    place: Path, cli: Callable[..., Any], clustering: str
) -> None:
    full = "evaluation_configuration: {evaluation_metrics: [silhouette_score, dbcv]}"
    (place / "c.yaml").write_text(config("{data_source: t.csv, target_variable: group}", clustering, full))
    assert cli("run", "c.yaml", "-o", "first", "--quiet", "--n-jobs", "2", cwd=place).code == 0
    other = place.parent / "other"
    other.mkdir()
    config_of_first = os.path.relpath(place / "first" / "config.yaml", other)
    done = cli("run", config_of_first, "-o", "again", "--quiet", "--n-jobs", "1", cwd=other, fresh=True)
    assert done.code == 0, done.err
    assert without_what_may_differ(results(other / "again")) == without_what_may_differ(results(place / "first"))
    first, again = ((folder / "assignments.parquet").read_bytes() for folder in (place / "first", other / "again"))
    assert first == again


def test_a_run_can_be_moved_with_its_data_and_run_again(place: Path, cli: Callable[..., Any]) -> None:
    assert cli("run", "c.yaml", "-o", "out", "--quiet", cwd=place).code == 0
    moved = place.rename(place.parent / "moved")
    assert cli("run", "out/config.yaml", "--quiet", cwd=moved, fresh=True).code == 0
    assert without_what_may_differ(results(moved / "runs" / "out-again")) == without_what_may_differ(results(moved / "out"))


def test_the_summary_names_what_was_found_and_where_it_is(place: Path, cli: Callable[..., Any]) -> None:
    done = cli("run", "c.yaml", "-o", "out", cwd=place)
    assert done.out.startswith("2 clusters in 24 rows, by kmeans on 3 features\n")
    assert "silhouette" in done.out
    assert "out: report.html, results.json" in done.out
    assert [line for line in done.err.splitlines() if not line.endswith(" s")] == []


def test_a_table_s_control_characters_cannot_steer_the_terminal(place: Path, cli: Callable[..., Any]) -> None:
    (place / "t.csv").write_text(TABLE.replace("group", "g\x1b[2Jroup").replace(",a\n", ",\x1b]0;a\n"))
    done = cli("run", "c.yaml", "-o", "out", cwd=place)
    assert done.code == 0, done.err
    assert "\x1b" not in done.out + done.err


def test_log_format_json_is_a_json_document_a_line(place: Path, cli: Callable[..., Any]) -> None:
    done = cli("run", "c.yaml", "-o", "out", "--log-format", "json", cwd=place)
    events = [json.loads(line)["event"] for line in done.err.splitlines()]
    assert [event for event in events if not event.startswith("stage_")][:3] == [
        "clustering_started",
        "clusters_created",
        "evaluation_completed",
    ]


def test_a_default_run_of_another_config_does_not_replace_this_one_s(place: Path, cli: Callable[..., Any]) -> None:
    shutil.copy(place / "c.yaml", place / "d.yaml")
    for name in ("c.yaml", "d.yaml"):
        assert cli("run", name, "--quiet", cwd=place).code == 0
    assert sorted(path.name for path in (place / "runs").iterdir()) == ["c", "d"]
